/**
 * merge-memberships: on which lists is one person to be, at the account and in the rows at home?
 *
 * Pure, and decided list by list against what both last agreed on. Who left a list at the account is not put back by a row
 * that still stands at home, nor by one that comes later: only the account's own answer ends that. A row that stood there
 * when the two first met is left alone, for nobody knows whether the person had left that list before. Must never want
 * one list both added and removed.
 */
import type { SetChange } from '../model/intent.ts';

/**
 * What is on record of one list. `on`: agreed. `left`: left at the account. `apart`: a row that was never agreed on, and
 * is not carried. `writing` and `leaving`: a row that we are about to insert or to delete. No entry: agreed that neither.
 */
export type Membership = 'on' | 'left' | 'apart' | 'writing' | 'leaving';
export type AgreedLists = Readonly<Record<string, Membership>>;

export interface MembershipInput {
  /** Null: the two never met. */
  readonly agreed: AgreedLists | null;
  readonly account: ReadonlySet<string>;
  readonly table: ReadonlySet<string>;
  /** The lists that may be decided on; of all others everything stays as it is. */
  readonly lists: ReadonlySet<string>;
  /** Changes at home go to the account. */
  readonly twoWay: boolean;
  /** The person may be mailed: nobody else is put on a list. */
  readonly mayAdd: boolean;
  /** Lists that the ledger knows the person to have left: a row puts them on none of these (T24). */
  readonly left: ReadonlySet<string>;
}

export interface MembershipMerge {
  readonly table: SetChange;
  readonly account: SetChange;
  /** To be on record before a row is written: a kill after it is told from a change of anybody else's. */
  readonly before: AgreedLists;
  /** What is agreed once the rows are written. What goes to the account is not among it before the account shows it. */
  readonly agreed: AgreedLists;
  /** Lists of which a row is left alone. */
  readonly apart: readonly string[];
}

interface Decision {
  readonly next: Membership | null;
  readonly before?: Membership;
  readonly table?: 'add' | 'remove';
  readonly account?: 'add' | 'remove';
}

/** Merges one person's memberships. */
export function mergeMemberships(input: MembershipInput): MembershipMerge {
  const { agreed, account, table, lists } = input;
  const ids = [...new Set([...Object.keys(agreed ?? {}), ...account, ...table])].sort();
  const kept = ids.flatMap((id): [string, Membership][] => {
    const state = stateOf(agreed, id);
    return lists.has(id) || state === null ? [] : [[id, state]];
  });
  const decided = ids.filter((id) => lists.has(id)).map((id) => [id, decide(id, input)] as const);
  const named = (side: 'table' | 'account', what: 'add' | 'remove'): readonly string[] =>
    decided.filter(([, decision]) => decision[side] === what).map(([id]) => id);
  const states = (of: (decision: Decision) => Membership | null): AgreedLists =>
    Object.fromEntries([
      ...kept,
      ...decided.flatMap(([id, decision]): [string, Membership][] => {
        const state = of(decision);
        return state === null ? [] : [[id, state]];
      }),
    ]);
  return {
    table: { add: named('table', 'add'), remove: named('table', 'remove') },
    account: { add: named('account', 'add'), remove: named('account', 'remove') },
    before: states(({ before, next }) => before ?? next),
    agreed: states(({ next }) => next),
    apart: decided.filter(([id, { next }]) => table.has(id) && (next === 'apart' || next === 'left')).flatMap(keepsRow),
  };
}

/** A row that is about to go is not one that is left alone. */
function keepsRow([id, { table }]: readonly [string, Decision]): readonly string[] {
  return table === 'remove' ? [] : [id];
}

function stateOf(agreed: AgreedLists | null, id: string): Membership | null {
  return agreed !== null && Object.hasOwn(agreed, id) ? (agreed[id] ?? null) : null;
}

function decide(id: string, { agreed, account, table, twoWay, mayAdd, left }: MembershipInput): Decision {
  const state = stateOf(agreed, id);
  if (account.has(id)) {
    if (table.has(id)) return { next: 'on' };
    if (state === 'on' && twoWay) return { next: 'on', account: 'remove' };
    return { next: 'on', before: 'writing', table: 'add' };
  }
  if (!table.has(id)) return { next: state === 'left' || state === 'leaving' ? 'left' : null };
  if (state === 'left' || state === 'apart') return { next: state };
  if (state !== null) return { next: 'left', before: 'leaving', table: 'remove' };
  // A row of which nothing was on record is new only where the two had met.
  if (agreed !== null && twoWay && mayAdd && !left.has(id)) return { next: null, account: 'add' };
  return { next: 'apart' };
}

/** Forgets what was agreed of rows that went together with the person's own: that was no word about lists. */
export function withoutRows(agreed: AgreedLists): AgreedLists {
  return Object.fromEntries(
    Object.entries(agreed)
      .filter(([, state]) => state === 'left' || state === 'leaving')
      .map(([id]) => [id, 'left' as const]),
  );
}
