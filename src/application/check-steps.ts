/**
 * The steps of `check`: what each of them is made of.
 */
import { noticeOf } from '../cli/messages.ts';
import type { CheckStep, Facts } from '../cli/results.ts';
import type { Wire } from '../connector/wire.ts';
import { isErrorOf } from '../model/errors.ts';

/** A clock further off than this is worth a word; cursors never use it. */
const SKEW_WORTH_SAYING_MS = 60_000;

/** What was asked, and through which wire. */
interface Asked {
  readonly wire: Wire;
  readonly connection: { readonly name: string };
}

/** Compares our clock with the source's, as its answers showed it. */
export function checkClock({ wire, connection: { name: connection } }: Asked): CheckStep {
  const { skewMs } = wire;
  const step = ok('clock', connection, { skewMs });
  if (skewMs === null || Math.abs(skewMs) < SKEW_WORTH_SAYING_MS) return step;
  return {
    ...step,
    verdict: 'warning',
    messages: [{ level: 'warning', code: 'clock-skew', facts: { skewMs, connection } }],
  };
}

/** Runs one step's work; what it finds under `missing` makes it a warning, a failure a failed step. */
export async function tryStep(
  step: CheckStep['step'],
  subject: string,
  work: () => Promise<Facts>,
): Promise<CheckStep> {
  try {
    const found = await work();
    return { ...ok(step, subject, found), verdict: 'missing' in found ? 'warning' : 'ok' };
  } catch (error) {
    return { ...ok(step, subject, {}), ...failedBy(error, subject) };
  }
}

/** Tells a failure as the end of a step. */
export function failedBy(error: unknown, subject: string): Pick<CheckStep, 'verdict' | 'messages' | 'reconnect'> {
  const reconnect = isErrorOf(error, 'auth') ? subject : null;
  return { verdict: 'failed', messages: [noticeOf(error)], reconnect };
}

/** A step that found nothing wrong. */
export function ok(step: CheckStep['step'], subject: string | null, found: Facts): CheckStep {
  return { step, subject, verdict: 'ok', found, messages: [], reconnect: null };
}
