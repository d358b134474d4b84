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
import type { Bounces } from './bounces.ts';
import type { BudgetLedger } from './budget-ledger.ts';
import type { Inbox } from './inbox.ts';
import type { InJob, Job, JobMove, JobToBegin } from './job-rows.ts';
import type { ChainVerdict } from './fact-chain.ts';
import type {
  Owner,
  Lease,
  LeaseAnswer,
  Shelf,
  Found,
  FactRow,
  ForgetAnswer,
  ForgetOrder,
  Known,
  KnownOuts,
  Pending,
  WalkKind,
  Walk,
  PageToStore,
  Tallies,
  WaitingKind,
  WaitingKey,
  Waiting,
  WaitingRow,
  JournalEntry,
  JournalRow,
  Link,
  LinkToStore,
  ClaimJudge,
  JudgedClaim,
  NewOperation,
  Operation,
  OperationOutcome,
} from './rows.ts';
import type { Outcome, Run, Stop } from './run-rows.ts';
import type { Vault } from './vault.ts';

export interface Store extends BudgetLedger, Vault, Inbox, Bounces {
  close(): Promise<void>;

  /** Takes the sync if it is free, expired, or its owner is known to be dead. */
  acquireLease(sync: string, owner: Owner, ttlMs: number): Promise<LeaseAnswer>;
  /** Extends; throws LeaseLost. */
  renewLease(lease: Lease, ttlMs: number): Promise<void>;
  releaseLease(lease: Lease): Promise<void>;

  startRun(lease: Lease, run: string, command: string): Promise<void>;
  endRun(lease: Lease, run: string, outcome: Outcome, summary: unknown): Promise<void>;
  /** Finds a run of any sync; null: there was none. */
  findRun(run: string): Promise<Run | null>;
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
  /**
   * Doubts agreed records that still have this hash: they are pending again (the other side moved), with this content, or
   * (null) with that which the store still holds.
   */
  doubt(
    lease: Lease,
    shelf: Shelf,
    items: readonly { readonly recordId: number; readonly hash: string; readonly content: string | null }[],
  ): Promise<void>;
  /** Forgets that anything was agreed (the mirror was replaced), or forgets all records too (`records: true`) together with walks and cursors of the shelf. */
  resetShelf(lease: Lease, shelf: Shelf, how: { readonly records: boolean }): Promise<void>;
  tallies(shelf: Shelf): Promise<Tallies>;
  /** Reads a record with its content (null when it was let go). */
  record(shelf: Shelf, id: string): Promise<(Known & { readonly content: string | null }) | null>;
  /** Reads records in record order after `afterRecordId`. */
  records(shelf: Shelf, afterRecordId: number, limit: number): Promise<readonly Known[]>;
  /** Reads records with their content in record order after `afterRecordId`; those whose content was let go are left out. */
  contents(shelf: Shelf, afterRecordId: number, limit: number): Promise<readonly Pending[]>;
  findByMatchKey(
    shelf: Shelf,
    matchKeys: readonly string[],
  ): Promise<readonly (Known & { readonly matchKey: string })[]>;
  /** Finds the records that bear one of these keys, by key and then in record order: one that bears several is told for each. */
  findByKeys(shelf: Shelf, keys: readonly string[]): Promise<readonly Found[]>;

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
  /**
   * Reads all that is on record about these addresses, over all syncs: also what was told without an address about a
   * contact that is known to have it. An address of which nothing is on record is left out.
   */
  consent(matchKeys: readonly string[]): Promise<ReadonlyMap<string, readonly ConsentFact[]>>;
  /**
   * Gives the ids of this sync's contacts, and the match keys of any sync's addresses, of which an OUT or a hold is
   * known: few, and all that a reading has to be settled against.
   */
  knownOuts(sync: string): Promise<KnownOuts>;
  /** Reads what is on record about this address and about these contacts, each fact once, in the order of the chain. */
  factRows(
    matchKey: string,
    contacts: readonly { readonly sync: string; readonly ids: readonly string[] }[],
  ): Promise<readonly FactRow[]>;
  /**
   * Forgets a person in one transaction: what names them goes from facts and journal, their records, links, operations
   * and waiting rows go as a whole. Facts stay, under keyed names, and go on counting. Harmless to repeat.
   */
  forget(order: ForgetOrder): Promise<ForgetAnswer>;
  /** Follows the chain of all facts of the tenant and names the first that was changed, is missing or is too many. */
  verifyChain(): Promise<ChainVerdict>;
  /** Lists the newest OUT facts about all mail (by `at`, those without last) of contacts on this shelf whose state is `unsubscribed` now. */
  newestOuts(shelf: Shelf, limit: number): Promise<readonly ConsentFact[]>;
  /** Longest waiting first; `only` narrows to a reason or to one record's id. */
  waiting(
    sync: string,
    limit: number,
    only?: { readonly reason?: string; readonly id?: string },
  ): Promise<readonly WaitingRow[]>;
  /** Counts what waits, by kind; `only` narrows to a reason. */
  countWaiting(sync: string, only?: { readonly reason: string }): Promise<Readonly<Record<WaitingKind, number>>>;
  wait(lease: Lease, put: readonly Waiting[], settled: readonly WaitingKey[]): Promise<void>;
  /**
   * Leaves conflicts and alarms as they are, by a person's word: they wait no longer, and when told again wait anew only
   * if the primary's record has changed since.
   */
  choose(
    lease: Lease,
    run: string,
    chosen: readonly { readonly stream: StreamName; readonly id: string; readonly reason: string }[],
    journal: readonly JournalEntry[],
  ): Promise<void>;
  journal(sync: string, stream: StreamName | null, id: string | null, limit: number): Promise<readonly JournalRow[]>;
  /** Reads what a run wrote into the journal, oldest first, after entry `afterEntry`. */
  journalOf(
    sync: string,
    run: string,
    afterEntry: number,
    limit: number,
  ): Promise<readonly (JournalRow & { readonly entryId: number })[]>;
  /** Appends to the journal alone. */
  note(lease: Lease, entries: readonly JournalEntry[]): Promise<void>;

  links(sync: string, stream: StreamName, primaryIds: readonly string[]): Promise<ReadonlyMap<string, Link>>;
  linksBySecondary(
    sync: string,
    stream: StreamName,
    secondaryIds: readonly string[],
  ): Promise<ReadonlyMap<string, Link>>;
  /** Lists the links to anything inside these secondary records: those whose secondary id is `<container>/…`, in the order of their secondary ids. */
  linksInside(sync: string, stream: StreamName, containers: readonly string[]): Promise<readonly Link[]>;
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
  /** Leases up to `limit` pending operations that touch nobody's consent outside, opt-out lane first, then oldest. */
  claim(lease: Lease, limit: number): Promise<readonly Operation[]>;
  /**
   * Leases operations that touch consent on one side, opt-out lane first, each judged by all facts of the tenant about
   * its addresses in this very transaction (I1): what the judge refuses is superseded with its reason. Who is under way
   * in a job waits, but for opt-outs (I3, I13); those that are gathered are left alone.
   */
  claimJudged(lease: Lease, side: SideName, limit: number, judge: ClaimJudge): Promise<JudgedClaim>;
  /** Lets gathered operations of these records go by themselves. */
  ungather(lease: Lease, side: SideName, primaryIds: readonly string[]): Promise<void>;
  /**
   * Begins a job with the pending operations of these records: judged, claimed and `sending` in this one transaction (I1,
   * I6). `job` null: none was left to go.
   */
  beginJob(lease: Lease, begin: JobToBegin, judge: ClaimJudge): Promise<JudgedClaim & { readonly job: Job | null }>;
  /** Lists the jobs that are not over, oldest first. */
  openJobs(sync: string): Promise<readonly Job[]>;
  /** Lists a job's operations whose outcome is unknown, oldest first after `afterOpId`. */
  jobOperations(sync: string, jobId: number, afterOpId: number, limit: number): Promise<readonly Operation[]>;
  /** Moves a job, and its operations as is said, in one transaction. */
  moveJob(lease: Lease, move: JobMove, outcomes: readonly OperationOutcome[]): Promise<void>;
  /**
   * Tells which of these records are in a job that is under way, and which one ended without (until a later write of
   * theirs is confirmed); others are left out.
   */
  inJobs(sync: string, primaryIds: readonly string[]): Promise<ReadonlyMap<string, InJob>>;
  /** leased to sending, before anything leaves. */
  sending(lease: Lease, opIds: readonly number[]): Promise<void>;
  /** Moves operations by OUTBOX_TRANSITIONS (throws on any other move); with `confirmed` link, baseline and the operation's journal in the same transaction. */
  settleOperations(
    lease: Lease,
    outcomes: readonly OperationOutcome[],
    waiting: readonly Waiting[],
    settled?: readonly WaitingKey[],
  ): Promise<void>;
  /**
   * Oldest first; `judged` narrows to the operations that touch consent on that side, without those under way in a job,
   * or (null) to those that touch none.
   */
  operations(sync: string, state: OutboxState, limit: number, judged?: SideName | null): Promise<readonly Operation[]>;
  /**
   * Lists the operations on these primary records that left for this side and may have arrived there, oldest first: not
   * those that were found to have changed nothing.
   */
  sentOperations(sync: string, side: SideName, primaryIds: readonly string[]): Promise<readonly Operation[]>;
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
