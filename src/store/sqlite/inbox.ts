/**
 * The inbox in SQLite (I16).
 *
 * Decides how much may wait: a sender that floods is told to come again later, and loses nothing, for polling finds the
 * same changes. A renewed hint takes a new id, so that a reading begun before it does not settle it.
 */
import type { DeliveryToTake, Hint, TakenDelivery } from '../inbox.ts';
import type { Db } from './database.ts';

/** Longer than a sender may repeat itself, and than the age at which a delivery is still believed. */
const REMEMBERED_MS = 8 * 24 * 3_600_000;
const MOST_HINTS = 100_000;
/** Old ids are let go a few at a time, so that no delivery waits for it. */
const SWEPT_AT_ONCE = 100;

/** Keeps a delivery and its hints. */
export function takeDelivery(db: Db, { connection, deliveryId, bodyHash, records }: DeliveryToTake): TakenDelivery {
  return db.write('takeDelivery', () => {
    const now = db.clock.now();
    db.run(
      `DELETE FROM deliveries WHERE (tenant, connection, delivery_id) IN
         (SELECT tenant, connection, delivery_id FROM deliveries WHERE tenant = @tenant AND at < ? ORDER BY at LIMIT ?)`,
      now - REMEMBERED_MS,
      SWEPT_AT_ONCE,
    );
    const known = db.one<{ bodyHash: string }>(
      'SELECT body_hash AS bodyHash FROM deliveries WHERE tenant = @tenant AND connection = ? AND delivery_id = ?',
      connection,
      deliveryId,
    );
    if (known !== undefined) return known.bodyHash === bodyHash ? 'repeat' : 'other-body';
    if (countHints(db, connection) + records.length > MOST_HINTS) return 'full';
    db.run(
      'INSERT INTO deliveries (tenant, connection, delivery_id, body_hash, at) VALUES (@tenant, ?, ?, ?, ?)',
      connection,
      deliveryId,
      bodyHash,
      now,
    );
    for (const recordId of new Set(records)) renewHint(db, connection, recordId, now);
    return 'new';
  });
}

function renewHint(db: Db, connection: string, recordId: string, now: number): void {
  const since = db.one<{ since: number }>(
    'SELECT since FROM hints WHERE tenant = @tenant AND connection = ? AND record_id = ?',
    connection,
    recordId,
  )?.since;
  db.run(
    'INSERT OR REPLACE INTO hints (tenant, connection, record_id, since) VALUES (@tenant, ?, ?, ?)',
    connection,
    recordId,
    since ?? now,
  );
}

function countHints(db: Db, connection: string): number {
  const sql = 'SELECT count(*) AS count FROM hints WHERE tenant = @tenant AND connection = ?';
  return db.one<{ count: number }>(sql, connection)?.count ?? 0;
}

/** Lists what waits to be read, oldest first. */
export function hints(db: Db, connection: string, limit: number): readonly Hint[] {
  return db.all<Hint>(
    `SELECT hint_id AS hintId, record_id AS recordId, since FROM hints WHERE tenant = @tenant AND connection = ?
     ORDER BY since, hint_id LIMIT ?`,
    connection,
    limit,
  );
}

/** Forgets hints that were read. */
export function settleHints(db: Db, hintIds: readonly number[]): void {
  if (hintIds.length === 0) return;
  db.write('settleHints', () => {
    db.run(
      'DELETE FROM hints WHERE tenant = @tenant AND hint_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(hintIds),
    );
  });
}
