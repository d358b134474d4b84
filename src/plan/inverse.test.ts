/** The inverse plan: nobody is let in, nothing is guessed, and what is called reversible stands. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverseOf, type DoneChange, type InverseLine, type Present } from './inverse.ts';
import { tableStep, type TableMapping } from './table-step.ts';

const MAPPING: TableMapping = {
  key: 'email',
  columns: { email_address: 'email', first_name: 'given_name', last_name: 'family_name' },
  rules: [
    { field: 'email_address', direction: 'primary-to-secondary', write: 'always' },
    { field: 'first_name', direction: 'two-way', write: 'always' },
    { field: 'last_name', direction: 'primary-to-secondary', write: 'always' },
  ],
  consentColumn: 'may_email',
  carries: true,
  creates: null,
};
const CONSENT_FIELDS = ['may_email', 'permission_to_send', 'opt_out_date', 'deleted_at'];

const written = (field: string, before: unknown, after: unknown, rule = 'mapping:changed'): DoneChange => ({
  event: 'updated',
  rule,
  before: { [field]: before },
  after: { [field]: after },
});

/** How it stands when row, account and what was agreed hold the same first name. */
function standing(name: string | null, more: Partial<Present> = {}): Present {
  return {
    mapping: MAPPING,
    row: { email: 'ann@example.org', given_name: name, family_name: 'Lee', may_email: 1 },
    base: {
      fields: { email_address: 'ann@example.org', first_name: name, last_name: 'Lee' },
      consent: 1,
      outHere: false,
    },
    content: { email_address: 'ann@example.org', first_name: name, last_name: 'Lee' },
    editable: true,
    ...more,
  };
}

function only(done: DoneChange, present: Present): InverseLine {
  const [line, ...rest] = inverseOf(done, present);
  if (line === undefined || rest.length > 0) throw new Error('not one line');
  return line;
}

const value = fc.constantFrom('Ann', 'Bo', '', '1', 1, 0, true, false, null);
const fields = fc.dictionary(fc.constantFrom(...Object.keys(MAPPING.columns), 'gone', ...CONSENT_FIELDS), value);
const change: fc.Arbitrary<DoneChange> = fc.record({
  event: fc.constantFrom('updated', 'inserted', 'consent', 'deleted', 'made', 'loaded', 'seen', 'new-to-us'),
  rule: fc.constantFrom(
    'mapping:changed',
    'mapping:deleted',
    'mapping:opted-out',
    'primary-wins:changed',
    'opt-outs-are-never-held-back',
    'edited-in-table',
    'opted-out-in-table',
    'new-in-table',
    'something-else',
  ),
  before: fc.oneof(fields, fc.constant(null), fc.constant('text')),
  after: fc.oneof(fields, fc.constant(null)),
});
const present: fc.Arbitrary<Present> = fc.record({
  mapping: fc.constantFrom(MAPPING, { ...MAPPING, consentColumn: null }, null),
  row: fc.option(fc.record({ email: fc.constant('a@example.org'), given_name: fc.constantFrom('Ann', 'Bo', null) })),
  base: fc.option(
    fc.record({
      fields: fc.record({ first_name: fc.constantFrom('Ann', 'Bo', null) }),
      consent: fc.constantFrom<0 | 1 | null>(0, 1, null),
      outHere: fc.boolean(),
    }),
  ),
  content: fc.option(fc.record({ first_name: fc.constantFrom('Ann', 'Bo', null) })),
  editable: fc.boolean(),
});

describe('the inverse of any change', () => {
  test('I1 I19: never raises consent: no line about consent is reversible, and none that lowered it can be taken back', () => {
    fc.assert(
      fc.property(change, present, (done, now) => {
        for (const line of inverseOf(done, now)) {
          if (line.field === null || !CONSENT_FIELDS.includes(line.field)) continue;
          expect(line.group).not.toBe('reversible');
          if (line.group === 'partly') expect(line.reason).toBe('consent-raised');
        }
      }),
    );
  });

  test('is the same change turned round; the inverse of the inverse is the change again', () => {
    fc.assert(
      fc.property(fc.constantFrom('Ann', 'Bo', null), fc.constantFrom('Cy', 'Di'), (before, after) => {
        const first = only(written('first_name', before, after), standing(after));
        expect(first).toMatchObject({ group: 'reversible', from: after, to: before });
        // Carried out and carried on: both sides hold the old value, and the journal tells it as a change of its own.
        const second = only(written('first_name', first.from, first.to), standing(before));
        expect(second).toMatchObject({ group: 'reversible', from: before, to: after });
        expect(only(written('first_name', second.from, second.to), standing(after))).toEqual(first);
      }),
    );
  });

  test('what is called reversible stands: put back into the row it is carried, and never written over', () => {
    fc.assert(
      fc.property(change, present, (done, now) => {
        for (const line of inverseOf(done, now)) {
          if (line.group !== 'reversible' || now.mapping === null || now.row === null) continue;
          const column = now.mapping.columns[line.field ?? ''] ?? '';
          const row = { ...now.row, [column]: typeof line.to === 'boolean' ? Number(line.to) : line.to };
          const content = { email_address: 'a@example.org', ...now.content };
          const { set } = tableStep({
            state: 'implicit',
            hash: 'now',
            content,
            base: now.base,
            row,
            mapping: now.mapping,
          });
          expect(Object.keys(set)).not.toContain(column);
        }
      }),
    );
  });
});

describe('a value in the table', () => {
  const done = written('first_name', 'Ann', 'Bo');

  test.each<[string, DoneChange, Present, string, string]>([
    ['that still stands can be put back', done, standing('Bo'), 'reversible', 'goes-both-ways'],
    [
      'that somebody changed since is left',
      done,
      standing('Bo', { row: { email: 'a', given_name: 'Cy' } }),
      'never',
      'changed-since',
    ],
    ['whose row is gone is left', done, standing('Bo', { row: null }), 'never', 'row-gone'],
    [
      'over which the account moved is left',
      done,
      standing('Bo', { content: { first_name: 'Di' } }),
      'never',
      'account-moved',
    ],
    [
      'of which nothing is known at the account is left',
      done,
      standing('Bo', { content: null }),
      'never',
      'account-moved',
    ],
    ['of somebody who is deleted there is left', done, standing('Bo', { editable: false }), 'never', 'person-gone'],
    [
      'of a field that goes one way would be written again',
      written('last_name', 'Ray', 'Lee'),
      standing('Bo'),
      'never',
      'account-decides',
    ],
    [
      'of a field that is not mapped any more is left',
      written('job_title', 'Chair', 'Cook'),
      standing('Bo'),
      'never',
      'not-mapped',
    ],
    [
      'that is the address is left',
      written('email_address', 'b@example.org', 'ann@example.org'),
      standing('Bo'),
      'never',
      'address',
    ],
    [
      'of which the journal was emptied is left',
      { ...done, before: null, after: null },
      standing('Bo'),
      'never',
      'not-on-record',
    ],
  ])('%s', (_name, what, now, group, reason) => {
    expect(only(what, now)).toMatchObject({ group, reason });
  });

  test('T41: is compared as the account has it, so that a column of numbers is no change', () => {
    const now = standing('7', { row: { email: 'ann@example.org', given_name: 7 } });
    expect(only(written('first_name', 'Ann', '7'), now)).toMatchObject({ group: 'reversible' });
  });
});

describe('a value carried to the account', () => {
  const carried = written('first_name', 'Ann', 'Bo', 'edited-in-table');

  test('can be put back once the account has shown it, not before, and not over another value', () => {
    expect(only(carried, standing('Bo'))).toMatchObject({
      where: 'account',
      group: 'reversible',
      from: 'Bo',
      to: 'Ann',
    });
    const { row } = standing('Bo');
    expect(only(carried, standing('Ann', { row }))).toMatchObject({ group: 'never', reason: 'not-settled' });
    expect(only(carried, standing('Cy', { row }))).toMatchObject({ group: 'never', reason: 'account-moved' });
  });
});

describe('consent, rows and people', () => {
  test.each<[string, DoneChange, string, string]>([
    [
      'a yes that was written can be taken back by the table alone',
      written('may_email', 0, 1),
      'partly',
      'consent-raised',
    ],
    ['a no that was written stands', written('may_email', 1, 0), 'never', 'consent-lowered'],
    ['a no for a deleted person stands', written('may_email', 1, 0, 'mapping:deleted'), 'never', 'deleted-there'],
    [
      'a no beside a guard stands',
      written('may_email', 1, 0, 'opt-outs-are-never-held-back'),
      'never',
      'consent-lowered',
    ],
    [
      'an opt-out that was carried stands',
      { event: 'consent', rule: 'opted-out-in-table', before: {}, after: {} },
      'never',
      'opt-out-carried',
    ],
    [
      'a row of ours is the user’s now',
      { event: 'inserted', rule: 'mapping:new', before: null, after: {} },
      'partly',
      'row-inserted',
    ],
    [
      'a person who was made stays',
      { event: 'made', rule: 'new-in-table', before: null, after: {} },
      'partly',
      'contact-made',
    ],
    [
      'what a later release wrote is not guessed at',
      { event: 'listed', rule: 'lists', before: {}, after: {} },
      'never',
      'unknown-change',
    ],
  ])('%s', (_name, done, group, reason) => {
    expect(only(done, standing('Bo'))).toMatchObject({ group, reason });
  });

  test('a mirror is what the account says, and its first load, too', () => {
    const now = standing('Bo', { mapping: null });
    expect(only(written('first_name', 'Ann', 'Bo', 'primary-wins:changed'), now)).toMatchObject({ reason: 'mirror' });
    expect(only({ ...written('deleted_at', null, 'x', 'primary-wins:deleted'), event: 'deleted' }, now)).toMatchObject({
      group: 'never',
      reason: 'deleted-there',
    });
    expect(only({ event: 'loaded', rule: 'first-load', before: null, after: {} }, now)).toMatchObject({
      reason: 'loaded',
    });
  });

  test.each<[string, DoneChange, Present, InverseLine['where'], string]>([
    [
      'a row that is gone, in the table',
      { event: 'inserted', rule: 'mapping:new', before: null, after: {} },
      standing('Bo', { row: null }),
      'table',
      'row-gone',
    ],
    [
      'a row of ours, in the table',
      { event: 'inserted', rule: 'mapping:new', before: null, after: {} },
      standing('Bo'),
      'table',
      'row-inserted',
    ],
    [
      'an unknown change, in the table',
      { event: 'listed', rule: 'lists', before: {}, after: {} },
      standing('Bo'),
      'table',
      'unknown-change',
    ],
    [
      'a carried opt-out, at the account',
      { event: 'consent', rule: 'opted-out-in-table', before: {}, after: {} },
      standing('Bo'),
      'account',
      'opt-out-carried',
    ],
    [
      'somebody made, at the account',
      { event: 'made', rule: 'new-in-table', before: null, after: {} },
      standing('Bo'),
      'account',
      'contact-made',
    ],
    [
      'a first load, in the mirror',
      { event: 'loaded', rule: 'first-load', before: null, after: {} },
      standing('Bo', { mapping: null }),
      'mirror',
      'loaded',
    ],
    [
      'an opt-out beside a guard, in the mirror',
      { event: 'consent', rule: 'opt-outs-are-never-held-back', before: {}, after: {} },
      standing('Bo', { mapping: null }),
      'mirror',
      'mirror',
    ],
  ])('is told of as a whole, and where: %s', (_, done, now, where, reason) => {
    const group = ['row-inserted', 'contact-made'].includes(reason) ? 'partly' : 'never';
    expect(only(done, now)).toEqual({ group, where, field: null, from: null, to: null, reason });
  });

  test('a value that is none is on record as nothing that could be put back, and is told with its field', () => {
    for (const [before, after] of [
      [{ nested: 1 }, 'Bo'],
      ['Ann', { nested: 1 }],
    ] as const)
      expect(only(written('first_name', before, after), standing('Bo'))).toEqual({
        group: 'never',
        where: 'table',
        field: 'first_name',
        from: null,
        to: null,
        reason: 'not-on-record',
      });
  });

  test('what only was noted is no change', () => {
    for (const event of ['seen', 'decided', 'forgotten', 'loaded'])
      expect(inverseOf({ event, rule: 'x', before: 'a', after: 'b' }, standing('Bo'))).toEqual([]);
  });
});
