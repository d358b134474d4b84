/**
 * Reading the records of a shelf.
 *
 * Ids are asked for in one query over a JSON list: for 500 ids that takes half the time of 500 prepared look-ups
 * (measured: 1.3 against 3 ms). Must never change anything.
 */
import type { Known, Pending, Shelf } from '../store.ts';
import type { Db } from './database.ts';

const KNOWN =
  'r.record_id AS recordId, r.id AS id, r.hash, r.agreed, r.version, r.state, r.text_hash AS textHash, r.read_at AS readAt';

/** Reads what is known of these ids; an id that is not stored is missing from the map. */
export function known(db: Db, { shelfId }: Shelf, ids: readonly string[]): Map<string, Known> {
  if (ids.length === 0) return new Map();
  // CROSS JOIN keeps the list outside: the planner must not scan the records instead.
  const rows = db.all<Known>(
    `SELECT ${KNOWN} FROM json_each(?) AS asked CROSS JOIN records AS r
     ON r.tenant = @tenant AND r.shelf_id = ? AND r.id = asked.value`,
    JSON.stringify(ids),
    shelfId,
  );
  return new Map(rows.map((row) => [row.id, row]));
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

/** Reads a record with its content (null when it was let go). */
export function record(db: Db, { shelfId }: Shelf, id: string): (Known & { content: string | null }) | null {
  const row = db.one<Known & { content: string | null }>(
    `SELECT ${KNOWN}, r.content FROM records AS r WHERE r.tenant = @tenant AND r.shelf_id = ? AND r.id = ?`,
    shelfId,
    id,
  );
  return row ?? null;
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
