/**
 * Rows of a user's table: one select in the mapping's order, and cells that compare exactly with what was read before.
 *
 * Integers beyond 2^53 come as decimal text and blobs as hex text, so that no value is rounded and a row that holds
 * one still compares equal to itself.
 */
import type { TableRow } from '../../connector/side.ts';
import type { SqliteFile } from './driver.ts';
import type { TableShape } from './table-shape.ts';

/** A row with its key as text and the handle that finds it again. */
export interface FoundRow {
  readonly key: string;
  readonly handle: unknown;
  readonly row: TableRow;
}

/** Reads rows by a condition over the table. */
export function selectRows(db: SqliteFile, shape: TableShape, rest: string, values: readonly unknown[]): FoundRow[] {
  const sql = `SELECT ${shape.handle}, ${shape.quoted.join(', ')} FROM ${shape.table} ${rest}`;
  // Big integers only exist in this mode; the cells are looked at one by one anyway.
  const rows = db
    .prepare(sql)
    .safeIntegers(true)
    .all(...values) as readonly (readonly unknown[])[];
  return rows.map(([handle, ...cells]) => ({
    key: String(plain(cells[0])),
    handle,
    row: Object.fromEntries(shape.names.map((name, at) => [name, plain(cells[at])])),
  }));
}

/** Finds the row with a key. */
export function findByKey(db: SqliteFile, shape: TableShape, key: string): FoundRow | null {
  return selectRows(db, shape, `WHERE ${shape.key} = ?`, [key])[0] ?? null;
}

/** Tells whether a row holds every one of these cells, by what they are and never by what they look like. */
export function holds(row: TableRow, cells: TableRow): boolean {
  return Object.entries(cells).every(([name, value]) => row[name] === value);
}

function plain(cell: unknown): string | number | null {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell.toString();
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex');
  return typeof cell === 'string' || typeof cell === 'number' ? cell : null;
}
