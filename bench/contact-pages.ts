/**
 * Pages of the benchmark's contacts: which people a query selects, its opaque cursors, and the bytes of a page.
 *
 * Decides the filters honestly (`status`, `updated_after`, `optout_after`, `email` by position). The page that a
 * client will ask for next is written while it works on this one, so that the server is not what is measured.
 */
import { SUB_RESOURCES, type People } from './people.ts';

/** What the vendor refuses is refused here too: the bench must not measure a lenient server. */
const PARAMETERS = new Set(['status', 'include', 'limit', 'updated_after', 'optout_after', 'include_count', 'cursor']);
const STATUSES = new Set(['all', 'active', 'deleted', 'unsubscribed', 'not_set', 'pending_confirmation', 'temp_hold']);

export interface Query {
  readonly status: string;
  readonly include: string;
  readonly limit: number;
  readonly updatedAfter: string;
  readonly optOutAfter: string;
  /** Page number, from 1, as the vendor's cursors seem to hold it. */
  readonly page: number;
}

/** Reads the query string; null when the vendor would answer 400. */
export function parseQuery(parameters: URLSearchParams): Query | null {
  const cursor = parameters.get('cursor');
  const given = cursor === null ? parameters : new URLSearchParams(Buffer.from(cursor, 'base64url').toString('latin1'));
  const names = [...given.keys()].filter((name) => name !== 'next');
  if (names.some((name) => !PARAMETERS.has(name))) return null;
  const query: Query = {
    status: given.get('status') ?? 'all',
    include: given.get('include') ?? '',
    limit: Number(given.get('limit') ?? '50'),
    updatedAfter: given.get('updated_after') ?? '',
    optOutAfter: given.get('optout_after') ?? '',
    page: Number(given.get('next') ?? '1'),
  };
  return isValid(query) ? query : null;
}

function isValid(query: Query): boolean {
  const included = query.include === '' ? [] : query.include.split(',');
  return (
    query.status.split(',').every((status) => STATUSES.has(status)) &&
    included.every((name) => SUB_RESOURCES.some((known) => known === name)) &&
    Number.isInteger(query.limit) &&
    query.limit >= 1 &&
    query.limit <= 500 &&
    Number.isInteger(query.page) &&
    [query.updatedAfter, query.optOutAfter].every((text) => text === '' || !Number.isNaN(Date.parse(text)))
  );
}

function cursorOf(query: Query, page: number): string {
  const { status, include, limit, updatedAfter, optOutAfter } = query;
  const held: [string, string][] = [
    ['limit', String(limit)],
    ['next', String(page)],
    ['status', status],
    ['include', include],
    ['updated_after', updatedAfter],
    ['optout_after', optOutAfter],
  ];
  return Buffer.from(new URLSearchParams(held).toString(), 'latin1').toString('base64url');
}

export class ContactPages {
  readonly #people: People;
  readonly #selections = new Map<string, Uint32Array | null>();
  #ready: { readonly key: string; readonly bytes: Buffer } | null = null;

  constructor(people: People) {
    this.#people = people;
  }

  /** Forgets what was written ahead; needed after each change of the people. */
  forget(): void {
    this.#selections.clear();
    this.#ready = null;
  }

  /** Gives one page, and starts writing the next one once the answer has left. */
  page(query: Query): Buffer {
    const key = JSON.stringify(query);
    const bytes = this.#ready?.key === key ? this.#ready.bytes : this.#write(query);
    setImmediate(() => this.#writeAhead({ ...query, page: query.page + 1 }));
    return bytes;
  }

  #writeAhead(query: Query): void {
    const selected = this.#select(query);
    const total = selected?.length ?? this.#people.size;
    if ((query.page - 1) * query.limit >= total) return;
    this.#ready = { key: JSON.stringify(query), bytes: this.#write(query) };
  }

  #write(query: Query): Buffer {
    const selected = this.#select(query);
    const total = selected?.length ?? this.#people.size;
    const start = (query.page - 1) * query.limit;
    const end = Math.min(start + query.limit, total);
    const include = new Set(query.include.split(','));
    const rows: string[] = [];
    for (let at = start; at < end; at += 1)
      rows.push(this.#people.render(selected === null ? at : (selected[at] ?? 0), include));
    const links = end < total ? `{"next":{"href":"/v3/contacts?cursor=${cursorOf(query, query.page + 1)}"}}` : '{}';
    return Buffer.from(`{"contacts":[${rows.join(',')}],"_links":${links}}`, 'latin1');
  }

  /** Gives the positions a query selects; null for everybody. */
  #select(query: Query): Uint32Array | null {
    if (query.status === 'all' && query.updatedAfter === '' && query.optOutAfter === '') return null;
    const key = `${query.status} ${query.updatedAfter} ${query.optOutAfter}`;
    const known = this.#selections.get(key);
    if (known !== undefined) return known;
    const selected = Uint32Array.from(this.#matching(query));
    this.#selections.set(key, selected);
    return selected;
  }

  *#matching(query: Query): Iterable<number> {
    const people = this.#people;
    const statuses = new Set(query.status.split(','));
    const since = query.updatedAfter === '' ? 0 : Date.parse(query.updatedAfter) / 1000;
    const outSince = query.optOutAfter === '' ? null : Date.parse(query.optOutAfter) / 1000;
    for (let n = 0; n < people.size; n += 1) {
      if ((people.updatedAt[n] ?? 0) < since) continue;
      if (outSince !== null && (people.optedOutAt(n) ?? -1) < outSince) continue;
      if (statuses.has('all') || statuses.has(statusOf(people, n))) yield n;
    }
  }
}

function statusOf(people: People, n: number): string {
  if (people.isDeleted(n)) return 'deleted';
  return people.permission(n) === 'unsubscribed' ? 'unsubscribed' : 'active';
}
