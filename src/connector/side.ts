/**
 * What a database does as a side of a sync: a mirror (Concord owns the tables) or a table of the user's.
 *
 * Interfaces only. A side is another file than the store, so no transaction spans both: every write here is repeatable,
 * and is recorded in the store only after it was committed here.
 */
import type { Content, StreamName } from '../model/record.ts';

/** One record to be put into a mirror as it is, whatever stood there before. */
export interface MirrorWrite {
  readonly id: string;
  readonly content: Content;
  /** Ours, ISO UTC text, where the source gave no time of its own for a record that is gone. Never hashed. */
  readonly deletedAt?: string;
}

/** How far an append-only load has come: each table's newest row number; opaque to the engine, stored with the page. */
export type LoadMark = string;

/** Who may write into a mirror: the store, and the fence of the lease that a pass of it holds. */
export interface MirrorOwner {
  readonly store: string;
  readonly fence: number;
}
/** What a mirror itself keeps of those who write into it. */
export interface MirrorLedger {
  /** Null: nobody has taken it yet. */
  readonly owner: MirrorOwner | null;
  /** Counts the transactions of all owners; falls only when an older copy of the file was put back. */
  readonly writes: number;
  /** A first load is unfinished. */
  readonly loading: boolean;
}

/** A mirror: V3's field names as columns, rows kept when a record is deleted. All methods are one transaction each. */
export interface MirrorSide {
  /** Creates or upgrades the tables for these streams; harmless to repeat. Throws ConnectorError `rejected` when a foreign table is in the way. */
  prepare(streams: readonly StreamName[]): Promise<void>;
  /** Refuses what `prepare` would refuse, and a file that could not be made; changes nothing. */
  inspect(streams: readonly StreamName[]): Promise<void>;
  /** Tells this mirror's own identity, written at its creation: a mirror file that was replaced has another. */
  identity(): Promise<string>;
  /** Tells who may write here, and how often that was done. */
  ledger(): Promise<MirrorLedger>;
  /** Makes `owner` the only one whose writes are taken from now on: every later write of anybody else throws LeaseLost. Throws LeaseLost unless `instead` is the owner now. */
  take(owner: MirrorOwner, instead: MirrorOwner | null): Promise<void>;
  /** Counts the rows of a stream. */
  count(stream: StreamName): Promise<number>;
  /** Reads rows by id as canonical content; an id without a row is missing from the map. */
  read(stream: StreamName, ids: readonly string[]): Promise<ReadonlyMap<string, Content>>;
  /** Reads rows in id order after `afterId` (null: from the start), at most `limit`, as canonical content. */
  scan(stream: StreamName, afterId: string | null, limit: number): Promise<readonly { id: string; content: Content }[]>;
  /** Finds the contact rows with this address, compared by match key. */
  findByAddress(matchKey: string): Promise<readonly { id: string; content: Content }[]>;
  /** Writes records whole: row and every sub-row replaced. Repeatable. */
  write(stream: StreamName, writes: readonly MirrorWrite[]): Promise<void>;
  /** Writes only the consent columns of contacts that have a row; others are left for the full write. Repeatable. */
  writeConsent(writes: readonly MirrorWrite[]): Promise<void>;

  /** Starts, or goes on with, a first load of contacts into empty tables: drops what is after `mark` (null: everything) and the sub-tables' indexes. */
  beginLoad(mark: LoadMark | null): Promise<void>;
  /** Appends contacts that no earlier append of this load held; commits; tells the mark reached. */
  append(writes: readonly MirrorWrite[]): Promise<LoadMark>;
  /** Builds the indexes; harmless to repeat. `progress` is awaited between steps, so that a lease can be kept. */
  finishLoad(progress: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** One row of a user's table, by the columns that the mapping names. */
export type TableRow = Readonly<Record<string, string | number | null>>;

export interface TableWrite {
  /** Key value under which the row stands now; null: there is none, insert it. */
  readonly key: string | null;
  /** Columns to set, the key column among them when it changes or the row is new. */
  readonly set: TableRow;
  /** Columns as they were when the plan was made: a row that differs now is not written (`moved`). Null for an insert. */
  readonly expect: TableRow | null;
}
export type TableResult =
  | { readonly kind: 'written'; readonly row: TableRow }
  | { readonly kind: 'moved' }
  | { readonly kind: 'refused'; readonly reason: string };

/** A table of the user's own, mapped: rows that Concord did not write are left alone. */
export interface TableSide {
  /** Checks that table and columns exist and that the key is unique. Throws ConnectorError `rejected` naming what is missing. */
  inspect(): Promise<void>;
  readByKeys(keys: readonly string[]): Promise<ReadonlyMap<string, TableRow>>;
  /** Reads rows in key order after `afterKey`, at most `limit`. */
  scan(afterKey: string | null, limit: number): Promise<readonly { key: string; row: TableRow }[]>;
  count(): Promise<number>;
  /** Writes in one transaction, each row under its own savepoint: a refused row never stops the others. Results in order. */
  write(writes: readonly TableWrite[]): Promise<readonly TableResult[]>;
  close(): Promise<void>;
}
