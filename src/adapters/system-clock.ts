/**
 * The real clock: this machine's time and timers behind the Clock port.
 *
 * Decides nothing. One of the few files that may touch Date and timers; must never be imported by a test of the core.
 */
import type { Clock } from '../ports/clock.ts';

/** Node fires a longer timer at once, so a long sleep is made of pieces. */
const LONGEST_TIMER_MS = 2_000_000_000;

/** Makes the clock of this machine. */
export function createSystemClock(): Clock {
  return { now: () => Date.now(), elapsed: () => performance.now(), sleep, every };
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let left = Math.max(0, ms); ; left -= LONGEST_TIMER_MS) {
    await sleepOnce(Math.min(left, LONGEST_TIMER_MS), signal);
    if (left <= LONGEST_TIMER_MS) return;
  }
}

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function every(ms: number, tick: () => void): Disposable {
  const timer = setInterval(tick, ms);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
