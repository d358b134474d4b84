/**
 * What the mirror's suite needs of an implementation: a place where mirrors stand, a file or a database.
 *
 * Opening twice is what a restart sees. Tables are looked at directly only by the names that product.md §4 promises.
 */
import type { MirrorSide } from '../connector/side.ts';
import type { Steps } from '../ports/steps.ts';

export interface MirrorPlace {
  /** Opens a mirror here, as a new process would. */
  open(more?: { readonly steps?: Steps; readonly prefix?: string }): Promise<MirrorSide>;
  /** Makes a table of somebody else's with one column `theirs` and one row in it. */
  makeForeign(table: string): Promise<void>;
  /** Reads all rows of a table, in no particular order. */
  rows(table: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Lists the tables there are. */
  tables(): Promise<readonly string[]>;
  dropTable(table: string): Promise<void>;
  dispose(): Promise<void>;
}
