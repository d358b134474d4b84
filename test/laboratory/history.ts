/**
 * What a history is: plain data that says what happens when, made from a seed, printed, shortened and played again.
 *
 * Nothing here acts. Times are milliseconds since the history began; an event happens at its time or, while something
 * before it is still at work, at the next chance after it. A person is named by a place in the order of the account.
 */
import type { FaultPlan } from '../../simulators/faults/plan.ts';
import type { SwitchChanges } from '../../simulators/switches.ts';

/** What stays as it is all along, in histories of every kind. */
export interface CommonSetup<N extends string = string> {
  /** Of the world; the generator's own seed says nothing about the world once the history is made. */
  readonly worldSeed: number;
  readonly contacts: number;
  readonly syncs: readonly N[];
  readonly reconcileHours: number;
  /** Our clock's error against the source's. */
  readonly skewMs: number;
  readonly latencyMs: number;
  readonly perDay: number;
  /** How the systems behave when all is well. */
  readonly switches: SwitchChanges;
}

/** An account with a mirror and a user's table beside it. */
export interface Setup extends CommonSetup<SyncName> {
  /** The table's opt-outs and edits of first names are carried to the account. */
  readonly twoWay: boolean;
  /** What else the table's owner keeps at home; null: nothing. Only beside a two-way table. */
  readonly home: Home | null;
  /** Concord signs in to the account by itself; null: by a token that somebody else renews. */
  readonly signIn: { readonly rotating: boolean } | null;
}

/** Newer abilities of a two-way table. */
export interface Home {
  /** New people of the table are made, on the account's first list. */
  readonly creates: boolean;
  /** Memberships stand in a table of their own, and go both ways. */
  readonly members: boolean;
  /** This account takes only so many rows of an import, without a word; null: all. */
  readonly importRows: number | null;
}

export type How = 'contact' | 'campaign' | 'account' | 'ui' | 'api';

/** Something people do in the account, or the table's owner in the table. */
export type Act =
  | { readonly do: 'leave'; readonly who: number; readonly how: How }
  | { readonly do: 'return'; readonly who: number; readonly how: 'contact' | 'account' }
  | { readonly do: 'permission'; readonly who: number; readonly word: string }
  | { readonly do: 'edit'; readonly who: number; readonly n: number }
  | { readonly do: 'delete' | 'revive' | 'readd'; readonly who: number }
  | { readonly do: 'move'; readonly who: number; readonly n: number }
  | { readonly do: 'swap'; readonly who: number; readonly with: number }
  | { readonly do: 'take-address'; readonly who: number; readonly from: number }
  | { readonly do: 'join' | 'join-list' | 'leave-list' | 'tag' | 'untag'; readonly who: number; readonly n: number }
  | { readonly do: 'catalogue'; readonly what: CatalogueAct; readonly n: number }
  | { readonly do: 'campaign'; readonly n: number }
  | { readonly do: 'blank-many' | 'leave-many' | 'delete-many'; readonly n: number }
  /** The table's own system: says no, takes its no back, edits a name, or writes a remark into a column that is none of ours. */
  | { readonly do: 'row-out' | 'row-in'; readonly who: number }
  | { readonly do: 'row-name' | 'row-remark'; readonly who: number; readonly n: number }
  | { readonly do: 'rows-out-many'; readonly n: number }
  | HomeAct
  | TokenAct;

/** Access tokens end before their time, or the account's user disconnects the application. */
export type TokenAct = { readonly do: 'tokens-expire' | 'grants-end' };

/** What the owner does where the table makes people and has memberships, what the same people do meanwhile, and what becomes of jobs. */
export type HomeAct =
  | { readonly do: 'row-new'; readonly n: number; readonly evidence: boolean }
  | { readonly do: 'rows-new-many'; readonly n: number; readonly count: number }
  /** Somebody of the account is entered once more; `row-gone` makes room for it. */
  | { readonly do: 'row-again' | 'row-gone'; readonly who: number }
  /** About somebody who was entered, the last one first. */
  | { readonly do: 'entered-name'; readonly last: number; readonly n: number }
  | { readonly do: 'entered-out' | 'entered-gone'; readonly last: number }
  | { readonly do: 'entered-signs-up'; readonly last: number; readonly leaves: boolean }
  | { readonly do: 'row-on-list' | 'row-off-list'; readonly who: number; readonly n: number }
  | { readonly do: 'entered-on-list'; readonly last: number; readonly n: number }
  | { readonly do: 'members-gone-many'; readonly n: number }
  | { readonly do: 'job-speed'; readonly ms: number }
  | { readonly do: 'job-stop'; readonly state: 'cancelled' | 'failed' | 'timed_out' }
  | { readonly do: 'jobs-forgotten' };

export const CATALOGUE_ACTS = [
  'createList',
  'renameList',
  'deleteList',
  'createTag',
  'renameTag',
  'deleteTag',
  'createField',
  'renameField',
  'deleteField',
] as const;
export type CatalogueAct = (typeof CATALOGUE_ACTS)[number];

export const SYNCS = ['copy', 'website'] as const;
export type SyncName = (typeof SYNCS)[number];

/** How a process meets its end, or an error, at a named step (counted from the start of the process). */
export interface Blow {
  readonly how: 'killed' | 'unknown';
  readonly visit: number;
}

export type Event<A = Act, N extends string = SyncName> = { readonly at: number } & (
  | { readonly kind: 'act'; readonly act: A }
  /** Replaces the faults and the switches that come and go. */
  | { readonly kind: 'weather'; readonly faults: FaultPlan; readonly switches: SwitchChanges }
  /** Somebody corrects this machine's clock. */
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'pass'; readonly sync: N; readonly blow: Blow | null }
  | { readonly kind: 'plan' | 'verify' | 'release'; readonly sync: N }
);

export interface History<A = Act, N extends string = SyncName, S extends CommonSetup<N> = CommonSetup<N>> {
  readonly seed: number;
  readonly setup: S;
  /** In the order of their times. */
  readonly events: readonly Event<A, N>[];
}

/** The history of an account with a mirror and a user's table. */
export type TableHistory = History<Act, SyncName, Setup>;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Says a history in lines that a person can read. */
export function tell<A, N extends string>({ seed, setup, events }: History<A, N>): string[] {
  return [`seed ${seed}: ${JSON.stringify(setup)}`, ...events.map(tellEvent)];
}

function tellEvent<A, N extends string>({ at, kind, ...what }: Event<A, N>): string {
  const days = Math.floor(at / (24 * HOUR));
  const time = new Date(at).toISOString().slice(11, 23);
  const facts = kind === 'act' && 'act' in what ? JSON.stringify(what.act) : JSON.stringify(what);
  return `day ${days} ${time}  ${kind} ${facts}`;
}
