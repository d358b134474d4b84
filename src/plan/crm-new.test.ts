import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CrmContact } from '../model/crm.ts';
import { crmEmail, crmIndividual, household } from '../testing/crm-households.ts';
import { FIRST_NAME, LAST_NAME } from './crm-fields.ts';
import { labelBook } from './crm-label-book.ts';
import type { CrmMapping } from './crm-mapping.ts';
import { newFromCrm, type FromCrm, type FromCrmInput } from './crm-new.ts';

const MAPPING: CrmMapping = {
  name: 'crm',
  account: 'Constant Contact',
  source: 'Constant Contact',
  refers: true,
  severalReferences: true,
  consent: 'two-way',
  bounceCodes: [],
  fields: [
    { field: 'first_name', to: FIRST_NAME, direction: 'two-way', write: 'always' },
    { field: 'last_name', to: LAST_NAME, direction: 'two-way', write: 'always' },
  ],
  creates: null,
  create: 'never',
  addressType: 'Home Email',
  placeholder: { first_name: 'Ann', last_name: 'Unknown' },
  lists: { as: 'tag', prefix: 'CC: ', twoWay: true },
  tags: null,
};
const { book } = labelBook(
  { lists: [{ id: 'a', name: 'News' }], tags: [] },
  [{ id: '1', name: 'CC: News', group: null }],
  MAPPING,
);
const contact = (more: Partial<CrmContact>, opted_in: boolean | null = true): CrmContact =>
  household('2', [crmIndividual('21', [crmEmail('211', 'Ann@example.org', { opted_in })])], more);
const SAID_YES = { custom_fields: { 'Opt-in date': '2026-01-02' }, tags: ['CC: News'] };
const INPUT: FromCrmInput = {
  contact: contact(SAID_YES),
  households: [],
  links: [],
  evidence: { field: 'Opt-in date' },
  lists: [],
  labels: { book, edition: 0, shared: false, others: new Set(), left: new Set() },
  mapping: MAPPING,
  stanceOf: () => 'silent',
  isKnown: () => false,
};
const decide = (more: Partial<FromCrmInput>): FromCrm => newFromCrm({ ...INPUT, ...more });

describe('somebody in the CRM whom the account does not have', () => {
  test('is made with evidence, on the lists that the tags name, and without a placeholder', () => {
    expect(decide({})).toMatchObject({
      kind: 'want',
      evidence: 'Opt-in date: 2026-01-02',
      link: { contactId: '2', individualId: '21', emailId: '211' },
      intent: {
        contactId: null,
        address: 'Ann@example.org',
        fields: { last_name: 'Lee' },
        lists: { add: ['a'], remove: [] },
        permission: 'implicit',
      },
    });
  });

  const LINK = { contactId: '2', individualId: '21', emailId: '211' };
  test('others of the household who are met elsewhere in it stand in nobody’s way', () => {
    const other = { contactId: '2', individualId: '22', emailId: null };
    expect(decide({ lists: ['b'], links: [other, { ...other, emailId: '221' }] }).kind).toBe('want');
  });

  const two = household(
    '2',
    [crmIndividual('21', [crmEmail('211', 'ann@example.org'), crmEmail('212', 'bo@example.org')])],
    SAID_YES,
  );
  const doubled = household(
    '2',
    [
      crmIndividual('21', [
        crmEmail('211', 'ann@example.org'),
        crmEmail('212', 'ANN@example.org', { opted_in: false }),
      ]),
    ],
    SAID_YES,
  );
  test.each([
    ['without evidence, however the flag stands', { contact: contact({ tags: ['CC: News'] }) }, 'no-evidence'],
    [
      'with a no for evidence',
      { contact: contact({ ...SAID_YES, custom_fields: { 'Opt-in date': 'No' } }) },
      'no-evidence',
    ],
    ['with the flag off', { contact: contact(SAID_YES, false) }, 'not-opted-in'],
    ['with a flag that was not told', { contact: contact(SAID_YES, null) }, 'not-opted-in'],
    ['where evidence may be of another', { contact: two }, 'several-opted-in'],
    ['whose address is off elsewhere', { contact: doubled }, 'in-doubt'],
    [
      'T32: whose address is off in another contact',
      { households: [{ ...contact({}, false), contact_id: '3' }] },
      'in-doubt',
    ],
    ['T27: whose e-mail is the one of somebody whose address it was not', { links: [LINK] }, 'taken'],
    ['where one of ours lives whose e-mail nobody knows', { links: [{ ...LINK, emailId: null }] }, 'taken'],
    ['who is archived', { contact: contact({ ...SAID_YES, archived: true }) }, 'away'],
    ['whom the account knows', { isKnown: (address: string) => address === 'ann@example.org' }, 'known'],
    ['T22: who is out by the ledger', { stanceOf: () => 'out' as const }, 'out'],
    ['who is in doubt', { stanceOf: () => 'hold' as const }, 'in-doubt'],
    ['on no list', { contact: contact({ ...SAID_YES, tags: [] }) }, 'no-list'],
  ])('nobody is made %s', (_name, more, reason) => {
    expect(decide(more)).toEqual({ kind: 'skip', reason });
  });

  test('T33: a tag of a contact in which another of ours lives names no list for them', () => {
    const links = [{ contactId: '2', individualId: 'another', emailId: 'another' }];
    expect(decide({ links, lists: ['b'] })).toMatchObject({ kind: 'want', intent: { lists: { add: [] } } });
    expect(decide({ links })).toEqual({ kind: 'skip', reason: 'no-list' });
  });

  test('evidence may be a tag, and lists the ones that the file names', () => {
    const more = { evidence: { tag: 'Asked for mail' }, lists: ['b'], contact: contact({ tags: ['Asked  for mail'] }) };
    expect(decide(more)).toMatchObject({
      kind: 'want',
      evidence: 'tag Asked for mail',
      intent: { lists: { add: [] } },
    });
  });

  test('I1: whoever is made has a flag that is on, evidence, and no word against it', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('ann@example.org', 'bo@example.org'), fc.constantFrom(true, false, null)), {
          maxLength: 3,
        }),
        fc.constantFrom('out', 'in', 'hold', 'silent'),
        fc.constantFrom('2026-01-02', 'no', '', null),
        (emails, stance, value) => {
          const people = emails.map(([address, opted_in], n) =>
            crmIndividual(`${n}`, [crmEmail(`${n}1`, address, { opted_in })]),
          );
          const made = decide({
            contact: household('2', people, { custom_fields: { 'Opt-in date': value }, tags: ['CC: News'] }),
            stanceOf: () => stance,
          });
          if (made.kind !== 'want') return;
          expect(['in', 'silent']).toContain(stance);
          expect(value).toBe('2026-01-02');
          expect(emails.filter(([address]) => address === made.intent.address).every(([, on]) => on === true)).toBe(
            true,
          );
        },
      ),
      { numRuns: 1000 },
    ));
});
