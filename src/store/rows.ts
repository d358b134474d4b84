/**
 * What the store keeps, as values: ownership, records, walks, waiting work, the journal, links, operations.
 *
 * Shapes only. Every row carries its tenant in the store and none here: a store is opened for one tenant.
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
/** A record as one of its keys found it. */
export interface Found extends Known {
  readonly key: string;
  /** Canonical content as JSON text; null when it was let go. */
  readonly content: string | null;
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
  /** Every key by which `findByKeys` finds the record, instead of those it had; left out: they stay. */
  readonly keys?: readonly string[];
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
  /** Of those the ones that wait to be agreed; states without any are left out. */
  readonly pendingByState: Readonly<Partial<Record<RecordState, number>>>;
  readonly total: number;
  /** Records that were agreed at least once and are not deleted. */
  readonly linked: number;
  readonly pending: number;
}

// --- consent facts, waiting work, journal --------------------------------------------------------------------------

/** A fact as it stands in the chain. */
export interface FactRow extends ConsentFact {
  readonly seq: number;
  readonly hash: string;
  /** When its person was forgotten: contact and address are names without meaning since then. */
  readonly forgottenAt: number | null;
}

/**
 * The ids and match keys of whom an OUT or a hold is known, of forgotten people too. It never says "no" of one of them;
 * a "yes" may, very rarely, be said of somebody else, and only says where to look.
 */
export interface KnownOuts {
  readonly size: number;
  has(idOrMatchKey: string): boolean;
  add(idOrMatchKey: string): void;
}

/** Whom to forget: an address, and the contacts that the other side shows under it. */
export interface ForgetOrder {
  readonly matchKey: string;
  /** The address as it was typed: texts may hold that spelling. */
  readonly spelling: string;
  readonly contacts: readonly { readonly sync: string; readonly ids: readonly string[] }[];
  readonly run: string;
}
export interface Erased {
  readonly facts: number;
  readonly records: number;
  readonly links: number;
  readonly waiting: number;
  readonly operations: number;
  readonly journal: number;
}
export type ForgetAnswer =
  /** A pass is at work: it would write the person down again. */
  | { readonly kind: 'busy'; readonly sync: string; readonly owner: Owner }
  /** An opt-out of this person, or a write whose outcome is unknown, is not carried out yet in these syncs. */
  | { readonly kind: 'under-way'; readonly syncs: readonly string[] }
  /** `swept`: the file was written anew, so that no free page of it holds what was erased. */
  | { readonly kind: 'forgotten'; readonly erased: Erased; readonly swept: boolean };

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
  /** Where it is written; left out: the secondary. */
  readonly side?: SideName;
  /** Match keys of the addresses whose consent it touches: only `claimJudged` claims it. Left out or null: `claim` does. */
  readonly matchKeys?: readonly string[] | null;
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
  /** Waits until the way of all of a pass is chosen: a job takes it, or `ungather` lets it go by itself. */
  readonly gathered?: boolean;
}
export interface Operation extends NewOperation {
  readonly opId: number;
  readonly run: string;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly reason: string | null;
  /** When it last left, ms since 1970 by our clock; null: it never did. */
  readonly sentAt: number | null;
  /** The job that it went out in; null: it goes by itself. */
  readonly jobId: number | null;
}
/** Says why an operation must not be sent as consent stands in the claiming transaction; null: it may. Pure. */
export type ClaimJudge = (operation: Operation, facts: ReadonlyMap<string, readonly ConsentFact[]>) => string | null;
export interface JudgedClaim {
  readonly claimed: readonly Operation[];
  /** Superseded in the same transaction, each with the judge's reason: the next plan decides anew. */
  readonly refused: readonly Operation[];
}
export interface OperationOutcome {
  readonly opId: number;
  readonly to: OutboxState;
  readonly reason: string | null;
  /** With `confirmed`: the link and baseline that now hold. */
  readonly link: LinkToStore | null;
  /** Links of other streams that hold by the same answer. */
  readonly beside?: readonly LinkToStore[];
}
