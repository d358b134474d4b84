/**
 * jobs: sends new people in jobs, follows each job to its end over passes, and accounts for everybody who went in one.
 *
 * A job is submitted once. Whether one whose answer was lost was taken is asked of the system's own list; where that
 * cannot tell, its people are read. What a finished job says of itself is told to a person, and decides about nobody:
 * everybody is looked for among what was read, then read singly, and who is not there is made singly (I18). Must never
 * send what the door did not let pass in the claiming transaction, nor submit a job again.
 */
import type { BulkTarget, JobStanding } from '../connector/bulk.ts';
import type { PeopleTarget } from '../connector/target.ts';
import { matchKey } from '../model/address.ts';
import { isErrorOf } from '../model/errors.ts';
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { PersonIntent } from '../model/intent.ts';
import { JOB_MISSED } from '../model/outbox.ts';
import { chooseCheapest, type NewPerson, type Ways } from '../plan/cheapest.ts';
import type { Job } from '../store/job-rows.ts';
import type { Operation, OperationOutcome } from '../store/rows.ts';
import { warn } from './context.ts';
import { judgeWith } from './intent-door.ts';
import { linkOfMade } from './made-people.ts';
import { memberOutcomes } from './member-outcomes.ts';
import { intentIn } from './refused.ts';
import { submitIntents, type SubmitHooks, type WriteEnd } from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;
/** A job whose answer was lost began about when it left: clocks differ, and requests wait. */
const BEFORE_MS = 5 * 60_000;
const AFTER_MS = 15 * 60_000;
const MAILABLE = new Set(['explicit', 'implicit']);

/** Says which ways a target has for new people who are to be on so many lists. */
export function waysOf({ operations, bulk }: PeopleTarget, lists: number): Ways {
  return { single: operations.get('create')?.calls ?? 0, jobs: bulk, lists };
}

/** Makes the people who were intended, the cheapest way; whoever is in no job goes by themselves. */
export async function makeNew(
  ctx: WorkContext,
  target: PeopleTarget,
  people: readonly NewPerson[],
  lists: number,
  hooks: SubmitHooks,
): Promise<void> {
  const { bulk } = target;
  const { jobs, singles } = chooseCheapest(people, waysOf(target, lists));
  for (const ids of bulk === null ? [] : jobs) if (bulk !== null) await sendJob(ctx, importOf(bulk), ids, hooks);
  await ctx.store.ungather(ctx.lease, hooks.side, singles);
  await submitIntents(ctx, target, [], hooks);
}

function importOf(bulk: BulkTarget): JobOrder {
  return {
    kind: bulk.kind,
    effects: bulk.effects,
    targets: [],
    intentOf: intentIn,
    submit: (intents, signal) => bulk.submit(intents, intents[0]?.lists.add ?? [], signal),
  };
}

/** What one job does, to whomever. */
export interface JobOrder {
  readonly kind: string;
  readonly effects: ConsentEffects;
  /** Ids of the lists or tags that it is about; none: it makes people. */
  readonly targets: readonly string[];
  /** Gives the part of an operation that the job carries. */
  readonly intentOf: (operation: Operation) => PersonIntent;
  readonly submit: (intents: readonly PersonIntent[], signal: AbortSignal) => Promise<string>;
}

/** Sends the operations of these records in one job: judged, claimed and bound to it before anything leaves. */
export async function sendJob(
  ctx: WorkContext,
  order: JobOrder,
  ids: readonly string[],
  hooks: SubmitHooks,
): Promise<void> {
  await ctx.keepLease();
  const begin = { run: ctx.run, kind: order.kind, side: hooks.side, targets: order.targets, primaryIds: ids };
  const begun = await ctx.store.beginJob(ctx.lease, begin, (operation, facts) => {
    const verdict = judgeWith(order.effects, order.intentOf(operation), facts);
    if (verdict.kind === 'refused') return verdict.reason;
    return verdict.mayMail || !maysMail(order.effects) ? null : 'out';
  });
  tell(hooks, begun.refused, 'refused');
  const { claimed, job } = begun;
  if (job === null) return;
  try {
    const remoteId = await order.submit(claimed.map(order.intentOf), ctx.signal);
    await ctx.store.moveJob(
      ctx.lease,
      { jobId: job.jobId, state: 'running', remoteId },
      all(claimed, 'verifying', null),
    );
    tell(hooks, claimed, 'unknown');
  } catch (error) {
    await notTaken(ctx, job, claimed, hooks, error);
  }
}

/** Whether somebody may get more mail by it. */
function maysMail({ newAddress, known, relists }: ConsentEffects): boolean {
  return newAddress !== 'not-mailed' || known === 'raised' || relists;
}

/** Any class but an unknown outcome says that nothing was changed. An interruption says nothing: recovery looks for it. */
async function notTaken(
  ctx: WorkContext,
  { jobId, kind }: Job,
  claimed: readonly Operation[],
  hooks: SubmitHooks,
  error: unknown,
): Promise<void> {
  if (isErrorOf(error, 'unknown_outcome')) {
    await ctx.store.moveJob(ctx.lease, { jobId, state: 'sent' }, all(claimed, 'verifying', error.code));
    return tell(hooks, claimed, 'unknown');
  }
  if (isErrorOf(error, 'refused_request', 'rejected', 'not_found')) {
    warn(ctx, 'job-refused', { kind, people: claimed.length, code: error.code });
    await ctx.store.moveJob(ctx.lease, { jobId, state: 'over' }, all(claimed, 'superseded', JOB_MISSED));
    return tell(hooks, claimed, 'moved');
  }
  if (isErrorOf(error, 'auth', 'forbidden', 'throttled', 'quota_exceeded', 'unavailable', 'not_ready')) {
    await ctx.store.moveJob(ctx.lease, { jobId, state: 'over' }, all(claimed, 'superseded', error.code));
    tell(hooks, claimed, 'moved');
  }
  throw error;
}

/** Asks how the jobs of earlier passes stand. Called before anything is read, so that what is read then may tell whom they made. */
export async function followJobs(ctx: WorkContext, target: PeopleTarget, hooks: SubmitHooks): Promise<void> {
  const { bulk } = target;
  const open = await ctx.store.openJobs(ctx.sync.name);
  const known = new Set(open.map(({ remoteId }) => remoteId));
  const running = new Map<string, Job>();
  for (const job of bulk === null ? [] : open) {
    if (bulk === null || job.state === 'ended' || job.state === 'over') continue;
    await ctx.keepLease();
    const remoteId = job.remoteId ?? (await lookFor(ctx, target, bulk, job, known, hooks));
    if (remoteId === null) continue;
    known.add(remoteId);
    running.set(remoteId, job);
  }
  if (bulk === null || running.size === 0) return;
  await ctx.keepLease();
  for (const [remoteId, now] of await bulk.standings([...running.keys()], ctx.signal)) {
    const job = running.get(remoteId);
    if (job !== undefined) await follow(ctx, job, remoteId, now);
  }
}

/** Finds a job whose answer was lost; null: it is too fresh to tell, was not taken, or its people have to be read. */
async function lookFor(
  ctx: WorkContext,
  { visibilityMs }: PeopleTarget,
  bulk: BulkTarget,
  job: Job,
  known: ReadonlySet<string | null>,
  hooks: SubmitHooks,
): Promise<string | null> {
  const { jobId, submittedAt } = job;
  if (Math.abs(ctx.clock.now() - submittedAt) < visibilityMs) return null;
  const listed = await bulk.find(job.people, submittedAt - BEFORE_MS, submittedAt + AFTER_MS, ctx.signal);
  const [found, ...more] = listed?.filter((id) => !known.has(id)) ?? [];
  if (found !== undefined && more.length === 0) return found;
  if (listed !== null && found === undefined) {
    await settleAll(ctx, jobId, 'not-arrived', hooks);
    await ctx.store.moveJob(ctx.lease, { jobId, state: 'over' }, []);
    return null;
  }
  await ctx.store.moveJob(ctx.lease, { jobId, state: 'ended', detail: { kind: 'cannot-tell' } }, []);
  return null;
}

async function settleAll(ctx: WorkContext, jobId: number, reason: string, hooks: SubmitHooks): Promise<void> {
  for (;;) {
    const batch = await ctx.store.jobOperations(ctx.sync.name, jobId, 0, BATCH);
    if (batch.length === 0) return;
    await ctx.store.settleOperations(ctx.lease, all(batch, 'superseded', reason), []);
    tell(hooks, batch, 'moved');
  }
}

async function follow(
  ctx: WorkContext,
  { jobId, kind, people }: Job,
  remoteId: string,
  now: JobStanding,
): Promise<void> {
  if (now.kind === 'running') {
    warn(ctx, 'job-running', { kind, people });
    await ctx.store.moveJob(ctx.lease, { jobId, state: 'running', remoteId }, []);
    return;
  }
  if (now.kind === 'ended') {
    if (!now.complete) warn(ctx, 'job-incomplete', { kind, people });
    else if (now.taken !== null && now.taken < people) warn(ctx, 'job-cut', { kind, people, taken: now.taken });
    else if (now.faults > 0) warn(ctx, 'job-faults', { kind, people, faults: now.faults });
  }
  await ctx.store.moveJob(ctx.lease, { jobId, state: 'ended', remoteId, detail: now }, []);
}

/** Accounts for everybody of the jobs that have ended. Called after the reading. */
export async function accountJobs(ctx: WorkContext, target: PeopleTarget, hooks: SubmitHooks): Promise<void> {
  for (const job of await ctx.store.openJobs(ctx.sync.name)) {
    if (job.state !== 'ended') continue;
    let after = 0;
    let missed = 0;
    let left = 0;
    for (;;) {
      const batch = await ctx.store.jobOperations(ctx.sync.name, job.jobId, after, BATCH);
      const last = batch.at(-1);
      if (last === undefined) break;
      after = last.opId;
      const outcomes = await endsOf(ctx, target, hooks, job, batch);
      await ctx.store.settleOperations(ctx.lease, outcomes, []);
      left += batch.length - outcomes.length;
      missed += outcomes.filter(({ reason }) => reason === JOB_MISSED).length;
      for (const operation of batch) tell(hooks, [operation], endOf(operation, outcomes));
    }
    if (missed > 0) warn(ctx, 'job-missed', { kind: job.kind, people: missed });
    if (left === 0) await ctx.store.moveJob(ctx.lease, { jobId: job.jobId, state: 'over' }, []);
  }
}

async function endsOf(
  ctx: WorkContext,
  target: PeopleTarget,
  hooks: SubmitHooks,
  job: Job,
  batch: readonly Operation[],
): Promise<readonly OperationOutcome[]> {
  if (job.targets.length === 0) return outcomesOf(ctx, target, job, batch);
  const { outcomes, undone } = await memberOutcomes(ctx, hooks, job, batch);
  // Before anything is settled: a kill in between finds the same people again.
  if (undone.length > 0) await submitIntents(ctx, target, undone, hooks);
  return outcomes;
}

function endOf({ opId }: Operation, outcomes: readonly OperationOutcome[]): WriteEnd {
  const outcome = outcomes.find((one) => one.opId === opId);
  if (outcome === undefined) return 'unknown';
  return outcome.to === 'confirmed' ? 'applied' : 'moved';
}

/** Whoever was read since stands in the store; the others are read singly once a read must show them. */
async function outcomesOf(
  ctx: WorkContext,
  target: PeopleTarget,
  { endedAt }: Job,
  batch: readonly Operation[],
): Promise<readonly OperationOutcome[]> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const keys = batch.map((operation) => matchKey(intentIn(operation).address) ?? '');
  const states = new Map((await ctx.store.findByMatchKey(shelf, keys)).map((one) => [one.matchKey, one.state]));
  const visible = Math.abs(ctx.clock.now() - (endedAt ?? 0)) >= target.visibilityMs;
  const outcomes: OperationOutcome[] = [];
  for (const [at, operation] of batch.entries()) {
    const state = states.get(keys[at] ?? '');
    if (state !== undefined) {
      // Somebody who is there and may not be mailed was there before, or left since: nothing of it is ours.
      const there = MAILABLE.has(state);
      outcomes.push(outcome(operation, there ? 'confirmed' : 'superseded', there ? null : 'moved'));
    } else if (visible) {
      await ctx.keepLease();
      const found = await target.lookUp('create', intentIn(operation), ctx.signal);
      if (found.kind !== 'done') outcomes.push(outcome(operation, 'superseded', JOB_MISSED));
      else {
        const link = found.reading === null ? null : await linkOfMade(ctx, operation, found.reading.id);
        outcomes.push({ ...outcome(operation, 'confirmed', null), link });
      }
    }
  }
  return outcomes;
}

function all(
  operations: readonly Operation[],
  to: 'verifying' | 'superseded',
  reason: string | null,
): readonly OperationOutcome[] {
  return operations.map((operation) => outcome(operation, to, reason));
}

function outcome({ opId }: Operation, to: OperationOutcome['to'], reason: string | null): OperationOutcome {
  return { opId, to, reason, link: null };
}

function tell(hooks: SubmitHooks, operations: readonly Operation[], end: WriteEnd): void {
  for (const { primaryId, recordId, reason } of operations) hooks.ended({ id: primaryId, recordId }, end, reason);
}
