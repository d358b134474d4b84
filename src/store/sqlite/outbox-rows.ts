/**
 * Rows of the outbox: reading them, and the one function that moves them from state to state.
 *
 * Only moves of OUTBOX_TRANSITIONS are made. An operation that would wait again while a newer one on its record exists
 * is superseded instead: the newer plan replaced it. Must never have two in flight on one record (I13; the schema too).
 */
import { StoreRefused } from '../../model/errors.ts';
import type { OutboxState } from '../../model/outbox.ts';
import type { SideName } from '../../model/record.ts';
import { mayMove } from '../../model/outbox.ts';
import type { Baseline, JournalEntry, Operation } from '../rows.ts';
import { type Db, fromJson } from './database.ts';

type JsonColumn = 'payload' | 'baseline' | 'journal' | 'matchKeys';
type Row = Omit<Operation, JsonColumn | 'gathered'> & { readonly gathered: number } & Readonly<
    Record<Exclude<JsonColumn, 'matchKeys'>, string>
  > & { readonly matchKeys: string | null };

const OPERATION = `op_id AS opId, run, stream, lane, primary_id AS primaryId, secondary_id AS secondaryId,
  record_id AS recordId, record_hash AS recordHash, payload, baseline, journal, state, attempts, reason, side, match_keys AS matchKeys, sent_at AS sentAt, job_id AS jobId, gathered`;

/** Reads one operation of the sync. Ids come from this very store, so that a missing row is damage: throws StoreRefused. */
export function readOperation(db: Db, sync: string, opId: number): Operation {
  const sql = `SELECT ${OPERATION} FROM outbox WHERE tenant = @tenant AND sync = ? AND op_id = ?`;
  const row = db.one<Row>(sql, sync, opId);
  if (row === undefined)
    throw new StoreRefused('corrupt', `the store is damaged: operation ${opId} of sync ${sync} is gone`);
  return operationOf(row);
}

/** Oldest first; of a judged side those that go by themselves: what is under way in a job is told by its job. */
export function operations(
  db: Db,
  sync: string,
  state: OutboxState,
  limit: number,
  judged?: SideName | null,
): readonly Operation[] {
  const only =
    judged === undefined
      ? '1'
      : judged === null
        ? 'match_keys IS NULL'
        : `match_keys IS NOT NULL AND side = ? AND NOT (job_id IS NOT NULL AND state IN ('sending', 'verifying'))`;
  const sql = `SELECT ${OPERATION} FROM outbox WHERE tenant = @tenant AND sync = ? AND state = ? AND ${only}
    ORDER BY op_id LIMIT ?`;
  const sides = typeof judged === 'string' ? [judged] : [];
  return db.all<Row>(sql, sync, state, ...sides, limit).map(operationOf);
}

/** Lists a job's operations whose outcome is unknown, oldest first after `afterOpId`. */
export function operationsOfJob(
  db: Db,
  sync: string,
  jobId: number,
  afterOpId: number,
  limit: number,
): readonly Operation[] {
  const sql = `SELECT ${OPERATION} FROM outbox INDEXED BY outbox_of_job
    WHERE tenant = @tenant AND sync = ? AND job_id = ? AND state IN ('sending', 'verifying') AND op_id > ?
    ORDER BY op_id LIMIT ?`;
  return db.all<Row>(sql, sync, jobId, afterOpId, limit).map(operationOf);
}

/** Lists what left for one side about these primary records and may have arrived, oldest first. */
export function sentOperations(
  db: Db,
  sync: string,
  side: SideName,
  primaryIds: readonly string[],
): readonly Operation[] {
  const sql = `SELECT ${OPERATION} FROM json_each(?) AS asked CROSS JOIN outbox AS o INDEXED BY outbox_by_record
    ON o.tenant = @tenant AND o.sync = ? AND o.stream = 'contacts' AND o.primary_id = asked.value AND o.side = ?
      AND o.sent_at IS NOT NULL AND o.state IN ('sending', 'verifying', 'confirmed', 'parked')
    ORDER BY o.op_id`;
  return db.all<Row>(sql, JSON.stringify(primaryIds), sync, side).map(operationOf);
}

function operationOf(row: Row): Operation {
  return {
    ...row,
    gathered: row.gathered === 1,
    payload: fromJson(row.payload),
    baseline: fromJson(row.baseline) as Baseline,
    journal: fromJson(row.journal) as readonly JournalEntry[],
    matchKeys: row.matchKeys === null ? null : (fromJson(row.matchKeys) as readonly string[]),
  };
}

export function countOperations(db: Db, sync: string): Readonly<Partial<Record<OutboxState, number>>> {
  const sql = 'SELECT state, count(*) AS count FROM outbox WHERE tenant = @tenant AND sync = ? GROUP BY state';
  const rows = db.all<{ state: OutboxState; count: number }>(sql, sync);
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

/** Moves an operation, inside the caller's transaction; throws on a move that the table does not have. */
export function move(db: Db, sync: string, opId: number, to: OutboxState, reason: string | null): Operation {
  const before = readOperation(db, sync, opId);
  if (!mayMove(before.state, to)) throw new Error(`operation ${opId} may not move from ${before.state} to ${to}`);
  // Waiting and at once superseded: two allowed moves in one, since only one operation of a record may wait.
  const state = to === 'pending' && hasNewer(db, sync, before) ? 'superseded' : to;
  const attempts = before.attempts + (to === 'sending' ? 1 : 0);
  const sentAt = to === 'sending' ? db.clock.now() : before.sentAt;
  const sql = 'UPDATE outbox SET state = ?, attempts = ?, reason = ?, sent_at = ? WHERE tenant = @tenant AND op_id = ?';
  db.run(sql, state, attempts, reason, sentAt, opId);
  return { ...before, state, attempts, reason, sentAt };
}

function hasNewer(db: Db, sync: string, { stream, primaryId, opId, side = 'secondary' }: Operation): boolean {
  const sql = `SELECT 1 FROM outbox WHERE tenant = @tenant AND sync = ? AND stream = ? AND primary_id = ? AND op_id > ?
    AND side = ? AND state NOT IN ('superseded', 'dismissed')`;
  return db.one(sql, sync, stream, primaryId, opId, side) !== undefined;
}
