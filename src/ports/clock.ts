/**
 * Time and timers, as a port: nothing else in the sources may ask for the time or start a timer (lint enforces it).
 */
export interface Clock {
  /** Tells the time of this machine, in whole ms since 1970. */
  now(): number;
  /** Tells ms since some fixed moment; somebody who corrects the clock does not move it. */
  elapsed(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `tick` about every `ms` until disposed; never overlaps itself and never keeps the process alive. */
  every(ms: number, tick: () => void): Disposable;
}
