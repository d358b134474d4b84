/**
 * pass: one run of a sync, from its lease to its outcome.
 *
 * Detect, decide, guard, do and agree, each handing on stored rows. Decides the outcome: what ends early without harm is
 * `partial`, what a guard or another account holds back is `stopped`. Must never write before the guards have judged,
 * except explicit opt-outs, which nothing holds back.
 */
import { ConnectorError, LeaseLost, isErrorOf } from '../model/errors.ts';
import type { Outcome } from '../store/run-rows.ts';
import { checkAccount } from './account.ts';
import { PassCut, PassStopped, warn, type PassContext } from './context.ts';
import { decideAll, everything, writeAll, type Choose } from './decide.ts';
import { addWork, NO_WORK } from './crm-estimate.ts';
import { readAll } from './detect.ts';

/** How a pass ended, for the caller that prints it. */
export interface PassEnd {
  readonly outcome: Outcome;
  /** Why it did not end `done`: a code for messages, with facts. */
  readonly cause: {
    readonly code: string;
    readonly facts: Readonly<Record<string, string | number | null>>;
    readonly error?: unknown;
  } | null;
  /** With `stopped`: what `release` takes. */
  readonly stopHash: string | null;
}

/** Runs one pass; `choose` narrows what is written to a saved plan's lines. Never throws for what a source, a guard or an interruption does; throws only for bugs. */
export async function runPass(ctx: PassContext, choose: Choose = everything): Promise<PassEnd> {
  let ready = false;
  const read = await attempt(ctx, async () => {
    await checkAccount(ctx);
    await ctx.lane.prepare(ctx);
    ready = true;
    const whole = await readAll(ctx);
    const other = (await ctx.lane.read?.(ctx, false)) ?? true;
    return whole && other ? null : end('partial', 'source-answers-badly');
  });
  if (ctx.mode === 'plan') return read ?? end('done', null);
  if (read?.outcome === 'stopped') {
    // A listing that a guard does not believe says nothing against the opt-outs read before it.
    if (read.cause?.code === 'guard') await attempt(ctx, () => writeAll(ctx, 'opt-outs'));
    return read;
  }
  // Whatever ended the reading, what it brought before is right, an opt-out above all (I3).
  if (read?.outcome === 'failed' && !ready) return read;
  const written = await attempt(ctx, () => writeDecided(ctx, choose));
  if (read?.outcome === 'failed') return read;
  return written ?? read ?? end('done', null);
}

async function writeDecided(ctx: PassContext, choose: Choose): Promise<PassEnd | null> {
  let work = NO_WORK;
  const judged = await decideAll(ctx, async (steps) => void (work = addWork(work, steps.filter(choose))), choose);
  if (judged.stop !== null && !(await ctx.store.isReleased(ctx.sync.name, judged.hash))) {
    await writeAll(ctx, 'opt-outs');
    throw new PassStopped(judged.stop, 'contacts', judged.hash);
  }
  const estimate = (await ctx.lane.estimate?.(ctx, work)) ?? null;
  if (estimate !== null) ctx.emit({ kind: 'estimate', estimate });
  await writeAll(ctx, 'everything', choose, judged.stop !== null);
  return null;
}

/** Runs a step of a session; what ends it early is an answer, only bugs are thrown. */
export async function attempt(ctx: PassContext, step: () => Promise<PassEnd | null | void>): Promise<PassEnd | null> {
  try {
    return (await step()) ?? null;
  } catch (error) {
    return judgeFailure(ctx, error);
  }
}

async function judgeFailure(ctx: PassContext, error: unknown): Promise<PassEnd> {
  if (error instanceof PassStopped) return stopped(ctx, error);
  if (error instanceof LeaseLost) return end('partial', 'lease-lost');
  if (error instanceof PassCut) return end('partial', error.code, error.facts);
  if (ctx.signal.aborted) return end('partial', 'interrupted');
  if (isErrorOf(error, 'quota_exceeded'))
    return end(
      'partial',
      'quota',
      { until: error.facts.until ?? null, connection: error.facts.connection ?? null },
      error,
    );
  if (isErrorOf(error, 'auth'))
    return end('failed', 'sign-in-again', { connection: error.facts.connection ?? null }, error);
  if (error instanceof ConnectorError && error.errorClass !== 'bug') {
    const nothingRead = ctx.counting.totals().read === 0;
    return end(
      nothingRead ? 'failed' : 'partial',
      error.code,
      { connection: error.facts.connection ?? null, status: error.facts.status ?? null },
      error,
    );
  }
  throw error;
}

async function stopped(ctx: PassContext, error: PassStopped): Promise<PassEnd> {
  const detail = { ...error.stop, stream: error.stream };
  await ctx.store.recordStop(ctx.lease, { hash: error.hash, run: ctx.run, detail });
  const code = error.stop.reason === 'other-account' ? 'other-account' : 'guard';
  warn(ctx, code, { ...detail });
  return { outcome: 'stopped', cause: { code, facts: { ...detail } }, stopHash: error.hash };
}

/** Makes an ending. */
export function end(
  outcome: Outcome,
  code: string | null,
  facts: Readonly<Record<string, string | number | null>> = {},
  error?: unknown,
): PassEnd {
  return { outcome, cause: code === null ? null : { code, facts, error }, stopHash: null };
}
