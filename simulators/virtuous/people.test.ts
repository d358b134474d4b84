/** Contacts, individuals and methods: what is read, what a write does, and what stays shut. */
import { describe, expect, test } from 'vitest';
import { household, withCrm, type CrmClient, type Json } from '../testing/crm-client.ts';

type Person = { id: number; contactMethods: { id: number; value: string; isOptedIn: boolean; isPrimary: boolean }[] };

async function create(crm: CrmClient, body: Json): Promise<{ id: number; person: Person; methodId: number }> {
  const made = await crm.call('POST', '/api/Contact', body);
  expect(made.status).toBe(200);
  const [person] = made.body['contactIndividuals'] as Person[];
  if (person === undefined) throw new Error('no individual was made');
  return { id: made.body['id'] as number, person, methodId: person.contactMethods[0]?.id ?? 0 };
}

describe('a contact', () => {
  test('is made at once, without a look at duplicates, and is found by id, reference and address', async () => {
    await withCrm({}, async ({ crm }) => {
      const body = { ...household('tess@example.org'), referenceSource: 'Constant Contact', referenceId: 'a-1' };
      const first = await create(crm, body);
      const second = await create(crm, body);
      expect(second.id).not.toBe(first.id);
      const paths = [
        `/api/Contact/${second.id}`,
        '/api/Contact/Constant%20Contact/a-1',
        '/api/Contact/Find?referenceSource=Constant%20Contact&referenceId=a-1',
        '/api/Contact/Find?email=tess@example.org',
      ];
      for (const path of paths) expect((await crm.call('GET', path)).body['id'], path).toBe(second.id);
    });
  });

  test('that is not there is a 404 without a body', async () => {
    await withCrm({}, async ({ crm }) => {
      for (const path of ['/api/Contact/99999999', '/api/Contact/X/1', '/api/Contact/Find?email=nobody@example.org']) {
        const { status, text, headers } = await crm.call('GET', path);
        expect([status, text, headers.get('content-type')]).toEqual([404, '', null]);
      }
    });
  });

  test('shows times without a zone, with a zone only where just written, and money as text', async () => {
    await withCrm({}, async ({ crm }) => {
      const made = await crm.call('POST', '/api/Contact', household('a@example.org'));
      expect(made.body['modifiedDateTimeUtc']).toBe('2026-11-02T12:00:00.0000000Z');
      const { body } = await crm.call('GET', `/api/Contact/${String(made.body['id'])}`);
      expect(body).toMatchObject({
        modifiedDateTimeUtc: '2026-11-02T12:00:00',
        lifeToDateGiving: '$0',
        lastGiftDate: 'Unavailable',
      });
    });
  });

  test('has custom fields as a map when made, as a list when changed and read', async () => {
    await withCrm({}, async ({ crm }) => {
      const made = await create(crm, { ...household('a@example.org'), customFields: { 'Subscriber Status': 'new' } });
      const put = { contactType: 'Household', name: 'T', customFields: [{ name: 'Board Prospect', value: 'True' }] };
      const { body } = await crm.call('PUT', `/api/Contact/${made.id}`, put);
      expect(body['customFields']).toEqual([
        { name: 'Subscriber Status', value: 'new', displayName: 'Subscriber Status?' },
        { name: 'Board Prospect', value: 'True', displayName: 'Board Prospect?' },
      ]);
      const asMap = await crm.call('PUT', `/api/Contact/${made.id}`, {
        ...put,
        customFields: { 'Board Prospect': '' },
      });
      expect(asMap.status).toBe(400);
    });
  });

  test.each([
    ['replace', null],
    ['patch', 'Aunt'],
  ] as const)('keeps or loses what a PUT leaves out (%s)', async (crmPut, informalName) => {
    await withCrm({ switches: { crmPut } }, async ({ crm }) => {
      const { id } = await create(crm, { ...household('a@example.org'), informalName: 'Aunt' });
      const { body } = await crm.call('PUT', `/api/Contact/${id}`, { contactType: 'Household', name: 'New' });
      expect(body).toMatchObject({ name: 'New', informalName });
      expect(body['contactIndividuals']).toHaveLength(1);
    });
  });

  test('T29: that is archived is gone or readable, and comes back', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const { id, methodId } = await create(crm, household('a@example.org'));
      expect((await crm.call('PUT', `/api/Contact/Archive/${id}`, { archiveReason: 'moved' })).status).toBe(200);
      for (const path of [`/api/Contact/${id}`, '/api/Contact/Find?email=a@example.org']) {
        expect((await crm.call('GET', path)).status).toBe(404);
      }
      const put = await crm.call('PUT', `/api/ContactMethod/${methodId}`, {
        type: 'Home Email',
        value: 'a@example.org',
      });
      expect(put.status).toBe(400);
      world.switches.set({ crmArchivedRead: 'readable', crmArchivedFlag: true });
      expect((await crm.call('GET', `/api/Contact/${id}`)).body['isArchived']).toBe(true);
      world.switches.set({ crmArchivedRead: 'not_found' });
      await crm.call('PUT', `/api/Contact/Unarchive/${id}`);
      expect((await crm.call('GET', `/api/Contact/${id}`)).status).toBe(200);
    });
  });

  test('without any individual is shown as such', async () => {
    await withCrm({ crm: { contacts: 20 } }, async ({ crm, world }) => {
      const bare = [...world.crm.state.contacts.values()].find((one) => one.individuals.length === 0);
      const { body } = await crm.call('GET', `/api/Contact/${bare?.id}`);
      expect(body).toMatchObject({ contactType: 'Organization', contactIndividuals: [] });
    });
  });
});

describe('consent', () => {
  test('T33: is written on one method, by a call of its own, and leaves the others alone', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const { person, methodId } = await create(crm, household('a@example.org'));
      const other = { contactIndividualId: person.id, type: 'Work Email', value: 'w@example.org', isOptedIn: true };
      await crm.call('POST', '/api/ContactMethod', other);
      const body = { type: 'Home Email', value: 'a@example.org', isOptedIn: false };
      const put = await crm.call('PUT', `/api/ContactMethod/${methodId}`, body);
      expect(put.body).toMatchObject({ id: methodId, isOptedIn: false, isPrimary: true });
      const read = await crm.call('GET', `/api/ContactIndividual/${person.id}`);
      expect((read.body['contactMethods'] as Json[]).map((one) => one['isOptedIn'])).toEqual([false, true]);
      expect(world.log().at(-1)).toMatchObject({ kind: 'crm.method.opted_out', actor: 'api', value: 'a@example.org' });
    });
  });

  test('about which nothing is said is no: on a create, on a new method, and on a PUT that replaces', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const silent = { type: 'Home Email', value: 'a@example.org' };
      const person = { firstName: 'A', lastName: 'B', contactMethods: [silent] };
      const made = await create(crm, { contactType: 'Household', contactIndividuals: [person] });
      const read = async (): Promise<unknown> =>
        (await crm.call('GET', `/api/ContactMethod/${made.methodId}`)).body['isOptedIn'];
      const put = async (more: Json): Promise<unknown> =>
        crm.call('PUT', `/api/ContactMethod/${made.methodId}`, { ...silent, ...more });
      expect(await read()).toBe(false);
      await put({ isOptedIn: true });
      await put({});
      expect(await read()).toBe(false);
      world.switches.set({ crmPut: 'patch' });
      await put({ isOptedIn: true });
      await put({});
      expect(await read()).toBe(true);
    });
  });

  test('cannot be written with the contact', async () => {
    await withCrm({}, async ({ crm }) => {
      const { id } = await create(crm, household('a@example.org'));
      const whole = (await crm.call('GET', `/api/Contact/${id}`)).body;
      const { status, body } = await crm.call('PUT', `/api/Contact/${id}`, whole);
      expect(status).toBe(400);
      expect(Object.keys(body['modelState'] as Json)).toContain('contact.contactIndividuals');
    });
  });

  test('T32: an address of two contacts is found as one of them by Find, and as both by a query', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const first = await create(crm, household('two@example.org', true, 'One'));
      const second = await create(crm, household('two@example.org', false, 'Two'));
      const find = async (): Promise<unknown> =>
        (await crm.call('GET', '/api/Contact/Find?email=two@example.org')).body['id'];
      expect(await find()).toBe(second.id);
      world.switches.set({ crmFindShared: 'oldest' });
      expect(await find()).toBe(first.id);
      const groups = [{ conditions: [{ parameter: 'Email Address', operator: 'Is', value: 'two@example.org' }] }];
      const { body } = await crm.call('POST', '/api/ContactIndividual/Query?take=10', { groups });
      expect(body).toMatchObject({ total: 2, list: [{ lastName: 'One' }, { lastName: 'Two' }] });
    });
  });
});

describe('parts', () => {
  test('individuals are added, changed and taken away, but never the last', async () => {
    await withCrm({}, async ({ crm }) => {
      const { id, person } = await create(crm, household('a@example.org'));
      const other = { contactId: id, firstName: 'Otto', lastName: 'Tester', setAsPrimary: true };
      const made = await crm.call('POST', '/api/ContactIndividual', other);
      expect(made.body).toMatchObject({ isPrimary: true, contactMethods: [] });
      const put = await crm.call('PUT', `/api/ContactIndividual/${person.id}`, { firstName: 'Tina', lastName: 'T' });
      expect(put.body).toMatchObject({ firstName: 'Tina', contactMethods: [{ value: 'a@example.org' }] });
      expect((await crm.call('DELETE', `/api/ContactIndividual/${person.id}`)).status).toBe(200);
      expect((await crm.call('DELETE', `/api/ContactIndividual/${String(made.body['id'])}`)).status).toBe(400);
      const { text } = await crm.call('GET', `/api/ContactIndividual/ByContact/${id}`);
      expect(JSON.parse(text)).toMatchObject([{ firstName: 'Otto' }]);
    });
  });

  test('an individual without methods shows none, or null', async () => {
    await withCrm({ switches: { crmNoMethods: 'null' } }, async ({ crm }) => {
      await crm.call('POST', '/api/Contact', {
        contactType: 'Household',
        contactIndividuals: [{ firstName: 'A', lastName: 'B' }],
      });
      const { body } = await crm.call('POST', '/api/Contact/Query/FullContact?take=1', {
        groups: [],
        sortBy: 'Contact Id',
        descending: true,
      });
      expect(body).toMatchObject({ list: [{ contactIndividuals: [{ contactMethods: null }] }] });
    });
  });

  test('a reference finds its contact; whether a source may have two on one is a switch', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const { id } = await create(crm, household('a@example.org'));
      const put = (referenceId: string): ReturnType<CrmClient['call']> =>
        crm.call('POST', '/api/ContactReference', { contactId: id, referenceSource: 'CC', referenceId });
      expect(await put('1')).toMatchObject({ status: 200, text: '' });
      expect((await put('2')).status).toBe(400);
      world.switches.set({ crmSecondReference: 'kept' });
      await put('2');
      expect((await crm.call('GET', `/api/Contact/${id}`)).body['contactReferences']).toHaveLength(2);
      world.switches.set({ crmSecondReference: 'replaces' });
      await put('3');
      expect((await crm.call('GET', '/api/Contact/CC/1')).status).toBe(404);
      expect((await crm.call('DELETE', '/api/ContactReference/CC?referenceId=3')).status).toBe(200);
      expect((await crm.call('GET', '/api/Contact/CC/3')).status).toBe(404);
    });
  });

  test('tags are put on by their id, taken off by that of the join, and belong to the household', async () => {
    await withCrm({}, async ({ crm }) => {
      const { id } = await create(crm, household('a@example.org'));
      const named = await crm.call('POST', '/api/Tag/Search?take=50', { search: 'Major Donor' });
      expect(named.body['total']).toBe(2);
      const put = await crm.call('POST', '/api/ContactTag', { contactId: id, tagId: 5 });
      const listed = await crm.call('GET', `/api/ContactTag/ByContact/${id}`);
      expect(listed.body).toMatchObject({ total: 1, list: [{ tagId: 5, contactTagId: put.body['contactTagId'] }] });
      expect((await crm.call('GET', `/api/Contact/${id}`)).body['tags']).toEqual(['CC: General Interest']);
      expect((await crm.call('DELETE', `/api/ContactTag/${String(put.body['contactTagId'])}`)).status).toBe(200);
      expect((await crm.call('GET', `/api/ContactTag/ByContact/${id}`)).body['total']).toBe(0);
      expect((await crm.call('POST', '/api/Tag', { tagName: 'CC: New' })).status).toBe(405);
    });
  });

  test('a note is written as private and read as isPrivate; bad ids are 400 or 404', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const { id } = await create(crm, household('a@example.org'));
      const note = { contactId: id, type: 'General', note: 'Unsubscribed', private: true };
      const made = await crm.call('POST', '/api/ContactNote', note);
      expect(made.body).toMatchObject({ isPrivate: true, noteDate: '11/2/2026' });
      expect((await crm.call('GET', `/api/ContactNote/ByContact/${id}`)).body['total']).toBe(1);
      expect((await crm.call('GET', '/api/ContactNote/77')).status).toBe(400);
      world.switches.set({ crmBadId: 'not_found' });
      expect((await crm.call('GET', '/api/ContactNote/77')).status).toBe(404);
      const empty = await crm.call('POST', '/api/ContactNote');
      expect(empty).toMatchObject({ status: 400, body: { message: 'The argument cannot be null' } });
    });
  });

  test('postal addresses are read with the contact, the primary one alone', async () => {
    await withCrm({}, async ({ crm }) => {
      const { id } = await create(crm, household('a@example.org'));
      const made = await crm.call('POST', '/api/ContactAddress', { contactId: id, city: 'Reno', state: 'NV' });
      await crm.call('POST', '/api/ContactAddress', { contactId: id, city: 'Elko', state: 'NV', setAsPrimary: true });
      expect((await crm.call('GET', `/api/Contact/${id}`)).body['address']).toMatchObject({ city: 'Elko' });
      await crm.call('PUT', `/api/ContactAddress/${String(made.body['id'])}`, { city: 'Sparks', setAsPrimary: true });
      expect((await crm.call('GET', `/api/Contact/${id}`)).body['address']).toMatchObject({
        city: 'Sparks',
        state: null,
      });
    });
  });
});
