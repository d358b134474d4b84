/** T40, I18: 200 for a transaction is no contact: it is held, judged at midnight, and imported when somebody says so, or never. */
import { describe, expect, test } from 'vitest';
import type { Switches } from '../switches.ts';
import { MutationError } from '../world/mutate/operations.ts';
import { household, withCrm, type CrmClient, type CrmRunning, type Json } from '../testing/crm-client.ts';

const NEW = {
  contactType: 'Household',
  firstName: 'Nora',
  lastName: 'New',
  email: 'nora@example.org',
  emailType: 'Home Email',
};
const submit = async (crm: CrmClient, more: Json = {}): Promise<void> => {
  const body = { referenceSource: 'CC', referenceId: '1', ...NEW, ...more };
  const { status, text } = await crm.call('POST', '/api/Contact/Transaction', body);
  expect([status, text]).toEqual([200, '']);
};
const rows = ({ world }: CrmRunning): unknown[] => [...world.crm.state.rows.values()].map((one) => one.state);
const find = async (crm: CrmClient, id = '1'): Promise<number> =>
  (await crm.call('GET', `/api/Contact/CC/${id}`)).status;

describe('a transaction', () => {
  test('is held, then ready at the organization’s midnight, and a contact only when a person runs the import', async () => {
    await withCrm({}, async (running) => {
      const { crm, world } = running;
      await submit(crm, {
        tags: 'CC: Donors; Nobody knows this',
        customFields: { 'Subscriber Status': 'new', X: 'y' },
      });
      expect([rows(running), await find(crm)]).toEqual([['held'], 404]);
      expect(() => world.mutate({ op: 'crmRejectRow', row: { source: 'CC', id: '1' } })).toThrow(MutationError);
      world.clock.set('2026-11-03T06:59:59Z');
      expect(rows(running)).toEqual(['held']);
      world.clock.set('2026-11-03T07:00:00Z');
      expect([rows(running), await find(crm)]).toEqual([['ready'], 404]);
      world.mutate({ op: 'crmRunImport' });
      expect(rows(running)).toEqual(['imported']);
      expect((await crm.call('GET', '/api/Contact/CC/1')).body).toMatchObject({
        name: 'Nora New',
        modifiedByUser: 'Import',
        tags: ['CC: Donors'],
        customFields: [{ name: 'Subscriber Status', value: 'new' }],
        contactIndividuals: [{ contactMethods: [{ value: 'nora@example.org', isOptedIn: false }] }],
      });
    });
  });

  test.each<[string, Partial<Switches>, string, number]>([
    ['nothing is imported by itself', { crmAutoCreate: true }, 'ready', 404],
    ['whoever matched nobody waits', { crmAutoImport: true }, 'ready', 404],
    ['whoever matched nobody is made', { crmAutoImport: true, crmAutoCreate: true }, 'imported', 200],
  ])('by the settings of the organization: %s', async (_, switches, state, status) => {
    await withCrm({ switches }, async (running) => {
      await submit(running.crm);
      running.world.clock.advance('P1D');
      expect([rows(running), await find(running.crm)]).toEqual([[state], status]);
    });
  });

  test('has no place for an opt-in; what an import makes of it is a switch', async () => {
    await withCrm({ switches: { crmImportOptIn: true } }, async ({ crm, world }) => {
      const refused = await crm.call('POST', '/api/Contact/Transaction', { ...NEW, isOptedIn: false });
      expect(refused.status).toBe(400);
      await submit(crm);
      world.mutate({ op: 'crmRunImport', bundle: true });
      const { body } = await crm.call('GET', '/api/ContactIndividual/Find?email=nora@example.org');
      expect(body).toMatchObject({ contactMethods: [{ isOptedIn: true }] });
    });
  });

  test('can be rejected, and then never is anybody', async () => {
    await withCrm({}, async (running) => {
      await submit(running.crm);
      running.world.clock.advance('P1D');
      running.world.mutate([
        { op: 'crmRejectRow', row: { source: 'CC', id: '1' } },
        { op: 'crmRunImport', bundle: true },
      ]);
      expect([rows(running), await find(running.crm)]).toEqual([['rejected'], 404]);
    });
  });

  test('without names waits for a person, or not', async () => {
    await withCrm({}, async (running) => {
      const { crm, world } = running;
      await submit(crm, { firstName: null, lastName: null });
      world.mutate({ op: 'crmRunImport', bundle: true });
      expect(rows(running)).toEqual(['match_needed']);
      world.mutate([{ op: 'crmResolveRow', row: { source: 'CC', id: '1' }, match: null }, { op: 'crmRunImport' }]);
      expect(await find(crm)).toBe(200);
    });
  });
});

describe('who is there already', () => {
  test.each<[string, Json, string]>([
    [
      'the same, with nothing new',
      { referenceId: '9', firstName: 'Tess', lastName: 'Tester', email: 'tess@example.org' },
      'ready',
    ],
    ['a known reference with a new address', { referenceId: '9' }, 'update_needed'],
    [
      'a known address and name with a new reference',
      { firstName: 'Tess', lastName: 'Tester', email: 'tess@example.org' },
      'update_needed',
    ],
    ['a known address of somebody of another name', { email: 'tess@example.org' }, 'match_needed'],
    ['a tag that nobody knows', { tags: 'Nobody knows this' }, 'match_needed'],
  ])('%s: %j falls into %s', async (_, more, state) => {
    await withCrm({ switches: { crmUnknownTag: 'stops' } }, async (running) => {
      const { crm, world } = running;
      const there = { ...household('tess@example.org'), referenceSource: 'CC', referenceId: '9' };
      await crm.call('POST', '/api/Contact', there);
      await submit(crm, more);
      world.clock.advance('P1D');
      expect(rows(running)).toEqual([state]);
    });
  });

  test('is updated: what is new is added, nothing is taken away, an opt-out stays', async () => {
    await withCrm({ switches: { crmAutoImport: true, crmImportOptIn: true } }, async (running) => {
      const { crm, world } = running;
      const made = await crm.call('POST', '/api/Contact', household('tess@example.org', false));
      await submit(crm, {
        firstName: 'Tess',
        lastName: 'Tester',
        email: 'tess@example.org',
        phone: '480-555-0100',
        city: 'Reno',
        address1: '1 Main St',
      });
      world.clock.advance('P1D');
      expect(rows(running)).toEqual(['imported']);
      expect((await crm.call('GET', '/api/Contact/CC/1')).body).toMatchObject({
        id: made.body['id'],
        address: { city: 'Reno' },
        contactIndividuals: [
          {
            contactMethods: [
              { value: 'tess@example.org', isOptedIn: false },
              { value: '480-555-0100', isOptedIn: false },
            ],
          },
        ],
      });
    });
  });

  test('T32: two who share an address need a person, who says which', async () => {
    await withCrm({}, async (running) => {
      const { crm, world } = running;
      const a = (await crm.call('POST', '/api/Contact', household('two@example.org', true, 'One'))).body[
        'id'
      ] as number;
      await crm.call('POST', '/api/Contact', household('two@example.org', true, 'Two'));
      await submit(crm, { firstName: 'Tess', lastName: 'One', email: 'two@example.org' });
      world.clock.advance('P1D');
      expect(rows(running)).toEqual(['match_needed']);
      world.mutate([{ op: 'crmResolveRow', row: { source: 'CC', id: '1' }, match: a }, { op: 'crmRunImport' }]);
      expect((await crm.call('GET', '/api/Contact/CC/1')).body['id']).toBe(a);
    });
  });
});

describe('one reference twice', () => {
  test.each<[Switches['crmRepeatedReference'], number, Json]>([
    ['rows', 2, { firstName: 'Nina' }],
    ['merged', 1, { firstName: 'Nina', contactMethods: [{ value: 'nora@example.org' }, { value: '1' }] }],
    ['replaced', 1, { firstName: 'Nina', contactMethods: [{ value: '1' }] }],
  ])('while held: %s', async (crmRepeatedReference, count, person) => {
    await withCrm({ switches: { crmRepeatedReference } }, async (running) => {
      const { crm, world } = running;
      await submit(crm);
      await submit(crm, { firstName: 'Nina', email: null, phone: '1' });
      expect(rows(running)).toHaveLength(count);
      world.mutate({ op: 'crmRunImport', bundle: true });
      expect((await crm.call('GET', '/api/Contact/CC/1')).body).toMatchObject({ contactIndividuals: [person] });
      expect(world.crm.summary()).toMatchObject({ contacts: 41 });
    });
  });
});

describe('a batch', () => {
  const batch = (crm: CrmClient, n: number): ReturnType<CrmClient['call']> =>
    crm.call('POST', '/api/Contact/Batch', {
      referenceSource: 'CC',
      contacts: Array.from({ length: n }, (_, i) => ({ ...NEW, referenceId: String(i), email: `n${i}@example.org` })),
    });

  test('is as many transactions; none at all is taken, what is no list is not', async () => {
    await withCrm({}, async (running) => {
      expect((await batch(running.crm, 0)).status).toBe(200);
      expect(await batch(running.crm, 3)).toMatchObject({ status: 200, text: '' });
      expect(rows(running)).toEqual(['held', 'held', 'held']);
      const wrong = await running.crm.call('POST', '/api/Contact/Batch', { contacts: {} });
      expect(Object.keys(wrong.body['modelState'] as Json)).toEqual(['contactBatch.contacts']);
    });
  });

  test('beyond its limit is refused, or loses the rest in silence', async () => {
    await withCrm({ switches: { crmBatchLimit: 2 } }, async (running) => {
      expect((await batch(running.crm, 3)).status).toBe(400);
      expect(rows(running)).toEqual([]);
      running.world.switches.set({ crmBatchTooMany: 'dropped' });
      expect((await batch(running.crm, 3)).status).toBe(200);
      expect(rows(running)).toHaveLength(2);
    });
  });
});
