import { describe, expect, test } from 'vitest';
import { fullContact, individual, method } from './answers.fixture.ts';
import { createVirtuousSource } from './source.ts';
import { answering, failure, scripted } from './virtuous.fixture.ts';

const NEVER = new AbortController().signal;
const GONE = failure('not_found', 404);
const REFERENCE = { source: 'Constant Contact', id: 'cc-1' };
const list = (...rows: readonly unknown[]) => ({ list: rows, total: rows.length });
const source = (...script: readonly unknown[]) => {
  const rig = scripted(...script);
  return { ...rig, source: createVirtuousSource(rig.asking) };
};
const household = (id: number, address: string, contactMethods = [method({ value: address })]) =>
  fullContact({ id, contactIndividuals: [individual({ id: id + 1, contactId: id, contactMethods })] });
const person = (id: number, contactId: number, address: string) =>
  individual({ id, contactId, contactMethods: [method({ value: address })] });

describe('one contact', () => {
  test('is read by its id', async () => {
    const { source: crm, calls } = source(fullContact());
    expect(await crm.readOne('4711', NEVER)).toMatchObject({ kind: 'found', sourceTime: 7, reading: { id: '4711' } });
    expect(calls()).toEqual(['GET /api/Contact/4711']);
  });

  test('T29 that is archived looks deleted, and is found by asking once more', async () => {
    const { source: crm, requests } = source(GONE, list(fullContact()));
    expect(await crm.readOne('4711', NEVER)).toMatchObject({ kind: 'found', reading: { content: { archived: true } } });
    expect(requests[1]).toMatchObject({ path: '/api/Contact/Query/FullContact', json: { includeArchived: true } });
  });

  test('T29 that was merged says into which', async () => {
    const { source: crm } = source(fullContact({ mergedIntoContactId: 9 }));
    expect(await crm.readOne('4711', NEVER)).toMatchObject({ reading: { content: { merged_into: '9' } } });
  });

  test('I9 is gone only when it is not among the archived ones either', async () => {
    expect(await source(GONE, list()).source.readOne('4711', NEVER)).toEqual({ kind: 'gone' });
    expect(await source(GONE, list(fullContact({ id: 5 }))).source.readOne('4711', NEVER)).toEqual({ kind: 'gone' });
    const down = failure('unavailable', 503);
    await expect(source(GONE, down).source.readOne('4711', NEVER)).rejects.toBe(down);
  });

  test('that cannot be understood is refused, and another one’s answer is a source that answers badly', async () => {
    const unreadable = { kind: 'refused', reason: 'name: not text' };
    expect(await source(fullContact({ name: {} })).source.readOne('4711', NEVER)).toEqual(unreadable);
    expect(await source(GONE, list(fullContact({ name: {} }))).source.readOne('4711', NEVER)).toEqual(unreadable);
    await expect(source(fullContact({ id: 5 })).source.readOne('4711', NEVER)).rejects.toMatchObject({
      errorClass: 'unavailable',
    });
  });

  test.each(['', '0', '1/2', 'x', '../1'])('C6 %j never becomes a path', async (id) => {
    const { source: crm, requests } = source();
    expect(await crm.readOne(id, NEVER)).toMatchObject({ kind: 'refused' });
    expect(requests).toEqual([]);
  });
});

describe('by an outside id', () => {
  test('the pair travels as a query, so that no source can be taken for a path', async () => {
    const { source: crm, requests } = source(fullContact());
    expect(await crm.findByReference(REFERENCE, NEVER)).toMatchObject({ kind: 'found' });
    expect(requests).toEqual([
      {
        method: 'GET',
        path: '/api/Contact/Find',
        query: { referenceSource: 'Constant Contact', referenceId: 'cc-1' },
      },
    ]);
  });

  test('nobody bears it', async () => {
    expect(await source(GONE).source.findByReference(REFERENCE, NEVER)).toEqual({ kind: 'gone' });
  });

  test('a contact that does not bear it is not taken for the one that does', async () => {
    const other = fullContact({ contactReferences: [{ source: 'Constant Contact', id: 'cc-2' }] });
    expect(await source(other).source.findByReference(REFERENCE, NEVER)).toMatchObject({ kind: 'refused' });
  });
});

describe('T32 by an address', () => {
  test('everybody who has it is found, whatever its case, and nobody who has another', async () => {
    const { source: crm, requests } = source(
      list(person(8, 7, 'ADA@example.org'), person(4, 3, 'ada@example.org'), person(6, 5, 'eva@example.org')),
      list(household(7, 'ADA@example.org'), household(3, 'ada@example.org')),
    );
    const found = await crm.findByAddress('ada@example.org', NEVER);
    expect(found.map(({ id }) => id)).toEqual(['3', '7']);
    expect(requests[0]).toMatchObject({
      path: '/api/ContactIndividual/Query',
      query: { skip: '0', take: '1000' },
      json: { groups: [{ conditions: [{ parameter: 'Email Address', operator: 'Is', value: 'ada@example.org' }] }] },
    });
    const groups = ['7', '3'].map((value) => ({ conditions: [{ parameter: 'Contact Id', operator: 'Is', value }] }));
    expect(requests[1]).toMatchObject({ json: { groups } });
  });

  test('nobody has it', async () => {
    const { source: crm, requests } = source(list());
    expect([await crm.findByAddress('a@b.org', NEVER), requests.length]).toEqual([[], 1]);
  });

  test('one whom the query leaves out is read directly: archived, or more than it would answer', async () => {
    const { source: crm } = source(
      list(person(8, 7, 'a@b.org'), person(4, 3, 'a@b.org')),
      list(household(7, 'a@b.org')),
      GONE,
      list(household(3, 'a@b.org')),
    );
    const found = await crm.findByAddress('a@b.org', NEVER);
    expect(found.map(({ id, content }) => [id, content.archived])).toEqual([
      ['3', true],
      ['7', null],
    ]);
  });

  test('ten individuals are not taken for all of them', async () => {
    const ten = Array.from({ length: 10 }, (_, at) => person(at + 1, 1, 'a@b.org'));
    const { source: crm } = source(
      { list: ten, total: 12 },
      { list: [person(90, 2, 'a@b.org')], total: 12 },
      list(),
      list(household(1, 'a@b.org'), household(2, 'a@b.org')),
    );
    expect((await crm.findByAddress('a@b.org', NEVER)).length).toBe(2);
  });

  test('one that cannot be read, or too many, are for a person to look at', async () => {
    const bad = source(list(person(8, 7, 'a@b.org')), list({ ...household(7, 'a@b.org'), name: {} }));
    await expect(bad.source.findByAddress('a@b.org', NEVER)).rejects.toMatchObject({ errorClass: 'rejected' });
    const many = source(list(...Array.from({ length: 51 }, (_, at) => person(at + 1, at + 1, 'a@b.org'))));
    await expect(many.source.findByAddress('a@b.org', NEVER)).rejects.toMatchObject({ errorClass: 'rejected' });
  });

  test('a query that did not hear the address is noticed', async () => {
    const all = Array.from({ length: 1000 }, (_, at) => person(at + 1, at + 1, 'x@b.org'));
    const deaf = source({ list: all, total: 99_999 });
    await expect(deaf.source.findByAddress('a@b.org', NEVER)).rejects.toMatchObject({
      code: 'VIRTUOUS_CONDITION_IGNORED',
    });
    const other = source(list(person(8, 7, 'a@b.org')), list(household(5, 'a@b.org')));
    await expect(other.source.findByAddress('a@b.org', NEVER)).rejects.toMatchObject({
      code: 'VIRTUOUS_CONDITION_IGNORED',
    });
  });
});

describe('what an organisation has beside its contacts', () => {
  test('T35 itself: by its id, else by its name, never by the credential’s own id', async () => {
    const current = { organizationUserId: 1, organizationName: 'The Human Fund' };
    expect(await source(current).source.identify(NEVER)).toEqual({
      id: 'name:The Human Fund',
      name: 'The Human Fund',
      sourceTime: 7,
    });
    expect(await source({ ...current, organizationId: 12 }).source.identify(NEVER)).toMatchObject({ id: '12' });
    await expect(source({ organizationUserId: 1 }).source.identify(NEVER)).rejects.toMatchObject({
      errorClass: 'unavailable',
    });
  });

  test('all its tags, page after page; two may bear one name', async () => {
    const tag = (id: number) => ({ id, tagName: 'CC: News', tagGroupName: id > 1 ? 'Mail' : null });
    const many = Array.from({ length: 1000 }, (_, at) => tag(at + 1));
    const { source: crm, requests } = source(
      { list: many, total: 1002 },
      { list: [tag(1001), tag(1002)], total: 1002 },
    );
    const tags = await crm.tags(NEVER);
    expect([tags.length, requests.map(({ query }) => query?.['skip'])]).toEqual([1002, ['0', '1000']]);
    expect(tags.slice(0, 2)).toEqual([
      { id: '1', name: 'CC: News', group: null },
      { id: '2', name: 'CC: News', group: 'Mail' },
    ]);
  });

  test('a listing that shows the same page for ever is noticed', async () => {
    const ten = Array.from({ length: 10 }, (_, at) => ({ id: at + 1, tagName: 'x' }));
    const rig = answering(() => ({ list: ten, total: 500 }));
    await expect(createVirtuousSource(rig.asking).tags(NEVER)).rejects.toMatchObject({ code: 'VIRTUOUS_SKIP_IGNORED' });
    expect(rig.requests.length).toBe(2);
  });

  test('its fields, by name, with the values that a list allows', async () => {
    const rows = [
      { dataType: 'List', name: 'Status', displayName: 'Subscriber Status', options: ['In', 'Out'] },
      { dataType: 'Text', name: 'Size', options: [] },
      { displayName: 'nameless' },
    ];
    expect(await source(rows).source.fields(NEVER)).toEqual([
      { name: 'Status', label: 'Subscriber Status', type: 'List', options: ['In', 'Out'] },
      { name: 'Size', label: null, type: 'Text', options: null },
    ]);
  });
});
