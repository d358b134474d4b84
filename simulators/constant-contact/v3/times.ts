/**
 * times: how V3 writes and reads instants.
 *
 * Recorded answers are to the second with `Z`, those of campaigns with milliseconds; published samples show offsets. Reading is
 * generous about the form and strict about the rest: what is no date is refused, never guessed. A time without a zone is UTC.
 */
import type { Switches } from '../../switches.ts';
import { HOUR } from '../../world/clock.ts';

export type TimeWriter = (instant: number) => string;

/** Makes the writer of instants for a format; campaigns have milliseconds where the rest has seconds. */
export function timeWriter(format: Switches['timeFormat'], ofCampaigns = false): TimeWriter {
  switch (format) {
    case 'seconds':
      return ofCampaigns ? isoMilliseconds : (instant) => `${isoMilliseconds(instant).slice(0, 19)}Z`;
    case 'milliseconds':
      return isoMilliseconds;
    case 'offset':
      return (instant) => `${isoMilliseconds(instant - 5 * HOUR).slice(0, 19)}-05:00`;
    case 'fraction':
      return (instant) => `${isoMilliseconds(instant).slice(0, 23)}+00:00`;
  }
}

/** Writes the date alone. */
export function dateOnly(instant: number): string {
  return isoMilliseconds(instant).slice(0, 10);
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Reads an ISO 8601 instant; null for anything else. */
export function readTime(text: string): number | null {
  const parts = ISO.exec(text);
  if (parts === null) return null;
  const [, date = '', time = '00:00', zone = 'Z'] = parts;
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const instant = Date.parse(`${date}T${time}${offset}`);
  return Number.isFinite(instant) ? instant : null;
}

function isoMilliseconds(instant: number): string {
  return new Date(instant).toISOString();
}
