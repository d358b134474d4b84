/**
 * Days of a budget: for which UTC days a request may count, and when a spent day is over (T4, I12).
 *
 * The vendor counts by its own clock, so ours is corrected by the measured skew. Near midnight nobody can say on which
 * side a request arrives: it is counted for both days. Pure; must never be told a time other than as an argument.
 */

/** Covers the Date header's whole seconds, the time a request may travel, and drift since the last answer. */
const TOLERANCE_MS = 2 * 60_000;
/** Before the first answer our clock may be anything; a quarter of an hour is more than machines in use are off. */
const UNMEASURED_TOLERANCE_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

/** Lists the UTC days, one or two, that a request sent now may count for. */
export function budgetDays(now: number, skewMs: number | null): readonly string[] {
  const there = now + (skewMs ?? 0);
  const first = utcDay(there - tolerance(skewMs));
  const last = utcDay(there + tolerance(skewMs));
  return first === last ? [first] : [first, last];
}

/** Names the UTC day on which the vendor most likely counts a request sent now. */
export function vendorDay(now: number, skewMs: number | null): string {
  return utcDay(now + (skewMs ?? 0));
}

/** Tells when, by our clock, requests no longer count for a day: its midnight, and as long after it as doubt lasts. */
export function dayIsOver(day: string, skewMs: number | null): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS + tolerance(skewMs) - (skewMs ?? 0);
}

function tolerance(skewMs: number | null): number {
  return skewMs === null ? UNMEASURED_TOLERANCE_MS : TOLERANCE_MS;
}

function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
