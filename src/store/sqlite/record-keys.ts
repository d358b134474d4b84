/**
 * The keys of records that are found by more than one: set whole with the record, inside the page's transaction.
 *
 * A page's keys are two statements, however many records it has. Must never leave a key that its record no longer bears.
 */
import type { Found, Shelf } from '../rows.ts';
import type { Db } from './database.ts';
import { KNOWN } from './records.ts';

export interface KeysOfRecord {
  readonly recordId: number;
  readonly keys: readonly string[];
}

/** Sets the keys of records instead of those they had, inside the caller's transaction. */
export function putKeys(db: Db, shelfId: number, rows: readonly KeysOfRecord[]): void {
  if (rows.length === 0) return;
  dropKeys(
    db,
    rows.map(({ recordId }) => recordId),
  );
  const pairs = rows.flatMap(({ recordId, keys }) => [...new Set(keys)].map((key) => [key, recordId]));
  if (pairs.length === 0) return;
  db.run(
    `INSERT INTO record_keys (tenant, shelf_id, key, record_id)
     SELECT @tenant, ?, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)`,
    shelfId,
    JSON.stringify(pairs),
  );
}

/** Forgets the keys of records, inside the caller's transaction. */
export function dropKeys(db: Db, recordIds: readonly number[]): void {
  db.run(
    'DELETE FROM record_keys WHERE tenant = @tenant AND record_id IN (SELECT value FROM json_each(?))',
    JSON.stringify(recordIds),
  );
}

/** Finds the records that bear one of these keys, by key and then in record order. */
export function findByKeys(db: Db, { shelfId }: Shelf, keys: readonly string[]): readonly Found[] {
  if (keys.length === 0) return [];
  return db.all<Found>(
    `SELECT ${KNOWN}, r.content, k.key FROM (SELECT DISTINCT value FROM json_each(?)) AS asked
     CROSS JOIN record_keys AS k ON k.tenant = @tenant AND k.shelf_id = ? AND k.key = asked.value
     CROSS JOIN records AS r ON r.record_id = k.record_id AND r.tenant = @tenant ORDER BY k.key, k.record_id`,
    JSON.stringify(keys),
    shelfId,
  );
}
