/**
 * What an answer's headers say of the vendor's window of requests. Pure.
 *
 * Two spellings are known of each header. Decides what is believed: a time within two hours, figures that are figures.
 * Must never take silence for a figure.
 */
import type { HttpAnswer } from '../ports/transport.ts';
import type { WindowWord } from '../store/budget-ledger.ts';
import { httpDate, retryAfterMs } from './backoff.ts';

/** A window ends within an hour; whatever is told beyond this is no time of a window. */
const LATEST_END_MS = 2 * 3_600_000;
/** Seconds until the end rather than since 1970: such a small figure is no date. */
const SMALLEST_DATE_S = 1_000_000_000;
/** How long a vendor is left alone who calls it too much and says no time. */
const UNSAID_PAUSE_MS = 60_000;

/** Reads quota, what remains and when the window ends, by our clock; null where nothing is said. */
export function windowTold(
  { status, headers }: Pick<HttpAnswer, 'status' | 'headers'>,
  now: number,
  skewMs: number | null,
): WindowWord | null {
  const said = (what: string): number | null =>
    figure(headers[`x-ratelimit-${what}`] ?? headers[`x-rate-limit-${what}`]);
  const told = { quota: said('limit'), remaining: said('remaining'), endsAt: endOf(said('reset'), now, skewMs) };
  if (status === 429) return { ...told, remaining: 0, endsAt: now + pauseOf(headers, told.endsAt, now) };
  return told.quota === null && told.remaining === null && told.endsAt === null ? null : told;
}

/** The vendor's word for how long, else its window's end. */
function pauseOf(headers: HttpAnswer['headers'], endsAt: number | null, now: number): number {
  const date = httpDate(headers['date']);
  const after = retryAfterMs(headers['retry-after'], Number.isNaN(date) ? null : date);
  return after ?? (endsAt === null ? UNSAID_PAUSE_MS : Math.max(1, endsAt - now));
}

function figure(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/u.test(text.trim()) ? Number(text) : null;
}

function endOf(seconds: number | null, now: number, skewMs: number | null): number | null {
  if (seconds === null) return null;
  const at = seconds < SMALLEST_DATE_S ? now + seconds * 1000 : seconds * 1000 - (skewMs ?? 0);
  return Math.abs(at - now) <= LATEST_END_MS ? at : null;
}
