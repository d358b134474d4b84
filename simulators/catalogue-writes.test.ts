/**
 * Writing lists, tags and custom fields: names that are taken, limits, and deletions that come later (trap 33, 40).
 */
import { expect, test } from 'vitest';
import type { Json } from './testing/client.ts';
import { withSimulators } from './testing/start.ts';

const errorOf = (body: unknown): string => String((body as Json[])[0]?.['error_message']);

test('a list is created, replaced as a whole and renamed; a name that is taken is refused', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const sent = { name: 'Volunteers of 2027', description: 'Who helps', favorite: true };
    const made = await client.send('POST', '/contact_lists', sent);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...sent, created_at: '2026-11-02T12:00:00Z' });
    expect((await client.send('POST', '/contact_lists', sent)).status).toBe(409);
    const path = `/contact_lists/${String(made.body['list_id'])}`;
    const replaced = await client.send('PUT', path, { name: 'Helpers' });
    expect(replaced.body).toMatchObject({ name: 'Helpers', favorite: false });
    expect(replaced.body).not.toHaveProperty('description');
    const other = [...world.state.lists.values()][0]?.name;
    expect((await client.send('PUT', path, { name: other })).status).toBe(400);
    for (const wrong of [{}, { name: '' }, { name: 'x'.repeat(256) }, { name: 'A', colour: 'red' }, { name: 5 }])
      expect((await client.send('POST', '/contact_lists', wrong)).status).toBe(400);
    expect((await client.send('PUT', '/contact_lists/nobody', { name: 'A' })).status).toBe(404);
    expect(world.log()).toMatchObject([
      { kind: 'list.created', actor: 'api', call: 'POST /contact_lists', name: 'Volunteers of 2027' },
      { kind: 'list.renamed', actor: 'api', from: 'Volunteers of 2027', to: 'Helpers' },
    ]);
  });
});

test('an account has at most 1,000 lists', async () => {
  await withSimulators({ lists: 1001 }, async ({ client, world }) => {
    const full = await client.send('POST', '/contact_lists', { name: 'One too many' });
    expect([full.status, errorOf(full.body)]).toEqual([400, 'the account has reached the maximum of 1000 lists']);
    world.mutate({ op: 'deleteList', list_id: [...world.state.lists.keys()][0] ?? '' });
    expect((await client.send('POST', '/contact_lists', { name: 'One too many' })).status).toBe(201);
  });
});

test('trap 40: a list is deleted by an activity, which takes it from everybody when it ends and not before', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const [list] = [...world.state.lists.values()];
    const members = () => [...world.state.people.values()].filter((one) => one.lists.includes(list?.id ?? ''));
    const before = members().length;
    expect(before).toBeGreaterThan(0);
    const { status, body } = await client.send('DELETE', `/contact_lists/${list?.id}`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ state: 'initialized', percent_done: 0, activity_errors: [] });
    const { href } = (body['_links'] as { self: { href: string } }).self;
    expect(members()).toHaveLength(before);
    world.clock.advance(2_000);
    expect((await client.get(href)).body).toMatchObject({ state: 'processing', started_at: '2026-11-02T12:00:01Z' });
    expect((await client.get(`/contact_lists/${list?.id}`)).body).not.toHaveProperty('deleted_at');
    world.clock.advance('PT1H');
    expect((await client.get(href)).body).toMatchObject({
      state: 'completed',
      percent_done: 100,
      completed_at: '2026-11-02T12:00:06Z',
      status: { list_count: 1 },
    });
    expect((await client.get(`/contact_lists/${list?.id}`)).body).toMatchObject({ deleted_at: '2026-11-02T12:00:06Z' });
    expect(members()).toHaveLength(0);
    expect((await client.send('DELETE', `/contact_lists/${list?.id}`)).status).toBe(404);
    const left = world.log().filter((one) => one['kind'] === 'contact.list_left');
    expect(left).toHaveLength(before);
    expect(left[0]).toMatchObject({
      actor: 'activity',
      activity_id: body['activity_id'],
      at: '2026-11-02T12:00:06.000Z',
    });
  });
});

test('a tag is created, renamed and deleted by an activity; its name is unique', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const made = await client.send('POST', '/contact_tags', { name: 'major donor', tag_source: 'Contact' });
    expect(made.status).toBe(201);
    expect((await client.send('POST', '/contact_tags', { name: 'major donor' })).status).toBe(409);
    const path = `/contact_tags/${String(made.body['tag_id'])}`;
    const taken = [...world.state.tags.values()][0]?.name;
    expect((await client.send('PUT', path, { name: taken })).status).toBe(409);
    expect((await client.send('PUT', path, { name: 'Major donor' })).body).toMatchObject({ name: 'Major donor' });
    for (const wrong of [{}, { name: '' }, { name: 'x'.repeat(256) }])
      expect((await client.send('PUT', path, wrong)).status).toBe(400);
    expect((await client.send('PUT', path, { name: 'A', tag_source: 'Contact' })).status).toBe(400);
    const person = [...world.state.people.keys()][0] ?? '';
    world.mutate({ op: 'tag', contact_id: person, tag_id: String(made.body['tag_id']) });
    const gone = await client.send('DELETE', path);
    expect(gone).toMatchObject({ status: 202, body: { status: { items_total_count: 1, items_completed_count: 0 } } });
    expect((await client.get(path)).status).toBe(200);
    world.clock.advance('PT1M');
    expect((await client.get(path)).status).toBe(404);
    expect(world.state.people.get(person)?.tags).not.toContain(made.body['tag_id']);
    const activity = await client.get(`/activities/${String(gone.body['activity_id'])}`);
    expect(activity.body).toMatchObject({ state: 'completed', status: { items_completed_count: 1 } });
  });
});

test('trap 33: a custom field gets its name from the label, in lower case or as written', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const make = (label: string) => client.send('POST', '/contact_custom_fields', { label, type: 'string' });
    expect((await make('Vehicle Make')).body).toMatchObject({ label: 'Vehicle Make', name: 'vehicle_make' });
    expect((await make('vehicle make')).status).toBe(409);
    world.switches.set({ fieldNames: 'kept' });
    expect((await make('Vehicle Model')).body).toMatchObject({ name: 'Vehicle_Model' });
    world.switches.set({ typedFields: 'refused' });
    const typed = { label: 'Height', type: 'number' };
    expect((await client.send('POST', '/contact_custom_fields', typed)).status).toBe(400);
    expect((await make('Depth')).status).toBe(201);
    world.switches.set({ typedFields: 'works' });
    expect((await client.send('POST', '/contact_custom_fields', typed)).status).toBe(201);
  });
});

test('a select field keeps the ids of its choices; those left out are deleted', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const made = await client.send('POST', '/contact_custom_fields', {
      label: 'Shoe size',
      type: 'single_select',
      metadata: { display_type: 'dropdown' },
      choices: [
        { choice_label: 'S', display_order: 1 },
        { choice_label: 'L', display_order: 2 },
      ],
    });
    expect(made.status).toBe(201);
    const path = `/contact_custom_fields/${String(made.body['custom_field_id'])}`;
    const [small, large] = made.body['choices'] as Json[];
    const changed = await client.send('PUT', path, {
      label: 'Boot size',
      choices: [{ choice_id: large?.['choice_id'], choice_label: 'Large' }, { choice_label: 'XL' }],
    });
    expect(changed.body).toMatchObject({ label: 'Boot size', name: 'shoe_size' });
    expect(changed.body['choices']).toMatchObject([
      { choice_id: large?.['choice_id'], choice_label: 'Large' },
      { choice_id: 102, choice_label: 'XL' },
      { choice_id: small?.['choice_id'], choice_label: 'S', deleted_at: '2026-11-02' },
    ]);
    expect((await client.send('PUT', path, { choices: [] })).status).toBe(400);
    const stranger = { label: 'A', choices: [{ choice_id: 999, choice_label: 'A' }] };
    expect((await client.send('PUT', path, stranger)).status).toBe(400);
    expect((await client.send('DELETE', path)).status).toBe(204);
    expect((await client.get(path)).status).toBe(404);
    expect(world.log().map((one) => one['kind'])).toEqual([
      'custom_field.created',
      'custom_field.renamed',
      'custom_field.deleted',
    ]);
  });
});

test('custom fields are limited in number, length, words and choices', async () => {
  await withSimulators({ customFields: 99 }, async ({ client }) => {
    const choices = (n: number) => Array.from({ length: n }, (_, at) => ({ choice_label: `Choice ${at}` }));
    const select = { label: 'A', type: 'multi_select' };
    const wrong: Json[] = [
      { label: 'A' },
      { type: 'string' },
      { label: 'x'.repeat(51), type: 'string' },
      { label: 'A', type: 'colour' },
      { label: 'A', type: 'string', choices: choices(1) },
      { label: 'A', type: 'currency', metadata: { decimal_places: 5 } },
      { ...select },
      { ...select, choices: choices(21), metadata: { display_type: 'checkbox' } },
      { ...select, choices: choices(101), metadata: { display_type: 'dropdown' } },
    ];
    for (const sent of wrong) expect((await client.send('POST', '/contact_custom_fields', sent)).status).toBe(400);
    const dropdown = { ...select, choices: choices(100), metadata: { display_type: 'dropdown' } };
    expect((await client.send('POST', '/contact_custom_fields', dropdown)).status).toBe(201);
    const full = await client.send('POST', '/contact_custom_fields', { label: 'B', type: 'string' });
    expect([full.status, errorOf(full.body)]).toEqual([
      400,
      'the account has reached the maximum of 100 custom fields',
    ]);
  });
});

test('many lists, tags and fields go by one activity; what has gone by then is an error of it', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const lists = [...world.state.lists.values()].filter((one) => one.deletedAt === null).map((one) => one.id);
    const tags = [...world.state.tags.keys()];
    const fields = [...world.state.fields.keys()];
    const asked = [
      await client.send('POST', '/activities/list_delete', { list_ids: lists.slice(0, 2) }),
      await client.send('POST', '/activities/contacts_tags_delete', { tag_ids: tags }),
      await client.send('POST', '/activities/custom_fields_delete', { custom_field_ids: fields }),
    ];
    expect(asked.map((one) => one.status)).toEqual([201, 201, 201]);
    expect((await client.send('POST', '/activities/list_delete', { list_ids: [] })).status).toBe(400);
    expect((await client.send('POST', '/activities/list_delete', { tag_ids: tags })).status).toBe(400);
    const many = Array.from({ length: 101 }, () => lists[0]);
    expect((await client.send('POST', '/activities/list_delete', { list_ids: many })).status).toBe(400);
    world.mutate({ op: 'deleteList', list_id: lists[0] ?? '' });
    world.clock.advance('PT1M');
    const listed = (await client.get('/activities?state=completed')).body['activities'] as Json[];
    expect(listed).toHaveLength(3);
    expect(listed[2]).toMatchObject({ activity_errors: [`no such list: ${lists[0]}`], status: { list_count: 1 } });
    expect([world.state.tags.size, world.state.fields.size]).toEqual([0, 0]);
    expect(world.state.lists.get(lists[1] ?? '')?.deletedAt).not.toBeNull();
  });
});

test('lists need contacts:lists:write, and activities contacts:write even to be read (trap 39)', async () => {
  await withSimulators({}, async ({ client, world }) => {
    world.mutate({ op: 'setPrivileges', privileges: ['contacts:write'] });
    expect((await client.send('POST', '/contact_lists', { name: 'A' })).status).toBe(403);
    expect((await client.get('/activities')).status).toBe(200);
    world.mutate({ op: 'setPrivileges', privileges: ['contacts:read', 'contacts:lists:write'] });
    expect((await client.send('POST', '/contact_lists', { name: 'A' })).status).toBe(201);
    expect((await client.send('POST', '/contact_tags', { name: 'A' })).status).toBe(403);
    expect((await client.get('/activities')).status).toBe(403);
  });
});
