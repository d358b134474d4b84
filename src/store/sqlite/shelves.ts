/**
 * Shelves (one stream of one side of one sync) with their cursors, and the sync's marks.
 *
 * A cursor is kept for each shelf and channel (T16). Must never move a cursor by itself: `putCursors` and `putMarks`
 * are called inside the transaction that stores what justifies them (I4).
 */
import type { SideName, StreamName } from '../../model/record.ts';
import type { Lease, Shelf } from '../rows.ts';
import { type Db, fromJson, toJson } from './database.ts';
import { leased } from './leases.ts';

/** Finds or makes a shelf. Where nothing may be made, one that is missing is an empty one that no row names. */
export function shelf(db: Db, sync: string, side: SideName, stream: StreamName): Shelf {
  const find = () =>
    db.one<{ shelfId: number }>(
      'SELECT shelf_id AS shelfId FROM shelves WHERE tenant = @tenant AND sync = ? AND side = ? AND stream = ?',
      sync,
      side,
      stream,
    )?.shelfId;
  const make = () =>
    // Looked up again: another process may have made it before this transaction began.
    find() ??
    db.insert('INSERT INTO shelves (tenant, sync, side, stream) VALUES (@tenant, ?, ?, ?)', sync, side, stream);
  const shelfId = find() ?? (db.readOnly ? 0 : db.write('shelf', make));
  return { shelfId, sync, side, stream };
}

/** Throws unless the shelf is one of the lease's sync: a lease protects its own sync alone. */
export function requireShelf(db: Db, lease: Lease, { shelfId }: Shelf): void {
  const sql = 'SELECT 1 FROM shelves WHERE tenant = @tenant AND shelf_id = ? AND sync = ?';
  if (db.one(sql, shelfId, lease.sync) === undefined)
    throw new Error(`shelf ${shelfId} does not belong to sync ${lease.sync}`);
}

export function cursor(db: Db, { shelfId }: Shelf, channel: string): string | null {
  const sql = 'SELECT value FROM cursors WHERE tenant = @tenant AND shelf_id = ? AND channel = ?';
  return db.one<{ value: string }>(sql, shelfId, channel)?.value ?? null;
}

/** Sets cursors, inside the caller's transaction. */
export function putCursors(db: Db, shelfId: number, cursors: Readonly<Record<string, string>>): void {
  for (const [channel, value] of Object.entries(cursors)) {
    db.run(
      `INSERT INTO cursors (tenant, shelf_id, channel, value) VALUES (@tenant, ?, ?, ?)
       ON CONFLICT (tenant, shelf_id, channel) DO UPDATE SET value = excluded.value`,
      shelfId,
      channel,
      value,
    );
  }
}

/** Reads a mark; null when it was never set. */
export function mark(db: Db, sync: string, key: string): unknown {
  const sql = 'SELECT value FROM marks WHERE tenant = @tenant AND sync = ? AND key = ?';
  const row = db.one<{ value: string }>(sql, sync, key);
  return row === undefined ? null : fromJson(row.value);
}

export function setMarks(db: Db, lease: Lease, marks: Readonly<Record<string, unknown>>): void {
  leased(db, 'setMarks', lease, () => putMarks(db, lease.sync, marks));
}

/** Sets marks, inside the caller's transaction. */
export function putMarks(db: Db, sync: string, marks: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(marks)) {
    db.run(
      `INSERT INTO marks (tenant, sync, key, value) VALUES (@tenant, ?, ?, ?)
       ON CONFLICT (tenant, sync, key) DO UPDATE SET value = excluded.value`,
      sync,
      key,
      toJson(value),
    );
  }
}
