import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CrmContact } from '../model/crm.ts';
import { contactOf } from '../testing/contact-readings.ts';
import { carriedOut, household } from '../testing/crm-households.ts';
import { labelBook, type LabelBook } from './crm-label-book.ts';
import { labelStep, type LabelInput, type LabelStep } from './crm-labels.ts';
import type { AgreedLabels, CrmMapping, LabelRule, LabelState } from './crm-mapping.ts';

const tag = (id: string, name: string) => ({ id, name, group: null });
const ACCOUNT = {
  lists: [
    { id: 'a', name: 'News' },
    { id: 'b', name: 'Events' },
  ],
  tags: [{ id: 'v', name: 'Volunteer' }],
};
const TAGS = [tag('1', 'CC: News'), tag('2', 'CC: Events'), tag('3', 'CC tag: Volunteer'), tag('4', 'Major donor')];
const AS_TAG: LabelRule = { as: 'tag', prefix: 'CC: ', twoWay: true };
const AS_FIELD: LabelRule = { as: 'field', field: 'Lists', twoWay: true };
const mappingOf = (lists: LabelRule): CrmMapping => ({
  name: 'crm',
  account: 'Constant Contact',
  source: 'Constant Contact',
  refers: true,
  severalReferences: true,
  consent: 'two-way',
  bounceCodes: [],
  fields: [],
  creates: null,
  create: 'never',
  addressType: 'Home Email',
  placeholder: null,
  lists,
  tags: { as: 'tag', prefix: 'CC tag: ', twoWay: true },
});
const bookOf = (lists: LabelRule): LabelBook => labelBook(ACCOUNT, TAGS, mappingOf(lists)).book;
/** The book after one of its labels came to stand elsewhere. */
const moved = (book: LabelBook, id: string, since: number): LabelBook =>
  new Map([...book].map(([key, label]) => [key, key === id ? { ...label, since } : label]));
const around = { book: bookOf(AS_TAG), edition: 0, shared: false, others: new Set<string>(), left: new Set<string>() };
const INPUT: LabelInput = {
  content: contactOf({}),
  contact: household('2', []),
  agreed: {},
  comparedBy: 0,
  relinked: false,
  around,
  mapping: mappingOf(AS_TAG),
  mayBeMailed: true,
  saidYes: true,
};
const decide = (more: Partial<LabelInput>): LabelStep => labelStep({ ...INPUT, ...more });
const onLists = (...lists: string[]) => contactOf({ list_memberships: lists });
const bearing = (...tags: string[]): CrmContact => household('2', [], { tags });
const done = (step: LabelStep) => step.changes.map((change) => [change.kind, 'tag' in change ? change.tag.name : '']);
const agreedOn = (what: LabelState): AgreedLabels => ({ 'list:a': what });

const ids = fc.subarray(['list:a', 'list:b', 'tag:v']);
const input: fc.Arbitrary<LabelInput> = fc
  .record({
    lists: fc.subarray(['a', 'b', 'unknown']),
    tags: fc.subarray(['v']),
    bears: fc.subarray(['CC: News', 'CC: Events', 'CC tag: Volunteer', 'Major donor']),
    values: fc.constantFrom(null, 'News', 'News; Other', ' Events ;', 'Other'),
    agreed: fc.option(
      fc.dictionary(
        fc.constantFrom('list:a', 'list:b', 'tag:v'),
        fc.constantFrom<LabelState>('on', 'left', 'apart', 'writing', 'leaving', 'joining', 'parting'),
      ),
    ),
    relinked: fc.boolean(),
    comparedBy: fc.constantFrom(0, 1, 2),
    shared: fc.boolean(),
    others: ids,
    left: ids,
    rule: fc.constantFrom(AS_TAG, AS_FIELD, { ...AS_TAG, twoWay: false }),
    mayBeMailed: fc.boolean(),
    saidYes: fc.boolean(),
  })
  .map(({ lists, tags, bears, values, agreed, relinked, shared, others, left, rule, ...more }) => ({
    ...more,
    content: contactOf({ list_memberships: lists, taggings: tags }),
    contact: household('2', [], { tags: bears, custom_fields: { Lists: values } }),
    agreed: agreed === null ? null : { ...agreed },
    relinked,
    around: {
      book: moved(bookOf(rule), 'list:b', 2),
      edition: 2,
      shared,
      others: new Set(shared ? others : []),
      left: new Set(left),
    },
    mapping: mappingOf(rule),
  }));

describe('lists and tags of one person at a CRM', () => {
  test('I7: once the CRM has what it is to have, a second pass changes nothing there and asks the account for the same', () =>
    fc.assert(
      fc.property(input, (given) => {
        const first = labelStep(given);
        const contact = carriedOut([given.contact], first.changes)[0] ?? given.contact;
        const second = labelStep({ ...given, contact, agreed: first.agreed, relinked: false, comparedBy: 2 });
        expect(second.changes).toEqual([]);
        expect([second.lists, second.tags]).toEqual([first.lists, first.tags]);
        expect(second.agreed).toEqual(first.agreed);
      }),
      { numRuns: 5000 },
    ));

  test('I1, T24: nobody is put on a list but who may be mailed, said yes, lives alone there and has not left it', () =>
    fc.assert(
      fc.property(input, (given) => {
        const { lists, tags } = labelStep(given);
        const { shared, left } = given.around;
        if (!given.mayBeMailed || !given.saidYes || shared) expect([lists.add, tags.add]).toEqual([[], []]);
        expect(lists.add.filter((id) => left.has(`list:${id}`))).toEqual([]);
      }),
      { numRuns: 3000 },
    ));

  test('whoever may not be mailed gets no tag', () =>
    fc.assert(
      fc.property(input, (given) => {
        const { changes } = labelStep({ ...given, mayBeMailed: false });
        expect(changes.filter(({ kind }) => kind === 'tag')).toEqual([]);
      }),
    ));

  test('a list is a tag with the prefix, and comes and goes with it', () => {
    expect(done(decide({ content: onLists('a', 'b') }))).toEqual([
      ['tag', 'CC: News'],
      ['tag', 'CC: Events'],
    ]);
    expect(done(decide({ agreed: agreedOn('on'), contact: bearing('CC: News', 'Major donor') }))).toEqual([
      ['untag', 'CC: News'],
    ]);
    expect(done(decide({ content: contactOf({ taggings: ['v'] }) }))).toEqual([['tag', 'CC tag: Volunteer']]);
  });

  test('a tag that stood there when the two first met is left alone', () => {
    expect(decide({ agreed: null, contact: bearing('CC: News') })).toMatchObject({
      changes: [],
      lists: { add: [], remove: [] },
      agreed: agreedOn('apart'),
    });
  });

  test('a tag that the CRM took is a list left, one that it gave is a list joined', () => {
    expect(decide({ agreed: agreedOn('on'), content: onLists('a') })).toMatchObject({
      changes: [],
      lists: { add: [], remove: ['a'] },
    });
    expect(decide({ contact: bearing('CC: News') })).toMatchObject({ changes: [], lists: { add: ['a'], remove: [] } });
    const oneWay = mappingOf({ ...AS_TAG, twoWay: false });
    expect(done(decide({ agreed: agreedOn('on'), content: onLists('a'), mapping: oneWay }))).toEqual([
      ['tag', 'CC: News'],
    ]);
  });

  test('what the account was asked for is on record, and agreed on once it shows that: what the CRM says next is its own word', () => {
    expect(decide({ contact: bearing('CC: News') })).toMatchObject({
      before: agreedOn('joining'),
      agreed: agreedOn('joining'),
    });
    expect(decide({ agreed: agreedOn('joining'), content: onLists('a') })).toMatchObject({
      changes: [],
      lists: { remove: ['a'] },
    });
    const parting = { agreed: agreedOn('on'), content: onLists('a') };
    expect(decide(parting)).toMatchObject({ before: agreedOn('parting'), agreed: agreedOn('parting') });
    const again = decide({ agreed: agreedOn('parting'), contact: bearing('CC: News') });
    expect(again).toMatchObject({ changes: [], lists: { add: ['a'] } });
  });

  test('what the account does not show was never agreed on, and is asked for again', () => {
    expect(decide({ agreed: agreedOn('joining'), contact: bearing('CC: News') }).lists.add).toEqual(['a']);
    expect(decide({ agreed: agreedOn('joining') })).toMatchObject({ changes: [], lists: { add: [] }, agreed: {} });
    expect(decide({ agreed: agreedOn('parting'), content: onLists('a') }).lists.remove).toEqual(['a']);
  });

  test('a tag stays while another of the household is on the list, and goes with the last of them', () => {
    const shared = { ...around, shared: true, others: new Set(['list:a']) };
    const first = decide({ agreed: agreedOn('on'), contact: bearing('CC: News'), around: shared });
    expect(first).toMatchObject({ changes: [], keptForOthers: ['CC: News'], agreed: agreedOn('left') });
    const last = decide({ agreed: agreedOn('on'), contact: bearing('CC: News'), around: { ...around, shared: true } });
    expect(done(last)).toEqual([['untag', 'CC: News']]);
  });

  test('a tag of another of the household puts nobody on a list', () => {
    const shared = { ...around, shared: true };
    expect(decide({ contact: bearing('CC: News'), around: shared })).toMatchObject({
      lists: { add: [], remove: [] },
      agreed: agreedOn('apart'),
    });
  });

  test('what an opt-out takes all at once is no word about a list; a list that is left beside others is', () => {
    const out = { mayBeMailed: false, agreed: agreedOn('on'), contact: bearing('CC: News') };
    expect(decide(out)).toMatchObject({ changes: [], agreed: agreedOn('on') });
    expect(done(decide({ ...out, content: onLists('b') }))).toEqual([['untag', 'CC: News']]);
  });

  test('T29: a tag that another contact lacks was taken by nobody', () => {
    const step = decide({ relinked: true, agreed: agreedOn('on'), content: onLists('a') });
    expect(step.lists.remove).toEqual([]);
    expect(done(step)).toEqual([['tag', 'CC: News']]);
  });

  describe('a label that stands elsewhere than when they were compared, for its list or its tag has another name', () => {
    const elsewhere = { comparedBy: 1, around: { ...around, edition: 2, book: moved(around.book, 'list:a', 2) } };

    test('was taken from nobody: they get it', () => {
      const step = decide({ ...elsewhere, agreed: agreedOn('on'), content: onLists('a') });
      expect([step.lists.remove, done(step), step.before]).toEqual([[], [['tag', 'CC: News']], agreedOn('writing')]);
    });

    test('and was given to nobody: what stands there is left alone', () => {
      const step = decide({ ...elsewhere, agreed: {}, contact: bearing('CC: News') });
      expect(step).toMatchObject({ changes: [], lists: { add: [] }, agreed: agreedOn('apart') });
    });

    test('whoever left it has left it', () => {
      const step = decide({ ...elsewhere, agreed: agreedOn('left'), contact: bearing('CC: News') });
      expect(step).toMatchObject({ changes: [], lists: { add: [] }, agreed: agreedOn('left') });
    });

    test('from then on it is as any other', () => {
      const step = decide({ ...elsewhere, comparedBy: 2, agreed: {}, contact: bearing('CC: News') });
      expect(step.lists.add).toEqual(['a']);
    });
  });

  test('I10: what a contact loses is told, be it a tag or a value', () => {
    expect(decide({ agreed: agreedOn('on'), contact: bearing('CC: News') }).removes).toBe(true);
    const field = { mapping: mappingOf(AS_FIELD), around: { ...around, book: bookOf(AS_FIELD) } };
    const contact = household('2', [], { custom_fields: { Lists: 'News' } });
    expect(decide({ ...field, agreed: agreedOn('on'), contact }).removes).toBe(true);
    expect(decide({ ...field, agreed: agreedOn('on'), contact, content: onLists('a') }).removes).toBe(false);
  });

  test('as values of a field: ours in the order of their names, those of others untouched before them', () => {
    const mapping = mappingOf(AS_FIELD);
    const contact = household('2', [], { custom_fields: { Lists: 'VIP;Events' } });
    const step = decide({
      mapping,
      contact,
      around: { ...around, book: bookOf(AS_FIELD) },
      agreed: { 'list:b': 'on' },
      content: onLists('a', 'b'),
    });
    expect(step.changes).toEqual([{ kind: 'fields', contactId: '2', set: { Lists: 'VIP; Events; News' } }]);
    const none = decide({
      mapping,
      contact: household('2', [], { custom_fields: { Lists: 'Events' } }),
      around: { ...around, book: bookOf(AS_FIELD) },
      agreed: { 'list:b': 'on' },
    });
    expect(none.changes).toEqual([{ kind: 'fields', contactId: '2', set: { Lists: null } }]);
  });

  test('a kill between record and write is no word of anybody else: what we were writing is known', () => {
    const step = decide({ content: onLists('a') });
    expect(step.before).toEqual(agreedOn('writing'));
    expect(done(decide({ agreed: step.before, contact: bearing('CC: News') }))).toEqual([['untag', 'CC: News']]);
  });
});
