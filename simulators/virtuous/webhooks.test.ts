/** I16: webhooks out: who hears of what, in which body, signed how, how often, in which order, and what is lost. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { simulateInside, type InsideSimulator } from '../main.ts';
import type { SwitchChanges } from '../switches.ts';
import { household, withCrm, type Json } from '../testing/crm-client.ts';
import { NOON } from '../testing/start.ts';
import type { Delivery } from './crm/webhooks.ts';

const URL_OF_RECEIVER = 'http://127.0.0.1:9/hook';

interface Bench {
  readonly simulator: InsideSimulator;
  readonly call: (method: string, url: string, body?: unknown) => Json;
  /** Takes what is due and answers each with a status. */
  readonly deliver: (status?: number) => readonly Delivery[];
}

function bench(switches: SwitchChanges = {}, hook: Json = { contactCreate: true, contactUpdate: true }): Bench {
  const simulator = simulateInside({ contacts: 20, quota: null, clock: { now: () => NOON }, switches });
  const { exchange, token } = simulator.virtuous;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', host: 'crm.example.org' };
  const call = (method: string, url: string, body?: unknown): Json => {
    const outcome = exchange({ method, url, headers, body: body === undefined ? '' : JSON.stringify(body) });
    if (outcome.kind !== 'answer') throw new Error(outcome.kind);
    expect(outcome.answer.status).toBe(200);
    return outcome.answer.text === '' ? {} : (JSON.parse(outcome.answer.text) as Json);
  };
  call('POST', '/api/Webhook', { payloadUrl: URL_OF_RECEIVER, secret: 'top', active: true, ...hook });
  const { webhooks } = simulator.world.crm;
  const deliver = (status = 200): readonly Delivery[] => {
    const due = webhooks.take();
    for (const one of due) webhooks.answered(one.id, status);
    return due;
  };
  return { simulator, call, deliver };
}

const bodies = (deliveries: readonly Delivery[]): Json[] => deliveries.map((one) => JSON.parse(one.body) as Json);
const events = (deliveries: readonly Delivery[]): unknown[] => bodies(deliveries).map((one) => one['event']);

describe('a delivery', () => {
  test('has an envelope, the contact as receivers saw it, and a signature over the raw body', () => {
    const { call, deliver } = bench();
    const { id } = call('POST', '/api/Contact', {
      ...household('a@example.org'),
      referenceSource: 'CC',
      referenceId: '1',
    });
    const [delivery] = deliver();
    if (delivery === undefined) throw new Error('nothing was delivered');
    expect(JSON.parse(delivery.body)).toMatchObject({
      event: 'ContactCreate',
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      organization: { id: 310 },
      contact: {
        id,
        contactAddresses: [],
        contactReferences: [{ source: 'CC', id: '1' }],
        contactIndividuals: [{ contactMethods: [{ value: 'a@example.org', isOptedIn: true }] }],
      },
    });
    const signature = createHmac('sha256', 'top').update(delivery.body).digest('base64');
    expect(delivery).toMatchObject({ url: URL_OF_RECEIVER, headers: { 'X-Virtuous-Signature': signature } });
  });

  test('may hold many models, be signed in hex under another name, or not at all', () => {
    const switches = { crmWebhookForm: 'models', crmSignature: 'hex', crmSignatureHeader: 'X-Sign' } as const;
    const { call, deliver } = bench(switches);
    call('POST', '/api/Contact', household('a@example.org'));
    const made = call('POST', '/api/Contact', {
      contactType: 'Household',
      contactIndividuals: [{ firstName: 'A', lastName: 'B' }],
    });
    const [delivery, ...others] = deliver();
    expect(others).toEqual([]);
    expect(JSON.parse(delivery?.body ?? '')).toMatchObject({
      event: 'ContactCreate',
      models: [{ contact: {} }, { contact: { id: made['id'], contactIndividuals: [{ contactMethods: null }] } }],
    });
    expect(delivery?.headers['X-Sign']).toMatch(/^[0-9a-f]{64}$/);
    const unsigned = bench({}, { contactCreate: true, secret: null });
    unsigned.call('POST', '/api/Contact', household('a@example.org'));
    expect(unsigned.deliver()[0]?.headers).toEqual({ 'content-type': 'application/json' });
  });

  test('tells of notes to whom it was told to', () => {
    const { call, deliver } = bench({}, { contactNoteCreate: true });
    const { id: contactId } = call('POST', '/api/Contact', household('a@example.org'));
    call('POST', '/api/ContactNote', { contactId, type: 'General', note: 'x' });
    expect(bodies(deliver())).toMatchObject([{ event: 'ContactNoteCreate', contactNote: { contactId, note: 'x' } }]);
  });

  test('of a held transaction comes when it is imported, not before', () => {
    const { call, deliver, simulator } = bench();
    const row = { referenceSource: 'CC', referenceId: '1', contactType: 'Household', firstName: 'A', lastName: 'B' };
    call('POST', '/api/Contact/Transaction', row);
    simulator.world.clock.advance('P1D');
    expect(deliver()).toEqual([]);
    simulator.world.mutate({ op: 'crmRunImport' });
    expect(events(deliver())).toEqual(['ContactCreate']);
  });
});

describe('which changes are told is a switch', () => {
  const every = ['crmOptInFires', 'crmTagFires', 'crmArchiveFires', 'crmMergeFires'] as const;
  test.each(every)('%s', (name) => {
    for (const on of [true, false]) {
      const silent = { crmOptInFires: false, crmTagFires: false, crmArchiveFires: false, crmMergeFires: false };
      const { simulator, deliver } = bench({ ...silent, [name]: on });
      const [first = 0, second = 0] = [...simulator.world.crm.state.contacts.keys()];
      const value = simulator.world.crm.state.contacts.get(first)?.individuals[0]?.methods[0]?.value ?? '';
      const isIn = simulator.world.crm.state.contacts.get(first)?.individuals[0]?.methods[0]?.isOptedIn === true;
      simulator.world.mutate([
        { op: isIn ? 'crmOptOut' : 'crmOptIn', contact: first, value },
        { op: 'crmTag', contact: first, tag_id: 9 },
        { op: 'crmArchive', contact: second },
        { op: 'crmUnarchive', contact: second },
        { op: 'crmMerge', contact: second, into: first },
      ]);
      const told = { crmOptInFires: 1, crmTagFires: 1, crmArchiveFires: 2, crmMergeFires: 2 }[name];
      expect(deliver()).toHaveLength(on ? told : 0);
      simulator.world.mutate({ op: 'crmChangeValue', contact: first, value, to: 'new@example.org' });
      expect(events(deliver())).toEqual(['ContactUpdate']);
    }
  });
});

describe('what goes wrong', () => {
  test('an answer that is not 2xx is tried again, ever later, and given up in the end', () => {
    const { call, deliver, simulator } = bench({ crmWebhookAttempts: 3 });
    call('POST', '/api/Contact', household('a@example.org'));
    const [first] = deliver(404);
    expect(deliver()).toEqual([]);
    simulator.world.clock.advance('PT1M');
    const [second] = deliver(500);
    expect(second?.body).toBe(first?.body);
    simulator.world.clock.advance('PT1M59S');
    expect(deliver()).toEqual([]);
    simulator.world.clock.advance('PT1S');
    expect(deliver(500)).toHaveLength(1);
    expect(simulator.world.crm.webhooks.waiting).toBe(0);
    expect(simulator.world.log().at(-1)).toMatchObject({ kind: 'crm.webhook.given_up', status: 500 });
  });

  test('events may come twice under one id, and in another order than they happened', () => {
    const twice = bench({ crmWebhookTwice: true });
    twice.call('POST', '/api/Contact', household('a@example.org'));
    const ids = bodies(twice.deliver()).map((one) => one['eventId']);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    const back = bench({ crmWebhookOrder: 'reversed' });
    const { id } = back.call('POST', '/api/Contact', household('a@example.org'));
    back.call('PUT', `/api/Contact/${String(id)}`, { contactType: 'Household', name: 'B' });
    expect(events(back.deliver())).toEqual(['ContactUpdate', 'ContactCreate']);
    const mixed = bench({ crmWebhookOrder: 'shuffled', crmWebhookDelayMs: 60_000 });
    for (let n = 0; n < 20; n += 1) mixed.call('POST', '/api/Contact', household(`n${n}@example.org`));
    const seen: unknown[] = [];
    for (let n = 0; n < 61; n += 1) {
      seen.push(...bodies(mixed.deliver()).map((one) => (one['contact'] as Json)['id']));
      mixed.simulator.world.clock.advance('PT1S');
    }
    expect(seen).toHaveLength(20);
    expect(seen).not.toEqual(seen.toSorted((a, b) => Number(a) - Number(b)));
  });

  test('what happens while a webhook is inactive is lost', () => {
    const { call, deliver, simulator } = bench();
    const webhook = `/api/Webhook/${[...simulator.world.crm.webhooks.all.keys()][0]}`;
    call('PUT', `${webhook}/Active?active=false`);
    call('POST', '/api/Contact', household('a@example.org'));
    call('PUT', `${webhook}/Active?active=true`);
    expect(deliver()).toEqual([]);
    call('POST', '/api/Contact', household('b@example.org'));
    expect(deliver()).toHaveLength(1);
    call('PUT', webhook, { payloadUrl: URL_OF_RECEIVER, active: true, contactUpdate: true });
    expect(call('GET', webhook)).toMatchObject({ contactCreate: false, secret: null, active: true });
    call('POST', '/api/Contact', household('c@example.org'));
    expect(deliver()).toEqual([]);
  });
});

test('behind sockets a courier carries them, to this machine alone', async () => {
  const got: string[] = [];
  const receiver = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => got.push(chunk.toString()));
    request.on('end', () => response.writeHead(got.length === 1 ? 503 : 204).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as { port: number };
  try {
    await withCrm({ switches: { crmWebhookAttempts: 2 } }, async ({ crm, deliver, world }) => {
      for (const host of [`127.0.0.1:${port}`, 'receiver.example.org']) {
        const hook = { payloadUrl: `http://${host}/hook`, active: true, contactCreate: true };
        expect((await crm.call('POST', '/api/Webhook', hook)).status).toBe(200);
      }
      expect((await crm.call('POST', '/api/Webhook', { payloadUrl: 'file:///x' })).status).toBe(400);
      await crm.call('POST', '/api/Contact', household('a@example.org'));
      await deliver();
      expect(got).toHaveLength(1);
      world.clock.advance('PT1M');
      await deliver();
      expect(got).toHaveLength(2);
      expect(got[1]).toBe(got[0]);
      expect(world.log().filter((one) => one['kind'] === 'crm.webhook.given_up')).toHaveLength(1);
    });
  } finally {
    receiver.close();
  }
});
