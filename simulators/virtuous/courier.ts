/**
 * courier: carries deliveries to receivers over HTTP while the simulators run behind sockets.
 *
 * It looks every tenth of a second of real time for what is due by the simulator's clock, and one round at a time. It speaks to this
 * machine alone: a receiver elsewhere counts as one that does not answer.
 */
import type { Delivery, Webhooks } from './crm/webhooks.ts';

const EVERY_MS = 100;
const LONGEST_MS = 10_000;
const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

export interface Courier {
  /** Carries what is due, in order, and resolves when all of it was answered. */
  round(): Promise<void>;
  close(): Promise<void>;
}

/** Starts carrying. */
export function startCourier(webhooks: Webhooks, settle: () => void): Courier {
  const stop = new AbortController();
  let last: Promise<void> = Promise.resolve();
  const round = (): Promise<void> => {
    last = last.then(() => carryAll(webhooks, settle, stop.signal));
    return last;
  };
  const timer = setInterval(() => void round(), EVERY_MS);
  timer.unref();
  return {
    round,
    async close() {
      clearInterval(timer);
      stop.abort();
      await last;
    },
  };
}

async function carryAll(webhooks: Webhooks, settle: () => void, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  settle();
  for (const delivery of webhooks.take()) webhooks.answered(delivery.id, await carry(delivery, stop));
}

/** Tells the status of the answer; null where there was none. */
async function carry({ url, headers, body }: Delivery, stop: AbortSignal): Promise<number | null> {
  if (!LOCAL.includes(new URL(url).hostname)) return null;
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(LONGEST_MS)]);
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}
