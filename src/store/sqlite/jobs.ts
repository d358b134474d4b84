/**
 * Jobs and the operations that went out in them.
 *
 * A job begins in the transaction that judges and claims its people, so none is under way of whom the store does not
 * know it (I6, I13). Must never look into a payload.
 */
import { JOB_MISSED } from '../../model/outbox.ts';
import type { SideName } from '../../model/record.ts';
import type { InJob, Job, JobMove, JobToBegin } from '../job-rows.ts';
import type { ClaimJudge, JudgedClaim, Lease, Operation, OperationOutcome } from '../rows.ts';
import { type Db, fromJson, toJson } from './database.ts';
import { consent } from './fact-reads.ts';
import { leased } from './leases.ts';
import { move, operationsOfJob, readOperation } from './outbox-rows.ts';
import { settle } from './outbox.ts';

type JobRow = Omit<Job, 'detail' | 'targets'> & { readonly detail: string; readonly targets: string };
const JOB = `job_id AS jobId, kind, state, remote_id AS remoteId, run, people, submitted_at AS submittedAt,
  ended_at AS endedAt, detail, targets`;
const IN_FLIGHT = `('leased', 'sending', 'verifying')`;

/** Judges, claims and sends out the pending operations of these records as one job. */
export function beginJob(
  db: Db,
  lease: Lease,
  begin: JobToBegin,
  judge: ClaimJudge,
): JudgedClaim & { readonly job: Job | null } {
  return leased(db, 'beginJob', lease, () => {
    const passed: number[] = [];
    const refused: Operation[] = [];
    for (const opId of free(db, lease.sync, begin.side, begin.primaryIds)) {
      const operation = readOperation(db, lease.sync, opId);
      const reason = judge(operation, consent(db, operation.matchKeys ?? []));
      if (reason === null) passed.push(opId);
      else refused.push(move(db, lease.sync, opId, 'superseded', reason));
    }
    if (passed.length === 0) return { claimed: [], refused, job: null };
    const jobId = insert(db, lease.sync, begin, passed.length);
    const claimed = passed.map((opId) => {
      move(db, lease.sync, opId, 'leased', null);
      db.run('UPDATE outbox SET job_id = ? WHERE tenant = @tenant AND op_id = ?', jobId, opId);
      return move(db, lease.sync, opId, 'sending', null);
    });
    return { claimed, refused, job: readJob(db, lease.sync, jobId) };
  });
}

function free(db: Db, sync: string, side: SideName, primaryIds: readonly string[]): readonly number[] {
  return db
    .all<{ opId: number }>(
      `SELECT o.op_id AS opId FROM json_each(?) AS asked CROSS JOIN outbox AS o INDEXED BY outbox_one_pending
       WHERE o.tenant = @tenant AND o.sync = ? AND o.side = ? AND o.stream = 'contacts' AND o.primary_id = asked.value
         AND o.state = 'pending' AND o.match_keys IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM outbox AS f WHERE f.tenant = o.tenant AND f.sync = o.sync AND f.stream = o.stream
           AND f.side = o.side AND f.primary_id = o.primary_id AND f.state IN ${IN_FLIGHT})`,
      toJson([...new Set(primaryIds)]),
      sync,
      side,
    )
    .map(({ opId }) => opId);
}

function insert(db: Db, sync: string, { run, kind, targets = [] }: JobToBegin, people: number): number {
  return db.insert(
    `INSERT INTO jobs (tenant, sync, kind, state, run, people, submitted_at, detail, targets)
     VALUES (@tenant, ?, ?, 'sent', ?, ?, ?, 'null', ?)`,
    sync,
    kind,
    run,
    people,
    db.clock.now(),
    toJson(targets),
  );
}

function readJob(db: Db, sync: string, jobId: number): Job {
  const sql = `SELECT ${JOB} FROM jobs WHERE tenant = @tenant AND sync = ? AND job_id = ?`;
  const row = db.one<JobRow>(sql, sync, jobId);
  if (row === undefined) throw new Error(`sync ${sync} has no job ${jobId}`);
  return jobOf(row);
}

function jobOf(row: JobRow): Job {
  return { ...row, detail: fromJson(row.detail), targets: fromJson(row.targets) as readonly string[] };
}

/** Lists the jobs that are not over, oldest first. */
export function openJobs(db: Db, sync: string): readonly Job[] {
  const sql = `SELECT ${JOB} FROM jobs WHERE tenant = @tenant AND sync = ? AND state <> 'over' ORDER BY job_id`;
  return db.all<JobRow>(sql, sync).map(jobOf);
}

/** Lists a job's operations whose outcome is unknown. */
export function jobOperations(
  db: Db,
  sync: string,
  jobId: number,
  afterOpId: number,
  limit: number,
): readonly Operation[] {
  return operationsOfJob(db, sync, jobId, afterOpId, limit);
}

/** Moves a job, and its operations as is said. */
export function moveJob(db: Db, lease: Lease, to: JobMove, outcomes: readonly OperationOutcome[]): void {
  leased(db, 'moveJob', lease, () => {
    const before = readJob(db, lease.sync, to.jobId);
    for (const outcome of outcomes) settle(db, lease.sync, outcome);
    const endedAt = before.endedAt ?? (to.state === 'ended' ? db.clock.now() : null);
    db.run(
      'UPDATE jobs SET state = ?, remote_id = ?, detail = ?, ended_at = ? WHERE tenant = @tenant AND job_id = ?',
      to.state,
      to.remoteId ?? before.remoteId,
      toJson(to.detail ?? before.detail),
      endedAt,
      to.jobId,
    );
  });
}

/** Tells which of these records are in a job that is under way, and which one ended without. */
export function inJobs(db: Db, sync: string, primaryIds: readonly string[]): ReadonlyMap<string, InJob> {
  const rows = db.all<{ id: string; open: number }>(
    `SELECT o.primary_id AS id, max(o.state IN ${IN_FLIGHT}) AS open
     FROM json_each(?) AS asked CROSS JOIN outbox AS o INDEXED BY outbox_jobs
     WHERE o.tenant = @tenant AND o.sync = ? AND o.primary_id = asked.value AND o.job_id IS NOT NULL
       AND (o.state IN ${IN_FLIGHT} OR (o.state = 'superseded' AND o.reason = '${JOB_MISSED}' AND NOT EXISTS (
         SELECT 1 FROM outbox AS l WHERE l.tenant = o.tenant AND l.sync = o.sync AND l.stream = o.stream
           AND l.primary_id = o.primary_id AND l.side = o.side AND l.op_id > o.op_id AND l.state = 'confirmed')))
     GROUP BY o.primary_id`,
    toJson(primaryIds),
    sync,
  );
  return new Map(rows.map(({ id, open }) => [id, open === 1 ? 'open' : 'missed']));
}
