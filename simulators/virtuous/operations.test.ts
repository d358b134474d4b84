/** What people do at the CRM's own screen: it is done, it is logged, and nothing else changes. */
import { describe, expect, test } from 'vitest';
import { MutationError } from '../world/mutate/operations.ts';
import { household, withCrm, type Json } from '../testing/crm-client.ts';

describe('a merge', () => {
  test('T29, T30: empties the one that is lost, points to the other, and can be undone', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const lost = { ...household('lost@example.org', false, 'Lost'), referenceSource: 'CC', referenceId: '1' };
      const a = (await crm.call('POST', '/api/Contact', lost)).body['id'] as number;
      const b = (await crm.call('POST', '/api/Contact', household('won@example.org', true, 'Won'))).body[
        'id'
      ] as number;
      const before = world.crm.contact(a);
      world.mutate([
        { op: 'crmTag', contact: a, tag_id: 6 },
        { op: 'crmMerge', contact: a, into: b },
      ]);
      const read = (await crm.call('GET', `/api/Contact/${a}`)).body;
      expect(read).toMatchObject({ mergedIntoContactId: b, contactIndividuals: [], tags: [], contactReferences: [] });
      const won = (await crm.call('GET', '/api/Contact/CC/1')).body;
      expect(won).toMatchObject({ id: b, tags: ['CC: Donors'] });
      expect((won['contactIndividuals'] as Json[]).map((one) => one['lastName'])).toEqual(['Won', 'Lost']);
      world.switches.set({ crmMergedRead: 'not_found' });
      expect((await crm.call('GET', `/api/Contact/${a}`)).status).toBe(404);
      world.mutate({ op: 'crmOptIn', contact: b, value: 'lost@example.org' });
      world.mutate({ op: 'crmUnmerge', contact: a });
      const again = world.crm.contact(a);
      expect(again).toMatchObject({ mergedInto: null, references: [{ source: 'CC', id: '1' }], tags: [{ tagId: 6 }] });
      expect(again).toMatchObject({ individuals: [{ methods: [{ value: 'lost@example.org', isOptedIn: true }] }] });
      expect(before).toMatchObject({ individuals: [{ methods: [{ isOptedIn: false }] }] });
      expect((await crm.call('GET', `/api/Contact/${b}`)).body).toMatchObject({ tags: [], contactIndividuals: [{}] });
    });
  });

  test('of two people of one name doubles nobody, and of two equal addresses the winner’s opt-in stays', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const a = (await crm.call('POST', '/api/Contact', household('one@example.org', false))).body['id'] as number;
      const b = (await crm.call('POST', '/api/Contact', household('one@example.org', true))).body['id'] as number;
      world.mutate({ op: 'crmAddMethod', contact: a, method: { type: 'Work Email', value: 'w@example.org' } });
      world.mutate({ op: 'crmMerge', contact: a, into: b });
      const [person, ...others] = world.crm.state.contacts.get(b)?.individuals ?? [];
      expect(others).toEqual([]);
      expect(person?.methods).toMatchObject([
        { value: 'one@example.org', isOptedIn: true, isPrimary: true },
        { value: 'w@example.org', isPrimary: false },
      ]);
      expect(() => world.mutate({ op: 'crmMerge', contact: a, into: b })).toThrow(MutationError);
    });
  });
});

describe('staff', () => {
  test('opts out, renames, moves, tags and notes; each is one line of the log, by control', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const made = (await crm.call('POST', '/api/Contact', household('a@example.org'))).body['id'] as number;
      const contact = { email: 'a@example.org' };
      const changes = world.mutate([
        { op: 'crmOptOut', contact, value: 'A@example.org' },
        { op: 'crmRename', contact, firstName: 'Tina' },
        { op: 'crmEditAddress', contact, set: { city: 'Reno' } },
        { op: 'crmSetField', contact, name: 'Subscriber Status', value: 'left' },
        { op: 'crmTag', contact, tag_id: 4 },
        { op: 'crmNote', contact, note: 'Called.' },
        { op: 'crmChangeValue', contact, value: 'a@example.org', to: 'b@example.org' },
        { op: 'crmAddIndividual', contact: made, individual: { firstName: 'Otto', lastName: 'T' } },
      ]);
      expect(changes.map((one) => one['kind'])).toEqual([
        'crm.method.opted_out',
        'crm.individual.edited',
        'crm.address.created',
        'crm.contact.edited',
        'crm.contact.tagged',
        'crm.note.created',
        'crm.method.edited',
        'crm.individual.created',
      ]);
      expect(new Set(changes.map((one) => one['actor']))).toEqual(new Set(['control']));
      expect((await crm.call('GET', `/api/Contact/${made}`)).body).toMatchObject({
        modifiedByUser: 'Staff',
        tags: ['No email'],
        contactIndividuals: [{ firstName: 'Tina', contactMethods: [{ value: 'b@example.org', isOptedIn: false }] }, {}],
      });
    });
  });

  test('makes, renames and deletes tags; a deleted one leaves everybody', async () => {
    await withCrm({}, async ({ crm, world }) => {
      world.mutate({ op: 'crmCreateTag', name: 'CC: Newsletter' });
      const found = await crm.call('POST', '/api/Tag/Search', { search: 'CC: Newsletter' });
      const [{ id }] = found.body['list'] as [{ id: number }];
      const contact = [...world.crm.state.contacts.keys()][0] ?? 0;
      world.mutate([
        { op: 'crmTag', contact, tag_id: id },
        { op: 'crmRenameTag', tag_id: id, name: 'Newsletter' },
      ]);
      expect((await crm.call('GET', `/api/Contact/${contact}`)).body['tags']).toContain('Newsletter');
      world.mutate({ op: 'crmDeleteTag', tag_id: id });
      expect((await crm.call('GET', `/api/Contact/${contact}`)).body['tags']).not.toContain('Newsletter');
    });
  });

  test('cannot do what the CRM does not have', async () => {
    await withCrm({}, async ({ world }) => {
      for (const operation of [
        { op: 'crmTag', contact: 1, tag_id: 5 },
        { op: 'crmTag', contact: { email: 'ann.crm0@example.org' }, tag_id: 99 },
        { op: 'crmUnmerge', contact: [...world.crm.state.contacts.keys()][0] ?? 0 },
      ] as const) {
        expect(() => world.mutate(operation)).toThrow(MutationError);
      }
    });
  });
});

describe('the first day', () => {
  test('is the same for the same seed, and may hold people of Constant Contact', async () => {
    const options = { contacts: 30, crm: { contacts: 30, shared: 10 } };
    await withCrm(options, async (first) => {
      await withCrm(options, async (second) => expect(first.world.crm.truth()).toEqual(second.world.crm.truth()));
      const shared = [...first.world.contacts()].filter((one) =>
        first.world.crm.contact({ source: 'Constant Contact', id: String(one['contact_id']) }),
      );
      expect(shared).toHaveLength(5);
      expect(first.world.crm.summary()).toMatchObject({ contacts: 40 });
    });
  });

  test('and its truth are told by the control door', async () => {
    await withCrm({}, async ({ ready, crm }) => {
      const ask = async (path: string): Promise<Json> => (await (await fetch(ready.control + path)).json()) as Json;
      expect(await ask('/truth?crm=summary')).toMatchObject({ contacts: 40, archived: 4 });
      expect((await ask('/truth?crm=1'))['list']).toHaveLength(40);
      await crm.call('GET', '/api/Contact/1001');
      expect(await ask('/requests?host=virtuous&totals=1')).toMatchObject({
        total: 1,
        byPath: { 'GET /api/Contact/{id}': 1 },
      });
      expect(await ask('/requests?totals=1')).toMatchObject({ total: 0 });
    });
  });
});
