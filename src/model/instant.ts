/**
 * Instants: canonical ISO UTC text to a number and back.
 *
 * Decides how times are compared: as instants, never as text (fraction digits differ by endpoint). Must never round up.
 */

/** Reads canonical ISO 8601 text as ms since 1970, finer digits floored; null when it is absent or no time. */
export function instantOf(text: string | null): number | null {
  if (text === null) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : Math.floor(ms);
}

/** Writes ms since 1970 as ISO 8601 UTC text with milliseconds. */
export function isoOf(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}
