/**
 * door: the vendor's host as one HTTP server, for V3 and the identity provider.
 *
 * It stands directly on node:http because faults have to reach below HTTP: connections are refused, reset before and after the work,
 * or left hanging. It decides the order of things for each request (fault, token, quota, rights, work, spoiling) and writes every
 * request to the log; what an answer says is decided elsewhere. Each answer carries the simulator's date.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInjector } from '../faults/injector.ts';
import type { Fault } from '../faults/plan.ts';
import { instead, spoilPage } from '../faults/spoil.ts';
import type { World } from '../world/world.ts';
import { errorReply, pageBody, Refusal, refusalReply, usualError, usualOAuthError, type Reply } from './answer.ts';
import { answerOAuth, type OAuthDesks } from './oauth/oauth.ts';
import type { Access } from './oauth/grants.ts';
import type { RequestLog } from './request-log.ts';
import { Turns } from './turns.ts';
import type { RawBody } from './v3/body.ts';
import { USUAL_STALENESS } from './v3/contacts.ts';
import type { CursorBook } from './v3/cursor.ts';
import { answerV3, checkRights, findRoute, isKnownPath, V3_PATH, type Found } from './v3/router.ts';

const HOST = '127.0.0.1';
export const USUAL_HANG = 120_000;
export const USUAL_REFUSAL = 250;
/** More than any body that the vendor takes whole, so that what it does with one too large can be shown. */
const MOST_BODY = 64 * 1024 * 1024;

export interface DoorParts {
  readonly world: World;
  readonly cursors: CursorBook;
  readonly desks: OAuthDesks;
  readonly faults: FaultInjector;
  readonly log: RequestLog;
}

export interface Door {
  readonly origin: string;
  close(): Promise<void>;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly found: Found | null;
  readonly inReports: boolean;
}

/** What of a message decides its answer: a socket's, or one that was handed in without any. */
export type Message = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** Opens the door on loopback. */
export async function openDoor(parts: DoorParts, port: number): Promise<Door> {
  const server = createServer({ keepAliveTimeout: 60_000 });
  const stop = new AbortController();
  const turns = new Turns();
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    void serve(parts, server, message, response, stop.signal, turns).catch(() => response.destroy());
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

async function serve(
  parts: DoorParts,
  server: Server,
  message: IncomingMessage,
  response: ServerResponse,
  stop: AbortSignal,
  turns: Turns,
): Promise<void> {
  const n = parts.log.begin();
  const at = parts.world.clock.now();
  const request = readRequest(message);
  const full = request.path + request.search;
  const fault = strike(parts, request);
  const body = await readBody(message);
  const turn = turns.begin(request.method, request.path, body);
  const exchange = { message, response, body, fault, stop, clashes: turn.clashes };
  const status = await answer(parts, server, request, exchange).finally(() => turn.end());
  parts.log.end({ n, at, method: request.method, path: full, status, fault: fault?.kind ?? null });
}

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly fault: Fault | null;
  readonly stop: AbortSignal;
  readonly clashes: boolean;
}

/** Does one exchange and tells the status that was sent, or null where nothing was. */
async function answer(parts: DoorParts, server: Server, request: Request, exchange: Exchange): Promise<number | null> {
  const { message, response, fault, stop } = exchange;
  if (fault?.kind === 'refuse') return refuseConnections(server, fault.ms ?? USUAL_REFUSAL, stop);
  if (fault?.kind === 'reset-before') return reset(message);
  if (fault?.kind === 'timeout') {
    await pause(fault.ms ?? USUAL_HANG, stop, response);
    return reset(message);
  }
  if (fault?.kind === 'slow') await pause(fault.ms ?? 1_000, stop, response);
  const reply = replyTo(parts, request, exchange);
  if (fault?.kind === 'reset-after') return reset(message);
  return send(parts, response, reply, request, fault);
}

/** Takes note of a request and tells the fault that strikes it, if any. */
export function strike(parts: DoorParts, request: Request): Fault | null {
  return parts.faults.strike({
    method: request.method,
    path: request.path + request.search,
    collection: request.found?.route.collection === true,
    hasCursor: /[?&]cursor=/.test(request.search),
  });
}

/** Works out the answer: quota and rights first, then the fault that replaces the work, then the work. */
export function replyTo(
  parts: DoorParts,
  request: Request,
  {
    message,
    body,
    fault,
    clashes,
  }: { readonly message: Message; readonly body: Buffer; readonly fault: Fault | null; readonly clashes: boolean },
): Reply {
  try {
    parts.world.settle();
    if (!request.path.startsWith(`${V3_PATH}/`)) {
      const replaced = fault === null ? null : instead(fault, usualOAuthError);
      return replaced ?? answerOAuth(parts.desks, oauthRequest(request, message, body.toString()));
    }
    const access = admit(parts, request, message);
    const replaced = fault === null ? null : instead(fault, (status) => usualError(status, request.inReports));
    if (replaced !== null) return replaced;
    if (request.found === null) throw missingCall(request.path);
    checkRights(parts.world, request.found.route, access);
    refuseClash(clashes);
    if (fault?.kind === 'cursor-expired')
      return errorReply(400, 'contacts.api.validation.error', 'cursor is invalid or has expired', 'array');
    const staleSince = fault?.kind === 'stale-read' ? parts.world.clock.now() - (fault.ms ?? USUAL_STALENESS) : null;
    const more = { search: request.search, body: rawBody(message, body), staleSince };
    return answerV3(parts.world, parts.cursors, request.found, more);
  } catch (error) {
    return replyToError(error);
  }
}

function refuseClash(clashes: boolean): void {
  if (clashes) throw new Refusal(409, 'contacts.api.conflict', 'Simultaneous requests modify the same contact');
}

function replyToError(error: unknown): Reply {
  if (error instanceof Refusal) return refusalReply(error);
  // A bug of the simulator must not look like a fault of the network.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return errorReply(500, 'simulator.bug', message, 'object');
}

function rawBody(message: Message, bytes: Buffer): RawBody {
  return { type: message.headers['content-type'] ?? '', bytes };
}

/** Lets a V3 request in: method, token and quota. A request without a known token has no API key, so it counts for no quota. */
function admit(parts: DoorParts, request: Request, message: Message): Access {
  const now = parts.world.clock.now();
  const [scheme, token = ''] = (message.headers.authorization ?? '').split(' ');
  const access = scheme?.toLowerCase() === 'bearer' ? parts.desks.grants.access(token) : null;
  const broken = access === null ? null : parts.desks.quota.take(now);
  if (broken === 'perSecond') throw new Refusal(429, 'throttled', 'Too Many Requests', 'object');
  if (broken === 'perDay') throw new Refusal(429, 'quota_exceeded', 'Limit Exceeded', 'object');
  if (access === null || (access.expiresAt !== null && access.expiresAt <= now)) {
    throw new Refusal(401, 'unauthorized', 'Unauthorized', 'object');
  }
  return access;
}

function missingCall(path: string): Refusal {
  return isKnownPath(path)
    ? new Refusal(405, 'method_not_allowed', 'Unsupported method used')
    : new Refusal(404, 'not_found', 'Not Found');
}

/** Reads what a request is about. */
export function readRequest(message: Message): Request {
  const [path = '/', ...rest] = (message.url ?? '/').split('?');
  const search = rest.length === 0 ? '' : `?${rest.join('?')}`;
  return {
    method: message.method ?? 'GET',
    path,
    search,
    found: findRoute(message.method ?? 'GET', path),
    inReports: path.startsWith(`${V3_PATH}/reports/`),
  };
}

function oauthRequest(request: Request, message: Message, body: string): Parameters<typeof answerOAuth>[1] {
  return {
    method: request.method,
    path: request.path,
    query: new URLSearchParams(request.search),
    form: new URLSearchParams(body),
    authorization: message.headers.authorization ?? null,
    origin: `http://${message.headers.host ?? HOST}`,
  };
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

/** An answer as it goes out. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Writes a reply out, spoilt by the fault, with the simulator's date. */
export function render(parts: DoorParts, reply: Reply, request: Request, fault: Fault | null): Outgoing {
  const cursor = new URLSearchParams(request.search).get('cursor');
  const { lastPage } = parts.world.switches.current;
  const plain =
    'page' in reply
      ? { status: 200, body: pageBody(fault === null ? reply.page : spoilPage(fault, reply.page, cursor), lastPage) }
      : reply;
  const whole = typeof plain.body === 'string' ? plain.body : (JSON.stringify(plain.body) ?? '');
  const headers = {
    date: new Date(parts.world.clock.now()).toUTCString(),
    ...(plain.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...('headers' in plain ? plain.headers : {}),
  };
  const text = fault?.kind === 'truncated-json' ? whole.slice(0, Math.floor(whole.length / 2)) : whole;
  return { status: plain.status, headers, text };
}

function send(parts: DoorParts, response: ServerResponse, reply: Reply, request: Request, fault: Fault | null): number {
  const { status, headers, text } = render(parts, reply, request, fault);
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
