import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contactOf } from '../testing/contact-readings.ts';
import { carriedOut, crmEmail, crmIndividual, household } from '../testing/crm-households.ts';
import type { CrmContact } from '../model/crm.ts';
import type { RecordState } from '../model/record.ts';
import { NEVER_MET, type CrmBase, type CrmMapping } from './crm-mapping.ts';
import { FIRST_NAME, LAST_NAME } from './crm-fields.ts';
import { labelBook } from './crm-label-book.ts';
import { withdrawalReason } from './crm-notes.ts';
import { crmStep, type CrmInput, type CrmStep } from './crm-step.ts';

const SOURCE = 'Constant Contact';
const MAPPING: CrmMapping = {
  name: 'crm',
  account: 'Constant Contact',
  source: SOURCE,
  refers: true,
  severalReferences: true,
  consent: 'two-way',
  bounceCodes: ['B', 'D', 'S'],
  fields: [
    { field: 'first_name', to: FIRST_NAME, direction: 'two-way', write: 'always' },
    { field: 'last_name', to: LAST_NAME, direction: 'two-way', write: 'always' },
    { field: 'job_title', to: 'Job Title', direction: 'two-way', write: 'always' },
  ],
  creates: null,
  create: 'transaction',
  addressType: 'Home Email',
  lists: { as: 'tag', prefix: 'CC: ', twoWay: true },
  tags: null,
  placeholder: null,
};
const NEWS = { id: '1', name: 'CC: News', group: null };
const LABELS = {
  book: labelBook({ lists: [{ id: 'a', name: 'News' }], tags: [] }, [NEWS], MAPPING).book,
  edition: 1,
  shared: false,
  others: new Set<string>(),
  left: new Set<string>(),
};
const OURS = { references: [{ source: SOURCE, id: 'p1' }] };
const contact = (id: string, on: boolean | null, more: Partial<CrmContact> = {}): CrmContact =>
  household(id, [crmIndividual(`${id}1`, [crmEmail(`${id}11`, 'ann@example.org', { opted_in: on })])], more);
const ANN = contactOf({ email_address: 'ann@example.org', first_name: 'Ann', last_name: 'Lee' });
const INPUT: CrmInput = {
  id: 'p1',
  state: 'explicit',
  content: ANN,
  version: 'v1',
  base: null,
  link: null,
  households: [contact('2', true, OURS)],
  taken: new Set(),
  stances: new Map([['ann@example.org', 'in' as const]]),
  bounce: null,
  complaint: null,
  labels: LABELS,
  mapping: MAPPING,
  now: '2026-11-24T16:00:00Z',
};
const decide = (more: Partial<CrmInput>): CrmStep => crmStep({ ...INPUT, ...more });
/** How all stands once a step's changes were carried out. */
const then = (input: CrmInput, step: CrmStep): CrmInput => ({
  ...input,
  base: step.agreed,
  link: step.link ?? input.link,
  households: carriedOut(input.households, step.changes),
});
const kinds = (step: CrmStep): readonly string[] => step.changes.map(({ kind }) => kind);

const state = fc.constantFrom<RecordState>('explicit', 'implicit', 'unsubscribed', 'deleted', 'temp_hold', 'none');
const content = fc
  .record({
    email_address: fc.constantFrom('ann@example.org', 'new@example.org', null),
    opt_out_date: fc.constantFrom('2026-01-02T03:04:05Z', null),
    first_name: fc.constantFrom('Ann', 'Anna', null),
    last_name: fc.constantFrom('Lee', null),
    job_title: fc.constantFrom('Cook', null),
    list_memberships: fc.subarray(['a']),
  })
  .map(contactOf);
const contacts = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom('2', '5', '9'),
      ours: fc.boolean(),
      archived: fc.constantFrom(true, null),
      tags: fc.subarray(['CC: News', 'Major donor']),
      emails: fc.array(
        fc.record({
          address: fc.constantFrom('ann@example.org', 'new@example.org', 'bo@example.org'),
          opted_in: fc.constantFrom(true, false, null),
        }),
        { maxLength: 2 },
      ),
    }),
    { selector: ({ id }) => id, maxLength: 3 },
  )
  .map((all) =>
    all.map(({ id, ours, archived, tags, emails }) =>
      household(
        id,
        emails.map(({ address, opted_in }, n) =>
          crmIndividual(`${id}${n}`, [crmEmail(`${id}${n}1`, address, { opted_in })]),
        ),
        { archived, tags, ...(ours ? OURS : {}) },
      ),
    ),
  );
const input: fc.Arbitrary<CrmInput> = fc
  .record({
    state,
    content,
    contacts,
    stance: fc.constantFrom('out', 'in', 'hold', 'silent'),
    consent: fc.constantFrom('two-way', 'primary-to-secondary', null),
  })
  .map(({ state: now, content: said, contacts: found, stance, consent }) => ({
    ...INPUT,
    state: now,
    content: said,
    households: found,
    stances: new Map([['ann@example.org', stance as 'in']]),
    mapping: { ...MAPPING, consent: consent as 'two-way' },
  }));
/** A life: what was agreed at one time meets what stands at another. */
const life = fc.tuple(input, input).map(([before, now]) => {
  const step = crmStep(before);
  return { ...now, mapping: before.mapping, base: step.agreed, link: step.link };
});

describe('one person and a CRM', () => {
  test('I7: once all is carried out, a second pass writes nothing and agrees on the same', () =>
    fc.assert(
      fc.property(fc.oneof(input, life), (given) => {
        const first = crmStep(given);
        const next = then(given, first);
        const second = crmStep({
          ...next,
          base: first.action === 'submit' ? { ...NEVER_MET, submitted: INPUT.now } : next.base,
        });
        expect(second.changes).toEqual([]);
        if (first.action === 'submit') return;
        expect([second.unsubscribe, second.edit]).toEqual([first.unsubscribe, first.edit]);
        // Which fields we wrote is on record until the CRM has shown them.
        const shown = (agreed: CrmBase | null) => agreed && { ...agreed, written: [] };
        expect(shown(second.agreed)).toEqual(shown(first.agreed));
        expect(second.conflicts).toEqual(first.conflicts);
      }),
      { numRuns: 3000 },
    ));

  test('I1: no step ever switches a flag on', () =>
    fc.assert(
      fc.property(fc.oneof(input, life), (given) => {
        const step = crmStep(given);
        expect(step.raises).toBe(false);
        expect(step.changes.filter((change) => change.kind === 'opt' && change.optedIn)).toEqual([]);
        const on = (all: readonly CrmContact[]) =>
          all.flatMap(({ individuals }) => individuals.flatMap(({ emails }) => emails)).filter((one) => one.opted_in);
        const were = new Set(on(given.households).map(({ id }) => id));
        const are = on(carriedOut(given.households, step.changes)).map(({ id }) => id);
        expect(are.filter((id) => !were.has(id))).toEqual([]);
      }),
      { numRuns: 2000 },
    ));

  test('I3: of somebody who is out, at first sight the opt-outs come before everything else', () =>
    fc.assert(
      fc.property(input, (given) => {
        const step = crmStep({ ...given, state: 'unsubscribed', mapping: MAPPING, stances: new Map() });
        const first = step.changes.findIndex(({ kind }) => kind !== 'opt');
        expect(step.changes.slice(first < 0 ? step.changes.length : first).some(({ kind }) => kind === 'opt')).toBe(
          false,
        );
        const on = carriedOut(given.households, step.changes.slice(0, first < 0 ? undefined : first))
          .filter(({ archived }) => archived !== true)
          .flatMap(({ individuals }) => individuals.flatMap(({ emails }) => emails))
          .filter(({ address, opted_in }) => address === given.content['email_address'] && opted_in === true);
        expect(on).toEqual([]);
      }),
      { numRuns: 2000 },
    ));

  test('an opt-out switches the flag off and leaves one note, in this order', () => {
    const step = decide({ state: 'unsubscribed', base: decide({}).agreed });
    expect(kinds(step)).toEqual(['opt', 'note']);
    expect(step).toMatchObject({ action: 'write', reason: 'opted-out', optOut: true, destructive: [] });
  });

  test('T32: an opt-out falls on every contact with the address, also where the person is in doubt', () => {
    const two = [contact('2', true, OURS), contact('5', true)];
    expect(kinds(decide({ state: 'unsubscribed', households: two }))).toEqual(['opt', 'opt', 'note', 'note']);
    const other = { references: [{ source: SOURCE, id: 'p2' }] };
    const step = decide({ state: 'unsubscribed', households: [contact('2', true, other)] });
    expect(kinds(step)).toEqual(['opt', 'note']);
    expect(step.conflicts).toEqual([{ reason: 'reference-of-another', contactId: null }]);
  });

  test('a person who is deleted at the account keeps the contact, loses consent and gets a note that says so', () => {
    const base = decide({}).agreed;
    const gone = { state: 'deleted' as const, base, content: contactOf({ deleted_at: '2026-02-01T00:00:00Z' }) };
    expect(kinds(decide(gone))).toEqual(['opt', 'note']);
    const out = decide({ state: 'unsubscribed', base });
    const later = decide({ ...gone, base: out.agreed, households: carriedOut(INPUT.households, out.changes) });
    expect(kinds(later)).toEqual(['note']);
  });

  test('a note is asked for again after a kill between the flag and the note, and not once it is on record', () => {
    const base = decide({}).agreed;
    const step = decide({ state: 'unsubscribed', base });
    const half = carriedOut(INPUT.households, step.changes.slice(0, 1));
    expect(kinds(decide({ state: 'unsubscribed', base, households: half }))).toEqual(['note']);
    expect(kinds(decide({ state: 'unsubscribed', base: step.agreed, households: half }))).toEqual([]);
  });

  test('an opt-out of the CRM unsubscribes at the account, inferred, and gets no note when it comes back', () => {
    const base = decide({}).agreed;
    const step = decide({ base, households: [contact('2', false, OURS)] });
    expect(step).toMatchObject({
      action: 'agree',
      unsubscribe: {
        contactId: 'p1',
        permission: 'unsubscribe',
        actor: 'account',
        reason: withdrawalReason(MAPPING),
        version: 'v1',
      },
      destructive: ['inferred-opt-out'],
      optOut: false,
    });
    const content = contactOf({ ...ANN, opt_out_reason: withdrawalReason(MAPPING) });
    expect(
      decide({ state: 'unsubscribed', content, base: step.agreed, households: [contact('2', false, OURS)] }),
    ).toMatchObject({
      changes: [],
      unsubscribe: null,
    });
  });

  test('T20: a flag that is switched on in the CRM after the opt-out is a conflict, and nothing is written', () => {
    const { agreed } = decide({ state: 'unsubscribed' });
    expect(decide({ state: 'unsubscribed', base: agreed })).toMatchObject({
      action: 'conflict',
      changes: [],
      conflicts: [{ reason: 'switched-on', contactId: '2' }],
      unsubscribe: null,
    });
  });

  test('T22: an opt-out outlives the contact: one that comes back with its flag on is lowered', () => {
    const { agreed, link } = decide({ state: 'unsubscribed' });
    expect(kinds(decide({ state: 'unsubscribed', base: agreed, link, households: [contact('9', true)] }))).toEqual([
      'opt',
    ]);
  });

  test('a bounce by its code lowers, a temporary hold does not', () => {
    expect(kinds(decide({ bounce: { code: 'B', at: '2026-01-02T00:00:00Z' } }))).toEqual(['opt', 'note']);
    expect(decide({ bounce: { code: '?', at: null } })).toMatchObject({ changes: [], out: null });
    expect(decide({ state: 'temp_hold' })).toMatchObject({ changes: [], unsubscribe: null });
  });

  test('I10: what a bounce lowers nobody said: it counts as destruction, and is no explicit opt-out', () => {
    const bounce = { code: 'B', at: null };
    expect(decide({ bounce })).toMatchObject({
      reason: 'bounced',
      optOut: false,
      destructive: ['inferred-opt-out'],
    });
    expect(decide({ bounce, state: 'unsubscribed' })).toMatchObject({
      reason: 'opted-out',
      optOut: true,
      destructive: [],
    });
    const off = [contact('2', false, OURS)];
    expect(decide({ bounce, households: off })).toMatchObject({ changes: [], destructive: [] });
  });

  test('a person met by address gets our reference; whoever is out does not, nor where one is all a contact may have', () => {
    expect(kinds(decide({ households: [contact('2', true)] }))).toEqual(['refer']);
    expect(kinds(decide({ households: [contact('2', false)], state: 'unsubscribed' }))).toEqual([]);
    const taken = household(
      '2',
      [crmIndividual('21', [crmEmail('211', 'ann@example.org'), crmEmail('212', 'bo@example.org')])],
      {
        references: [{ source: SOURCE, id: 'p2' }],
      },
    );
    expect(kinds(decide({ households: [taken] }))).toEqual(['refer']);
    for (const less of [{ severalReferences: false }, { refers: false }])
      expect(kinds(decide({ households: [taken], mapping: { ...MAPPING, ...less } }))).toEqual([]);
  });

  test('T29: a linked contact that is gone is a conflict, and nobody is made anew', () => {
    const { agreed, link } = decide({});
    expect(decide({ base: agreed, link, households: [contact('2', true, { ...OURS, archived: true })] })).toMatchObject(
      {
        action: 'conflict',
        reason: 'gone',
        agreed,
      },
    );
  });

  test('T27: an address that changed while the person was out moves with its flag off, after the opt-out', () => {
    const base = decide({}).agreed;
    const step = decide({
      state: 'unsubscribed',
      base,
      content: contactOf({ ...ANN, email_address: 'new@example.org' }),
    });
    expect(kinds(step)).toEqual(['opt', 'address', 'note']);
    expect(step.changes[1]).toMatchObject({ address: 'new@example.org', optedIn: false, email: { opted_in: false } });
    expect(step.destructive).toEqual(['address-change']);
  });

  test('T27: a flag that did not stay on with the new address is not taken for a withdrawal', () => {
    const moved = { base: decide({}).agreed, content: contactOf({ ...ANN, email_address: 'new@example.org' }) };
    const step = decide(moved);
    expect(step.changes).toMatchObject([{ kind: 'address', optedIn: false }]);
    const households = carriedOut(INPUT.households, step.changes);
    for (const base of [step.agreed, moved.base])
      expect(decide({ ...moved, base, households })).toMatchObject({ unsubscribe: null, changes: [], keptOut: true });
  });

  test('T28: two who swap their addresses keep their own e-mails, and consent follows the address', () => {
    const two = [
      contact('2', true, OURS),
      household('5', [crmIndividual('51', [crmEmail('511', 'bo@example.org')])], {
        references: [{ source: SOURCE, id: 'p2' }],
      }),
    ];
    const stances = new Map([
      ['ann@example.org', 'in' as const],
      ['bo@example.org', 'out' as const],
    ]);
    const bo = contactOf({ email_address: 'bo@example.org', first_name: 'Ann', last_name: 'Lee' });
    const [annBase, boBase] = [decide({ households: two }), decide({ id: 'p2', content: bo, households: two })].map(
      (one) => one.agreed,
    );
    // p1 has bo's address now, which is out; p2 has ann's.
    const first = decide({ state: 'unsubscribed', content: bo, base: annBase ?? null, households: two, stances });
    const between = carriedOut(two, first.changes);
    const second = decide({ id: 'p2', content: ANN, base: boBase ?? null, households: between, stances });
    const after = carriedOut(between, second.changes).map(({ individuals }) => individuals[0]?.emails[0]);
    expect(after).toMatchObject([
      { id: '211', address: 'bo@example.org', opted_in: false },
      { id: '511', address: 'ann@example.org', opted_in: false },
    ]);
    expect(second.unsubscribe).toBeNull();
  });

  test('a list is a tag, told to be on record before it is written; a tag taken away is a list to leave', () => {
    const content = contactOf({ ...ANN, list_memberships: ['a'] });
    const step = decide({ content });
    expect(step.changes).toEqual([{ kind: 'tag', contactId: '2', tag: NEWS }]);
    expect([step.before?.labels, step.agreed?.labels]).toEqual([{ 'list:a': 'writing' }, { 'list:a': 'on' }]);
    expect(decide({ content, base: step.agreed })).toMatchObject({
      edit: { lists: { add: [], remove: ['a'] } },
      destructive: ['list-removal'],
      before: { labels: { 'list:a': 'parting' } },
    });
  });

  test('T20: nobody is put on a list by a tag on whose yes nothing is on record and the account names nobody', () => {
    const { base } = then(INPUT, decide({}));
    const households = [contact('2', true, { ...OURS, tags: ['CC: News'] })];
    const asked = (source: string | null, stance: 'in' | 'silent') =>
      decide({
        base,
        households,
        content: contactOf({ ...ANN, opt_in_source: source }),
        stances: new Map([['ann@example.org', stance]]),
      }).edit?.lists.add ?? [];
    expect([asked(null, 'silent'), asked('Import', 'silent')]).toEqual([[], []]);
    expect([asked('Account', 'silent'), asked(null, 'in')]).toEqual([['a'], ['a']]);
  });

  test('a household keeps the tag of another, and says so', () => {
    const base = decide({ content: contactOf({ ...ANN, list_memberships: ['a'] }) }).agreed;
    const labels = { ...LABELS, shared: true, others: new Set(['list:a']) };
    expect(decide({ base, labels, households: [contact('2', true, { ...OURS, tags: ['CC: News'] })] })).toMatchObject({
      changes: [],
      keptForOthers: ['CC: News'],
    });
  });

  test("an edit of the CRM is the account's to have, but never beside an unsubscribe", () => {
    const base = decide({}).agreed;
    const edited = (on: boolean) => [contact('2', on, { ...OURS, custom_fields: { 'Job Title': 'Cook' } })];
    expect(decide({ base, households: edited(true) })).toMatchObject({
      action: 'agree',
      edit: { contactId: 'p1', fields: { job_title: 'Cook' }, permission: 'keep', version: 'v1' },
    });
    expect(decide({ base, households: edited(false) })).toMatchObject({ edit: null, unsubscribe: { fields: {} } });
  });

  test('T29: with another contact than before nothing was agreed, so nothing of it is an edit', () => {
    const { agreed, link } = decide({});
    const other = [contact('9', true, { ...OURS, custom_fields: {} })];
    const step = decide({ base: agreed, link, households: other, content: contactOf({ ...ANN, job_title: 'Cook' }) });
    expect(step).toMatchObject({ reason: 're-linked', edit: null });
    expect(kinds(step)).toEqual(['fields']);
  });

  test.each([
    ['transaction', 'in', { kind: 'submit' }],
    ['direct', 'in', { kind: 'create', optedIn: true }],
    ['direct', 'silent', { kind: 'create', optedIn: false }],
  ] as const)('somebody new is made by %s where their standing is %s', (create, stance, change) => {
    const content = contactOf({ ...ANN, list_memberships: ['a'], job_title: 'Cook' });
    const stances = new Map([['ann@example.org', stance]]);
    const step = decide({ households: [], content, stances, mapping: { ...MAPPING, create } });
    expect(step).toMatchObject({ action: change.kind, reason: 'new', raises: false });
    expect(step.changes).toMatchObject([
      {
        ...change,
        person: {
          reference: { source: SOURCE, id: 'p1' },
          address: 'ann@example.org',
          first_name: 'Ann',
          tags: ['CC: News'],
          custom_fields: { 'Job Title': 'Cook' },
        },
      },
    ]);
  });

  test.each([
    ['opted out', { state: 'unsubscribed' as const }, 'opted-out'],
    ['was deleted', { state: 'deleted' as const }, 'deleted'],
    ['has not confirmed', { state: 'pending_confirmation' as const }, 'not-subscribed'],
    ['told no name', { content: contactOf({ email_address: 'ann@example.org' }) }, 'no-names'],
    ['has no address', { content: contactOf({ first_name: 'Ann' }) }, 'no-address'],
    ['is not to be made', { mapping: { ...MAPPING, create: 'never' as const } }, 'not-in-crm'],
  ])('T22: nobody is made at the CRM who %s', (_name, more, reason) => {
    expect(decide({ households: [], ...more })).toMatchObject({ action: 'skip', changes: [], reason });
  });

  test('a name that nobody told is the placeholder', () => {
    const mapping = { ...MAPPING, placeholder: { first_name: 'Friend', last_name: 'Unknown' } };
    const content = contactOf({ email_address: 'ann@example.org' });
    expect(decide({ households: [], mapping, content }).changes).toMatchObject([
      { person: { first_name: 'Friend', last_name: 'Unknown' } },
    ]);
  });

  test('whoever was submitted is waited for and not submitted again, and at first sight an opt-out comes first', () => {
    const content = contactOf({ ...ANN, email_address: 'new@example.org', list_memberships: ['a'] });
    const base = { ...NEVER_MET, address: 'ann@example.org', submitted: '2026-11-20T16:00:00Z' };
    const held = { base, state: 'unsubscribed' as const, content };
    expect(decide({ ...held, households: [] })).toMatchObject({ action: 'hold', reason: 'held', changes: [] });
    expect(kinds(decide(held))).toEqual(['opt', 'address', 'note']);
    expect(decide(held).agreed).not.toHaveProperty('submitted');
    const taken = household('9', [crmIndividual('91', [crmEmail('911', 'new@example.org')])], {
      references: [{ source: SOURCE, id: 'p2' }],
    });
    const doubtful = decide({ ...held, state: 'explicit', households: [taken] });
    expect([doubtful.conflicts[0]?.reason, doubtful.agreed?.submitted]).toEqual([
      'reference-of-another',
      base.submitted,
    ]);
  });

  test('consent: none touches no flag and writes no note', () => {
    const mapping = { ...MAPPING, consent: null };
    expect(decide({ state: 'unsubscribed', mapping })).toMatchObject({ changes: [], conflicts: [], unsubscribe: null });
  });
});
