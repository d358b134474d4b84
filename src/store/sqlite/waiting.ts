/**
 * Things that wait: by themselves (held) or for a person (parked, conflict, alarm).
 *
 * One row for each (stream, id, reason); told again it is renewed and keeps its `since`. Must never settle anything
 * that the caller did not name.
 */
import type { JournalEntry, Lease, Waiting, WaitingKey, WaitingKind, WaitingRow } from '../rows.ts';
import { type Chosen, isChosen, putChoice } from './choices.ts';
import { type Db, fromJson, toJson } from './database.ts';
import { addJournal } from './journal.ts';
import { leased } from './leases.ts';

export function wait(db: Db, lease: Lease, put: readonly Waiting[], settled: readonly WaitingKey[]): void {
  leased(db, 'wait', lease, () => putWaiting(db, lease.sync, put, settled));
}

/** Settles and puts, inside the caller's transaction. What is both settled and put goes on waiting, since when it did. */
export function putWaiting(db: Db, sync: string, put: readonly Waiting[], settled: readonly WaitingKey[]): void {
  const kept = new Set(put.map(({ stream, id, reason }) => keyOf(stream, id, reason)));
  for (const { stream, id, reason } of settled) {
    for (const found of reasonsOf(db, sync, stream, id)) {
      const named = reason === null || reason === found;
      if (named && !kept.has(keyOf(stream, id, found))) remove(db, sync, stream, id, found);
    }
  }
  for (const one of put) if (!isLeft(db, sync, one)) upsert(db, sync, one);
}

/** Only what a person may leave as it is: what waits by itself, or was refused, has other ways. */
function isLeft(db: Db, sync: string, one: Waiting): boolean {
  return (one.kind === 'conflict' || one.kind === 'alarm') && isChosen(db, sync, one);
}

/** Leaves things as they are: they wait no longer, nor again while their record stays as it is. */
export function choose(
  db: Db,
  lease: Lease,
  run: string,
  chosen: readonly Chosen[],
  journal: readonly JournalEntry[],
): void {
  leased(db, 'choose', lease, () => {
    for (const one of chosen) {
      putChoice(db, lease.sync, run, one);
      remove(db, lease.sync, one.stream, one.id, one.reason);
    }
    addJournal(db, lease.sync, journal);
  });
}

function keyOf(stream: string, id: string, reason: string): string {
  return JSON.stringify([stream, id, reason]);
}

function reasonsOf(db: Db, sync: string, stream: string, id: string): readonly string[] {
  const sql = 'SELECT reason FROM waiting WHERE tenant = @tenant AND sync = ? AND stream = ? AND id = ?';
  return db.all<{ reason: string }>(sql, sync, stream, id).map((row) => row.reason);
}

function remove(db: Db, sync: string, stream: string, id: string, reason: string): void {
  const sql = 'DELETE FROM waiting WHERE tenant = @tenant AND sync = ? AND stream = ? AND id = ? AND reason = ?';
  db.run(sql, sync, stream, id, reason);
}

function upsert(db: Db, sync: string, { kind, stream, id, reason, detail, run }: Waiting): void {
  db.run(
    `INSERT INTO waiting (tenant, sync, kind, stream, id, reason, detail, run, since)
     VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tenant, sync, stream, id, reason) DO UPDATE SET kind = excluded.kind, detail = excluded.detail,
       run = excluded.run`,
    sync,
    kind,
    stream,
    id,
    reason,
    toJson(detail),
    run,
    db.clock.now(),
  );
}

/** Longest waiting first. */
export function waiting(
  db: Db,
  sync: string,
  limit: number,
  { reason, id }: { readonly reason?: string; readonly id?: string } = {},
): readonly WaitingRow[] {
  const rows = db.all<Omit<WaitingRow, 'detail'> & { detail: string }>(
    `SELECT kind, stream, id, reason, detail, run, since FROM waiting
     WHERE tenant = @tenant AND sync = ? AND reason = coalesce(?, reason) AND id = coalesce(?, id)
     ORDER BY since, waiting_id LIMIT ?`,
    sync,
    reason ?? null,
    id ?? null,
    limit,
  );
  return rows.map((row) => ({ ...row, detail: fromJson(row.detail) }));
}

/** Counts all that waits, however much it is. */
export function countWaiting(
  db: Db,
  sync: string,
  only: { readonly reason: string } | null = null,
): Readonly<Record<WaitingKind, number>> {
  const sql = `SELECT kind, count(*) AS count FROM waiting
    WHERE tenant = @tenant AND sync = ? AND reason = coalesce(?, reason) GROUP BY kind`;
  const rows = db.all<{ kind: WaitingKind; count: number }>(sql, sync, only?.reason ?? null);
  return { held: 0, parked: 0, conflict: 0, alarm: 0, ...Object.fromEntries(rows.map((row) => [row.kind, row.count])) };
}
