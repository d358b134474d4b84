/**
 * rate: the hourly limit of the organization, by the simulator's clock (virtuous-crm §2).
 *
 * Every answer tells the limit, what is left and when it is whole again. Whether the hour is fixed or slides, and whether a refused call
 * counts, nobody knows: switches. It counts calls with a known credential only; asking for tokens is free.
 */
import type { Limits } from '../request-log.ts';
import type { SwitchBoard } from '../switches.ts';
import { HOUR, SECOND, startOfDay } from '../world/clock.ts';

export class HourlyRate implements Limits {
  readonly #board: SwitchBoard;
  /** When the calls that count came, oldest first. */
  #calls: number[] = [];
  #hour = Number.NaN;
  #day = Number.NaN;
  #today = 0;
  #excess = 0;

  constructor(board: SwitchBoard) {
    this.#board = board;
  }

  /** Takes note of a call and tells whether it is one too many. */
  take(now: number): boolean {
    this.#turn(now);
    this.#today += 1;
    const { crmRatePerHour: limit, crmRefusedCount } = this.#board.current;
    if (limit === null) return false;
    const isTooMany = this.#calls.length >= limit;
    if (!isTooMany || crmRefusedCount) this.#calls.push(now);
    if (isTooMany) this.#excess += 1;
    return isTooMany;
  }

  /** Tells the headers of an answer. */
  headers(now: number): Readonly<Record<string, string>> {
    this.#turn(now);
    const { crmRatePerHour: limit, crmRateHeaders: spelling } = this.#board.current;
    if (limit === null || spelling === 'none') return {};
    const name = spelling === 'plain' ? 'X-RateLimit' : 'X-Rate-Limit';
    return {
      [`${name}-Limit`]: String(limit),
      [`${name}-Remaining`]: String(Math.max(0, limit - this.#calls.length)),
      [`${name}-Reset`]: String(Math.ceil(this.#reset(now) / SECOND)),
    };
  }

  /** Tells how many whole seconds a refused caller should wait. */
  retryAfter(now: number): number {
    return Math.max(1, Math.ceil((this.#reset(now) - now) / SECOND));
  }

  excess(): Readonly<Record<string, number>> {
    return { perHour: this.#excess };
  }

  today(): number {
    return this.#today;
  }

  /** Forgets the calls of hours that are over, or of a clock set back. */
  #turn(now: number): void {
    if (startOfDay(now) !== this.#day) {
      this.#day = startOfDay(now);
      this.#today = 0;
    }
    if (this.#board.current.crmRateWindow === 'sliding') {
      const first = this.#calls.findIndex((at) => at > now - HOUR && at <= now);
      this.#calls = first < 0 ? [] : this.#calls.slice(first);
      return;
    }
    const hour = Math.floor(now / HOUR);
    if (hour !== this.#hour) this.#calls = [];
    this.#hour = hour;
  }

  /** When a call will be taken again: the next hour's start, or when enough of the last hour's calls have passed out of it. */
  #reset(now: number): number {
    const { crmRateWindow, crmRatePerHour } = this.#board.current;
    if (crmRateWindow === 'fixed') return (Math.floor(now / HOUR) + 1) * HOUR;
    const last = this.#calls[Math.max(0, this.#calls.length - (crmRatePerHour ?? 1))] ?? now;
    return last + HOUR;
  }
}
