import { describe, expect, test } from 'vitest';
import type { ApiAnswer, ApiRequest, Wire } from '../../../connector/wire.ts';
import { ConnectorError } from '../../../model/errors.ts';
import type { PersonIntent } from '../../../model/intent.ts';
import { intentOf } from '../../../testing/person-intents.ts';
import { CONTACT_ID, fullContact, LIST_A, LIST_B } from './answers.fixture.ts';
import { createPeopleTarget } from './people-target.ts';
import { readContact } from './contact-record.ts';

const NEVER = new AbortController().signal;
const MAY = { mayMail: true, urgent: false };
type Raw = Record<string, unknown> & { email_address: Record<string, unknown> };
const person = (more: Record<string, unknown> = {}) => fullContact(more) as Raw;
const version = readContact(person()).version;
const ADDRESS = String(person().email_address['address']);

/** A wire that answers reads and writes from one script, in order. */
function rig(...script: readonly unknown[]) {
  const rest = [...script];
  const requests: ApiRequest[] = [];
  const answer = async (request: ApiRequest): Promise<ApiAnswer> => {
    requests.push(request);
    if (rest.length === 0) throw new Error('unscripted request');
    const next = rest.shift();
    if (next instanceof Error) throw next;
    return { status: 200, body: next, sourceTime: 7 };
  };
  const wire: Wire = { sent: 0, skewMs: null, read: answer, write: answer };
  const target = createPeopleTarget({ wire, connection: 'cc' });
  const verbs = () => requests.map((one) => one.method).join(' ');
  return { target, requests, verbs };
}
const known = (more: Partial<PersonIntent>) => intentOf({ contactId: CONTACT_ID, address: ADDRESS, version, ...more });
const email = (more: Record<string, unknown>) => ({ email_address: { ...person().email_address, ...more } });

describe('a change of somebody who is known', () => {
  test('T37: is read, laid over, sent whole, and read back', async () => {
    const after = person({ first_name: 'Deb' });
    const { target, requests, verbs } = rig(person(), after, after);
    const sent = await target.send('update', known({ fields: { first_name: 'Deb' } }), MAY, NEVER);
    expect(sent).toMatchObject({ kind: 'written', reading: { content: { first_name: 'Deb' } } });
    expect(verbs()).toBe('GET PUT GET');
    // Every property that stood there is in the body; sub-resources that do not change are not named, so they stay.
    expect(requests[1]?.json).toEqual({
      email_address: { address: ADDRESS, permission_to_send: 'implicit' },
      first_name: 'Deb',
      last_name: 'Lang',
      job_title: 'Musician',
      company_name: 'Acme Corp.',
      birthday_month: 11,
      birthday_day: 24,
      anniversary: '2006-11-15',
      update_source: 'Account',
    });
  });

  test('T37: a list that is added goes out with those that stand', async () => {
    const before = person({ list_memberships: [LIST_A] });
    const after = person({ list_memberships: [LIST_A, LIST_B] });
    const { target, requests } = rig(before, after, after);
    const intent = known({ lists: { add: [LIST_B], remove: [] } });
    expect(await target.send('update', intent, MAY, NEVER)).toMatchObject({ kind: 'written' });
    expect(requests[1]?.json).toMatchObject({ list_memberships: [LIST_A, LIST_B].sort() });
  });

  test('T38: is not sent when the person is not what the plan saw', async () => {
    const { target, verbs } = rig(person({ updated_at: '2026-01-01T00:00:00Z' }));
    expect(await target.send('update', known({ fields: { first_name: 'Deb' } }), MAY, NEVER)).toEqual({
      kind: 'moved',
    });
    expect(verbs()).toBe('GET');
  });

  test('T38: what is read back and is something else is told', async () => {
    const { target } = rig(person(), person(), person({ first_name: 'Staff' }));
    expect(await target.send('update', known({ fields: { first_name: 'Deb' } }), MAY, NEVER)).toEqual({
      kind: 'differs',
      reason: 'first_name',
    });
  });

  test('T41: a value that the source trims is what was wanted', async () => {
    const after = person({ first_name: 'Deb' });
    const { target } = rig(person(), after, after);
    const sent = await target.send('update', known({ fields: { first_name: ' Deb ' } }), MAY, NEVER);
    expect(sent).toMatchObject({ kind: 'written' });
  });

  test('I1: somebody mailable is not sent on where an opt-out stands', async () => {
    const { target, verbs } = rig(person());
    const how = { mayMail: false, urgent: false };
    expect(await target.send('update', known({ fields: { first_name: 'Deb' } }), how, NEVER)).toEqual({
      kind: 'refused',
      reason: 'out',
    });
    expect(verbs()).toBe('GET');
  });

  test('I1: somebody who left is sent on as unsubscribed, and a permission nobody documented not at all', async () => {
    const out = person(email({ permission_to_send: 'unsubscribed' }));
    const after = { ...out, first_name: 'Deb' };
    const { target, requests } = rig(out, after, after);
    await target.send('update', known({ fields: { first_name: 'Deb' } }), { mayMail: false, urgent: false }, NEVER);
    expect(requests[1]?.json).toMatchObject({ email_address: { permission_to_send: 'unsubscribed' } });
    const odd = rig(person(email({ permission_to_send: 'sideways' })));
    expect(await odd.target.send('update', known({ fields: { first_name: 'Deb' } }), MAY, NEVER)).toMatchObject({
      kind: 'refused',
    });
  });

  test('T21: a deleted person is not brought back', async () => {
    const { target, verbs } = rig(person({ deleted_at: '2026-01-01' }));
    expect(await target.send('update', known({ fields: { first_name: 'Deb' } }), MAY, NEVER)).toEqual({
      kind: 'moved',
    });
    expect(verbs()).toBe('GET');
  });

  test('I7: what stands there already is not written', async () => {
    const { target, verbs } = rig(person());
    const sent = await target.send('update', known({ fields: { first_name: 'Debora' } }), MAY, NEVER);
    expect([sent.kind, verbs()]).toEqual(['written', 'GET']);
  });

  test('I20: a column that is not writable is refused unsent', async () => {
    const { target, verbs } = rig();
    const intent = known({ fields: { opt_in_source: 'Contact' } });
    expect(await target.send('update', intent, MAY, NEVER)).toEqual({ kind: 'refused', reason: 'not-writable' });
    expect(verbs()).toBe('');
  });
});

describe('an opt-out', () => {
  test('I3: lowers whatever the plan saw, says whose act it was, changes nothing else, and may use the last of the day', async () => {
    const before = person({ first_name: 'Changed', updated_at: '2026-01-01T00:00:00Z' });
    const after = { ...before, ...email({ permission_to_send: 'unsubscribed' }) };
    const { target, requests, verbs } = rig(before, after, after);
    const intent = known({ permission: 'unsubscribe', actor: 'person', fields: { first_name: 'Deb' } });
    const sent = await target.send('unsubscribe', intent, { mayMail: false, urgent: true }, NEVER);
    expect([sent.kind, verbs()]).toEqual(['written', 'GET PUT GET']);
    expect(requests[1]?.json).toMatchObject({
      first_name: 'Changed',
      update_source: 'Contact',
      email_address: { permission_to_send: 'unsubscribed' },
    });
    expect(requests.every((one) => one.urgent === true)).toBe(true);
  });

  test.each([
    ['deleted', person({ deleted_at: '2026-01-01' })],
    ['unsubscribed', person(email({ permission_to_send: 'unsubscribed' }))],
  ])('of somebody who is %s already sends nothing', async (_state, stands) => {
    const { target, verbs } = rig(stands);
    const intent = known({ permission: 'unsubscribe', actor: 'person' });
    expect((await target.send('unsubscribe', intent, { mayMail: false, urgent: true }, NEVER)).kind).toBe('written');
    expect(verbs()).toBe('GET');
  });
});

describe('a new person, and one who is to go', () => {
  const fresh = intentOf({ contactId: null, address: ADDRESS, permission: 'implicit', version: null });

  test('T21: is created implicit, and a permission beyond that is told', async () => {
    const { target, requests } = rig(person(), person());
    expect(await target.send('create', fresh, MAY, NEVER)).toMatchObject({ kind: 'written' });
    expect(requests[0]?.json).toEqual({
      email_address: { address: ADDRESS, permission_to_send: 'implicit' },
      create_source: 'Account',
    });
    const raised = rig(person(), person(email({ permission_to_send: 'explicit' })));
    expect(await raised.target.send('create', fresh, MAY, NEVER)).toEqual({
      kind: 'differs',
      reason: 'became-explicit',
    });
  });

  test('T40: whose address is taken is decided anew; whose answer is lost is looked for by address', async () => {
    const taken = rig(new ConnectorError('CC_CONFLICT', 'rejected', 'x', { status: 409 }));
    expect(await taken.target.send('create', fresh, MAY, NEVER)).toEqual({ kind: 'moved' });
    const lost = new ConnectorError('SOURCE_TIMEOUT', 'unknown_outcome', 'x');
    await expect(rig(lost).target.send('create', fresh, MAY, NEVER)).rejects.toBe(lost);
    const { target, requests } = rig({ contacts: [person()] }, { contacts: [] });
    expect(await target.lookUp('create', fresh, NEVER)).toMatchObject({ kind: 'done', reading: { id: CONTACT_ID } });
    expect(await target.lookUp('create', fresh, NEVER)).toEqual({ kind: 'not-done' });
    expect(requests[0]?.query).toMatchObject({ status: 'all', email: ADDRESS });
  });

  test('I6: a write that cannot be read back is unknown, never failed', async () => {
    const { target } = rig(person(), person(), new ConnectorError('SOURCE_RESET', 'unavailable', 'x'));
    await expect(target.send('update', known({ fields: { first_name: 'D' } }), MAY, NEVER)).rejects.toMatchObject({
      errorClass: 'unknown_outcome',
    });
  });

  test('is deleted, and read as deleted', async () => {
    const { target, verbs } = rig(person(), undefined, person({ deleted_at: '2026-01-01' }));
    expect(await target.send('delete', known({ remove: true }), MAY, NEVER)).toMatchObject({ kind: 'written' });
    expect(verbs()).toBe('GET DELETE GET');
  });
});
