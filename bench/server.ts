/**
 * The benchmark's server: enough of Constant Contact V3 to be read from, on loopback, as fast as it can.
 *
 * Decides nothing about people (people.ts) or pages (contact-pages.ts). No quota, no faults, no writes: what a client
 * costs is to be measured, not what a server makes it wait. `/bench/…` is for the measuring program alone.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { ContactPages, parseQuery } from './contact-pages.ts';
import { FIELDS, idOf, isoSeconds, LISTS, People, SUB_RESOURCES, TAGS } from './people.ts';

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}
const LONG_AGO = isoSeconds(Date.UTC(2018, 0, 1) / 1000);

function json(value: unknown, status = 200): Answer {
  return { status, body: Buffer.from(JSON.stringify(value)) };
}

function refusal(status: number, key: string): Answer {
  return json([{ error_key: key, error_message: key }], status);
}

function many<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/** The small collections: one page each, whatever the limit asks. */
function collections(): ReadonlyMap<string, Answer> {
  const times = { created_at: LONG_AGO, updated_at: LONG_AGO };
  const lists = many(LISTS, (n) => ({
    list_id: idOf(1, n),
    name: `List ${n}`,
    description: '',
    favorite: n === 0,
    ...times,
  }));
  const tags = many(TAGS, (n) => ({ tag_id: idOf(2, n), name: `Tag ${n}`, tag_source: 'Contact', ...times }));
  const fields = many(FIELDS, (n) => ({
    custom_field_id: idOf(3, n),
    label: `Field ${n}`,
    name: `field_${n}`,
    type: 'string',
    ...times,
  }));
  const segments = many(2, (n) => ({
    segment_id: n + 1,
    name: `Segment ${n}`,
    created_at: LONG_AGO,
    edited_at: LONG_AGO,
  }));
  const account = {
    encoded_account_id: 'a07e1ben0ch',
    organization_name: 'Bench',
    country_code: 'US',
    time_zone_id: 'US/Eastern',
  };
  return new Map([
    ['/v3/contact_lists', json({ lists, _links: {} })],
    ['/v3/contact_tags', json({ tags, _links: {} })],
    ['/v3/contact_custom_fields', json({ custom_fields: fields, _links: {} })],
    ['/v3/segments', json({ segments, _links: {} })],
    ['/v3/account/summary', json(account)],
    ['/v3/account/user/privileges', json([{ privilege_id: 1, privilege_name: 'contacts:read' }])],
    ['/v3/emails', json({ campaigns: [], _links: {} })],
    ['/v3/reports/summary_reports/email_campaign_summaries', json({ bulk_email_campaign_summaries: [], _links: {} })],
  ]);
}

/** Counts as the vendor does: everybody who is not deleted, the unsubscribed among them. */
function counts(people: People): Answer {
  const totals = { total: 0, explicit: 0, implicit: 0, pending: 0, unsubscribed: 0 };
  for (let n = 0; n < people.size; n += 1) {
    if (people.isDeleted(n)) continue;
    totals.total += 1;
    totals[people.permission(n)] += 1;
  }
  return json(totals);
}

/** Serves an account of this many contacts. */
export function createBenchServer(contacts: number): Server {
  const people = new People(contacts);
  const pages = new ContactPages(people);
  const fixed = collections();
  const totals = counts(people);
  let requests = 0;

  function contact(path: string): Answer {
    const n = people.find(path.slice('/v3/contacts/'.length));
    if (n === null) return refusal(404, 'contacts.api.not_found');
    return { status: 200, body: Buffer.from(people.render(n, new Set<string>(SUB_RESOURCES))) };
  }

  function vendor(url: URL): Answer {
    requests += 1;
    if (url.pathname === '/v3/contacts/counts') return totals;
    if (url.pathname.startsWith('/v3/contacts/')) return contact(url.pathname);
    if (url.pathname !== '/v3/contacts') return fixed.get(url.pathname) ?? refusal(404, 'not_found');
    const query = parseQuery(url.searchParams);
    return query === null ? refusal(400, 'contacts.api.validation.error') : { status: 200, body: pages.page(query) };
  }

  function bench(url: URL): Answer {
    if (url.pathname === '/bench/touch') {
      pages.forget();
      return json({ touched: people.touch(Number(url.searchParams.get('every')), Math.floor(Date.now() / 1000)) });
    }
    return json({ requests });
  }

  function answer(request: IncomingMessage): Answer {
    const url = new URL(request.url ?? '/', 'http://bench');
    if (url.pathname.startsWith('/bench/')) return bench(url);
    if (request.method !== 'GET') return refusal(405, 'method_not_allowed');
    if (request.headers.authorization === undefined) return refusal(401, 'unauthorized');
    return vendor(url);
  }

  return createServer({ keepAliveTimeout: 60_000 }, (request: IncomingMessage, response: ServerResponse) => {
    const { status, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { contacts: { type: 'string', default: '100000' }, port: { type: 'string', default: '0' } },
  });
  const server = createBenchServer(Number(values.contacts));
  server.listen(Number(values.port), '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    process.stdout.write(
      `${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}/v3`, control: `http://127.0.0.1:${port}/bench` })}\n`,
    );
  });
}
