/**
 * times: how the CRM writes and reads instants and days.
 *
 * Instants are UTC without a zone letter, with more or fewer digits by operation, and with a `Z` on what was just written
 * (virtuous-crm §4). A day is one of the organization's time zone, or of UTC, by a switch.
 */
import type { Switches } from '../../switches.ts';
import { DAY } from '../../world/clock.ts';
import { dayOf, zoneOffset } from '../crm/zone.ts';

/** Where an answer stands: read alone, in a list, or given back by a write. */
export type Manner = 'read' | 'listed' | 'written';

/** Writes an instant. */
export function timeText(at: number, manner: Manner): string {
  const whole = new Date(at).toISOString().slice(0, -1);
  switch (manner) {
    case 'read':
      return whole.replace(/\.?0+$/, '');
    case 'listed':
      return `${whole}0000`;
    case 'written':
      return `${whole}0000Z`;
  }
}

/** Tells the day of an instant as people there write it, such as `9/4/1998`. */
export function dayText(at: number, switches: Switches): string {
  const day = new Date(dayOf(at, switches) + zoneOffset(switches));
  return `${day.getUTCMonth() + 1}/${day.getUTCDate()}/${day.getUTCFullYear()}`;
}

const BARE_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const RELATIVE = /^(\d{1,5}) Days Ago$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})?$/;

/** Reads a date of a query: a day, an instant (zone-less means UTC) or "30 Days Ago"; null where it is none. */
export function readDate(text: string, now: number, switches: Switches): number | null {
  const relative = RELATIVE.exec(text);
  if (relative !== null) return dayOf(now - Number(relative[1]) * DAY, switches);
  if (BARE_DAY.test(text)) {
    const at = Date.parse(`${text}T00:00:00Z`);
    return Number.isNaN(at) ? null : at - zoneOffset(switches);
  }
  return readInstant(text);
}

/** Reads an instant; one without a zone is UTC. Null where it is none. */
export function readInstant(text: string): number | null {
  const found = INSTANT.exec(text);
  if (found === null) return null;
  const at = Date.parse(found[3] === undefined ? `${text}Z` : text);
  return Number.isNaN(at) ? null : at;
}
