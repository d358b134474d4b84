/**
 * The door for deliveries, on a real socket.
 *
 * Decides what is refused before anybody looks at it: another method, a compressed body, one that is too large or too
 * slow, more at once than can be served. Its answers are a status and nothing else. Must never log a path or a header.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InboundTaken } from '../ports/inbound.ts';
import type { Inbound, InboundPlace, OpenInbound, Posted } from '../ports/inbound.ts';

/** A receiver in production had to raise its limit to 5 MB for Virtuous's bodies. */
export const MOST_BYTES = 5 * 1024 * 1024;
/** Bodies in memory at once are bounded by this too. */
const AT_ONCE = 16;
const SLOWEST_MS = 10_000;
const MOST_CONNECTIONS = 256;

/** Makes doors on this machine. */
export function createInbound(): Inbound {
  return { listen };
}

async function listen(place: InboundPlace, answer: (posted: Posted) => Promise<number>): Promise<OpenInbound> {
  let atWork = 0;
  const server = createServer((request, response) => {
    if (atWork >= AT_ONCE) return end(request, response, 503);
    atWork += 1;
    void serve(request, response, answer).finally(() => (atWork -= 1));
  });
  server.requestTimeout = SLOWEST_MS;
  server.headersTimeout = SLOWEST_MS;
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(place.port, place.host);
  try {
    await once(server, 'listening');
  } catch {
    throw new InboundTaken();
  }
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => close(server) };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (posted: Posted) => Promise<number>,
): Promise<void> {
  const refusal = refusalOf(request);
  if (refusal !== null) return end(request, response, refusal);
  const body = await readBody(request).catch(() => null);
  if (body === null) return void response.destroy();
  if (body === 'too-large') return end(request, response, 413);
  const path = URL.parse(request.url ?? '', 'http://here')?.pathname ?? '';
  const status = await answer({ path, headers: singleHeaders(request), body }).catch(() => 500);
  end(request, response, status);
}

function refusalOf({ method, headers }: IncomingMessage): number | null {
  if (method !== 'POST') return 405;
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') return 415;
  return Number(headers['content-length'] ?? 0) > MOST_BYTES ? 413 : null;
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | 'too-large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return 'too-large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function singleHeaders({ headersDistinct }: IncomingMessage): Readonly<Record<string, string | undefined>> {
  const single = Object.entries(headersDistinct).flatMap(([name, values]) =>
    values?.length === 1 ? [[name, values[0]] as const] : [],
  );
  return Object.fromEntries(single);
}

/** A body that nobody will read must not hold the line open. */
function end(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-length': 0, 'cache-control': 'no-store' });
  response.end();
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 1_000);
  await closed;
  clearTimeout(late);
}
