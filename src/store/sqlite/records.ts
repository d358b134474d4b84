/**
 * Reading the records of a shelf.
 *
 * Ids are asked for in one query over a JSON list: for 500 ids that takes half the time of 500 prepared look-ups
 * (measured: 1.3 against 3 ms). Must never change anything.
 */
import type { Known, Pending, Shelf } from '../rows.ts';
import type { Db } from './database.ts';

export const KNOWN =
  'r.record_id AS recordId, r.id AS id, r.hash, r.agreed, r.version, r.state, r.text_hash AS textHash, r.read_at AS readAt';

/** Reads what is known of these ids; an id that is not stored is missing from the map. */
export function known(db: Db, { shelfId }: Shelf, ids: readonly string[]): Map<string, Known> {
  if (ids.length === 0) return new Map();
  // CROSS JOIN keeps the list outside: the planner must not scan the records instead.
  const rows = db.all<Known>(
    `SELECT ${KNOWN} FROM json_each(?) AS asked CROSS JOIN record_ids AS i
     ON i.tenant = @tenant AND i.shelf_id = ? AND i.id = asked.value
     CROSS JOIN records AS r ON r.record_id = i.record_id`,
    JSON.stringify(ids),
    shelfId,
  );
  return new Map([...rows, ...appended(db, shelfId, ids)].map((row) => [row.id, row]));
}

/** Looks through what a load has appended and not indexed yet; nothing once it is. */
function appended(db: Db, shelfId: number, ids: readonly string[]): readonly Known[] {
  const from = unindexedFrom(db, shelfId);
  if (from === null) return [];
  return db.all<Known>(
    `SELECT ${KNOWN} FROM records AS r INDEXED BY records_in_order
     WHERE r.tenant = @tenant AND r.shelf_id = ? AND r.record_id >= ?
       AND r.id IN (SELECT value FROM json_each(?))`,
    shelfId,
    from,
    JSON.stringify(ids),
  );
}

function unindexedFrom(db: Db, shelfId: number): number | null {
  const sql = 'SELECT unindexed_from AS first FROM shelves WHERE tenant = @tenant AND shelf_id = ?';
  return db.one<{ first: number | null }>(sql, shelfId)?.first ?? null;
}

/** Indexes what was appended, inside the caller's transaction: sorted, so that each page of the index is written once. */
export function indexAppended(db: Db, shelfId: number): void {
  const from = unindexedFrom(db, shelfId);
  if (from === null) return;
  db.run(
    `INSERT INTO record_ids (tenant, shelf_id, id, record_id)
     SELECT r.tenant, r.shelf_id, r.id, r.record_id FROM records AS r INDEXED BY records_in_order
     WHERE r.tenant = @tenant AND r.shelf_id = ? AND r.record_id >= ? ORDER BY r.id`,
    shelfId,
    from,
  );
  db.run('UPDATE shelves SET unindexed_from = NULL WHERE tenant = @tenant AND shelf_id = ?', shelfId);
}

/** Notes that records from this one on are not indexed, inside the caller's transaction. */
export function noteAppended(db: Db, shelfId: number, first: number): void {
  const sql =
    'UPDATE shelves SET unindexed_from = ? WHERE tenant = @tenant AND shelf_id = ? AND unindexed_from IS NULL';
  db.run(sql, first, shelfId);
}

/** Indexes one record, inside the caller's transaction. */
export function indexRecord(db: Db, shelfId: number, id: string, recordId: number): void {
  const sql = 'INSERT INTO record_ids (tenant, shelf_id, id, record_id) VALUES (@tenant, ?, ?, ?)';
  db.run(sql, shelfId, id, recordId);
}

/** Reads records by their record ids, in record order. */
export function byRecordId(db: Db, { shelfId }: Shelf, recordIds: readonly number[]): readonly Known[] {
  return db.all<Known>(
    `SELECT ${KNOWN} FROM json_each(?) AS asked CROSS JOIN records AS r
     ON r.record_id = asked.value AND r.tenant = @tenant AND r.shelf_id = ? ORDER BY r.record_id`,
    JSON.stringify(recordIds),
    shelfId,
  );
}

/** Reads pending records in record order; one whose content was let go waits until it is read again. */
export function pending(db: Db, { shelfId }: Shelf, afterRecordId: number, limit: number): readonly Pending[] {
  return db.all<Pending>(
    `SELECT ${KNOWN}, r.content FROM records AS r INDEXED BY records_pending
     WHERE r.tenant = @tenant AND r.shelf_id = ? AND r.record_id > ?
       AND r.agreed IS NOT r.hash AND r.content IS NOT NULL
     ORDER BY r.record_id LIMIT ?`,
    shelfId,
    afterRecordId,
    limit,
  );
}

/** Reads records with their content in record order; those whose content was let go are left out. */
export function contents(db: Db, { shelfId }: Shelf, afterRecordId: number, limit: number): readonly Pending[] {
  return db.all<Pending>(
    `SELECT ${KNOWN}, r.content FROM records AS r INDEXED BY records_in_order
     WHERE r.tenant = @tenant AND r.shelf_id = ? AND r.record_id > ? AND r.content IS NOT NULL
     ORDER BY r.record_id LIMIT ?`,
    shelfId,
    afterRecordId,
    limit,
  );
}

/** Reads a record with its content (null when it was let go). */
export function record(db: Db, shelf: Shelf, id: string): (Known & { content: string | null }) | null {
  const found = known(db, shelf, [id]).get(id);
  if (found === undefined) return null;
  const sql = 'SELECT r.content FROM records AS r WHERE r.tenant = @tenant AND r.record_id = ?';
  return { ...found, content: db.one<{ content: string | null }>(sql, found.recordId)?.content ?? null };
}

/** Reads records in record order. */
export function records(db: Db, { shelfId }: Shelf, afterRecordId: number, limit: number): readonly Known[] {
  return db.all<Known>(
    `SELECT ${KNOWN} FROM records AS r INDEXED BY records_in_order
     WHERE r.tenant = @tenant AND r.shelf_id = ? AND r.record_id > ? ORDER BY r.record_id LIMIT ?`,
    shelfId,
    afterRecordId,
    limit,
  );
}

/** Finds the records with one of these match keys, in record order: an address may stand on several. */
export function findByMatchKey(
  db: Db,
  { shelfId }: Shelf,
  matchKeys: readonly string[],
): readonly (Known & { readonly matchKey: string })[] {
  // DISTINCT in the list: a key that is asked for twice finds its records once.
  return db.all<Known & { matchKey: string }>(
    `SELECT ${KNOWN}, r.match_key AS matchKey
     FROM (SELECT DISTINCT value FROM json_each(?)) AS asked CROSS JOIN records AS r
     ON r.tenant = @tenant AND r.shelf_id = ? AND r.match_key = asked.value ORDER BY r.record_id`,
    JSON.stringify(matchKeys),
    shelfId,
  );
}
