/**
 * Imports: what a row may say, what it cannot do, and what is dropped or only counted (traps 4, 9, 10, 11, 13).
 */
import { expect, test } from 'vitest';
import type { Got, Json } from './testing/client.ts';
import { withSimulators, type Running } from './testing/start.ts';
import type { Person } from './world/types.ts';

const castOf = ({ world }: Running): Person[] => [...world.state.people.values()];
const listsOf = ({ world }: Running): string[] =>
  [...world.state.lists.values()].filter((one) => one.deletedAt === null).map((one) => one.id);
const json = (running: Running, import_data: unknown[], more: Json = {}): Promise<Got> =>
  running.client.send('POST', '/activities/contacts_json_import', {
    import_data,
    list_ids: listsOf(running).slice(0, 1),
    ...more,
  });

function file(running: Running, text: string, fields: Record<string, string> = {}, name = 'people.csv'): Promise<Got> {
  const form = new FormData();
  form.append('file', new Blob([text]), name);
  for (const [key, value] of Object.entries({ list_ids: listsOf(running)[0] ?? '', ...fields }))
    form.append(key, value);
  const headers = { authorization: `Bearer ${running.ready.constantContact.token}` };
  return running.client.get('/activities/contacts_file_import', { method: 'POST', headers, body: form });
}

async function done(running: Running, asked: Got): Promise<Json> {
  expect([asked.status, asked.text]).toEqual([201, expect.any(String)]);
  running.world.clock.advance('PT1M');
  return (await running.client.get(`/activities/${String(asked.body['activity_id'])}`)).body;
}

test('a new contact is implicit by the account’s word and on the lists; every column finds its place', async () => {
  await withSimulators({}, async (running) => {
    const field = [...running.world.state.fields.values()].find((one) => one.type === 'string');
    const select = [...running.world.state.fields.values()].find((one) => one.type === 'single_select');
    const row = {
      email: 'new@example.org',
      first_name: 'Ann',
      birthday_month: 5,
      birthday_day: 6,
      anniversary: '1/2/2003',
      phone: '555 0100',
      work_phone: '555 0101',
      street: '1 Main St',
      street2: 'Apt 2',
      city: 'Waltham',
      work_city: 'Boston',
      home_country: 'US',
      [`cf:${field?.name}`]: 'blue',
      [`cf:${select?.name}`]: 'Small',
    };
    const activity = await done(running, await json(running, [row]));
    expect(activity).toMatchObject({
      state: 'completed',
      status: { person_count: 1, error_count: 0, correctable_count: 0, cannot_add_to_list_count: 0 },
    });
    expect(running.world.contact({ email: 'new@example.org' })).toMatchObject({
      email_address: { permission_to_send: 'implicit', opt_in_source: 'Account' },
      first_name: 'Ann',
      birthday_day: 6,
      anniversary: '2003-01-02',
      list_memberships: listsOf(running).slice(0, 1),
      phone_numbers: [
        { phone_number: '555 0100', kind: 'other' },
        { phone_number: '555 0101', kind: 'work' },
      ],
      street_addresses: [
        { kind: 'home', street: '1 Main St Apt 2', city: 'Waltham', country: 'US' },
        { kind: 'work', city: 'Boston' },
      ],
      custom_fields: [{ value: 'blue' }, { choice_ids: [100] }],
    });
  });
});

test('an import updates only what it says and never a permission; trap 4: it only adds lists', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const [one = '', two = ''] = listsOf(running);
    running.world.mutate([
      {
        op: 'edit',
        contact_id: person?.id,
        set: { first_name: 'Ann', job_title: 'Chair', phone_numbers: [{ phone_number: '1', kind: 'home' }] },
      },
      { op: 'joinList', contact_id: person?.id, list_id: two },
    ]);
    const row = { email: person?.email?.address.toUpperCase(), job_title: 'Host', mobile_phone: '2' };
    await done(running, await json(running, [row], { list_ids: [one] }));
    expect(running.world.contact({ contact_id: person?.id })).toMatchObject({
      first_name: 'Ann',
      job_title: 'Host',
      update_source: 'Account',
      email_address: { permission_to_send: 'explicit', address: person?.email?.address },
      list_memberships: expect.arrayContaining([one, two]) as unknown,
      phone_numbers: [{ phone_number: '2' }, { phone_number: '1' }],
    });
  });
});

test('trap 11: who is unsubscribed stays so and off the lists, and is only counted', async () => {
  await withSimulators({}, async (running) => {
    const [, , byPerson, byAccount, , , , , gone, outAndGone] = castOf(running);
    const rows = [byPerson, byAccount, gone, outAndGone].map((one) => ({
      email: one?.email?.address,
      last_name: 'Bell',
    }));
    const [list = ''] = listsOf(running);
    running.world.mutate(
      [byPerson, byAccount].map((one) => ({ op: 'leaveList', contact_id: one?.id, list_id: list }) as const),
    );
    const activity = await done(running, await json(running, rows));
    expect(activity).toMatchObject({ state: 'completed', status: { person_count: 4, cannot_add_to_list_count: 3 } });
    for (const person of [byPerson, byAccount, outAndGone])
      expect(running.world.contact({ contact_id: person?.id })).toMatchObject({
        last_name: 'Bell',
        email_address: { permission_to_send: 'unsubscribed' },
      });
    expect(running.world.contact({ contact_id: byPerson?.id })?.['list_memberships']).not.toContain(list);
    expect(running.world.contact({ contact_id: gone?.id })).toMatchObject({ list_memberships: [list] });
    expect(running.world.contact({ contact_id: gone?.id })).not.toHaveProperty('deleted_at');
    expect(running.world.contact({ contact_id: outAndGone?.id })).toMatchObject({ list_memberships: [] });
  });
});

test('trap 9: an import puts people back on a list that they left', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const [list = ''] = listsOf(running);
    running.world.mutate([
      { op: 'joinList', contact_id: person?.id, list_id: list },
      { op: 'leaveList', contact_id: person?.id, list_id: list },
    ]);
    await done(running, await json(running, [{ email: person?.email?.address }]));
    expect(running.world.contact({ contact_id: person?.id })?.['list_memberships']).toContain(list);
  });
});

test('trap 11: faulty rows are counted, correctable or not, and the rest goes in; of two with one address the last wins', async () => {
  await withSimulators({}, async (running) => {
    const correctable = [
      { email: 'no address' },
      { email: 'a@example.org', anniversary: 'soon' },
      { email: 'b@example.org', birthday_month: 2 },
      { first_name: 'Nobody' },
    ];
    const wrong = [
      { email: 'c@example.org', first_name: 'x'.repeat(51) },
      { email: 'd@example.org', 'cf:no_such_field': '1' },
      { email: 'e@example.org', phone: '+44 20 7946 0000' },
      { email: 'f@example.org', phone: '1', home_phone: '2', work_phone: '3', mobile_phone: '4' },
    ];
    const good = [
      { email: 'same@example.org', first_name: 'First', last_name: 'Kept' },
      { email: 'Same@example.org', first_name: 'Last' },
    ];
    const activity = await done(running, await json(running, [...correctable, ...wrong, ...good]));
    expect(activity).toMatchObject({
      state: 'completed',
      status: { person_count: 10, correctable_count: 4, error_count: 4 },
      activity_errors: [
        '1 x invalid email address',
        '1 x invalid anniversary',
        '1 x invalid birthday',
        '1 x no email address',
        '1 x first_name is too long',
        '1 x unknown custom field',
        '1 x international phone number',
        '1 x too many phones',
      ],
    });
    expect(running.world.contact({ email: 'same@example.org' })).toMatchObject({
      first_name: 'Last',
      last_name: 'Kept',
    });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(running.world.contact({ email: `${name}@example.org` })).toBeNull();
  });
});

test('trap 13: an import cannot do without a list, nor set permission, tags, notes or ids', async () => {
  await withSimulators({}, async (running) => {
    const row = { email: 'a@example.org' };
    for (const more of [
      { list_ids: [] },
      { list_ids: undefined },
      { list_ids: ['00000000-0000-4000-8000-000000000000'] },
    ])
      expect((await json(running, [row], more)).status).toBe(400);
    for (const key of ['permission_to_send', 'taggings', 'notes', 'contact_id', 'cf:'])
      expect((await json(running, [{ ...row, [key]: 'x' }])).status).toBe(400);
    expect((await json(running, [{ ...row, birthday_month: '5', birthday_day: '6' }])).status).toBe(400);
    expect((await json(running, [{ ...row, first_name: 5 }])).status).toBe(400);
    expect((await json(running, ['a@example.org'])).status).toBe(400);
    expect((await json(running, [])).status).toBe(400);
    expect(running.world.log()).toEqual([]);
    running.world.switches.set({ unknownKeys: 'ignored' });
    await done(running, await json(running, [{ ...row, permission_to_send: 'explicit' }]));
    expect(running.world.contact({ email: row.email })).toMatchObject({
      email_address: { permission_to_send: 'implicit' },
    });
  });
});

test('what a blank does to a field is a switch', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const set = { first_name: 'Ann', phone_numbers: [{ phone_number: '1', kind: 'home' as const }] };
    running.world.mutate({ op: 'edit', contact_id: person?.id, set });
    const row = { email: person?.email?.address, first_name: '', home_phone: null };
    await done(running, await json(running, [row]));
    expect(running.world.contact({ contact_id: person?.id })).toMatchObject({ ...set, first_name: 'Ann' });
    running.world.switches.set({ importBlank: 'cleared' });
    await done(running, await json(running, [row]));
    expect(running.world.contact({ contact_id: person?.id })).not.toHaveProperty('first_name');
    expect(running.world.contact({ contact_id: person?.id })).toMatchObject({ phone_numbers: [] });
  });
});

test(
  'trap 10: rows beyond 40,000 are dropped and the import is accepted all the same',
  { timeout: 60_000 },
  async () => {
    await withSimulators({}, async (running) => {
      const rows = Array.from({ length: 40_002 }, (_, n) => ({ email: `r${n}@example.org` }));
      const activity = await done(running, await json(running, rows));
      expect(activity).toMatchObject({ state: 'completed', status: { person_count: 40_000, error_count: 0 } });
      expect(running.world.contact({ email: 'r39999@example.org' })).not.toBeNull();
      expect(running.world.contact({ email: 'r40000@example.org' })).toBeNull();
      running.world.switches.set({ importRows: 39_999 });
      expect((await json(running, rows)).body).toMatchObject({ status: { person_count: 39_999 } });
      const csv = ['email', ...rows.map((one) => one.email)].join('\n');
      expect((await file(running, csv)).body).toMatchObject({
        status: { items_total_count: 40_000, person_count: 39_999 },
      });
    });
  },
);

test('trap 10: what lies beyond 4 MB is dropped and the import is accepted all the same', async () => {
  await withSimulators({}, async (running) => {
    const padding = ` "\\]},{${'x'.repeat(1000)}`;
    const rows = Array.from({ length: 5_000 }, (_, n) => ({
      email: `r${n}@example.org`,
      street: padding.slice(0, 255),
      home_street: padding.slice(0, 255),
      work_street: padding,
      other_street: padding,
    }));
    const asked = await json(running, rows);
    const taken = (asked.body['status'] as Json)['person_count'] as number;
    const size = Buffer.byteLength(JSON.stringify(rows[4_000])) + 1;
    expect(Math.abs(taken - (4 * 1024 * 1024) / size)).toBeLessThan(5);
    const line = `,${'x'.repeat(1000)}`;
    const csv = ['email,street', ...rows.map((one) => one.email + line)].join('\n');
    const sent = await file(running, csv);
    const lines = csv.slice(0, 4 * 1024 * 1024).split('\n').length - 1;
    expect(sent.body).toMatchObject({ status: { items_total_count: lines, person_count: lines - 1 } });
  });
});

test('a file is read as CSV, with quotes and blanks, under its own name', async () => {
  await withSimulators({}, async (running) => {
    const text =
      '\uFEFFemail,first_name,birthday_month,birthday_day\r\nf1@example.org,"Ann ""A"", Ms",5,6\r\n\r\nf2@example.org,,,\r\nbad,,,\r\n';
    const activity = await done(running, await file(running, text));
    expect(activity).toMatchObject({
      source_file_name: 'people.csv',
      status: { items_total_count: 4, person_count: 3, correctable_count: 1 },
    });
    expect(running.world.contact({ email: 'f1@example.org' })).toMatchObject({
      first_name: 'Ann "A", Ms',
      birthday_day: 6,
    });
    expect(running.world.contact({ email: 'f2@example.org' })).not.toBeNull();
  });
});

test('a file must be a CSV, come as multipart with its boundary, and name its columns', async () => {
  await withSimulators({}, async (running) => {
    const text = 'email\na@example.org';
    expect((await file(running, text, {}, 'people.xlsx')).status).toBe(415);
    expect((await file(running, text, { list_ids: '' })).status).toBe(400);
    expect((await file(running, text, { list_ids: 'x' })).status).toBe(400);
    expect((await file(running, text, { sms_permission_to_send: 'yes' })).status).toBe(400);
    expect((await file(running, 'first_name\nAnn')).status).toBe(400);
    expect((await file(running, 'email,colour\na@example.org,red')).status).toBe(400);
    expect((await file(running, 'email,sms_number\na@example.org,5085550100')).status).toBe(400);
    const authorization = `Bearer ${running.ready.constantContact.token}`;
    for (const type of ['multipart/form-data', 'text/csv', 'application/json']) {
      const init = { method: 'POST', headers: { authorization, 'content-type': type }, body: text };
      expect((await running.client.get('/activities/contacts_file_import', init)).status).toBe(415);
    }
    expect(running.world.log()).toEqual([]);
  });
});

test('an SMS number comes in with its permission, which is explicit only with a date', async () => {
  await withSimulators({}, async (running) => {
    const rows = [
      { sms_number: '508-555-0100', sms_consent_date: '01/02/2026' },
      { sms_number: '5085550101', email: 's@example.org' },
      { sms_number: '+15085550102' },
    ];
    const activity = await done(running, await json(running, rows, { sms_permission_to_send: 'explicit' }));
    expect(activity).toMatchObject({ status: { person_count: 3, error_count: 1 } });
    expect(running.world.state.ownerOfNumber('+15085550100')?.sms?.permission).toBe('explicit');
    expect(running.world.state.ownerOfNumber('+15085550101')?.sms?.permission).toBe('not_set');
  });
});
