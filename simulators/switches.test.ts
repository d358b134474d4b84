/**
 * Each switch, both ways: whatever the vendor may turn out to do, the simulator can do.
 */
import { expect, test } from 'vitest';
import type { Switches } from './switches.ts';
import { nextOf, type Json } from './testing/client.ts';
import { minutesAfterNoon, withSimulators, type Running } from './testing/start.ts';

async function set<K extends keyof Switches>(
  name: K,
  value: Switches[K],
  look: (running: Running) => Promise<void>,
): Promise<void> {
  await withSimulators({ switches: { [name]: value } }, look);
}

const mailable = ({ world }: Running): string =>
  [...world.state.people.values()].find((one) => one.email?.permission === 'explicit' && one.deletedAt === null)?.id ??
  '';
const count = async ({ client }: Running, query: string): Promise<number> =>
  (await client.walk(`/contacts?${query}`, 'contacts')).length;

test.each(['works', 'ignored', 'refused', 'blind'] as const)('optoutAfter: %s', async (mode) => {
  await set('optoutAfter', mode, async (running) => {
    running.world.clock.advance('PT5M');
    running.world.mutate({ op: 'unsubscribe', contact_id: mailable(running) });
    const query = `status=all&optout_after=${minutesAfterNoon(1)}`;
    if (mode === 'refused') expect((await running.client.get(`/contacts?${query}`)).status).toBe(400);
    else expect(await count(running, query)).toBe({ works: 1, ignored: 60, blind: 0 }[mode]);
  });
});

test.each([true, false])('inclusive windows: %s', async (inclusive) => {
  await withSimulators(
    { switches: { optoutAfterInclusive: inclusive, updatedAfterInclusive: inclusive } },
    async (running) => {
      running.world.clock.advance('PT5M');
      const at = minutesAfterNoon(5);
      running.world.mutate({ op: 'unsubscribe', contact_id: mailable(running) });
      running.world.mutate({ op: 'edit', contact_id: mailable(running), set: { first_name: 'X' } });
      expect(await count(running, `status=all&optout_after=${at}`)).toBe(inclusive ? 1 : 0);
      expect(await count(running, `status=all&updated_after=${at}`)).toBe(inclusive ? 1 : 0);
    },
  );
});

const MOVERS = [
  [
    'listChangeMovesUpdatedAt',
    ({ world }, id) => world.mutate({ op: 'joinList', contact_id: id, list_id: freeList(world, id) }),
  ],
  [
    'tagChangeMovesUpdatedAt',
    ({ world }, id) => world.mutate({ op: 'tag', contact_id: id, tag_id: freeTag(world, id) }),
  ],
  ['resubscribeMovesUpdatedAt', ({ world }, id) => world.mutate({ op: 'resubscribe', contact_id: id })],
  ['deleteMovesUpdatedAt', ({ world }, id) => world.mutate({ op: 'delete', contact_id: id })],
] satisfies [keyof Switches, (running: Running, id: string) => unknown][];

function freeList(world: Running['world'], id: string): string {
  const has = world.state.people.get(id)?.lists ?? [];
  return [...world.state.lists.values()].find((list) => list.deletedAt === null && !has.includes(list.id))?.id ?? '';
}

function freeTag(world: Running['world'], id: string): string {
  return [...world.state.tags.keys()].find((tag) => world.state.people.get(id)?.tags.includes(tag) === false) ?? '';
}

test.each(MOVERS.flatMap(([name, act]) => [true, false].map((value) => ({ name, act, value }))))(
  '$name: $value',
  async ({ name, act, value }) => {
    await set(name, value, async (running) => {
      const id = mailable(running);
      running.world.clock.advance('PT5M');
      act(running, id);
      expect(running.world.state.changes).toHaveLength(1);
      expect(await count(running, `status=all&updated_after=${minutesAfterNoon(1)}`)).toBe(value ? 1 : 0);
    });
  },
);

test.each([true, false])('deletedInUpdatedAfter: %s', async (value) => {
  await set('deletedInUpdatedAfter', value, async (running) => {
    running.world.clock.advance('PT5M');
    running.world.mutate({ op: 'delete', contact_id: mailable(running) });
    expect(await count(running, `status=all&updated_after=${minutesAfterNoon(1)}`)).toBe(value ? 1 : 0);
    expect(await count(running, `status=deleted&updated_after=${minutesAfterNoon(1)}`)).toBe(1);
  });
});

test('lastPage has five forms', async () => {
  const forms = {
    empty: {},
    absent: undefined,
    null: null,
    'null-next': { next: null },
    'null-href': { next: { href: null } },
  };
  for (const [form, links] of Object.entries(forms)) {
    await set('lastPage', form as Switches['lastPage'], async ({ client }) => {
      expect((await client.get('/contact_tags')).body['_links']).toEqual(links);
      expect(await client.walk('/contacts?status=all&limit=7', 'contacts')).toHaveLength(60);
    });
  }
});

test.each(['updated_at', 'created_at', 'id'] as const)('contactsOrder: %s', async (order) => {
  await set('contactsOrder', order, async ({ client }) => {
    const rows = await client.walk('/contacts?status=all&limit=500', 'contacts');
    const keys = rows.map((row) => String(row[order === 'id' ? 'contact_id' : order]));
    expect(keys).toEqual(keys.toSorted());
  });
});

test('timeFormat has four forms', async () => {
  const forms = { seconds: '00Z', milliseconds: '00.123Z', offset: '00-05:00', fraction: '00.123+00:00' };
  for (const [form, end] of Object.entries(forms)) {
    await set('timeFormat', form as Switches['timeFormat'], async (running) => {
      running.world.clock.advance(123);
      running.world.mutate({ op: 'edit', contact_id: mailable(running), set: { first_name: 'X' } });
      const { body } = await running.client.get(`/contacts/${mailable(running)}`);
      expect(String(body['updated_at']).slice(17)).toBe(end);
      expect(Date.parse(String(body['updated_at']))).toBeGreaterThanOrEqual(running.world.clock.now() - 123);
    });
  }
});

test('noStatusMeans: everybody not deleted, or the mailable alone', async () => {
  await set('noStatusMeans', 'not_deleted', async (running) => {
    expect(await count(running, '')).toBe(running.world.summary()['contacts_not_deleted']);
  });
  await set('noStatusMeans', 'active', async (running) => {
    const { explicit = 0, implicit = 0 } = running.world.summary().by_permission;
    expect(await count(running, '')).toBe(explicit + implicit);
    expect(await count(running, 'status=active')).toBe(explicit + implicit);
  });
});

test('cursorLifeMs: a cursor dies of age', async () => {
  await set('cursorLifeMs', 60_000, async ({ client, world }) => {
    const next = nextOf((await client.get('/contacts?limit=5')).body) ?? '';
    expect((await client.get(next)).status).toBe(200);
    world.clock.advance('PT2M');
    expect((await client.get(next)).status).toBe(400);
  });
});

test.each(['ignored', 'refused'] as const)('cursorWithParameters: %s', async (mode) => {
  await set('cursorWithParameters', mode, async ({ client }) => {
    const next = nextOf((await client.get('/contacts?limit=5')).body) ?? '';
    expect((await client.get(`${next}&include=notes`)).status).toBe(mode === 'ignored' ? 200 : 400);
    expect((await client.get(`${next}&nonsense=1`)).status).toBe(400);
  });
});

test.each([
  ['title', 'Done', 'Done'],
  ['upper', 'DONE', 'DONE'],
  ['mixed', 'Done', 'DONE'],
] as const)('campaignStatusCase: %s', async (mode, inList, alone) => {
  await set('campaignStatusCase', mode, async ({ client }) => {
    const sent = (await client.walk('/emails', 'campaigns')).find((one) =>
      String(one['name']).startsWith('Newsletter'),
    );
    expect(sent?.['current_status']).toBe(inList);
    expect((await client.get(`/emails/${String(sent?.['campaign_id'])}`)).body['current_status']).toBe(alone);
  });
});

test('extraFields, unknownPermission and smsChannel change what contacts look like', async () => {
  await set('extraFields', true, async ({ client }) => {
    expect(((await client.get('/contacts')).body['contacts'] as Json[]).every((one) => 'x_internal' in one)).toBe(true);
  });
  await set('unknownPermission', 'quarantined', async ({ client }) => {
    expect((await client.get('/contacts?limit=500')).text).toContain('"permission_to_send":"quarantined"');
  });
  await set('smsChannel', false, async ({ client }) => {
    expect((await client.get('/contacts?limit=500')).text).not.toContain('sms_channel');
  });
});

test('counts can freeze or lie, and trackers can be empty', async () => {
  await withSimulators({}, async (running) => {
    const { client, world } = running;
    const first = (await client.get('/contacts/counts')).body;
    world.switches.set({ counts: 'frozen' });
    await client.get('/contacts/counts');
    world.mutate({ op: 'unsubscribe', contact_id: mailable(running) });
    expect((await client.get('/contacts/counts')).body).toEqual(first);
    world.switches.set({ counts: 'lying' });
    expect((await client.get('/contacts/counts')).body).not.toEqual(first);
    world.switches.set({ counts: 'right', trackers: 'empty' });
    expect((await client.get('/contacts/counts')).body['unsubscribed']).toBe(Number(first['unsubscribed']) + 1);
    const [change] = world.mutate({ op: 'unsubscribe', contact_id: mailable(running), how: 'campaign' });
    const path = `/reports/email_reports/${String(change?.['campaign_activity_id'])}/tracking/optouts`;
    expect((await client.get(path)).body['tracking_activities']).toEqual([]);
    world.switches.set({ trackers: 'works' });
    expect((await client.get(path)).body['tracking_activities']).not.toEqual([]);
  });
});

test('indexDelayMs: a change shows by id at once, in listings later', async () => {
  await set('indexDelayMs', 30_000, async (running) => {
    const { client, world } = running;
    const id = mailable(running);
    world.clock.advance('PT5M');
    world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Later' } });
    expect((await client.get(`/contacts/${id}`)).body['first_name']).toBe('Later');
    expect(await count(running, `updated_after=${minutesAfterNoon(1)}`)).toBe(0);
    world.clock.advance('PT30S');
    expect(await count(running, `updated_after=${minutesAfterNoon(1)}`)).toBe(1);
  });
});

test('segmentWaits: a segment is being computed for a while', async () => {
  await set('segmentWaits', 2, async ({ client }) => {
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await client.get('/contacts?segment_id=1001')).status);
    expect(statuses).toEqual([202, 202, 200]);
  });
});

test('an unknown switch or value is refused', async () => {
  await withSimulators({}, async ({ world }) => {
    expect(() => world.switches.set({ optoutAfter: 'perhaps' as 'works' })).toThrow('optoutAfter');
    expect(() => world.switches.set({ nonsense: true } as Record<string, unknown>)).toThrow('nonsense');
    expect(world.switches.current.optoutAfter).toBe('works');
  });
});
