/**
 * quota: the limits of one API key, and the count of every request beyond them.
 *
 * Four requests in any second (a sliding window) and a number a UTC day; the token endpoint has one a second of its own. A
 * refused request counts for the day but takes no place in the second. No header ever tells how much is left. All by the
 * simulator's clock.
 */
import { SECOND, startOfDay } from '../world/clock.ts';

export interface QuotaLimits {
  readonly perSecond: number;
  readonly perDay: number;
}

export type Excess = 'perSecond' | 'perDay' | 'token';

export class Quota {
  readonly #limits: QuotaLimits | null;
  #recent: number[] = [];
  #recentTokens: number[] = [];
  #day = 0;
  #today = 0;
  readonly #excess: Record<Excess, number> = { perSecond: 0, perDay: 0, token: 0 };

  /** Without limits nothing is refused or counted as excess. */
  constructor(limits: QuotaLimits | null) {
    this.#limits = limits;
  }

  /** Takes note of an API call and tells the limit that it breaks, if any. */
  take(now: number): Excess | null {
    if (startOfDay(now) !== this.#day) {
      this.#day = startOfDay(now);
      this.#today = 0;
    }
    this.#today += 1;
    if (this.#limits === null) return null;
    if (this.#today > this.#limits.perDay) return this.#broken('perDay');
    this.#recent = inWindow(this.#recent, now);
    if (this.#recent.length >= this.#limits.perSecond) return this.#broken('perSecond');
    this.#recent.push(now);
    return null;
  }

  /** Takes note of a call of the token endpoint and tells whether it comes too soon. */
  takeToken(now: number): Excess | null {
    if (this.#limits === null) return null;
    this.#recentTokens = inWindow(this.#recentTokens, now);
    if (this.#recentTokens.length >= 1) return this.#broken('token');
    this.#recentTokens.push(now);
    return null;
  }

  /** Tells how many requests went beyond each limit. */
  excess(): Readonly<Record<Excess, number>> {
    return { ...this.#excess };
  }

  /** Tells how many API calls were counted on the present UTC day. */
  today(): number {
    return this.#today;
  }

  #broken(limit: Excess): Excess {
    this.#excess[limit] += 1;
    return limit;
  }
}

/** Keeps the instants of the second before now; those of a clock set back are forgotten. */
function inWindow(instants: readonly number[], now: number): number[] {
  return instants.filter((at) => at > now - SECOND && at <= now);
}
