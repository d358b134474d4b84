/**
 * Real identifiers: the time to the millisecond, then randomness, so that ids sort by creation and never collide.
 *
 * Letters and digits and one hyphen only: safe in file names, URLs and logs.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';

/** Nine base-36 digits last until the year 5188. */
const TIME_DIGITS = 9;

/** Makes ids that carry the clock's time. */
export function createRandomIds(clock: Clock): Ids {
  return {
    next: () =>
      `${clock.now().toString(36).padStart(TIME_DIGITS, '0')}-${randomUUID().replaceAll('-', '').slice(0, 20)}`,
  };
}
