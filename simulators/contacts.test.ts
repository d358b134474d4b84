/**
 * Reading contacts: pages over a live order, strictness, and the gap that an unsubscribe falls into (T6, T18).
 */
import { expect, test } from 'vitest';
import { nextOf, type Json } from './testing/client.ts';
import { minutesAfterNoon, withSimulators } from './testing/start.ts';

const ids = (rows: readonly Json[]): unknown[] => rows.map((row) => row['contact_id']);
const emailOf = (contact: Json): Json => contact['email_address'] as Json;

test('a walk over a quiet account shows everybody once; the link carries only a cursor', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const rows = await client.walk('/contacts?status=all&limit=7&include=notes', 'contacts');
    expect(new Set(ids(rows))).toEqual(new Set(world.state.people.keys()));
    expect(rows).toHaveLength(60);
    expect(rows.every((row) => Array.isArray(row['notes']) && !('taggings' in row))).toBe(true);
    const first = await client.get('/contacts?status=all&limit=7');
    const href = nextOf(first.body) ?? '';
    expect(href).toMatch(/^\/v3\/contacts\?cursor=[\w+/=]+$/);
    const decoded = Buffer.from(href.split('cursor=')[1] ?? '', 'base64').toString();
    expect(decodeURIComponent(decoded)).toBe('limit=7&next=2&status[]=all');
  });
});

test('T6: a row edited during a walk moves to the end, so another is skipped and it is seen twice', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const before = world.state.index.rows(world.clock.now()).map((person) => person.id);
    world.clock.advance('PT1M');
    const seen = await client.walk('/contacts?status=all&limit=10', 'contacts', (page) => {
      if (page === 1) world.mutate({ op: 'edit', contact_id: before[0] ?? '', set: { job_title: 'Moved' } });
    });
    expect(ids(seen)).not.toContain(before[10]);
    expect(ids(seen).filter((id) => id === before[0])).toHaveLength(2);
  });
});

test('T18: an unsubscribe moves the address and its opt-out date, and leaves updated_at alone', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const someone = [...world.state.people.values()].find((one) => one.email?.permission === 'explicit')?.id ?? '';
    const was = (await client.get(`/contacts/${someone}`)).body;
    world.clock.advance('PT5M');
    world.mutate({ op: 'unsubscribe', contact_id: someone, how: 'contact', reason: 'No more' });
    const is = (await client.get(`/contacts/${someone}`)).body;
    expect(is['updated_at']).toBe(was['updated_at']);
    expect(emailOf(is)).toMatchObject({
      permission_to_send: 'unsubscribed',
      opt_out_source: 'Contact',
      opt_out_date: '2026-11-02T12:05:00Z',
      updated_at: '2026-11-02T12:05:00Z',
      opt_out_reason: 'No more',
    });
    const since = minutesAfterNoon(1);
    expect(await client.walk(`/contacts?status=all&updated_after=${since}`, 'contacts')).toEqual([]);
    expect(ids(await client.walk(`/contacts?status=all&optout_after=${since}`, 'contacts'))).toEqual([someone]);
  });
});

test('an opt-out by a campaign stands in its report, newest first', async () => {
  await withSimulators({}, async ({ client, world }) => {
    world.clock.advance('PT5M');
    const someone = [...world.state.people.values()].find((one) => one.email?.permission === 'implicit')?.id ?? '';
    const [change] = world.mutate({ op: 'unsubscribe', contact_id: someone, how: 'campaign', reason: 'Enough' });
    const path = `/reports/email_reports/${String(change?.['campaign_activity_id'])}/tracking/optouts?limit=1`;
    const { body } = await client.get(path);
    expect((body['tracking_activities'] as Json[])[0]).toMatchObject({
      contact_id: someone,
      tracking_activity_type: 'em_optouts',
      opt_out_reason: 'Enough',
      created_time: '2026-11-02T12:05:00.000Z',
    });
  });
});

test("a bounce is a row of its mailing's report with its code, newest first, and nothing at the contact", async () => {
  await withSimulators({}, async ({ client, world }) => {
    const [person] = [...world.state.people.values()].filter(({ email }) => email?.permission === 'implicit');
    const before = (await client.get(`/contacts/${person?.id}`)).body;
    const [sent] = [...world.state.campaigns.values()]
      .filter(({ lastSentAt }) => lastSentAt !== null)
      .toSorted((a, b) => (b.lastSentAt ?? 0) - (a.lastSentAt ?? 0));
    world.mutate({ op: 'bounce', contact_id: person?.id, code: 'S' });
    const path = `/reports/email_reports/${sent?.activities[0]?.id}/tracking/bounces`;
    expect((await client.get(`${path}?limit=1`)).body['tracking_activities']).toMatchObject([
      {
        contact_id: person?.id,
        tracking_activity_type: 'em_bounces',
        email_address: person?.email?.address,
        bounce_code: 'S',
      },
    ]);
    expect((await client.get(`${path}?bounce_code=V&limit=1`)).body['tracking_activities']).not.toMatchObject([
      { contact_id: person?.id },
    ]);
    expect((await client.get(`/contacts/${person?.id}`)).body).toEqual(before);
  });
});

test('a deleted contact is hidden by default, dated by the day, off its lists and keeps its address and its opt-out', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const [, , out] = [...world.state.people.values()];
    const address = out?.email?.address ?? '';
    world.mutate({ op: 'delete', email: address });
    expect((await client.get(`/contacts?email=${encodeURIComponent(address)}`)).body['contacts']).toEqual([]);
    const query = `/contacts?status=deleted&include=list_memberships&email=${encodeURIComponent(address)}`;
    const [gone] = (await client.get(query)).body['contacts'] as Json[];
    expect(gone).toMatchObject({ deleted_at: '2026-11-02', list_memberships: [] });
    const [back] = world.mutate({ op: 'create', contact: { email_address: address } });
    expect(back).toMatchObject({ kind: 'contact.revived', contact_id: out?.id });
    expect(world.state.people.get(out?.id ?? '')?.email?.permission).toBe('unsubscribed');
  });
});

test('what is not in the contract is refused with 400, what is no id with 404', async () => {
  await withSimulators({}, async ({ client }) => {
    const wrong = [
      'modified_since=2026-01-01',
      'status=gone',
      'limit=501',
      'limit=0',
      'limit=ten',
      'updated_after=yesterday',
      'updated_after=2026-01-01T00:00:00+00:00',
      'include=sms_channel',
      'include_count=yes',
      'lists=1234',
      'segment_id=1001&status=all',
      'status=all&status=deleted',
      'cursor=rubbish',
    ];
    for (const query of wrong) {
      const { status, text } = await client.get(`/contacts?${query}`);
      expect([query, status]).toEqual([query, 400]);
      expect(text).toMatch(/^\[\{"error_key":"contacts.api.validation.error"/);
    }
    expect(await client.get('/contacts/nobody')).toMatchObject({
      status: 404,
      body: [{ error_key: 'contacts.api.not_found', error_message: 'contact_id is in an invalid format' }],
    });
    expect(await client.get('/contacts', { headers: {} })).toMatchObject({
      status: 401,
      body: { error_key: 'unauthorized' },
    });
    expect((await client.get('/reports/email_reports/x/tracking/optouts')).body).toMatchObject({
      error_key: 'not_found',
    });
    expect((await client.get('/nothing')).status).toBe(404);
  });
});

test('people without an address, with a plus, and unknown to a filter are all there', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const rows = await client.walk('/contacts?status=all&limit=500', 'contacts');
    expect(rows.some((row) => !('email_address' in row) && 'sms_channel' in row)).toBe(true);
    const plus = [...world.state.people.values()].find((one) => one.email?.address.includes('+'))?.email?.address ?? '';
    const found = await client.get(`/contacts?email=${encodeURIComponent(plus)}`);
    expect(found.body['contacts']).toHaveLength(1);
    expect((await client.get(`/contacts?email=${plus}`)).body['contacts']).toHaveLength(0);
    expect(rows.every((row) => Object.values(row).every((value) => value !== null))).toBe(true);
  });
});

test('a user without a privilege is refused with 403, but may ask what the privileges are', async () => {
  await withSimulators({}, async ({ client, world }) => {
    world.mutate({ op: 'setPrivileges', privileges: ['contacts:read'] });
    expect((await client.get('/contacts')).status).toBe(200);
    expect((await client.get('/contact_lists')).status).toBe(403);
    expect((await client.get('/account/user/privileges')).body).toEqual([
      { privilege_id: 1000, privilege_name: 'contacts:read' },
    ]);
  });
});

test('a method that a path does not have is 405, a path that is not there 404', async () => {
  await withSimulators({}, async ({ client }) => {
    expect((await client.send('DELETE', '/contacts')).status).toBe(405);
    expect((await client.send('PUT', '/account/user/privileges', {})).status).toBe(405);
    expect((await client.send('POST', '/contacts/sign_up_form/again', {})).status).toBe(404);
  });
});
