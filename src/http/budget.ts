/**
 * One group's budget as a wire sees it: take a slot, wait for one, or learn that the day is spent (I12).
 *
 * Every request is reserved in the shared ledger before it leaves. When the vendor says that the day is gone, its word
 * is kept until midnight where our own count agrees. Where our count is far below the limit, somebody else used the
 * key or the vendor errs: then it ends this pass only, and the next one asks again with a single request.
 */
import { ConnectorError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpAnswer } from '../ports/transport.ts';
import type { BudgetLedger, Reservation } from '../store/budget-ledger.ts';
import { budgetDays, dayIsOver, vendorDay } from './budget-days.ts';

export interface Limits {
  readonly perSecond: number;
  readonly perDay: number;
}

export interface BudgetOptions {
  readonly connection: string;
  readonly group: string;
  readonly limits: Limits;
  readonly ledger: BudgetLedger;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What a slot is wanted for. */
export interface Asked {
  /** Method and path, for errors. */
  readonly label: string;
  readonly urgent: boolean;
}

export interface Budget {
  /** What it counts: a vendor who counts a `window` itself may end a pass by calling it too much. */
  readonly counts: 'days' | 'window';
  /** Takes a slot, waiting for it; throws ConnectorError `quota_exceeded` with `until` when the day is spent. */
  reserve(request: Asked, skewMs: number | null, signal: AbortSignal): Promise<number>;
  /** Notes that the vendor called the day's quota gone; tells when work may go on. `word`: the vendor's own time for that. */
  quotaGone(skewMs: number | null, word: number | null): Promise<number>;
  /** Notes what an answer says of the vendor's own count. */
  heard(answer: Pick<HttpAnswer, 'status' | 'headers'>, skewMs: number | null): Promise<void>;
}

/** Longest single wait: the ledger is asked again then, so that a clock set back cannot make a wait endless. */
export const LONGEST_WAIT_MS = 5_000;
/** A dead process's request may still arrive this long after its time limit. */
export const ABANDON_MARGIN_MS = 10_000;
/** Our own count at or above this share of the day agrees with a vendor who says that the day is gone. */
const CORROBORATED_SHARE = 0.9;
/** How long a word is kept that our count does not bear out: parallel reads of this pass stop, the next pass asks anew. */
const DOUBTED_WORD_MS = 1_000;

/** Makes the budget of a wire. */
export function createBudget(options: BudgetOptions): Budget {
  return {
    counts: 'days',
    reserve: (request, skewMs, signal) => reserve(options, request, skewMs, signal),
    quotaGone: (skewMs, word) => quotaGone(options, skewMs, word),
    // This vendor says nothing of its count before it is spent.
    heard: async () => undefined,
  };
}

/**
 * What of a day's budget only urgent requests may use: 2 %, at least 20, at most a tenth. A walk that eats the day must
 * not leave the hours until midnight without a single question about who left (I3).
 */
export function keptForUrgent(perDay: number): number {
  return Math.min(Math.max(20, Math.ceil(perDay * 0.02)), Math.floor(perDay / 10));
}

async function reserve(
  options: BudgetOptions,
  request: Asked,
  skewMs: number | null,
  signal: AbortSignal,
): Promise<number> {
  const { perSecond, perDay } = options.limits;
  const limits = { perSecond, perDay: request.urgent ? perDay : perDay - keptForUrgent(perDay) };
  for (let doubted = false; ;) {
    const now = options.clock.now();
    const answer = await options.ledger.reserve(options.group, limits, {
      now,
      days: budgetDays(now, skewMs),
      abandonAfterMs: options.timeoutMs + ABANDON_MARGIN_MS,
    });
    if (answer.kind === 'go') return answer.slot;
    const until = answer.until ?? 0;
    const lapses: boolean = answer.kind === 'spent' && !doubted && until > 0 && until - now <= DOUBTED_WORD_MS;
    if (answer.kind === 'spent' && !lapses) throw spentError(options, request.label, answer, skewMs);
    doubted ||= lapses;
    await options.wait(Math.min(Math.max(1, until - now), LONGEST_WAIT_MS), signal);
  }
}

async function quotaGone(options: BudgetOptions, skewMs: number | null, word: number | null): Promise<number> {
  const { clock, group, ledger, limits } = options;
  const day = vendorDay(clock.now(), skewMs);
  const until = word ?? dayIsOver(day, skewMs);
  const corroborated = (await ledger.spent(group, day)) >= limits.perDay * CORROBORATED_SHARE;
  await ledger.exhaust(group, day, corroborated || word !== null ? until : clock.now() + DOUBTED_WORD_MS);
  return until;
}

function spentError(
  options: BudgetOptions,
  request: string,
  spent: Extract<Reservation, { kind: 'spent' }>,
  skewMs: number | null,
): ConnectorError {
  const until = Math.max(spent.until ?? 0, spent.until === null ? dayIsOver(spent.day, skewMs) : 0);
  return new ConnectorError('BUDGET_SPENT', 'quota_exceeded', `the budget of ${spent.day} is spent`, {
    connection: options.connection,
    request,
    until,
  });
}
