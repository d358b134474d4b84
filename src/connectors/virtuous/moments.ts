/**
 * Every form of time this API is known to send, brought to one: ISO 8601 UTC text with milliseconds.
 *
 * Times come without a zone and mean UTC, with 0 to 7 digits of a fraction; a record just written has a `Z`, and one
 * record shows other digits in another operation. So all are floored to milliseconds, and compare as text. Dates for
 * display ("9/4/1998", "Unavailable") are no times and give null. Pure.
 */
import { instantOf, isoOf } from '../../model/instant.ts';
import { utcText } from '../reading/times.ts';

const ZONELESS = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;
const DAY_MS = 86_400_000;

/** Brings a time of this API to UTC text; null when it is none. */
export function momentText(text: string): string | null {
  const instant = instantOf(utcText(ZONELESS.test(text) ? `${text}Z` : text));
  return instant === null ? null : isoOf(instant);
}

/**
 * The date from which a query for changes must ask: a day before the one of `since`. The condition compares dates, and
 * whether they are UTC's or the organisation's is not known; no zone is further off than that.
 */
export function dateBefore(since: string): string {
  return isoOf((instantOf(since) ?? 0) - DAY_MS).slice(0, 10);
}
