/**
 * A clock that can be moved on: another clock's time plus an offset. Sleeping and ticking stay the other clock's.
 *
 * For the demo alone, where a day must pass in seconds for the simulated account and for Concord alike. Must never run a
 * real sync: two programs would then disagree about the day.
 */
import type { Clock } from '../ports/clock.ts';

export interface DrivenClock extends Clock {
  /** Moves the time on by `ms`. */
  advance(ms: number): void;
}

/** Makes a clock that shows `base` moved by `offset` ms. */
export function createDrivenClock(base: Clock, offset: number): DrivenClock {
  let moved = offset;
  return {
    now: () => base.now() + moved,
    elapsed: () => base.elapsed() + moved,
    sleep: (ms, signal) => base.sleep(ms, signal),
    every: (ms, tick) => base.every(ms, tick),
    advance: (ms) => void (moved += ms),
  };
}
