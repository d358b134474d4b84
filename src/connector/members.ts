/**
 * What a table of the user's own does that says who is on which list: one row for each person and list name.
 *
 * Interface only. Rows that are not named in a write are left alone. The table lies in another file than the store, so
 * every write is repeatable.
 */

/** One row: a person by the key of their own row, and a list by its name. */
export interface MemberRow {
  readonly person: string;
  readonly list: string;
}
/** What one person's rows are to become. */
export interface MemberWrite {
  readonly add: readonly MemberRow[];
  readonly remove: readonly MemberRow[];
}

export interface MemberSide {
  /** Checks that table and columns exist. Throws ConnectorError `rejected` naming what is missing. */
  inspect(): Promise<void>;
  /** Reads the list names of these people, each once; whoever has no row is missing from the map. */
  read(people: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Counts the rows, repeated ones once. */
  count(): Promise<number>;
  /** Writes in one transaction, each person under a savepoint. Tells in order whether the table took them. Repeatable. */
  write(writes: readonly MemberWrite[]): Promise<readonly boolean[]>;
  close(): Promise<void>;
}
