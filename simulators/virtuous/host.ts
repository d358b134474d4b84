/**
 * host: the CRM's host: which request meets which fault, who is let in, what is counted, and how an answer goes out.
 *
 * The order is fault, credential, rate, work, spoiling. Every answer has the simulator's date and the rate headers; a list may be
 * spoilt by a fault; a bug of the simulator never looks like a fault of the network.
 */
import type { FaultInjector } from '../faults/injector.ts';
import type { Fault } from '../faults/plan.ts';
import { instead } from '../faults/spoil.ts';
import { FREE, HOST, type Arrival, type Host, type Message, type Outgoing } from '../host.ts';
import type { RequestLog } from '../request-log.ts';
import { MINUTE } from '../world/clock.ts';
import { CrmRefusal, missing, refusalReply, usualError, type Reply } from './api/answer.ts';
import { checkQuery, findRoute, isKnownPath, type Found } from './api/router.ts';
import type { Crm } from './crm/crm.ts';
import type { Webhooks } from './crm/webhooks.ts';
import type { HourlyRate } from './rate.ts';
import type { TokenDesk } from './tokens.ts';

const USUAL_STALENESS = MINUTE;
/** Larger bodies are refused: the vendor's own limit is not published. */
const MOST_BODY = 10 * 1024 * 1024;

export interface CrmHostParts {
  readonly crm: Crm;
  readonly webhooks: Webhooks;
  readonly tokens: TokenDesk;
  readonly rate: HourlyRate;
  readonly faults: FaultInjector;
  readonly log: RequestLog;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly found: Found | null;
}

interface Exchange {
  readonly request: Request;
  readonly message: Message;
  readonly body: Buffer;
  readonly fault: Fault | null;
}

/** Makes the host of one organization. */
export function createCrmHost(parts: CrmHostParts): Host {
  return {
    log: parts.log,
    now: () => parts.crm.now(),
    arrive(message): Arrival {
      const request = readRequest(message);
      const path = request.path + request.search;
      const collection = request.found !== null && request.found.route.parameters.includes('take');
      const fault = parts.faults.strike({
        host: 'virtuous',
        method: request.method,
        path,
        collection,
        hasCursor: false,
      });
      return {
        method: request.method,
        path,
        fault,
        hold: () => FREE,
        answer: (body) => render(parts, replyTo(parts, { request, message, body, fault }), fault),
      };
    },
  };
}

function readRequest(message: Message): Request {
  const [path = '/', ...rest] = (message.url ?? '/').split('?');
  const method = message.method ?? 'GET';
  const search = rest.length === 0 ? '' : `?${rest.join('?')}`;
  return { method, path, search, found: findRoute(method, path) };
}

function replyTo(parts: CrmHostParts, exchange: Exchange): Reply {
  const { crm, tokens } = parts;
  const { request, message, body, fault } = exchange;
  const switches = crm.world.switches.current;
  try {
    crm.world.settle();
    if (/^\/token$/i.test(request.path)) {
      const replaced = fault === null ? null : insteadOf(parts, fault);
      if (request.method !== 'POST') throw new CrmRefusal(405, 'The requested resource does not support this method.');
      return replaced ?? tokens.answer(message.headers['content-type'] ?? '', body.toString());
    }
    return admitted(parts, exchange);
  } catch (error) {
    if (error instanceof CrmRefusal) return withWait(parts, refusalReply(error, switches));
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, body: { message: 'simulator.bug', exceptionMessage: text } };
  }
}

function admitted(parts: CrmHostParts, { request, message, body, fault }: Exchange): Reply {
  const { crm, webhooks, tokens, rate } = parts;
  const [scheme, token = ''] = (message.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !tokens.knows(token)) {
    throw new CrmRefusal(401, 'Authorization has been denied for this request.');
  }
  if (rate.take(crm.now())) throw new CrmRefusal(429, 'Rate limit exceeded.');
  const replaced = fault === null ? null : insteadOf(parts, fault);
  if (replaced !== null) return replaced;
  if (request.found === null) throw missingCall(request.path);
  const { route, params } = request.found;
  const query = new URLSearchParams(request.search);
  checkQuery(route, query);
  const staleSince = fault?.kind === 'stale-read' ? crm.now() - (fault.ms ?? USUAL_STALENESS) : null;
  const origin = `http://${message.headers.host ?? HOST}`;
  const more = { query, body: readJson(message, body), origin, staleSince };
  const work = (): Reply => route.answer({ crm, webhooks, switches: crm.world.switches.current, params, ...more });
  return crm.world.actAs({ actor: 'api', call: `${request.method} ${request.path}` }, () =>
    crm.writeAs('API User', work),
  );
}

function missingCall(path: string): CrmRefusal {
  return isKnownPath(path) ? new CrmRefusal(405, 'The requested resource does not support this method.') : missing();
}

function readJson(message: Message, body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (body.length > MOST_BODY) throw new CrmRefusal(413, 'The request is too large.');
  const type = message.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) {
    throw new CrmRefusal(415, `The request entity's media type '${type}' is not supported for this resource.`);
  }
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new CrmRefusal(400, 'The request is invalid.', { body: ['The body is not valid JSON.'] });
  }
}

/** Makes the answer of a fault that replaces the work; null where the work is to be done. */
function insteadOf(parts: CrmHostParts, fault: Fault): Reply | null {
  const switches = parts.crm.world.switches.current;
  if (fault.kind === 'throttled' || fault.kind === 'quota_exceeded') return withWait(parts, usualError(429, switches));
  return instead(fault, (status) => usualError(status, switches));
}

/** Says with a 429 how long to wait (virtuous-crm §2). */
function withWait({ crm, rate }: CrmHostParts, reply: ReturnType<typeof refusalReply>): Reply {
  if (reply.status !== 429) return reply;
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(rate.retryAfter(crm.now())) } };
}

function render({ crm, rate }: CrmHostParts, reply: Reply, fault: Fault | null): Outgoing {
  const plain = 'list' in reply ? { status: 200, body: listBody(reply, fault) } : reply;
  // Recorded answers are indented, with CRLF (virtuous-crm §4).
  const indented = (JSON.stringify(plain.body, null, 2) ?? '').replaceAll('\n', '\r\n');
  const whole = typeof plain.body === 'string' ? plain.body : indented;
  const headers = {
    date: new Date(crm.now()).toUTCString(),
    ...(plain.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...rate.headers(crm.now()),
    ...('headers' in plain ? plain.headers : {}),
  };
  const text = fault?.kind === 'truncated-json' ? whole.slice(0, Math.floor(whole.length / 2)) : whole;
  return { status: plain.status, headers, text };
}

function listBody({ list, total }: Extract<Reply, { list: unknown }>, fault: Fault | null): unknown {
  switch (fault?.kind) {
    case 'empty-list':
      return { list: [], total: 0 };
    case 'items-twice':
      return { list: list.flatMap((item, n) => (n % 3 === 0 ? [item, item] : [item])), total };
    case 'items-missing':
      return { list: list.filter((_, n) => n % 3 !== 0), total };
    default:
      return { list, total };
  }
}
