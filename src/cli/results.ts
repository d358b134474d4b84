/**
 * What the application answers, as plain facts: everything that a renderer needs, and no sentence.
 *
 * Decides the words of `--json`. Times are ms since 1970 (`…At`) unless a source's own text is kept. A listing that may
 * hold a million lines is an AsyncIterable whose last item is its summary.
 */
import type { HourStatus } from './hour-results.ts';
import type { OutboxState } from '../model/outbox.ts';
import type { RecordState, StreamName } from '../model/record.ts';
import type { Backfill, UnderReview, WayChoice } from './way-choice.ts';

export type Facts = Readonly<Record<string, string | number | null | readonly string[]>>;

/** Something a person should know. messages.ts turns `code` and `facts` into a sentence. */
export interface Notice {
  readonly level: 'note' | 'warning' | 'error';
  readonly code: string;
  readonly facts: Facts;
}

export type Outcome = 'done' | 'partial' | 'stopped' | 'failed';

/** How a pass ended, whatever the command. */
export interface Ending {
  readonly outcome: Outcome;
  /** The connection that must be signed in again, where that is why the pass failed. */
  readonly reconnect: string | null;
  readonly messages: readonly Notice[];
  /** With `stopped`: what `release` takes. */
  readonly stopHash?: string;
  /** With `partial`: when work can go on, where somebody said so. */
  readonly resumeAt?: number;
  /** With `partial`: who else is at work on this sync. */
  readonly owner?: string;
}

export interface PassResult extends Ending {
  readonly sync: string;
  /** Null when no run was started. */
  readonly run: string | null;
  readonly read: number;
  readonly unchanged: number;
  readonly applied: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly held: number;
  readonly parked: number;
  readonly conflicts: number;
  /** Everything of this sync that waits for a person, whenever it began to. */
  readonly waiting: { readonly parked: number; readonly conflicts: number };
  /** People about whom the opt-out channels disagree. */
  readonly disagreeing: number;
  /** Every request on the wire, by connection, retries and token calls included. */
  readonly requests: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

// --- plan and apply ------------------------------------------------------------------------------------------------

export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One decision about one record. `held`, `parked` and `conflict` write nothing. */
export interface PlanLine {
  readonly kind: 'line';
  readonly sync: string;
  readonly stream: StreamName;
  readonly id: string;
  /** The other side's id; null when there is none yet. */
  readonly secondaryId: string | null;
  readonly action: 'insert' | 'update' | 'consent' | 'delete' | 'adopt' | 'held' | 'parked' | 'conflict';
  readonly lane: 'opt-out' | 'live';
  readonly reason: string;
  readonly changes: readonly FieldChange[];
  /** What this was decided on: `apply` refuses the line when either has moved since. */
  readonly base: { readonly primary: string | null; readonly secondary: string | null };
}

export interface PlanSummary extends Ending {
  readonly kind: 'summary';
  readonly sync: string;
  readonly run: string | null;
  /** The plan's hash; what a guard stops and `release` lets through. */
  readonly hash: string;
  /** Changes with mapping, filter and streams; `apply` refuses a plan made under another. */
  readonly fingerprint: string;
  readonly read: number;
  readonly unchanged: number;
  /** Lines by action, and by reason. */
  readonly actions: Readonly<Partial<Record<PlanLine['action'], number>>>;
  readonly reasons: Readonly<Record<string, number>>;
  /** Requests that carrying it out would cost, by connection. */
  readonly cost: Readonly<Record<string, number>>;
  /** How new people would be made, and why so; null: nobody is new. */
  readonly newPeople: WayChoice | null;
  /** How lists of people who are there would be changed, and why so; null: no list of anybody alone is. */
  readonly memberships: WayChoice | null;
  readonly backfill: Backfill | null;
  readonly underReview: UnderReview | null;
  /** Requests that making it has cost. */
  readonly requests: Readonly<Record<string, number>>;
  /** The guard that would stop this plan; null: none. */
  readonly guard: { readonly reason: string; readonly count: number; readonly linked: number } | null;
  /** True when there is nothing to write and nothing waits for a person. */
  readonly agree: boolean;
  readonly durationMs: number;
}
export type PlanItem = PlanLine | PlanSummary;

/** A saved plan's line that was not carried out because its base has moved, or was never true here. */
export interface RefusedLine {
  readonly kind: 'refused';
  readonly sync: string;
  readonly stream: StreamName;
  readonly id: string;
  readonly reason: string;
}
export type ApplyItem = RefusedLine | { readonly kind: 'result'; readonly result: PassResult };

// --- verify --------------------------------------------------------------------------------------------------------

export interface Difference {
  readonly kind: 'difference';
  readonly sync: string;
  readonly stream: StreamName;
  readonly id: string;
  /** Null: the whole record is on one side only. */
  readonly field: string | null;
  readonly primary: unknown;
  readonly secondary: unknown;
  /** Why it is so: `pending`, `held`, `parked`, `conflict`, `foreign-row`, …; `unexplained` when nothing accounts for it. */
  readonly because: string;
}
export interface VerifySummary extends Ending {
  readonly kind: 'summary';
  readonly sync: string;
  readonly compared: number;
  readonly equal: number;
  /** Records that differ, by what accounts for it. */
  readonly differences: Readonly<Record<string, number>>;
  readonly agree: boolean;
  readonly requests: Readonly<Record<string, number>>;
  readonly durationMs: number;
}
export type VerifyItem = Difference | VerifySummary;

// --- check ---------------------------------------------------------------------------------------------------------

export const CHECKS = [
  'configuration',
  'store',
  'credentials',
  'scopes',
  'channels',
  'schema',
  'quota',
  'clock',
] as const;
export interface CheckStep {
  readonly step: (typeof CHECKS)[number];
  /** The connection or sync it is about; null: the installation. */
  readonly subject: string | null;
  readonly verdict: 'ok' | 'warning' | 'failed';
  /** What was found, such as the account's name, the scopes, the skew in ms. */
  readonly found: Facts;
  /** Why it is not ok, and so how to mend it. */
  readonly messages: readonly Notice[];
  /** Set when the connection must be signed in again. */
  readonly reconnect: string | null;
}

// --- status --------------------------------------------------------------------------------------------------------

export interface StreamStatus {
  readonly stream: StreamName;
  readonly records: number;
  readonly pending: number;
  readonly states: Readonly<Partial<Record<RecordState, number>>>;
}
export interface WaitingItem {
  readonly kind: 'held' | 'parked' | 'conflict' | 'alarm';
  readonly stream: StreamName;
  readonly id: string;
  readonly reason: string;
  readonly since: number;
}
export interface ChannelStatus {
  readonly channel: string;
  readonly state: 'working' | 'unproven' | 'useless' | 'refused' | 'down';
  readonly lastReadAt: number | null;
}
export interface SyncStatus {
  readonly sync: string;
  readonly lastRun: {
    readonly run: string;
    readonly command: string;
    readonly outcome: Outcome | null;
    readonly startedAt: number;
    readonly endedAt: number | null;
  } | null;
  /** When the last pass ended `done`; null: never. */
  readonly freshAt: number | null;
  /** When the last complete walk ended, and when the next is due. */
  readonly reconciledAt: number | null;
  readonly reconcileDueAt: number | null;
  readonly streams: readonly StreamStatus[];
  readonly channels: readonly ChannelStatus[];
  readonly outbox: Readonly<Partial<Record<OutboxState, number>>>;
  readonly waiting: Readonly<Record<WaitingItem['kind'], number>>;
  readonly underReview: UnderReview | null;
  /** The first of what waits. */
  readonly first: readonly WaitingItem[];
  /** From the source's own time of an opt-out until it was durable here and written there, over the last day; null: none. */
  readonly optOutDelay: { readonly people: number; readonly medianMs: number; readonly longestMs: number } | null;
  /** Opt-outs known here that the other side does not show yet. */
  readonly optOutsUnwritten: number;
  readonly stops: readonly {
    readonly hash: string;
    readonly at: number;
    readonly reason: string;
    readonly releasedAt: number | null;
  }[];
  /** The yes/no answer to "are we safe to send?", with what speaks against it. */
  readonly safe: boolean;
  readonly because: readonly Notice[];
  /** What people have to mend in the other system, by its exact name; nothing waits for it, and it hinders no sending. */
  readonly toDo: readonly Notice[];
}
export interface BudgetStatus {
  readonly group: string;
  readonly day: string;
  readonly spent: number;
  readonly perDay: number;
  readonly perSecond: number;
  /** Set when the vendor said that the day is gone. */
  readonly exhaustedUntil: number | null;
}
export interface ConnectionStatus {
  readonly connection: string;
  /** `token`: somebody else renews it, and nothing is known of it here. */
  readonly state: 'token' | 'missing' | 'good' | 'idle' | 'ends' | 'lost' | 'ended';
  readonly signedInAt: number | null;
  readonly usedAt: number | null;
  /** When it dies or ends, where that is foreseen. */
  readonly untilAt: number | null;
  /** What a person should do about it. */
  readonly messages: readonly Notice[];
}
export interface StatusReport {
  readonly at: number;
  readonly syncs: readonly SyncStatus[];
  readonly connections: readonly ConnectionStatus[];
  readonly budgets: readonly BudgetStatus[];
  readonly hours: readonly HourStatus[];
}

// --- why and release -----------------------------------------------------------------------------------------------

export interface WhyEvent {
  /** The source's time where it said one, else ours. */
  readonly at: number | null;
  readonly who: 'primary' | 'secondary' | 'concord' | 'operator';
  readonly event: string;
  readonly rule: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly evidence: string | null;
  readonly run: string | null;
}
export interface WhyPerson {
  readonly sync: string;
  readonly contactId: string;
  readonly secondaryId: string | null;
  readonly state: RecordState;
  readonly mailable: boolean;
  /** The rule behind `mailable` and behind what was written last. */
  readonly rule: string;
  /** Oldest first. */
  readonly events: readonly WhyEvent[];
  readonly waiting: readonly WaitingItem[];
  /** What would change it. */
  readonly wouldChange: readonly Notice[];
  /** With `--list`: whether the person is in it, and why. */
  readonly list: { readonly name: string; readonly member: boolean; readonly because: Notice } | null;
}
export interface WhyStory {
  /** As asked. */
  readonly email: string;
  /** Empty: nobody with this address was ever seen. */
  readonly people: readonly WhyPerson[];
}

export interface ReleaseResult {
  readonly hash: string;
  /** False: no stopped plan has this hash. */
  readonly known: boolean;
  readonly sync: string | null;
}
