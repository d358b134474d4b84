/**
 * Bulk activities: their states by the clock, what they do when they end, and how they fail (trap 12, 18, 27).
 */
import { expect, test } from 'vitest';
import type { Got, Json } from './testing/client.ts';
import { withSimulators, type Running } from './testing/start.ts';

const here = ({ world }: Running): string[] =>
  [...world.state.people.values()].filter((one) => one.deletedAt === null).map((one) => one.id);
const listsOf = ({ world }: Running): string[] =>
  [...world.state.lists.values()].filter((one) => one.deletedAt === null).map((one) => one.id);
const readActivity = async ({ client }: Running, asked: Got): Promise<Json> =>
  (await client.get(`/activities/${String(asked.body['activity_id'])}`)).body;

test('an activity waits, runs and acts all at once at its end, by the simulator’s clock', async () => {
  await withSimulators({}, async (running) => {
    const { client, world } = running;
    const ids = here(running).slice(0, 4);
    const asked = await client.send('POST', '/activities/contact_delete', { contact_ids: ids });
    expect(asked).toMatchObject({
      status: 201,
      body: {
        state: 'initialized',
        percent_done: 0,
        created_at: '2026-11-02T12:00:00Z',
        activity_errors: [],
        status: { items_total_count: 4, items_completed_count: 0 },
      },
    });
    expect(asked.body).not.toHaveProperty('started_at');
    expect(asked.body).not.toHaveProperty('completed_at');
    const deleted = () => ids.filter((id) => world.state.people.get(id)?.deletedAt !== null).length;
    world.clock.advance(5_999);
    expect(await readActivity(running, asked)).toMatchObject({ state: 'processing', percent_done: 99 });
    expect(deleted()).toBe(0);
    world.clock.advance(1);
    expect(deleted()).toBe(4);
    expect(await readActivity(running, asked)).toMatchObject({
      state: 'completed',
      percent_done: 100,
      started_at: '2026-11-02T12:00:01Z',
      completed_at: '2026-11-02T12:00:06Z',
      updated_at: '2026-11-02T12:00:06Z',
      status: { items_total_count: 4, items_completed_count: 4 },
    });
  });
});

test('an activity acts on a clock that moves by itself, at its own instant, before anybody looks', async () => {
  let now = Date.UTC(2026, 10, 2, 12);
  await withSimulators({ clock: { now: () => now } }, async (running) => {
    const [id = ''] = here(running);
    await running.client.send('POST', '/activities/contact_delete', { contact_ids: [id] });
    now += 3_600_000;
    expect((await running.client.get(`/contacts/${id}`)).body).toMatchObject({
      deleted_at: '2026-11-02',
      updated_at: '2026-11-02T12:00:06Z',
    });
    expect(running.world.log()).toMatchObject([
      { kind: 'activity.started', actor: 'api', call: 'POST /activities/contact_delete' },
      { kind: 'contact.deleted', actor: 'activity', at: '2026-11-02T12:00:06.000Z' },
      { kind: 'activity.completed', actor: 'activity' },
    ]);
  });
});

test('how long an activity takes is a switch; two end in the order of their ends', async () => {
  await withSimulators({}, async (running) => {
    const { client, world } = running;
    const [id = ''] = here(running);
    const [list = ''] = listsOf(running);
    world.switches.set({ activityRunMs: 600_000 });
    const source = { contact_ids: [id] };
    await client.send('POST', '/activities/remove_list_memberships', { source, list_ids: [list] });
    world.switches.set({ activityWaitMs: 0, activityRunMs: 0 });
    const quick = await client.send('POST', '/activities/add_list_memberships', { source, list_ids: [list] });
    expect(quick.body).toMatchObject({ state: 'completed', percent_done: 100 });
    expect(world.state.people.get(id)?.lists).toContain(list);
    world.clock.advance('PT1H');
    expect(world.state.people.get(id)?.lists).not.toContain(list);
  });
});

test('contacts join and leave lists by source, but for those excluded', async () => {
  await withSimulators({}, async (running) => {
    const { client, world } = running;
    const [from = '', to = ''] = listsOf(running);
    const members = (id: string) => [...world.state.people.values()].filter((one) => one.lists.includes(id));
    world.mutate(members(to).map((one) => ({ op: 'leaveList', contact_id: one.id, list_id: to })));
    const [first, , out] = world.state.people.keys();
    world.mutate([first, out].map((contact_id) => ({ op: 'joinList', contact_id, list_id: from }) as const));
    const [left, ...rest] = members(from);
    const asked = await client.send('POST', '/activities/add_list_memberships', {
      source: { list_ids: [from] },
      exclude: { contact_ids: [left?.id] },
      list_ids: [to],
    });
    expect(asked.body).toMatchObject({ status: { items_total_count: rest.length, list_count: 1 } });
    world.clock.advance('PT1M');
    expect(members(to).map((one) => one.id)).toEqual(rest.map((one) => one.id));
    const source = { all_active_contacts: true };
    await client.send('POST', '/activities/remove_list_memberships', { source, list_ids: [to] });
    world.clock.advance('PT1M');
    const stayed = members(to);
    expect(stayed.map((one) => one.id)).toContain(out);
    expect(stayed.some(({ email }) => email?.permission === 'explicit' || email?.permission === 'implicit')).toBe(
      false,
    );
  });
});

test('tags are given and taken by list, by tag and by contact', async () => {
  await withSimulators({}, async (running) => {
    const { client, world } = running;
    const [tag = '', other = ''] = world.state.tags.keys();
    const [list = ''] = listsOf(running);
    const tagged = (id: string) =>
      [...world.state.people.values()].filter((one) => one.deletedAt === null && one.tags.includes(id));
    await client.send('POST', '/activities/contacts_taggings_add', { source: { list_ids: [list] }, tag_ids: [tag] });
    world.clock.advance('PT1M');
    expect(tagged(tag).length).toBeGreaterThanOrEqual(
      [...world.state.people.values()].filter((one) => one.lists.includes(list)).length,
    );
    await client.send('POST', '/activities/contacts_taggings_add', { source: { tag_ids: [tag] }, tag_ids: [other] });
    world.clock.advance('PT1M');
    expect(tagged(tag).every((one) => one.tags.includes(other))).toBe(true);
    const contact_ids = tagged(tag).map((one) => one.id);
    await client.send('POST', '/activities/contacts_taggings_remove', {
      source: { contact_ids },
      tag_ids: [tag, other],
    });
    world.clock.advance('PT1M');
    expect(tagged(tag)).toEqual([]);
    await client.send('POST', '/activities/contact_delete', { list_ids: [list] });
    world.clock.advance('PT1M');
    expect([...world.state.people.values()].some((one) => one.lists.includes(list))).toBe(false);
  });
});

test('trap 11: an activity completes with errors where some contacts are not there', async () => {
  await withSimulators({}, async (running) => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    const [a = '', b = ''] = here(running);
    const contact_ids = [a, nobody, b];
    const [list = ''] = listsOf(running);
    const body = { source: { contact_ids }, list_ids: [list] };
    const asked = await running.client.send('POST', '/activities/add_list_memberships', body);
    running.world.mutate({ op: 'delete', contact_id: b });
    running.world.clock.advance('PT1M');
    expect(await readActivity(running, asked)).toMatchObject({
      state: 'completed',
      status: { items_total_count: 3, items_completed_count: 1 },
      activity_errors: [`no such contact: ${nobody}`, `no such contact: ${b}`],
    });
    expect(running.world.state.people.get(b)?.lists).toEqual([]);
  });
});

test('bodies of activities are refused for a second source, an exclusion without need, and too many', async () => {
  await withSimulators({}, async (running) => {
    const [id = ''] = here(running);
    const list_ids = listsOf(running).slice(0, 1);
    const [tag = ''] = running.world.state.tags.keys();
    const many = (n: number) => Array.from({ length: n }, () => id);
    const cases: [string, Json][] = [
      ['add_list_memberships', { source: {}, list_ids }],
      ['add_list_memberships', { source: { contact_ids: [id], all_active_contacts: true }, list_ids }],
      ['add_list_memberships', { source: { contact_ids: many(501) }, list_ids }],
      ['add_list_memberships', { source: { contact_ids: [id] }, exclude: { contact_ids: [id] }, list_ids }],
      ['add_list_memberships', { source: { contact_ids: [id] } }],
      ['add_list_memberships', { source: { contact_ids: ['x'] }, list_ids }],
      ['add_list_memberships', { source: { segment_id: 9 }, list_ids }],
      ['add_list_memberships', { source: { contact_ids: [id] }, list_ids: many(51) }],
      ['add_list_memberships', { source: { contact_ids: [id] }, list_ids: [id] }],
      ['remove_list_memberships', { source: { segment_id: 1001 }, list_ids }],
      ['contacts_taggings_add', { source: { contact_ids: [id] }, tag_ids: [] }],
      ['contacts_taggings_remove', { source: { contact_ids: [id] }, tag_ids: [tag], list_ids }],
      ['contact_delete', {}],
      ['contact_delete', { contact_ids: [id], list_ids }],
      ['contact_delete', { contact_ids: many(501) }],
    ];
    for (const [name, body] of cases) {
      const { status } = await running.client.send('POST', `/activities/${name}`, body);
      expect([name, body, status]).toEqual([name, body, 400]);
    }
    const level = { source: { engagement_level: 'most' }, list_ids };
    expect((await running.client.send('POST', '/activities/add_list_memberships', level)).status).toBe(501);
    expect(running.world.log()).toEqual([]);
  });
});

test('trap 12: the list forgets an activity after ten days; reading it by its id follows a switch', async () => {
  await withSimulators({}, async (running) => {
    const asked = await running.client.send('POST', '/activities/contact_delete', {
      contact_ids: here(running).slice(0, 1),
    });
    const path = `/activities/${String(asked.body['activity_id'])}`;
    running.world.clock.advance('P9DT23H');
    expect((await running.client.get('/activities')).body['activities']).toHaveLength(1);
    running.world.clock.advance('PT1H');
    expect((await running.client.get('/activities')).body['activities']).toEqual([]);
    expect((await running.client.get(path)).status).toBe(404);
    running.world.switches.set({ oldActivity: 'kept' });
    expect((await running.client.get(path)).body).toMatchObject({ state: 'completed' });
  });
});

test('the list of activities pages, newest first, and filters by state', async () => {
  await withSimulators({}, async ({ client, world, ...rest }) => {
    const ids = here({ client, world, ...rest });
    const asked: unknown[] = [];
    for (const id of ids.slice(0, 5)) {
      asked.push((await client.send('POST', '/activities/contact_delete', { contact_ids: [id] })).body['activity_id']);
      world.clock.advance(2_000);
    }
    const rows = await client.walk('/activities?limit=2', 'activities');
    expect(rows.map((one) => one['activity_id'])).toEqual(asked.toReversed());
    expect(rows.map((one) => one['state'])).toEqual([
      'processing',
      'processing',
      'completed',
      'completed',
      'completed',
    ]);
    expect((await client.get('/activities?state=processing')).body['activities']).toHaveLength(2);
    for (const query of ['state=initialized', 'limit=0', 'limit=501'])
      expect((await client.get(`/activities?${query}`)).status).toBe(400);
  });
});

test('1,000 activities may wait; one more is 429, until some have ended', async () => {
  await withSimulators({}, async (running) => {
    const body = { contact_ids: here(running).slice(0, 1) };
    for (let n = 0; n < 1000; n += 1)
      expect((await running.client.send('POST', '/activities/contact_delete', body)).status).toBe(201);
    const full = await running.client.send('POST', '/activities/contact_delete', body);
    expect(full).toMatchObject({ status: 429, body: { error_key: 'activities.queue_full' } });
    expect(running.requests.excess).toBe(0);
    running.world.clock.advance('PT1M');
    expect((await running.client.send('POST', '/activities/contact_delete', body)).status).toBe(201);
  });
});

test('an activity that is stopped never acts, and tells how it ended', async () => {
  await withSimulators({}, async (running) => {
    const [id = ''] = here(running);
    for (const state of ['cancelled', 'failed', 'timed_out'] as const) {
      const asked = await running.client.send('POST', '/activities/contact_delete', { contact_ids: [id] });
      running.world.clock.advance(3_000);
      const activity_id = String(asked.body['activity_id']);
      running.world.mutate({ op: 'stopActivity', activity_id, state, errors: ['Something went wrong'] });
      running.world.clock.advance('PT1M');
      expect(await readActivity(running, asked)).toMatchObject({ state, activity_errors: ['Something went wrong'] });
      expect((await running.client.get(`/activities?state=${state}`)).body['activities']).toHaveLength(1);
      expect(() => running.world.mutate({ op: 'stopActivity', activity_id, state })).toThrow('no such activity');
    }
    expect(running.world.state.people.get(id)?.deletedAt).toBeNull();
  });
});

test('trap 27: an activity whose answer is lost runs, and runs twice when it is asked for again', async () => {
  const faults = [{ kind: 'reset-after', match: { method: 'POST' }, at: 1 }] as const;
  await withSimulators({ faults }, async ({ client, world }) => {
    const [list = ''] = world.state.lists.keys();
    const body = { import_data: [{ email: 'twice@example.org' }], list_ids: [list] };
    await expect(client.send('POST', '/activities/contacts_json_import', body)).rejects.toThrow('fetch failed');
    await client.send('POST', '/activities/contacts_json_import', body);
    world.clock.advance('PT1M');
    expect((await client.get('/activities')).body['activities']).toHaveLength(2);
    const imported = world.log().filter((one) => one['email'] === 'twice@example.org');
    expect(imported.map((one) => one['kind'])).toEqual(['contact.created', 'contact.edited']);
  });
});
