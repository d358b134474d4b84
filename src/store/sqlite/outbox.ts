/**
 * The outbox: intended writes, from the plan's transaction to the answer's.
 *
 * Claims go opt-outs first, then oldest first (I3), never two of one record (I13). What a killed pass had sent comes
 * back to be verified, never to be sent again (I6). Must never look into a payload.
 */
import type { OutboxState } from '../../model/outbox.ts';
import type { SideName } from '../../model/record.ts';
import type {
  ClaimJudge,
  JudgedClaim,
  Lane,
  Lease,
  NewOperation,
  Operation,
  OperationOutcome,
  Waiting,
  WaitingKey,
} from '../rows.ts';
import type { Store } from '../store.ts';
import { type Db, toJson } from './database.ts';
import { addJournal } from './journal.ts';
import { consent } from './fact-reads.ts';
import { leased } from './leases.ts';
import { putLink } from './links.ts';
import { move, readOperation } from './outbox-rows.ts';
import { putWaiting } from './waiting.ts';

type IntendMore = Parameters<Store['intend']>[3];

/** Puts operations into the outbox; what waited on the same record, or was parked, is superseded. */
export function intend(db: Db, lease: Lease, run: string, operations: readonly NewOperation[], more: IntendMore): void {
  leased(db, 'intend', lease, () => {
    for (const operation of operations) insert(db, lease.sync, run, operation, supersede(db, lease.sync, operation));
    putWaiting(db, lease.sync, more.waiting, more.settled);
    addJournal(db, lease.sync, more.journal);
  });
}

/** Supersedes what the new operation replaces; tells its lane, for an opt-out that was under way never falls back. */
function supersede(db: Db, sync: string, { stream, primaryId, lane, side = 'secondary' }: NewOperation): Lane {
  const older = db.all<{ opId: number; lane: Lane; state: OutboxState }>(
    `SELECT op_id AS opId, lane, state FROM outbox
     WHERE tenant = @tenant AND sync = ? AND stream = ? AND primary_id = ? AND side = ?
       AND state IN ('pending', 'parked')`,
    sync,
    stream,
    primaryId,
    side,
  );
  for (const { opId } of older) move(db, sync, opId, 'superseded', null);
  return older.some((one) => one.state === 'pending' && one.lane === 'opt-out') ? 'opt-out' : lane;
}

function insert(db: Db, sync: string, run: string, operation: NewOperation, lane: Lane): void {
  db.run(
    `INSERT INTO outbox (tenant, sync, run, stream, lane, primary_id, secondary_id, record_id, record_hash,
       payload, baseline, journal, side, match_keys, gathered, state)
     VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')`,
    sync,
    run,
    operation.stream,
    lane,
    operation.primaryId,
    operation.secondaryId,
    operation.recordId,
    operation.recordHash,
    toJson(operation.payload),
    toJson(operation.baseline),
    toJson(operation.journal),
    operation.side ?? 'secondary',
    Array.isArray(operation.matchKeys) ? toJson(operation.matchKeys) : null,
    operation.gathered === true ? 1 : 0,
  );
}

/** Brings back what a dead pass left: leased becomes pending, sending becomes verifying. */
export function recover(db: Db, lease: Lease): void {
  leased(db, 'recover', lease, () => {
    for (const opId of inState(db, lease.sync, 'leased')) move(db, lease.sync, opId, 'pending', null);
    for (const opId of inState(db, lease.sync, 'sending')) move(db, lease.sync, opId, 'verifying', null);
  });
}

function inState(db: Db, sync: string, state: OutboxState): readonly number[] {
  const sql = 'SELECT op_id AS opId FROM outbox WHERE tenant = @tenant AND sync = ? AND state = ? ORDER BY op_id';
  return db.all<{ opId: number }>(sql, sync, state).map((row) => row.opId);
}

/** Leases up to `limit` pending operations whose record has none in flight, of those that need no judgement. */
export function claim(db: Db, lease: Lease, limit: number): readonly Operation[] {
  return leased(db, 'claim', lease, () =>
    free(db, lease.sync, null, limit).map(({ opId }) => move(db, lease.sync, opId, 'leased', null)),
  );
}

/** Leases operations that the judge lets pass, and supersedes those that it refuses, by the facts of this transaction. */
export function claimJudged(db: Db, lease: Lease, side: SideName, limit: number, judge: ClaimJudge): JudgedClaim {
  return leased(db, 'claimJudged', lease, () => {
    const claimed: Operation[] = [];
    const refused: Operation[] = [];
    const operations = free(db, lease.sync, side, limit).map(({ opId }) => readOperation(db, lease.sync, opId));
    // Read for all of them at once: one by one it is the dearest part of a batch of new people.
    const facts = consent(db, [...new Set(operations.flatMap(({ matchKeys }) => matchKeys ?? []))]);
    for (const operation of operations) {
      const own = (operation.matchKeys ?? []).flatMap((key) => {
        const known = facts.get(key);
        return known === undefined ? [] : [[key, known] as const];
      });
      const reason = judge(operation, new Map(own));
      if (reason === null) claimed.push(move(db, lease.sync, operation.opId, 'leased', null));
      else refused.push(move(db, lease.sync, operation.opId, 'superseded', reason));
    }
    return { claimed, refused };
  });
}

/** Lets gathered operations of these records go by themselves. */
export function ungather(db: Db, lease: Lease, side: SideName, primaryIds: readonly string[]): void {
  leased(db, 'ungather', lease, () => {
    const sql = `UPDATE outbox SET gathered = 0 WHERE tenant = @tenant AND sync = ? AND side = ? AND state = 'pending'
      AND stream = 'contacts' AND primary_id IN (SELECT value FROM json_each(?))`;
    db.run(sql, lease.sync, side, toJson(primaryIds));
  });
}

/**
 * Finds pending operations whose record has none in flight there: those of a judged side, or (null) those of no judge.
 * A job holds back the single writes of its people, and no opt-out.
 */
function free(db: Db, sync: string, judged: SideName | null, limit: number): readonly { readonly opId: number }[] {
  const whose = judged === null ? 'o.match_keys IS NULL' : 'o.match_keys IS NOT NULL AND o.side = ? AND o.gathered = 0';
  // The lanes are ordered by name, 'opt-out' after 'live', so that the index serves the order.
  return db.all<{ opId: number }>(
    `SELECT o.op_id AS opId FROM outbox AS o INDEXED BY outbox_claims
     WHERE o.tenant = @tenant AND o.sync = ? AND o.state = 'pending' AND ${whose} AND NOT EXISTS (
       SELECT 1 FROM outbox AS f WHERE f.tenant = o.tenant AND f.sync = o.sync AND f.stream = o.stream
         AND f.side = o.side AND f.primary_id = o.primary_id AND f.state IN ('leased', 'sending', 'verifying')
         AND (f.job_id IS NULL OR o.lane = 'live'))
     ORDER BY o.lane DESC, o.op_id LIMIT ?`,
    sync,
    ...(judged === null ? [] : [judged]),
    limit,
  );
}

/** Notes that operations are about to leave; counts the attempt. */
export function sending(db: Db, lease: Lease, opIds: readonly number[]): void {
  leased(db, 'sending', lease, () => {
    for (const opId of opIds) move(db, lease.sync, opId, 'sending', null);
  });
}

/** Moves operations as their answers say; a confirmed one brings its link, baseline and journal. */
export function settleOperations(
  db: Db,
  lease: Lease,
  outcomes: readonly OperationOutcome[],
  waiting: readonly Waiting[],
  settled: readonly WaitingKey[] = [],
): void {
  leased(db, 'settleOperations', lease, () => {
    for (const outcome of outcomes) settle(db, lease.sync, outcome);
    putWaiting(db, lease.sync, waiting, settled);
  });
}

/** Moves one operation as its answer says, inside the caller's transaction. */
export function settle(db: Db, sync: string, { opId, to, reason, link, beside = [] }: OperationOutcome): void {
  const links = link === null ? beside : [link, ...beside];
  const operation = move(db, sync, opId, to, reason);
  if (to === 'confirmed') addJournal(db, sync, operation.journal);
  // A baseline moves only on agreement: anything else would hide an edit from the next compare.
  else if (links.length > 0) throw new Error(`operation ${opId} is ${to}, which justifies no link`);
  for (const one of links) putLink(db, sync, one);
}
