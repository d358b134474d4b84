/**
 * The budget of a vendor who counts a window itself, for all tools of an organisation, and says what remains (I12).
 *
 * Every request is counted in the shared ledger before it leaves, and every answer corrects the count. The last part of
 * a window is left to the organisation's other tools; only urgent requests may use it, so that an opt-out never waits
 * for an hour to end (I3).
 */
import { ConnectorError } from '../model/errors.ts';
import type { HttpAnswer } from '../ports/transport.ts';
import { ABANDON_MARGIN_MS, keptForUrgent, LONGEST_WAIT_MS } from './budget.ts';
import type { Asked, Budget, BudgetOptions } from './budget.ts';
import { windowTold } from './quota-headers.ts';

export interface WindowLimits {
  readonly perSecond: number;
  /** Requests an hour until the vendor says a figure. */
  readonly perHour: number;
  /** Percent of each hour that is ours to use, 1 to 100. */
  readonly share: number;
}

export type WindowBudgetOptions = Omit<BudgetOptions, 'limits'> & { readonly limits: WindowLimits };

const HOUR_MS = 3_600_000;
/** A wait that ends soon is waited for; a longer one ends the pass. */
const WORTH_WAITING_MS = 60_000;

/** Makes the budget of a wire whose vendor says what remains. */
export function createWindowBudget(options: WindowBudgetOptions): Budget {
  return {
    counts: 'window',
    reserve: (request, _skewMs, signal) => reserve(options, request, signal),
    quotaGone: (_skewMs, word) => quotaGone(options, word),
    heard: (answer, skewMs) => heard(options, answer, skewMs),
  };
}

/** Tells how many of an hour's requests are not for work that can wait. */
export function keptOfHour(share: number, quota: number): number {
  return Math.max(Math.ceil((quota * (100 - share)) / 100), keptForUrgent(quota));
}

async function reserve(options: WindowBudgetOptions, request: Asked, signal: AbortSignal): Promise<number> {
  const { clock, group, ledger, limits, timeoutMs } = options;
  const kept = (quota: number): number => (request.urgent ? 0 : keptOfHour(limits.share, quota));
  const bounds = { perSecond: limits.perSecond, quota: limits.perHour, lengthMs: HOUR_MS, kept };
  for (;;) {
    const now = clock.now();
    const answer = await ledger.reserveInWindow(group, bounds, { now, abandonAfterMs: timeoutMs + ABANDON_MARGIN_MS });
    if (answer.kind === 'go') return answer.slot;
    const until = answer.until ?? now + HOUR_MS;
    if (answer.kind === 'spent' && until - now > WORTH_WAITING_MS) throw spent(options, request.label, until);
    await options.wait(Math.min(Math.max(1, until - now), LONGEST_WAIT_MS), signal);
  }
}

async function quotaGone({ clock, group, ledger }: WindowBudgetOptions, word: number | null): Promise<number> {
  const now = clock.now();
  const until = word ?? (await ledger.window(group))?.endsAt ?? now + HOUR_MS;
  await ledger.noteWindow(group, { quota: null, remaining: 0, endsAt: until }, now);
  return until;
}

async function heard(
  { clock, group, ledger }: WindowBudgetOptions,
  answer: Pick<HttpAnswer, 'status' | 'headers'>,
  skewMs: number | null,
): Promise<void> {
  const now = clock.now();
  const told = windowTold(answer, now, skewMs);
  if (told !== null) await ledger.noteWindow(group, told, now);
}

function spent({ connection }: WindowBudgetOptions, request: string, until: number): ConnectorError {
  const facts = { connection, request, until };
  return new ConnectorError('BUDGET_SPENT', 'quota_exceeded', 'the budget of this hour is spent', facts);
}
