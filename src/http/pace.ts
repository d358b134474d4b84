/**
 * A process's own pace, kept on a clock that nobody can correct.
 *
 * The ledger shares the seconds between processes by the time of day, so a clock set forward in the middle of a second
 * would make it forget what was just sent (I12). In ordinary times the ledger is the stricter and this never waits.
 */
import type { Clock } from '../ports/clock.ts';

const SECOND_MS = 1000;

export class Pace {
  readonly #perSecond: number;
  readonly #clock: Clock;
  /** When the last answers came, oldest first: no more than fit a second. */
  readonly #settled: number[] = [];

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Tells how long to wait before one more request: a second after the answer that would share it. */
  waitMs(): number {
    if (this.#settled.length < this.#perSecond) return 0;
    return Math.max(0, Math.ceil((this.#settled[0] ?? 0) + SECOND_MS - this.#clock.elapsed()));
  }

  /** Notes that a request was answered, or will not be. */
  settled(): void {
    this.#settled.push(this.#clock.elapsed());
    if (this.#settled.length > this.#perSecond) this.#settled.shift();
  }
}
