/**
 * A virtual clock: time moves only when somebody sleeps or the test says so. Deterministic; no real timer is used.
 *
 * When all code at hand has run as far as it can, the earliest sleeper is woken and time jumps there; ticks of `every`
 * that fall due on the way are called first. A ticker alone never moves time. Work that waits for the real world (a
 * socket, a file) is not seen: time may pass while it waits.
 */
import type { Clock } from '../ports/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on by `ms`, waking sleepers and calling ticks that fall due. */
  advance(ms: number): void;
  /** Sets the time of this machine without any timer noticing: somebody corrected the clock, perhaps backwards. */
  stepTo(now: number): void;
}

interface Timer {
  /** On the clock's monotonic scale, which `stepTo` does not touch. */
  at: number;
  readonly fire: () => void;
  readonly every: number | null;
}

/** Turns of the microtask queue after which code counts as waiting: more than any chain of awaits here needs. */
const TURNS_UNTIL_QUIET = 64;

/** Makes a clock that starts at `start` (default: Thursday 2026-01-01 12:00 UTC, far from midnight). */
export function createFakeClock(start = Date.UTC(2026, 0, 1, 12)): FakeClock {
  return new VirtualClock(start);
}

class VirtualClock implements FakeClock {
  #wall: number;
  #elapsed = 0;
  #pumping = false;
  readonly #timers = new Set<Timer>();

  constructor(start: number) {
    this.#wall = start;
  }

  now(): number {
    return this.#wall;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  stepTo(now: number): void {
    this.#wall = now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const onAbort = (): void => {
        this.#timers.delete(timer);
        reject(signal?.reason);
      };
      const fire = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const timer: Timer = { at: this.#elapsed + Math.max(0, ms), fire, every: null };
      this.#timers.add(timer);
      signal?.addEventListener('abort', onAbort, { once: true });
      void this.#pump();
    });
  }

  every(ms: number, tick: () => void): Disposable {
    const timer: Timer = { at: this.#elapsed + ms, fire: tick, every: ms };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => this.#timers.delete(timer) };
  }

  advance(ms: number): void {
    this.#moveTo(this.#elapsed + ms);
  }

  /** Wakes the earliest sleeper whenever everything else has come to rest, until none is left. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (;;) {
      for (let turn = 0; turn < TURNS_UNTIL_QUIET; turn += 1) await Promise.resolve();
      const next = this.#earliest((timer) => timer.every === null);
      if (next === undefined) break;
      this.#moveTo(next.at, next);
    }
    this.#pumping = false;
  }

  /** Moves to a time, firing what is due on the way in order; with `upTo`, nothing after that timer. */
  #moveTo(target: number, upTo?: Timer): void {
    for (let due = this.#due(target); due !== undefined; due = this.#due(target)) {
      this.#set(Math.max(due.at, this.#elapsed));
      if (due.every === null) this.#timers.delete(due);
      else due.at += due.every;
      due.fire();
      if (due === upTo) return;
    }
    this.#set(target);
  }

  #due(target: number): Timer | undefined {
    return this.#earliest((timer) => timer.at <= target);
  }

  /** Finds the earliest timer of a kind; of equals the one that was set first. */
  #earliest(wanted: (timer: Timer) => boolean): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (wanted(timer) && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }

  #set(elapsed: number): void {
    this.#wall += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }
}
