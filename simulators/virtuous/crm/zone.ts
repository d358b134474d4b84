/** zone: the days by which the organization, or UTC, counts: a switch decides whose dates and midnights are meant (virtuous-crm §4, §7). */
import type { Switches } from '../../switches.ts';
import { DAY, HOUR } from '../../world/clock.ts';

/** The organization's time zone, and its hours east of UTC: one without summer time, so that days are of one length. */
export const ZONE = { name: 'US/Arizona', hours: -7 } as const;

/** How far the days that dates mean are from those of UTC. */
export function zoneOffset(switches: Switches): number {
  return switches.crmZone === 'organization' ? ZONE.hours * HOUR : 0;
}

/** Tells the start of the day an instant falls in. */
export function dayOf(at: number, switches: Switches): number {
  const offset = zoneOffset(switches);
  return Math.floor((at + offset) / DAY) * DAY - offset;
}

/** Tells the next midnight after an instant. */
export function nextMidnight(at: number, switches: Switches): number {
  return dayOf(at, switches) + DAY;
}
