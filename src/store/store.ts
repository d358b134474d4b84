/**
 * The store's contract: everything Concord remembers between two steps, in coarse operations, each ONE transaction.
 *
 * A phase hands on stored rows, never live objects, so it can be killed anywhere and started alone. Every
 * state-changing method that takes a lease checks its fence inside its transaction and throws LeaseLost when another
 * owner has taken over. A store is opened for one tenant and every row carries it. Bulk methods are set-based.
 *
 * Durable steps call `steps.reached('store:<method>:before-commit')` and `'store:<method>:after-commit'`.
 * Must never: decide (the pure core does), or know a vendor.
 */
import type { ConsentFact } from '../model/consent.ts';
import type { OutboxState } from '../model/outbox.ts';
import type { RecordState, SideName, StreamName } from '../model/record.ts';

// --- ownership -----------------------------------------------------------------------------------------------------

export interface Owner {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}
export interface Lease {
  readonly sync: string;
  readonly owner: Owner;
  /** Rises with each owner; checked in every state-changing transaction. */
  readonly fence: number;
}
export type LeaseAnswer =
  | { readonly kind: 'yours'; readonly lease: Lease }
  | { readonly kind: 'taken'; readonly owner: Owner; readonly since: number; readonly expiresAt: number };

// --- the snapshot of a side ----------------------------------------------------------------------------------------

/** One stream of one side of one sync. */
export interface Shelf {
  readonly shelfId: number;
  readonly sync: string;
  readonly side: SideName;
  readonly stream: StreamName;
}

/** What the store knows of a record without its content. */
export interface Known {
  readonly recordId: number;
  readonly id: string;
  readonly hash: string;
  /** Hash last agreed with the other side; null: never. The record is pending while `agreed` differs from `hash`. */
  readonly agreed: string | null;
  readonly version: string;
  readonly state: RecordState;
  /** Hash of the text that `hash` was read from, where it was kept: the same text again needs no reading. */
  readonly textHash?: string | null;
  /** When the reading was taken that `hash` comes from, ms since 1970 by our clock. */
  readonly readAt: number;
}
export interface Pending extends Known {
  /** Canonical content as JSON text. */
  readonly content: string;
}

/** A new or changed reading to be stored. */
export interface Take {
  readonly id: string;
  readonly hash: string;
  readonly version: string;
  readonly state: RecordState;
  readonly textHash?: string | null;
  /** Record id when the caller looked it up under this lease: it is then not looked up again. Null: known to be new. */
  readonly recordId?: number | null;
  /** Match key of the address, where the sync looks people up by it. */
  readonly matchKey: string | null;
  /** Canonical content as JSON text; null only together with `agreed`, when the other side holds it already. */
  readonly content: string | null;
  /** True when the other side was seen to hold exactly this content (a load's append). */
  readonly agreed: boolean;
}

/** `changes` and `window` are bounded by a time, the others enumerate a whole set. */
export type WalkKind = 'complete' | 'unsubscribed' | 'deleted' | 'changes' | 'window' | 'verify';
export interface Walk {
  readonly walkId: number;
  readonly kind: WalkKind;
  /** For `changes` and `window`: the bound that is being read; else null. */
  readonly since: string | null;
  /** Source's time when the walk began, ms since 1970; null until its first page told it. */
  readonly startedSource: number | null;
  /** Our time when the walk began. */
  readonly startedAt: number;
  /** Where to go on; null: not begun. */
  readonly resume: string | null;
  readonly pages: number;
  readonly state: 'open' | 'complete';
  readonly loadMark: string | null;
  /** Largest total that the source told during the walk; null: none. */
  readonly total: number | null;
}

export interface WalkStep {
  readonly walkId: number;
  /** The page's `next`: null completes the walk in this transaction. */
  readonly next: string | null;
  /** Set on the first page. */
  readonly startedSource: number | null;
  readonly total: number | null;
  readonly loadMark: string | null;
}

/** Everything one page of readings changes, stored in one transaction with the cursor that it justifies (I4). */
export interface PageToStore {
  readonly takes: readonly Take[];
  /** Records on this page that are stored already and unchanged: counted as seen by the walk. */
  readonly seen: readonly number[];
  /** A load: takes without a record id are appended, and found at the usual price only after `finishAppend`. */
  readonly append?: boolean;
  /** Unchanged records whose text is another than before, or was not kept. */
  readonly texts?: readonly { readonly recordId: number; readonly textHash: string }[];
  readonly readAt: number;
  readonly walk: WalkStep | null;
  readonly cursors: Readonly<Record<string, string>>;
  readonly marks: Readonly<Record<string, unknown>>;
  readonly facts: readonly ConsentFact[];
  readonly waiting: readonly Waiting[];
  readonly settled: readonly WaitingKey[];
  readonly journal: readonly JournalEntry[];
}

export interface Tallies {
  /** Records by state; states without records are left out. */
  readonly byState: Readonly<Partial<Record<RecordState, number>>>;
  readonly total: number;
  /** Records that were agreed at least once and are not deleted. */
  readonly linked: number;
  readonly pending: number;
}

// --- consent facts, waiting work, journal --------------------------------------------------------------------------

export type WaitingKind = 'held' | 'parked' | 'conflict' | 'alarm';
export interface WaitingKey {
  readonly stream: StreamName;
  readonly id: string;
  /** Null: whatever the reason. */
  readonly reason: string | null;
}
/** One thing that waits; the same (stream, id, reason) again only renews it, keeping `since`. */
export interface Waiting {
  readonly kind: WaitingKind;
  readonly stream: StreamName;
  readonly id: string;
  readonly reason: string;
  /** JSON-able facts for messages; no secret. */
  readonly detail: unknown;
  readonly run: string;
}
export interface WaitingRow extends Waiting {
  readonly since: number;
}

/** Append-only record of what was decided or done, by which rule, on what evidence. */
export interface JournalEntry {
  readonly run: string;
  /** Null: about the pass itself. */
  readonly stream: StreamName | null;
  readonly id: string | null;
  /** What happened: `inserted`, `updated`, `consent`, `deleted`, `loaded`, `held`, `stopped`, `released`, ... */
  readonly event: string;
  readonly rule: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly evidence: string | null;
}
export interface JournalRow extends JournalEntry {
  readonly at: number;
}

// --- links, baselines, outbox --------------------------------------------------------------------------------------

export interface Baseline {
  readonly hash: string;
  /** Field values last agreed, by their canonical names. */
  readonly fields: Readonly<Record<string, unknown>>;
}
/** "This primary record is that secondary record", with what both last agreed (null: met, but nothing agreed yet). */
export interface Link {
  readonly linkId: number;
  readonly stream: StreamName;
  readonly primaryId: string;
  readonly secondaryId: string;
  readonly baseline: Baseline | null;
}
export interface LinkToStore {
  readonly stream: StreamName;
  readonly primaryId: string;
  readonly secondaryId: string;
  readonly baseline: Baseline | null;
  /** Primary record and hash that this settles: it stops being pending if it still has this hash. */
  readonly agrees: { readonly recordId: number; readonly hash: string } | null;
}

/** Explicit opt-outs first. */
export type Lane = 'opt-out' | 'live';
export interface NewOperation {
  readonly stream: StreamName;
  readonly lane: Lane;
  readonly primaryId: string;
  readonly recordId: number;
  /** Hash of the primary record this was decided on. */
  readonly recordHash: string;
  /** What to send; JSON-able; the submitter alone understands it. */
  readonly payload: unknown;
  readonly baseline: Baseline;
  readonly secondaryId: string;
  readonly journal: readonly JournalEntry[];
}
export interface Operation extends NewOperation {
  readonly opId: number;
  readonly run: string;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly reason: string | null;
}
export interface OperationOutcome {
  readonly opId: number;
  readonly to: OutboxState;
  readonly reason: string | null;
  /** With `confirmed`: the link and baseline that now hold. */
  readonly link: LinkToStore | null;
}

// --- runs, stops, budget -------------------------------------------------------------------------------------------

export type Outcome = 'done' | 'partial' | 'stopped' | 'failed';
export interface Run {
  readonly run: string;
  readonly sync: string;
  readonly command: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: Outcome | null;
  /** The summary line's numbers, as printed. */
  readonly summary: unknown;
}
export interface Stop {
  readonly hash: string;
  readonly run: string;
  readonly sync: string;
  readonly at: number;
  readonly detail: unknown;
  readonly releasedAt: number | null;
}

/** Slots of a budget group, shared by all processes on this store. */
export interface BudgetLedger {
  /**
   * Counts one request before it is sent. The slot stays taken until `settle` plus one second (the request may arrive
   * any time in between), or `abandonAfterMs` when its process died. `days`: the UTC dates it counts for, one or two.
   */
  reserve(
    group: string,
    limits: { readonly perSecond: number; readonly perDay: number },
    at: { readonly now: number; readonly days: readonly string[]; readonly abandonAfterMs: number },
  ): Promise<Reservation>;
  settle(slot: number, now: number): Promise<void>;
  /** Requests counted for a group on a UTC date. */
  spent(group: string, day: string): Promise<number>;
  /** Says that the vendor told us a day's quota is gone, whatever we counted. */
  exhaust(group: string, day: string, until: number): Promise<void>;
}
export type Reservation =
  | { readonly kind: 'go'; readonly slot: number }
  /** Ask again at `until` (ms). */
  | { readonly kind: 'wait'; readonly until: number }
  /** This day is spent. `until`: the vendor's word if `exhaust` was told one, else null. */
  | { readonly kind: 'spent'; readonly day: string; readonly until: number | null };

// --- the store -----------------------------------------------------------------------------------------------------

export interface Store extends BudgetLedger {
  close(): Promise<void>;

  /** Takes the sync if it is free, expired, or its owner is known to be dead. */
  acquireLease(sync: string, owner: Owner, ttlMs: number): Promise<LeaseAnswer>;
  /** Extends; throws LeaseLost. */
  renewLease(lease: Lease, ttlMs: number): Promise<void>;
  releaseLease(lease: Lease): Promise<void>;

  startRun(lease: Lease, run: string, command: string): Promise<void>;
  endRun(lease: Lease, run: string, outcome: Outcome, summary: unknown): Promise<void>;
  /** Newest first. */
  runs(sync: string, limit: number): Promise<readonly Run[]>;

  /** Finds or makes a shelf. */
  shelf(sync: string, side: SideName, stream: StreamName): Promise<Shelf>;
  known(shelf: Shelf, ids: readonly string[]): Promise<ReadonlyMap<string, Known>>;
  /** Returns the record ids of `takes`, in order. A take whose hash is stored already only counts as seen. */
  storePage(lease: Lease, shelf: Shelf, page: PageToStore): Promise<readonly number[]>;
  /** Makes appended records findable at the usual price; harmless to repeat. */
  finishAppend(lease: Lease, shelf: Shelf): Promise<void>;
  /** Reads pending records in record order after `afterRecordId`. */
  pending(shelf: Shelf, afterRecordId: number, limit: number): Promise<readonly Pending[]>;
  /** Sets `agreed` where the record still has this hash; with `dropContent` the content is let go too. */
  agree(
    lease: Lease,
    shelf: Shelf,
    items: readonly { readonly recordId: number; readonly hash: string }[],
    more: {
      readonly dropContent: boolean;
      readonly journal: readonly JournalEntry[];
      readonly waiting: readonly Waiting[];
      readonly settled: readonly WaitingKey[];
      readonly marks: Readonly<Record<string, unknown>>;
    },
  ): Promise<void>;
  /** Forgets that anything was agreed (the mirror was replaced), or forgets all records too (`records: true`) together with walks and cursors of the shelf. */
  resetShelf(lease: Lease, shelf: Shelf, how: { readonly records: boolean }): Promise<void>;
  tallies(shelf: Shelf): Promise<Tallies>;
  /** Reads a record with its content (null when it was let go). */
  record(shelf: Shelf, id: string): Promise<(Known & { readonly content: string | null }) | null>;
  /** Reads records in record order after `afterRecordId`. */
  records(shelf: Shelf, afterRecordId: number, limit: number): Promise<readonly Known[]>;
  findByMatchKey(
    shelf: Shelf,
    matchKeys: readonly string[],
  ): Promise<readonly (Known & { readonly matchKey: string })[]>;

  /** Gives the open or complete walk of this kind, or starts one. */
  openWalk(lease: Lease, shelf: Shelf, kind: WalkKind, since: string | null, now: number): Promise<Walk>;
  findWalk(shelf: Shelf, kind: WalkKind): Promise<Walk | null>;
  /** Ends a walk for good: its seen records are forgotten; cursors and marks set in the same transaction. */
  closeWalk(
    lease: Lease,
    walkId: number,
    more: {
      readonly cursors: Readonly<Record<string, string>>;
      readonly marks: Readonly<Record<string, unknown>>;
      readonly journal: readonly JournalEntry[];
    },
  ): Promise<void>;
  /** Counts distinct records a walk saw, and lists those of the shelf it did not see, in the given states, stored before it began. */
  unseen(
    shelf: Shelf,
    walkId: number,
    states: readonly RecordState[],
    limit: number,
  ): Promise<{ readonly distinctSeen: number; readonly count: number; readonly first: readonly Known[] }>;

  cursor(shelf: Shelf, channel: string): Promise<string | null>;
  mark(sync: string, key: string): Promise<unknown>;
  setMarks(lease: Lease, marks: Readonly<Record<string, unknown>>): Promise<void>;

  facts(sync: string, contactIds: readonly string[]): Promise<readonly ConsentFact[]>;
  /** Lists the contacts of whom any OUT is known: few, and all that a reading has to be settled against. */
  outContacts(sync: string): Promise<readonly string[]>;
  /** Lists the newest OUT facts (by `at`, those without last) of contacts on this shelf whose state is `unsubscribed` now. */
  newestOuts(shelf: Shelf, limit: number): Promise<readonly ConsentFact[]>;
  waiting(sync: string, limit: number): Promise<readonly WaitingRow[]>;
  countWaiting(sync: string): Promise<Readonly<Record<WaitingKind, number>>>;
  wait(lease: Lease, put: readonly Waiting[], settled: readonly WaitingKey[]): Promise<void>;
  journal(sync: string, stream: StreamName | null, id: string | null, limit: number): Promise<readonly JournalRow[]>;
  /** Appends to the journal alone. */
  note(lease: Lease, entries: readonly JournalEntry[]): Promise<void>;

  links(sync: string, stream: StreamName, primaryIds: readonly string[]): Promise<ReadonlyMap<string, Link>>;
  linksBySecondary(
    sync: string,
    stream: StreamName,
    secondaryIds: readonly string[],
  ): Promise<ReadonlyMap<string, Link>>;
  countLinks(sync: string, stream: StreamName): Promise<number>;
  /** Links records that agree already: nothing is sent. */
  adopt(lease: Lease, links: readonly LinkToStore[], journal: readonly JournalEntry[]): Promise<void>;
  /** Puts operations into the outbox with what else the plan decided; an older pending operation on the same record is superseded. */
  intend(
    lease: Lease,
    run: string,
    operations: readonly NewOperation[],
    more: {
      readonly waiting: readonly Waiting[];
      readonly settled: readonly WaitingKey[];
      readonly journal: readonly JournalEntry[];
    },
  ): Promise<void>;
  /** Brings back what a dead pass left: leased becomes pending, sending becomes verifying. */
  recover(lease: Lease): Promise<void>;
  /** Leases up to `limit` pending operations, opt-out lane first, then oldest. */
  claim(lease: Lease, limit: number): Promise<readonly Operation[]>;
  /** leased to sending, before anything leaves. */
  sending(lease: Lease, opIds: readonly number[]): Promise<void>;
  /** Moves operations by OUTBOX_TRANSITIONS (throws on any other move); with `confirmed` link, baseline and the operation's journal in the same transaction. */
  settleOperations(
    lease: Lease,
    outcomes: readonly OperationOutcome[],
    waiting: readonly Waiting[],
    settled?: readonly WaitingKey[],
  ): Promise<void>;
  operations(sync: string, state: OutboxState, limit: number): Promise<readonly Operation[]>;
  countOperations(sync: string): Promise<Readonly<Partial<Record<OutboxState, number>>>>;

  recordStop(
    lease: Lease,
    stop: { readonly hash: string; readonly run: string; readonly detail: unknown },
  ): Promise<void>;
  stops(sync: string, limit: number): Promise<readonly Stop[]>;
  /** Lets exactly the stopped plan with this hash through; tells whether such a stop is known. */
  release(hash: string): Promise<boolean>;
  isReleased(sync: string, hash: string): Promise<boolean>;
}
