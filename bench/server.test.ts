/** The benchmark's server tells the truth: everybody once, filters as asked, changes where they were made. */
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SUB_RESOURCES } from './people.ts';
import { createBenchServer } from './server.ts';

interface Contact {
  readonly contact_id: string;
  readonly updated_at: string;
  readonly job_title: string;
  readonly deleted_at?: string;
  readonly email_address: { readonly permission_to_send: string; readonly opt_out_date?: string };
}
interface Page {
  readonly contacts: readonly Contact[];
  readonly _links: { readonly next?: { readonly href: string } };
}

const PEOPLE = 1234;
let server: Server;
let origin: string;

async function get(path: string): Promise<unknown> {
  const answer = await fetch(origin + path, { headers: { authorization: 'Bearer bench' } });
  return answer.json();
}

async function walk(query: string): Promise<Contact[]> {
  const found: Contact[] = [];
  let next: string | undefined = `/v3/contacts?${query}`;
  while (next !== undefined) {
    const page = (await get(next)) as Page;
    found.push(...page.contacts);
    next = page._links.next?.href;
  }
  return found;
}

beforeAll(async () => {
  server = createBenchServer(PEOPLE);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('bench server', () => {
  test('a complete walk gives everybody exactly once', async () => {
    const found = await walk('status=all&limit=100');
    expect(new Set(found.map((contact) => contact.contact_id)).size).toBe(PEOPLE);
    expect(found.length).toBe(PEOPLE);
  });

  test('a page repeats byte for byte', async () => {
    const path = `/v3/contacts?status=all&limit=50&include=${SUB_RESOURCES.join(',')}`;
    expect(await get(path)).toEqual(await get(path));
  });

  test('counts are those of a walk', async () => {
    const alive = (await walk('status=all&limit=500')).filter((contact) => contact.deleted_at === undefined);
    const by = (permission: string) =>
      alive.filter((contact) => contact.email_address.permission_to_send === permission).length;
    expect(by('unsubscribed')).toBeGreaterThan(0);
    expect(await get('/v3/contacts/counts')).toMatchObject({
      total: alive.length,
      explicit: by('explicit'),
      implicit: by('implicit'),
      unsubscribed: by('unsubscribed'),
    });
  });

  test('updated_after gives those who were touched, and nobody else', async () => {
    const since = new Date(Date.now() - 5000).toISOString();
    expect(await walk(`status=all&updated_after=${since}`)).toEqual([]);
    expect(await get('/bench/touch?every=100')).toEqual({ touched: 12 });
    const touched = await walk(`status=all&updated_after=${since}&limit=5`);
    expect(touched.map((contact) => contact.job_title)).toEqual(Array<string>(12).fill('Coordinator 1'));
  });

  test('optout_after gives the opt-outs from then on', async () => {
    const all = await walk('status=all&limit=500');
    const dates = all.flatMap((contact) => contact.email_address.opt_out_date ?? []).toSorted();
    const middle = dates[Math.floor(dates.length / 2)] ?? '';
    const found = await walk(`status=all&optout_after=${middle}`);
    expect(found.map((contact) => contact.email_address.opt_out_date ?? '').toSorted()).toEqual(
      dates.filter((date) => date >= middle),
    );
  });

  test('one contact is found by id, and an unknown id is refused', async () => {
    const [first] = await walk('status=all');
    expect(await get(`/v3/contacts/${first?.contact_id ?? ''}`)).toMatchObject(first ?? {});
    expect(await get('/v3/contacts/00000000-0000-4000-a000-000000000000')).toEqual([
      expect.objectContaining({ error_key: 'contacts.api.not_found' }),
    ]);
  });

  test.each(['status=everybody', 'limit=501', 'sort=name', 'updated_after=yesterday', 'include=secrets'])(
    '%s is refused',
    async (query) => {
      expect(await get(`/v3/contacts?${query}`)).toEqual([
        expect.objectContaining({ error_key: 'contacts.api.validation.error' }),
      ]);
    },
  );
});
