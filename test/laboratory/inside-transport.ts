/**
 * The network port over a simulator in the same thread: a request takes virtual time, and the world lives on meanwhile.
 *
 * Must never wait for anything real, and never know what a request means.
 */
import type { InsideSimulator } from '../../simulators/main.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { TransportError, type HttpAnswer, type HttpRequest, type Transport } from '../../src/ports/transport.ts';

export interface InsideNetwork {
  readonly simulator: InsideSimulator;
  readonly clock: Clock;
  /** One way. */
  readonly latencyMs: number;
  /** Called whenever a request or an answer has travelled: what is due by now happens. */
  readonly meanwhile: () => void;
}

/** Makes a transport whose other end is the simulator. */
export function createInsideTransport(network: InsideNetwork): Transport {
  return {
    exchange: (request, signal) => exchange(network, request, signal),
    close: async () => undefined,
  };
}

async function exchange(network: InsideNetwork, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { simulator, latencyMs } = network;
  await travel(network, latencyMs, signal);
  const { pathname, search, host } = new URL(request.url);
  const outcome = simulator.exchange({
    method: request.method,
    url: pathname + search,
    headers: { ...request.headers, host },
    body: request.body ?? '',
  });
  const ms = latencyMs + outcome.afterMs;
  await travel(network, Math.min(ms, request.timeoutMs), signal);
  if (ms > request.timeoutMs) throw new TransportError('timeout', true);
  if (outcome.kind === 'refused') throw new TransportError('refused', false);
  if (outcome.kind === 'reset') throw new TransportError('reset', true);
  const { status, headers, text } = outcome.answer;
  if (Buffer.byteLength(text) > request.maxBytes) throw new TransportError('too-large', true);
  return { status, headers, body: Buffer.from(text) };
}

async function travel({ clock, meanwhile }: InsideNetwork, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw new TransportError('aborted', true);
  }
  meanwhile();
}
