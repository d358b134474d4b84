/**
 * Runs, and the plans that a guard stopped.
 *
 * A release names a plan's hash and stays: a guard judges each pass anew, and only a plan with that very hash gets
 * through. Must never decide whether a plan may pass.
 */
import type { Lease } from '../rows.ts';
import type { Outcome, Run, Stop } from '../run-rows.ts';
import { type Db, fromJson, toJson } from './database.ts';
import { leased } from './leases.ts';

/** Notes that a run began; repeating it is harmless. */
export function startRun(db: Db, lease: Lease, run: string, command: string): void {
  leased(db, 'startRun', lease, () => {
    db.run(
      `INSERT INTO runs (tenant, run, sync, command, started_at) VALUES (@tenant, ?, ?, ?, ?)
       ON CONFLICT (tenant, run) DO NOTHING`,
      run,
      lease.sync,
      command,
      db.clock.now(),
    );
  });
}

export function endRun(db: Db, lease: Lease, run: string, outcome: Outcome, summary: unknown): void {
  leased(db, 'endRun', lease, () => {
    const changed = db.run(
      'UPDATE runs SET ended_at = ?, outcome = ?, summary = ? WHERE tenant = @tenant AND run = ? AND sync = ?',
      db.clock.now(),
      outcome,
      toJson(summary),
      run,
      lease.sync,
    );
    if (changed === 0) throw new Error(`run ${run} of sync ${lease.sync} was never started`);
  });
}

/** Finds a run of any sync. */
export function findRun(db: Db, run: string): Run | null {
  const row = db.one<Omit<Run, 'summary'> & { summary: string }>(
    `SELECT run, sync, command, started_at AS startedAt, ended_at AS endedAt, outcome, summary
     FROM runs WHERE tenant = @tenant AND run = ?`,
    run,
  );
  return row === undefined ? null : { ...row, summary: fromJson(row.summary) };
}

/** Newest first. */
export function runs(db: Db, sync: string, limit: number): readonly Run[] {
  const rows = db.all<Omit<Run, 'summary'> & { summary: string }>(
    `SELECT run, sync, command, started_at AS startedAt, ended_at AS endedAt, outcome, summary
     FROM runs WHERE tenant = @tenant AND sync = ? ORDER BY run_no DESC LIMIT ?`,
    sync,
    limit,
  );
  return rows.map((row) => ({ ...row, summary: fromJson(row.summary) }));
}

/** Keeps a stopped plan; the same plan stopped again keeps its release. */
export function recordStop(db: Db, lease: Lease, stop: Pick<Stop, 'hash' | 'run' | 'detail'>): void {
  leased(db, 'recordStop', lease, () => {
    db.run(
      `INSERT INTO stops (tenant, hash, sync, run, at, detail) VALUES (@tenant, ?, ?, ?, ?, ?)
       ON CONFLICT (tenant, hash, sync) DO UPDATE SET run = excluded.run, at = excluded.at, detail = excluded.detail`,
      stop.hash,
      lease.sync,
      stop.run,
      db.clock.now(),
      toJson(stop.detail),
    );
  });
}

/** Newest first. */
export function stops(db: Db, sync: string, limit: number): readonly Stop[] {
  const rows = db.all<Omit<Stop, 'detail'> & { detail: string }>(
    `SELECT hash, run, sync, at, detail, released_at AS releasedAt
     FROM stops WHERE tenant = @tenant AND sync = ? ORDER BY at DESC, stop_no DESC LIMIT ?`,
    sync,
    limit,
  );
  return rows.map((row) => ({ ...row, detail: fromJson(row.detail) }));
}

/** Lets the plan with this hash through; tells whether such a stop is known. */
export function release(db: Db, hash: string): boolean {
  return db.write('release', () => {
    const at = db.clock.now();
    const sql = 'UPDATE stops SET released_at = coalesce(released_at, ?) WHERE tenant = @tenant AND hash = ?';
    return db.run(sql, at, hash) > 0;
  });
}

export function isReleased(db: Db, sync: string, hash: string): boolean {
  const sql = 'SELECT 1 FROM stops WHERE tenant = @tenant AND hash = ? AND sync = ? AND released_at IS NOT NULL';
  return db.one(sql, hash, sync) !== undefined;
}
