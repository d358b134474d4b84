/**
 * How long to wait between two tries of a read, and when to give up: at most 5 tries within 60 s.
 *
 * The 60 s cover tries and back-offs; waiting for our own budget is not the source's fault and does not count.
 * Pure: randomness and time come as arguments.
 */
import type { Random } from '../ports/random.ts';

export const MAX_TRIES = 5;
export const MAX_READ_MS = 60_000;
/** A try that is left less than this has no chance and is not begun. */
export const SHORTEST_TRY_MS = 1_000;

const FIRST_BACKOFF_MS = 1_000;
/** A vendor's per-second window has passed after this. */
const THROTTLED_MS = 1_000;
/** Longest wait a retry-after may ask for: beyond it the value is not believed. */
const SANE_RETRY_AFTER_MS = 36 * 3_600_000;

/** Draws the pause after a failed try: doubling from 1 s, half of it jitter; never less than the vendor asked for. */
export function pauseAfter(
  attempt: number,
  more: { readonly throttled: boolean; readonly retryAfterMs: number | null },
  random: Random,
): number {
  const whole = FIRST_BACKOFF_MS * 2 ** (attempt - 1);
  const jittered = Math.round(whole / 2 + (whole / 2) * random.next());
  return Math.max(jittered, more.throttled ? THROTTLED_MS : 0, more.retryAfterMs ?? 0);
}

/** Tells whether one more try fits after a pause. */
export function mayTryAgain(attempt: number, usedMs: number, pauseMs: number): boolean {
  return attempt < MAX_TRIES && usedMs + pauseMs + SHORTEST_TRY_MS <= MAX_READ_MS;
}

/** Reads a retry-after header (seconds, or an HTTP date against the source's own time); null when absent or not sane. */
export function retryAfterMs(header: string | undefined, sourceTime: number | null): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text)
    ? Number(text) * 1000
    : sourceTime === null
      ? Number.NaN
      : httpDate(text) - sourceTime;
  return ms >= 0 && ms <= SANE_RETRY_AFTER_MS ? ms : null;
}

/** Reads an HTTP date in its one current form; NaN when it is anything else. */
export function httpDate(text: string | undefined): number {
  const known = text !== undefined && /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text);
  return known ? Date.parse(text) : Number.NaN;
}
