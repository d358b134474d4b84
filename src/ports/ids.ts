/** Identifiers, as a port: runs, leases and operations get theirs here, so that a seeded run repeats exactly. */
export interface Ids {
  /** Makes a new id: unique, sortable by creation to the ms, safe in file names. */
  next(): string;
}
