/**
 * sockets: a vendor's host as an HTTP server on loopback.
 *
 * It stands directly on node:http because faults have to reach below HTTP: connections are refused, reset before and after the work,
 * or left hanging. Every request is written to the host's log; what an answer says is decided by the host.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { HOST, USUAL_HANG, USUAL_REFUSAL, USUAL_SLOWNESS, type Arrival, type Host, type Outgoing } from './host.ts';

/** More than any body that a vendor takes whole, so that what it does with one too large can be shown. */
const MOST_BODY = 64 * 1024 * 1024;

export interface Door {
  readonly origin: string;
  close(): Promise<void>;
}

interface Exchange {
  readonly server: Server;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly stop: AbortSignal;
}

/** Opens a door on loopback; port 0 takes any. */
export async function openDoor(host: Host, port: number): Promise<Door> {
  const server = createServer({ keepAliveTimeout: 60_000 });
  const stop = new AbortController();
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    void serve(host, { server, message, response, stop: stop.signal }).catch(() => response.destroy());
  });
  await listen(server, port);
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    origin: `http://${HOST}:${actual}`,
    async close() {
      stop.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function serve(host: Host, exchange: Exchange): Promise<void> {
  const n = host.log.begin();
  const at = host.now();
  const arrival = host.arrive(exchange.message);
  const body = await readBody(exchange.message);
  const turn = arrival.hold(body);
  const status = await answer(arrival, exchange, body, turn.clashes).finally(() => turn.end());
  const { method, path, fault } = arrival;
  host.log.end({ n, at, method, path, status, fault: fault?.kind ?? null });
}

/** Does one exchange and tells the status that was sent, or null where nothing was. */
async function answer(arrival: Arrival, exchange: Exchange, body: Buffer, clashes: boolean): Promise<number | null> {
  const { server, message, response, stop } = exchange;
  const { fault } = arrival;
  if (fault?.kind === 'refuse') return refuseConnections(server, fault.ms ?? USUAL_REFUSAL, stop);
  if (fault?.kind === 'reset-before') return reset(message);
  if (fault?.kind === 'timeout') {
    await pause(fault.ms ?? USUAL_HANG, stop, response);
    return reset(message);
  }
  if (fault?.kind === 'slow') await pause(fault.ms ?? USUAL_SLOWNESS, stop, response);
  const outgoing = arrival.answer(body, clashes);
  if (fault?.kind === 'reset-after') return reset(message);
  return send(response, outgoing);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, text }: Outgoing): number {
  response.sendDate = false;
  response.writeHead(status, status === 204 ? headers : { 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text);
  return status;
}

function reset(message: IncomingMessage): null {
  message.socket.resetAndDestroy();
  return null;
}

/** Stops taking connections for a while and drops the ones there are. */
function refuseConnections(server: Server, ms: number, stop: AbortSignal): null {
  const address = server.address();
  if (typeof address !== 'object' || address === null) return null;
  server.close();
  server.closeAllConnections();
  const again = setTimeout(() => {
    if (!stop.aborted) server.listen(address.port, HOST);
  }, ms);
  stop.addEventListener('abort', () => clearTimeout(again), { once: true });
  return null;
}

/** Waits until the time is over, the client has gone or the simulator closes. */
async function pause(ms: number, stop: AbortSignal, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await sleep(ms, undefined, { signal: AbortSignal.any([stop, gone.signal]) }).catch(() => undefined);
}
