/**
 * Rows of the outbox: reading them, and the one function that moves them from state to state.
 *
 * Only moves of OUTBOX_TRANSITIONS are made. An operation that would wait again while a newer one on its record exists
 * is superseded instead: the newer plan replaced it. Must never have two in flight on one record (I13; the schema too).
 */
import type { OutboxState } from '../../model/outbox.ts';
import { mayMove } from '../../model/outbox.ts';
import type { Baseline, JournalEntry, Operation } from '../rows.ts';
import { type Db, fromJson } from './database.ts';

type JsonColumn = 'payload' | 'baseline' | 'journal';
type Row = Omit<Operation, JsonColumn> & Readonly<Record<JsonColumn, string>>;

const OPERATION = `op_id AS opId, run, stream, lane, primary_id AS primaryId, secondary_id AS secondaryId,
  record_id AS recordId, record_hash AS recordHash, payload, baseline, journal, state, attempts, reason`;

/** Reads one operation of the sync; throws when there is none. */
export function readOperation(db: Db, sync: string, opId: number): Operation {
  const sql = `SELECT ${OPERATION} FROM outbox WHERE tenant = @tenant AND sync = ? AND op_id = ?`;
  const row = db.one<Row>(sql, sync, opId);
  if (row === undefined) throw new Error(`sync ${sync} has no operation ${opId}`);
  return operationOf(row);
}

/** Oldest first. */
export function operations(db: Db, sync: string, state: OutboxState, limit: number): readonly Operation[] {
  const sql = `SELECT ${OPERATION} FROM outbox WHERE tenant = @tenant AND sync = ? AND state = ? ORDER BY op_id LIMIT ?`;
  return db.all<Row>(sql, sync, state, limit).map(operationOf);
}

function operationOf(row: Row): Operation {
  return {
    ...row,
    payload: fromJson(row.payload),
    baseline: fromJson(row.baseline) as Baseline,
    journal: fromJson(row.journal) as readonly JournalEntry[],
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
  const sql = 'UPDATE outbox SET state = ?, attempts = ?, reason = ? WHERE tenant = @tenant AND op_id = ?';
  db.run(sql, state, attempts, reason, opId);
  return { ...before, state, attempts, reason };
}

function hasNewer(db: Db, sync: string, { stream, primaryId, opId }: Operation): boolean {
  const sql = `SELECT 1 FROM outbox WHERE tenant = @tenant AND sync = ? AND stream = ? AND primary_id = ? AND op_id > ?
    AND state NOT IN ('superseded', 'dismissed')`;
  return db.one(sql, sync, stream, primaryId, opId) !== undefined;
}
