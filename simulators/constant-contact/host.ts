/**
 * host: the vendor's host, for V3 and the identity provider.
 *
 * It decides the order of things for each request: fault, token, quota, rights, work, spoiling. What an answer says is decided
 * elsewhere, and how it travels too. Each answer carries the simulator's date.
 */
import type { FaultInjector } from '../faults/injector.ts';
import type { Fault } from '../faults/plan.ts';
import { instead, spoilPage } from '../faults/spoil.ts';
import { HOST, type Arrival, type Host, type Message, type Outgoing } from '../host.ts';
import type { RequestLog } from '../request-log.ts';
import type { World } from '../world/world.ts';
import { errorReply, pageBody, Refusal, refusalReply, usualError, usualOAuthError, type Reply } from './answer.ts';
import { answerOAuth, type OAuthDesks } from './oauth/oauth.ts';
import type { Access } from './oauth/grants.ts';
import { Turns } from './turns.ts';
import type { RawBody } from './v3/body.ts';
import { USUAL_STALENESS } from './v3/contacts.ts';
import type { CursorBook } from './v3/cursor.ts';
import { answerV3, checkRights, findRoute, isKnownPath, V3_PATH, type Found } from './v3/router.ts';

export interface HostParts {
  readonly world: World;
  readonly cursors: CursorBook;
  readonly desks: OAuthDesks;
  readonly faults: FaultInjector;
  readonly log: RequestLog;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly found: Found | null;
  readonly inReports: boolean;
}

interface Exchange {
  readonly message: Message;
  readonly body: Buffer;
  readonly fault: Fault | null;
  readonly clashes: boolean;
}

/** Makes the host of one account. */
export function createHost(parts: HostParts): Host {
  const turns = new Turns();
  return {
    log: parts.log,
    now: () => parts.world.clock.now(),
    arrive(message): Arrival {
      const request = readRequest(message);
      const fault = strike(parts, request);
      return {
        method: request.method,
        path: request.path + request.search,
        fault,
        hold: (body) => turns.begin(request.method, request.path, body),
        answer: (body, clashes) =>
          render(parts, replyTo(parts, request, { message, body, fault, clashes }), request, fault),
      };
    },
  };
}

/** Takes note of a request and tells the fault that strikes it, if any. */
function strike(parts: HostParts, request: Request): Fault | null {
  return parts.faults.strike({
    host: 'constant-contact',
    method: request.method,
    path: request.path + request.search,
    collection: request.found?.route.collection === true,
    hasCursor: /[?&]cursor=/.test(request.search),
  });
}

/** Works out the answer: quota and rights first, then the fault that replaces the work, then the work. */
function replyTo(parts: HostParts, request: Request, { message, body, fault, clashes }: Exchange): Reply {
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
function admit(parts: HostParts, request: Request, message: Message): Access {
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
function readRequest(message: Message): Request {
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

/** Writes a reply out, spoilt by the fault, with the simulator's date. */
function render(parts: HostParts, reply: Reply, request: Request, fault: Fault | null): Outgoing {
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
