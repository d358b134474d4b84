/**
 * Consent through the API: leaving, coming back, and what the account may not do for a person (I1, T19).
 */
import { expect, test } from 'vitest';
import type { Json } from './testing/client.ts';
import { withSimulators, type Running } from './testing/start.ts';
import type { Person } from './world/types.ts';

const castOf = ({ world }: Running): Person[] => [...world.state.people.values()];
const put = (running: Running, person: Person | undefined, source: string, permission: string, more: Json = {}) =>
  running.client.send('PUT', `/contacts/${person?.id}`, {
    update_source: source,
    email_address: { address: person?.email?.address, permission_to_send: permission, ...more },
  });
const listsOf = ({ world }: Running): string[] =>
  [...world.state.lists.values()].filter((one) => one.deletedAt === null).map((one) => one.id);

test('unsubscribing by PUT tells who asked, when and why; a second one keeps the first', async () => {
  await withSimulators({}, async (running) => {
    const [a, b] = castOf(running);
    const byPerson = await put(running, a, 'Contact', 'unsubscribed', { opt_out_reason: 'Too many' });
    expect(byPerson.body).toMatchObject({
      updated_at: '2026-11-02T12:00:00Z',
      email_address: {
        permission_to_send: 'unsubscribed',
        opt_out_source: 'Contact',
        opt_out_date: '2026-11-02T12:00:00Z',
        opt_out_reason: 'Too many',
      },
    });
    expect((await put(running, b, 'Account', 'unsubscribed')).body).toMatchObject({
      email_address: { opt_out_source: 'Account' },
    });
    running.world.clock.advance('P1D');
    expect((await put(running, a, 'Account', 'unsubscribed')).body).toMatchObject({
      email_address: { opt_out_source: 'Contact', opt_out_date: '2026-11-02T12:00:00Z' },
    });
    expect(running.world.log().map((one) => one['kind'])).toEqual([
      'contact.unsubscribed',
      'contact.unsubscribed',
      'contact.edited',
    ]);
  });
});

test('I1: the account cannot give back what the person took away; how it is told follows a switch', async () => {
  await withSimulators({}, async (running) => {
    const out = castOf(running)[2];
    for (const word of ['explicit', 'implicit', 'not_set', 'pending_confirmation']) {
      const { status, body } = await put(running, out, 'Account', word);
      expect([word, status]).toEqual([word, 200]);
      expect(body).toMatchObject({ email_address: { permission_to_send: 'unsubscribed', opt_out_source: 'Contact' } });
    }
    running.world.switches.set({ forbiddenResubscribe: 'conflict' });
    expect((await put(running, out, 'Account', 'explicit')).status).toBe(409);
    running.world.switches.set({ forbiddenResubscribe: 'refused' });
    expect((await put(running, out, 'Account', 'explicit')).status).toBe(400);
    expect(running.world.state.people.get(out?.id ?? '')?.email?.permission).toBe('unsubscribed');
  });
});

test('the person comes back by an act of his own, and the account takes back what it did itself', async () => {
  await withSimulators({}, async (running) => {
    const [, , byPerson, byAccount] = castOf(running);
    const back = await put(running, byPerson, 'Contact', 'explicit');
    expect(back.body).toMatchObject({ email_address: { permission_to_send: 'explicit', opt_in_source: 'Contact' } });
    expect(back.body['email_address']).not.toHaveProperty('opt_out_date');
    expect((await put(running, byAccount, 'Account', 'implicit')).body).toMatchObject({
      email_address: { permission_to_send: 'implicit', opt_in_source: 'Account', opt_in_date: '2026-11-02T12:00:00Z' },
    });
    expect(running.world.log()).toMatchObject([{ kind: 'contact.resubscribed' }, { kind: 'contact.resubscribed' }]);
  });
});

test('trap 3, T19: a sign-up makes everybody explicit, unsubscribed and deleted people too', async () => {
  await withSimulators({}, async (running) => {
    const [, , out, , , , , , , outAndGone] = castOf(running);
    for (const person of [out, outAndGone]) {
      const sent = { email_address: person?.email?.address, list_memberships: listsOf(running).slice(0, 1) };
      const { status, body } = await running.client.send('POST', '/contacts/sign_up_form', sent);
      expect([status, body]).toEqual([200, { contact_id: person?.id, action: 'updated' }]);
      const after = (await running.client.get(`/contacts/${person?.id}`)).body;
      expect(after).toMatchObject({ email_address: { permission_to_send: 'explicit', opt_in_source: 'Contact' } });
      expect(after).not.toHaveProperty('deleted_at');
    }
    expect(running.world.log()).toMatchObject([
      { kind: 'contact.resubscribed', actor: 'api', call: 'POST /contacts/sign_up_form' },
      { kind: 'contact.revived' },
    ]);
  });
});

test('trap 4: a sign-up only adds lists and fields, and keeps what it does not say', async () => {
  await withSimulators({}, async (running) => {
    const [person] = castOf(running);
    const [one = '', two = ''] = listsOf(running);
    const [field] = [...running.world.state.fields.values()];
    running.world.mutate([
      { op: 'edit', contact_id: person?.id, set: { first_name: 'Ann', custom_fields: [] } },
      { op: 'joinList', contact_id: person?.id, list_id: one },
    ]);
    const sent = {
      email_address: person?.email?.address,
      list_memberships: [two],
      last_name: 'Bell',
      phone_number: '555 0100',
      custom_fields: [{ custom_field_id: field?.id, value: 'red' }],
    };
    for (let n = 0; n < 2; n += 1) await running.client.send('POST', '/contacts/sign_up_form', sent);
    const include = 'include=list_memberships,custom_fields,phone_numbers';
    const { body } = await running.client.get(`/contacts/${person?.id}?${include}`);
    expect(body).toMatchObject({
      first_name: 'Ann',
      last_name: 'Bell',
      custom_fields: [{ custom_field_id: field?.id, value: 'red' }],
    });
    expect(body['list_memberships']).toEqual(expect.arrayContaining([one, two]));
    expect((body['phone_numbers'] as Json[]).filter((phone) => phone['phone_number'] === '555 0100')).toHaveLength(1);
  });
});

test('a sign-up of somebody new is explicit, or waits where the account asks for confirmation', async () => {
  await withSimulators({}, async (running) => {
    const signUp = (email_address: string) =>
      running.client.send('POST', '/contacts/sign_up_form', { email_address, list_memberships: listsOf(running) });
    expect(await signUp('new.one@example.org')).toMatchObject({ status: 201, body: { action: 'created' } });
    running.world.mutate({ op: 'setAccount', confirmed_opt_in: true });
    await signUp('new.two@example.org');
    const permission = (email: string) => running.world.state.owner(email)?.email;
    expect(permission('new.one@example.org')).toMatchObject({ permission: 'explicit', optInSource: 'Contact' });
    expect(permission('new.two@example.org')).toMatchObject({ permission: 'pending_confirmation' });
  });
});

test('trap 34: a sign-up takes addresses of 50 characters and 50 fields, and needs a list', async () => {
  await withSimulators({}, async ({ client, world }) => {
    const list_memberships = [...world.state.lists.keys()].slice(0, 1);
    const fields = Array.from({ length: 51 }, () => ({
      custom_field_id: [...world.state.fields.keys()][0],
      value: '1',
    }));
    const cases: [Json, string][] = [
      [{ list_memberships }, 'email_address is missing'],
      [{ email_address: 'a@example.org' }, 'list_memberships is missing'],
      [{ email_address: 'a@example.org', list_memberships: [] }, 'has fewer than 1 values'],
      [{ email_address: `${'x'.repeat(40)}@example.org`, list_memberships }, 'has more than 50 characters'],
      [{ email_address: 'a@example.org', list_memberships, custom_fields: fields }, 'has more than 50 values'],
      [{ email_address: { address: 'a@example.org' }, list_memberships }, 'email_address does not have a valid value'],
    ];
    for (const [sent, text] of cases) {
      const { status, text: answer } = await client.send('POST', '/contacts/sign_up_form', sent);
      expect([text, status]).toEqual([text, 400]);
      expect(answer).toContain(text);
    }
  });
});

test('a resubscribe mail changes nothing until it is answered, and goes once ever', async () => {
  await withSimulators({}, async (running) => {
    const [here, , out] = castOf(running);
    const [list = ''] = listsOf(running);
    const ask = (person: Person | undefined) =>
      running.client.send('PUT', `/contacts/resubscribe/${person?.id}`, { list_ids: [list] });
    expect((await ask(here)).status).toBe(400);
    expect((await running.client.send('PUT', `/contacts/resubscribe/${out?.id}`, {})).status).toBe(400);
    expect((await ask(out)).status).toBe(200);
    expect(running.world.state.people.get(out?.id ?? '')).toBe(out);
    expect((await ask(out)).status).toBe(409);
    running.world.mutate({ op: 'confirmResubscribe', contact_id: out?.id });
    expect((await running.client.get(`/contacts/${out?.id}?include=list_memberships`)).body).toMatchObject({
      email_address: { permission_to_send: 'explicit', opt_in_source: 'Contact' },
      list_memberships: expect.arrayContaining([list]) as unknown,
    });
    expect(() => running.world.mutate({ op: 'confirmResubscribe', contact_id: out?.id })).toThrow(
      'no resubscribe mail',
    );
    expect(running.world.log()).toMatchObject([
      { kind: 'contact.resubscribe_mailed', actor: 'api', contact_id: out?.id, list_ids: [list] },
      { kind: 'contact.resubscribed', actor: 'control', how: 'confirmation' },
    ]);
  });
});

test('trap 28: of two sign-ups of one person at the same time, the second is refused', async () => {
  const faults = [{ kind: 'slow', ms: 300, match: { path: 'sign_up_form' }, at: 1 }] as const;
  await withSimulators({ faults }, async (running) => {
    const signUp = (email_address: string) =>
      running.client.send('POST', '/contacts/sign_up_form', { email_address, list_memberships: listsOf(running) });
    const first = signUp('same@example.org');
    while (running.requests.total === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await signUp('other@example.org')).status).toBe(201);
    expect(await signUp('Same@example.org')).toMatchObject({
      status: 409,
      body: [{ error_key: 'contacts.api.conflict' }],
    });
    expect((await first).status).toBe(201);
    expect((await signUp('same@example.org')).status).toBe(200);
  });
});
