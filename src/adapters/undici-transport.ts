/**
 * The real network behind the Transport port: undici with kept-alive connections.
 *
 * Decides how a socket's failure is named and whether anything can have reached the server. Must never follow a
 * redirect, retry, wait for a budget, or let an error carry the address or the headers of a request.
 */
import { isUtf8 } from 'node:buffer';
import { Agent } from 'undici';
import type { HttpAnswer, HttpRequest, Transport, TransportFault } from '../ports/transport.ts';
import { TransportError } from '../ports/transport.ts';

/** Failures that come before a request can leave. */
const BEFORE_SENDING: ReadonlyMap<string, TransportFault> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['EADDRNOTAVAIL', 'refused'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
]);

const MAX_SOCKETS_PER_HOST = 8;
const KEEP_ALIVE_MS = 10_000;

/** Opens a pool of connections; `close` ends it. */
export function createUndiciTransport(): Transport {
  const agent = new Agent({
    connections: MAX_SOCKETS_PER_HOST,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    allowH2: false,
    connect: { timeout: 10_000 },
  });
  return {
    exchange: (request, signal) => exchange(agent, request, signal),
    close: () => agent.close(),
  };
}

async function exchange(agent: Agent, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  if (signal.aborted) throw new TransportError('aborted', false);
  using limit = deadline(request.timeoutMs, signal);
  try {
    const url = new URL(request.url);
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal: limit.signal,
      headersTimeout: request.timeoutMs,
      bodyTimeout: request.timeoutMs,
    });
    const body = await readBody(answer.body, request.maxBytes);
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), body };
  } catch (error) {
    throw asTransportError(error, signal.aborted, limit.signal.aborted);
  }
}

/** Joins the caller's signal with a time limit for the whole exchange, and lets go of both when disposed. */
function deadline(ms: number, outer: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  outer.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}

/** Collects a body up to a limit. Bytes that are not UTF-8 are refused: read on, they would change names silently. */
async function readBody(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw new TransportError('too-large', true);
    parts.push(chunk);
  }
  const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, size);
  if (!isUtf8(whole)) throw new TransportError('reset', true);
  return whole;
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

/** Names a failure without its text, which may hold an address. */
function asTransportError(error: unknown, aborted: boolean, timedOut: boolean): TransportError {
  if (error instanceof TransportError) return error;
  if (aborted) return new TransportError('aborted', true);
  if (timedOut) return new TransportError('timeout', true);
  const code = codeOf(error);
  const before = BEFORE_SENDING.get(code);
  if (before !== undefined) return new TransportError(before, false);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return new TransportError('timeout', true);
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return new TransportError('tls', false);
  return new TransportError('reset', true);
}

/** Finds the system's code; several addresses tried in vain come as an AggregateError around it. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && !('code' in error)) return codeOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
