/**
 * Choices: what a person left as it is, bound to the record's hash.
 *
 * A choice holds while the record has the hash it was made about. Must never touch a record, a fact or an operation: a
 * choice changes who has to look, and nothing else.
 */
import type { StreamName } from '../../model/record.ts';
import type { Db } from './database.ts';

export interface Chosen {
  readonly stream: StreamName;
  readonly id: string;
  readonly reason: string;
}

/** Puts a choice about the record as it is now, inside the caller's transaction. */
export function putChoice(db: Db, sync: string, run: string, { stream, id, reason }: Chosen): void {
  db.run(
    `INSERT INTO choices (tenant, sync, stream, id, reason, hash, run, chosen_at)
     VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tenant, sync, stream, id, reason) DO UPDATE SET hash = excluded.hash, run = excluded.run,
       chosen_at = excluded.chosen_at`,
    sync,
    stream,
    id,
    reason,
    hashNow(db, sync, stream, id),
    run,
    db.clock.now(),
  );
}

/** Tells whether somebody left this as it is, and the record is what it was then. */
export function isChosen(db: Db, sync: string, { stream, id, reason }: Chosen): boolean {
  const sql = 'SELECT hash FROM choices WHERE tenant = @tenant AND sync = ? AND stream = ? AND id = ? AND reason = ?';
  const choice = db.one<{ hash: string }>(sql, sync, stream, id, reason);
  return choice !== undefined && choice.hash === hashNow(db, sync, stream, id);
}

/** The hash of the primary's record; '' where none is stored. */
function hashNow(db: Db, sync: string, stream: StreamName, id: string): string {
  const sql = `SELECT r.hash FROM shelves AS s
    JOIN record_ids AS i ON i.tenant = @tenant AND i.shelf_id = s.shelf_id AND i.id = ?
    JOIN records AS r ON r.record_id = i.record_id
    WHERE s.tenant = @tenant AND s.sync = ? AND s.side = 'primary' AND s.stream = ?`;
  return db.one<{ hash: string }>(sql, id, sync, stream)?.hash ?? '';
}
