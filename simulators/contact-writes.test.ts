/**
 * Writing one contact: create, replace, delete and revive, with the vendor's traps (T19, T21, T22, T37).
 */
import { expect, test } from 'vitest';
import type { Json } from './testing/client.ts';
import { withSimulators, type Running } from './testing/start.ts';
import type { Person } from './world/types.ts';

const ALL = 'custom_fields,list_memberships,phone_numbers,street_addresses,taggings,notes';
const FULL = (person: Person | undefined): string => `/contacts/${person?.id}?include=${ALL}`;
const castOf = ({ world }: Running): Person[] => [...world.state.people.values()];
const listsOf = ({ world }: Running): string[] =>
  [...world.state.lists.values()].filter((one) => one.deletedAt === null).map((one) => one.id);
const errorOf = (body: unknown): Json => (body as Json[])[0] ?? {};

test('POST creates a contact and answers it whole; the truth log tells who did it', async () => {
  await withSimulators({}, async (running) => {
    const [list = ''] = listsOf(running);
    const [tag = ''] = running.world.state.tags.keys();
    const field = [...running.world.state.fields.values()].find((one) => one.type === 'single_select');
    const { status, body } = await running.client.send('POST', '/contacts', {
      email_address: { address: 'New.One@example.org', permission_to_send: 'implicit' },
      first_name: 'Nova',
      birthday_month: 2,
      birthday_day: 29,
      anniversary: '3/7/2014',
      create_source: 'Account',
      custom_fields: [{ custom_field_id: field?.id, choice_ids: ['101'] }],
      phone_numbers: [{ phone_number: '+1 555 0100', kind: 'work' }],
      street_addresses: [{ kind: 'home', city: 'Waltham' }],
      list_memberships: [list],
      taggings: [tag],
      notes: [{ content: 'Called' }],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      first_name: 'Nova',
      anniversary: '2014-03-07',
      create_source: 'Account',
      email_address: { address: 'New.One@example.org', permission_to_send: 'implicit', opt_in_source: 'Account' },
      custom_fields: [{ custom_field_id: field?.id, choice_ids: ['101'] }],
      phone_numbers: [{ phone_number: '+1 555 0100', kind: 'work' }],
      street_addresses: [{ kind: 'home', city: 'Waltham' }],
      list_memberships: [list],
      taggings: [tag],
      notes: [{ content: 'Called' }],
    });
    expect(body).not.toHaveProperty('update_source');
    expect((await running.client.get(`/contacts/${String(body['contact_id'])}?include=${ALL}`)).body).toEqual(body);
    expect(running.world.log()).toMatchObject([
      { kind: 'contact.created', actor: 'api', call: 'POST /contacts', contact_id: body['contact_id'] },
    ]);
  });
});

test('what the contract does not allow is 400 with each fault named, and changes nothing', async () => {
  await withSimulators({}, async (running) => {
    const ok = { create_source: 'Account', first_name: 'A' };
    const many = (n: number): string[] => Array.from({ length: n }, () => '00000000-0000-4000-8000-000000000000');
    const cases: [unknown, string][] = [
      [{ first_name: 'A' }, 'create_source is missing, create_source does not have a valid value'],
      [{ ...ok, create_source: 'System' }, 'create_source does not have a valid value'],
      [{ create_source: 'Account', job_title: 'Chair' }, 'email_address is missing'],
      [{ ...ok, first_name: 'x'.repeat(51) }, 'first_name has more than 50 characters'],
      [{ ...ok, birthday_month: 5 }, 'birthday_month must come together'],
      [{ ...ok, birthday_month: 13, birthday_day: 1 }, 'birthday_month does not'],
      [{ ...ok, anniversary: '2021-02-30' }, 'anniversary is not a valid date'],
      [{ ...ok, email_address: { address: 'nobody' } }, 'email_address.address is not a valid email address'],
      [{ ...ok, email_address: { address: `${'x'.repeat(70)}@example.org` } }, 'has more than 80 characters'],
      [{ ...ok, email_address: { address: 'a@example.org', permission_to_send: 'yes' } }, 'permission_to_send'],
      [{ ...ok, list_memberships: many(51) }, 'list_memberships has more than 50 values'],
      [{ ...ok, list_memberships: many(1) }, 'list_id 00000000-0000-4000-8000-000000000000 does not exist'],
      [{ ...ok, taggings: many(1) }, 'tag_id 00000000'],
      [{ ...ok, custom_fields: many(26).map((custom_field_id) => ({ custom_field_id })) }, 'has more than 25 values'],
      [{ ...ok, custom_fields: [{ custom_field_id: many(1)[0], value: 'x' }] }, 'custom_field_id 00000000'],
      [{ ...ok, phone_numbers: [1, 2, 3, 4].map((n) => ({ phone_number: `${n}` })) }, 'has more than 3 values'],
      [{ ...ok, street_addresses: [{ city: 'Waltham' }] }, 'street_addresses[0].kind is missing'],
      [{ ...ok, notes: [{ content: 'x'.repeat(2001) }] }, 'notes[0].content has more than 2000 characters'],
      [{ ...ok, nickname: 'Al' }, 'nickname is not a known property'],
      [[], 'request body'],
    ];
    for (const [sent, text] of cases) {
      const { status, body } = await running.client.send('POST', '/contacts', sent);
      expect([text, status]).toEqual([text, 400]);
      expect(errorOf(body)['error_key']).toBe('contacts.api.validation.error');
      expect(errorOf(body)['error_message']).toContain(text);
    }
    const headers = { authorization: `Bearer ${running.ready.constantContact.token}` };
    const init = { method: 'POST', headers: { ...headers, 'content-type': 'text/plain' }, body: JSON.stringify(ok) };
    expect((await running.client.get('/contacts', init)).status).toBe(415);
    const broken = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{"a":' };
    expect((await running.client.get('/contacts', broken)).status).toBe(400);
    expect(running.world.log()).toEqual([]);
    running.world.switches.set({ unknownKeys: 'ignored' });
    expect((await running.client.send('POST', '/contacts', { ...ok, nickname: 'Al' })).status).toBe(201);
  });
});

test('trap 6, 7: an address has one owner, deleted or unsubscribed too, whose id stands in the 409', async () => {
  await withSimulators({}, async (running) => {
    const [, , out, , , , , , gone] = castOf(running);
    for (const owner of [out, gone]) {
      const address = owner?.email?.address.toUpperCase();
      const sent = { create_source: 'Account', email_address: { address, permission_to_send: 'implicit' } };
      const texts = {
        plain: `Email already exists for contact ${owner?.id}`,
        validation: `Validation failed: Email already exists for contact ${owner?.id}`,
        unnamed: 'Validation failed: EmailAddress is not unique',
      } as const;
      for (const conflictText of ['plain', 'validation', 'unnamed'] as const) {
        running.world.switches.set({ conflictText });
        expect(await running.client.send('POST', '/contacts', sent)).toMatchObject({
          status: 409,
          body: [{ error_key: 'contacts.api.conflict', error_message: texts[conflictText] }],
        });
      }
      const other = castOf(running)[0]?.id;
      const put = await running.client.send('PUT', `/contacts/${other}`, { ...sent, update_source: 'Account' });
      expect(put.status).toBe(409);
    }
    expect(running.world.log()).toEqual([]);
  });
});

test('trap 5, T37: PUT nulls every plain field left out, keeps subresources left out, replaces those sent', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const [one = '', two = ''] = listsOf(running);
    running.world.mutate([
      {
        op: 'edit',
        contact_id: person?.id,
        set: {
          first_name: 'Ann',
          job_title: 'Chair',
          note: 'kept',
          phone_numbers: [{ phone_number: '1', kind: 'home' }],
        },
      },
      { op: 'joinList', contact_id: person?.id, list_id: one },
    ]);
    const before = (await running.client.get(FULL(person))).body;
    running.world.clock.advance('PT1M');
    const email_address = { address: person?.email?.address, permission_to_send: 'explicit' };
    const sent = { update_source: 'Account', email_address, last_name: 'Bell', list_memberships: [two] };
    const { status, body } = await running.client.send('PUT', `/contacts/${person?.id}`, sent);
    expect(status).toBe(200);
    for (const gone of ['first_name', 'job_title', 'company_name', 'birthday_month', 'anniversary'])
      expect(body).not.toHaveProperty(gone);
    expect(body).toMatchObject({
      last_name: 'Bell',
      list_memberships: [two],
      phone_numbers: before['phone_numbers'],
      notes: before['notes'],
      taggings: before['taggings'],
      custom_fields: before['custom_fields'],
      update_source: 'Account',
      updated_at: '2026-11-02T12:01:00Z',
    });
    const cleared = { ...sent, phone_numbers: [], notes: [], list_memberships: [] };
    expect((await running.client.send('PUT', `/contacts/${person?.id}`, cleared)).body).toMatchObject({
      phone_numbers: [],
      notes: [],
      list_memberships: [],
    });
    expect(await running.client.send('PUT', `/contacts/${person?.id}`, { first_name: 'A' })).toMatchObject({
      status: 400,
      body: [{ error_message: 'update_source is missing, update_source does not have a valid value' }],
    });
    expect((await running.client.send('PUT', '/contacts/nobody', sent)).status).toBe(404);
  });
});

test('what a client read, it may send back whole, and nothing changes but the times', async () => {
  await withSimulators({}, async (running) => {
    for (const person of castOf(running).filter((one) => one.deletedAt === null)) {
      const { sms_channel: _, ...read } = (await running.client.get(FULL(person))).body;
      const { status, body } = await running.client.send('PUT', `/contacts/${person.id}`, {
        ...read,
        update_source: 'Account',
      });
      expect(status).toBe(200);
      const timeless = (one: Json): string =>
        JSON.stringify(one, (key, value: unknown) =>
          /updated_at|created_at|update_source|_number_id|address_id|sms_channel/.test(key) ? 0 : value,
        );
      const { update_source: _u, sms_channel: _s, ...rest } = body;
      const { update_source: _r, ...was } = read;
      expect(JSON.parse(timeless(rest))).toEqual(JSON.parse(timeless(was)));
    }
  });
});

test('what nobody knows of PUT follows switches: no address, no permission', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const put = (sent: Json) =>
      running.client.send('PUT', `/contacts/${person?.id}`, { update_source: 'Account', ...sent });
    const address = person?.email?.address;
    expect((await put({ first_name: 'A' })).body).toMatchObject({ email_address: { permission_to_send: 'explicit' } });
    running.world.switches.set({ putWithoutPermission: 'kept' });
    const kept = await put({ email_address: { address } });
    expect(kept.body).toMatchObject({ email_address: { permission_to_send: 'explicit' } });
    running.world.switches.set({ putWithoutPermission: 'refused' });
    expect((await put({ email_address: { address } })).status).toBe(400);
    running.world.switches.set({ putWithoutPermission: 'not_set' });
    const lost = await put({ email_address: { address } });
    expect(lost.body).toMatchObject({ email_address: { permission_to_send: 'not_set' } });
    running.world.switches.set({ putWithoutEmail: 'refused' });
    expect((await put({ first_name: 'A' })).status).toBe(400);
    running.world.switches.set({ putWithoutEmail: 'removed' });
    expect((await put({ first_name: 'A' })).body).not.toHaveProperty('email_address');
    expect(running.world.state.owner(address ?? '')).toBeNull();
  });
});

test('T22: a PUT that changes the address keeps the contact, and frees the old address', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const was = person?.email?.address ?? '';
    const email_address = { address: 'moved@example.org', permission_to_send: 'explicit' };
    const sent = { update_source: 'Account', email_address };
    expect((await running.client.send('PUT', `/contacts/${person?.id}`, sent)).status).toBe(200);
    expect(running.world.log()).toMatchObject([{ kind: 'contact.address_changed', contact_id: person?.id }]);
    const again = { create_source: 'Account', email_address: { address: was } };
    expect((await running.client.send('POST', '/contacts', again)).status).toBe(201);
  });
});

test('trap 40: DELETE is 204 and soft; a second one follows a switch', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const gone = await running.client.send('DELETE', `/contacts/${person?.id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await running.client.get(FULL(person))).body).toMatchObject({
      deleted_at: '2026-11-02',
      list_memberships: [],
      email_address: { address: person?.email?.address },
    });
    expect((await running.client.send('DELETE', `/contacts/${person?.id}`)).status).toBe(204);
    running.world.switches.set({ deleteAgain: 'not_found' });
    expect((await running.client.send('DELETE', `/contacts/${person?.id}`)).status).toBe(404);
    expect((await running.client.send('DELETE', '/contacts/nobody')).status).toBe(404);
    expect(running.world.log()).toMatchObject([{ kind: 'contact.deleted', actor: 'api' }]);
  });
});

test('trap 8, T21: a PUT as Account revives a deleted contact, which is still unsubscribed and on no list', async () => {
  await withSimulators({}, async (running) => {
    const gone = castOf(running)[9];
    const address = gone?.email?.address;
    const email_address = { address, permission_to_send: 'explicit' };
    const put = (update_source: string) =>
      running.client.send('PUT', `/contacts/${gone?.id}`, { update_source, email_address, first_name: 'Back' });
    expect((await put('Contact')).status).toBe(400);
    const { status, body } = await put('Account');
    expect(status).toBe(200);
    expect(body).toMatchObject({ email_address: { permission_to_send: 'unsubscribed' }, list_memberships: [] });
    expect(body).not.toHaveProperty('deleted_at');
    expect(running.world.log()).toMatchObject([{ kind: 'contact.revived', actor: 'api', call: 'PUT /contacts/{id}' }]);
  });
});

test('a write of one contact needs contacts:write, and counts for the quota', async () => {
  await withSimulators({ quota: { perSecond: 2, perDay: 100 } }, async (running) => {
    running.world.mutate({ op: 'setPrivileges', privileges: ['contacts:read'] });
    const sent = { create_source: 'Account', first_name: 'A' };
    expect((await running.client.send('POST', '/contacts', sent)).status).toBe(403);
    expect((await running.client.send('DELETE', `/contacts/${castOf(running)[0]?.id}`)).status).toBe(403);
    expect((await running.client.send('POST', '/contacts', sent)).status).toBe(429);
    expect(running.requests.excess).toBe(1);
  });
});

test('trap 27: a POST whose answer is lost is done all the same, and is a conflict the second time', async () => {
  const faults = [{ kind: 'reset-after', match: { method: 'POST' }, at: 1 }] as const;
  await withSimulators({ faults }, async ({ client, world }) => {
    const sent = { create_source: 'Account', email_address: { address: 'lost@example.org' } };
    await expect(client.send('POST', '/contacts', sent)).rejects.toThrow('fetch failed');
    expect(world.contact({ email: 'lost@example.org' })).not.toBeNull();
    expect((await client.send('POST', '/contacts', sent)).status).toBe(409);
  });
});
