import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordState } from '../model/record.ts';
import { contactOf } from '../testing/contact-readings.ts';
import {
  tableStep,
  withdrewFrom,
  type Row,
  type TableBase,
  type TableInput,
  type TableMapping,
  type TableStep,
} from './table-step.ts';

const MAPPING: TableMapping = {
  key: 'email',
  columns: { email_address: 'email', first_name: 'given_name' },
  rules: [
    { field: 'email_address', direction: 'primary-to-secondary', write: 'always' },
    { field: 'first_name', direction: 'primary-to-secondary', write: 'always' },
  ],
  consentColumn: 'may_email',
  carries: false,
  creates: null,
};
const CARRYING: TableMapping = { ...MAPPING, carries: true };
const state = fc.constantFrom<RecordState>(
  'explicit',
  'implicit',
  'unsubscribed',
  'pending_confirmation',
  'held',
  'none',
  'deleted',
);
const address = fc.constantFrom('ann@example.org', 'ann@example.com', null);
const content = fc.record({ email_address: address, first_name: fc.constantFrom('Ann', null) }).map(contactOf);
const cell = fc.constantFrom(0, 1, null, 'no', 'yes', '');
const row: fc.Arbitrary<Row | null> = fc.option(
  fc.record({ email: fc.constant('ann@example.org'), given_name: fc.constantFrom('Ann', 'Bo', null), may_email: cell }),
);
const base: fc.Arbitrary<TableBase | null> = fc.option(
  fc.record({
    fields: fc.record({ email_address: address, first_name: fc.constantFrom('Ann', null) }),
    consent: fc.constantFrom<0 | 1 | null>(0, 1, null),
    outHere: fc.boolean(),
    ahead: fc.constantFrom({ of: 'before', fields: ['first_name'] }, { of: 'other', fields: ['first_name'] }),
  }),
);
const input: fc.Arbitrary<TableInput> = fc.record({
  state,
  hash: fc.constantFrom('before', 'after'),
  content,
  base,
  row,
  mapping: fc.constantFrom(MAPPING, CARRYING),
});

const ANN = contactOf({ email_address: 'ann@example.org', first_name: 'Ann' });
const annRow = (may_email: Row[string]): Row => ({ email: 'ann@example.org', given_name: 'Ann', may_email });
const agreedOn = (consent: TableBase['consent'], outHere = false): TableBase => ({
  fields: { email_address: 'ann@example.org', first_name: 'Ann' },
  consent,
  outHere,
});
const decide = (said: Partial<TableInput>): TableStep =>
  tableStep({
    state: 'explicit',
    hash: 'now',
    content: ANN,
    base: agreedOn(1),
    row: annRow(1),
    mapping: MAPPING,
    ...said,
  });
const rowAfter = (before: TableInput, step: TableStep): Row | null =>
  step.action === 'insert' || step.action === 'update' ? { ...before.row, ...step.set } : before.row;

describe('one contact against its row', () => {
  test('I7: what a step writes leaves the second nothing to do', () =>
    fc.assert(
      fc.property(input, (before) => {
        const step = tableStep(before);
        const again = tableStep({ ...before, base: step.agreed, row: rowAfter(before, step) });
        expect(['agree', 'skip']).toContain(again.action);
        expect(again).toMatchObject({ set: {}, lost: [], optOut: false, raises: false });
      }),
      { numRuns: 3000 },
    ));

  test('I1: no step gives consent that the primary does not have', () =>
    fc.assert(
      fc.property(input, (before) => {
        const after = rowAfter(before, tableStep(before));
        if (before.state === 'explicit' || before.state === 'implicit' || after === null) return;
        expect([0, null, 'no', '']).toContain(after['may_email']);
      }),
      { numRuns: 2000 },
    ));

  test('I1: a withdrawal in the table stands through every later step until the table itself takes it back', () =>
    fc.assert(
      fc.property(
        fc.constantFrom<0 | 1 | null>(1, null),
        fc.array(fc.record({ state, gone: fc.boolean(), blank: fc.boolean() }), { maxLength: 6 }),
        (agreed, later) => {
          let at: { base: TableBase; row: Row | null } = { base: agreedOn(agreed), row: annRow(0) };
          for (const day of [{ state: 'explicit' as const, gone: false, blank: false }, ...later]) {
            const there = day.gone ? null : day.blank && at.row !== null ? { ...at.row, may_email: null } : at.row;
            const known = { state: day.state, hash: 'now', content: ANN };
            const before: TableInput = { ...known, base: at.base, row: there, mapping: MAPPING };
            const step = tableStep(before);
            expect(step.raises).toBe(false);
            at = { base: step.agreed, row: rowAfter(before, step) };
            expect(at.row?.['may_email'] ?? 0).toBe(0);
          }
        },
      ),
      { numRuns: 2000 },
    ));

  test.each([
    ['withdrew it', annRow(0), agreedOn(1)],
    ['erased it', annRow(null), agreedOn(1)],
    ['had withdrawn it before we met', annRow(0), null],
    ['withdrew it while consent was not synced', annRow(0), agreedOn(null)],
    ['said no in a word', annRow('no'), agreedOn(1)],
  ])('a mailable person whose row %s is held out and shown', (_name, there, agreed) => {
    expect(decide({ row: there, base: agreed })).toMatchObject({ heldOut: true, raises: false });
  });

  test("T19: the source's later opt-in raises what the source itself had lowered", () => {
    const lowered = decide({ state: 'unsubscribed' });
    expect(lowered).toMatchObject({ set: { may_email: 0 }, optOut: true, reason: 'opted-out' });
    expect(decide({ base: lowered.agreed, row: annRow(0) })).toMatchObject({ set: { may_email: 1 }, raises: true });
  });

  test.each(['none', 'unsubscribed'] as const)(
    'a %s contact without an address loses the consent of its row',
    (now) => {
      const step = decide({ state: now, content: contactOf({ first_name: 'Ann' }) });
      expect(step).toMatchObject({ action: 'update', set: { may_email: 0 }, optOut: true });
    },
  );

  test('a deleted person keeps the row and loses consent', () => {
    expect(decide({ state: 'deleted' })).toMatchObject({ action: 'update', set: { may_email: 0 }, reason: 'deleted' });
    expect(decide({ state: 'deleted', row: null, base: null })).toMatchObject({ action: 'skip', set: {} });
  });

  test('consent: none touches no consent', () => {
    const mapping: TableMapping = { ...MAPPING, consentColumn: null };
    expect(decide({ mapping, state: 'unsubscribed', row: annRow(1) })).toMatchObject({ action: 'agree', set: {} });
  });

  test('a new person is inserted whole, with the consent that the primary has', () => {
    expect(decide({ row: null, base: null })).toEqual({
      action: 'insert',
      reason: 'new',
      set: { email: 'ann@example.org', given_name: 'Ann', may_email: 1 },
      agreed: agreedOn(1),
      edits: {},
      lost: [],
      heldOut: false,
      optOut: false,
      raises: false,
    });
    expect(decide({ row: null, base: null, state: 'unsubscribed' })).toMatchObject({
      set: { may_email: 0 },
      optOut: false,
    });
  });

  test('I1: a row that was taken away and comes back is made without the consent that its system had withdrawn', () => {
    expect(decide({ row: null, base: agreedOn(0, true) })).toMatchObject({ set: { may_email: 0 }, heldOut: true });
    expect(decide({ row: null, base: agreedOn(0, false) })).toMatchObject({ set: { may_email: 1 }, heldOut: false });
  });

  test('a row that says all of it already is agreed on, and said to be met where it was never agreed on', () => {
    expect(decide({})).toMatchObject({ action: 'agree', reason: 'same', heldOut: false, optOut: false, raises: false });
    expect(decide({ base: null })).toMatchObject({ action: 'agree', reason: 'met', agreed: agreedOn(1) });
    const changed = contactOf({ email_address: 'ann@example.org', first_name: 'Anne' });
    expect(decide({ content: changed })).toMatchObject({
      action: 'update',
      reason: 'changed',
      set: { given_name: 'Anne' },
    });
  });

  test('a cell in which nothing was ever said is filled, and only then', () => {
    expect(decide({ row: annRow(null), base: null })).toMatchObject({
      set: { may_email: 1 },
      raises: true,
      heldOut: false,
    });
    expect(decide({ row: annRow(null), base: agreedOn(null) })).toMatchObject({
      set: { may_email: 1 },
      heldOut: false,
    });
    expect(decide({ row: annRow(null), base: agreedOn(0) })).toMatchObject({ set: { may_email: 1 }, heldOut: false });
    expect(decide({ row: annRow(null), base: agreedOn(0, true) })).toMatchObject({
      set: { may_email: 0 },
      heldOut: true,
    });
    const unsaid = { email: 'ann@example.org', given_name: 'Ann' };
    expect(decide({ row: unsaid, base: agreedOn(1) })).toMatchObject({ set: { may_email: 0 }, heldOut: true });
  });

  test('the table takes its own withdrawal back with a yes of its own', () => {
    expect(decide({ row: annRow(1), base: agreedOn(0, true) })).toMatchObject({
      action: 'agree',
      heldOut: false,
      agreed: { consent: 1, outHere: false },
    });
  });

  test.each([1, 2, '1', 'true', 'T', ' yes ', 'y', 'ON'])(
    '%o in a cell is a yes, and is lowered by an opt-out',
    (cell) => {
      expect(decide({ row: annRow(cell) })).toMatchObject({ action: 'agree', heldOut: false });
      expect(decide({ row: annRow(cell), state: 'unsubscribed' })).toMatchObject({
        set: { may_email: 0 },
        optOut: true,
      });
    },
  );

  test.each([0, '0', 'no', '', ' ', 'false', 'maybe'])('I2: %o in a cell is a no: nothing is left to lower', (cell) => {
    expect(decide({ row: annRow(cell), state: 'unsubscribed' })).toMatchObject({ set: {}, optOut: false });
  });

  test.each([null, '', 7, undefined])(
    'a contact whose address is %o is left as it is, but for consent',
    (email_address) => {
      const content = { ...ANN, email_address };
      expect(decide({ content, row: null, base: null })).toEqual({
        action: 'skip',
        reason: 'no-address',
        set: {},
        agreed: { fields: {}, consent: null, outHere: false },
        edits: {},
        lost: [],
        heldOut: false,
        optOut: false,
        raises: false,
      });
      expect(decide({ content, state: 'unsubscribed' })).toEqual({
        action: 'update',
        reason: 'opted-out',
        set: { may_email: 0 },
        agreed: agreedOn(0),
        edits: {},
        lost: [],
        heldOut: false,
        optOut: true,
        raises: false,
      });
      expect(decide({ content, state: 'none', base: null })).toMatchObject({
        reason: 'no-address',
        agreed: { fields: {} },
      });
      expect(decide({ content, base: agreedOn(0, true), row: annRow(0) })).toMatchObject({
        action: 'skip',
        agreed: agreedOn(0, true),
      });
    },
  );

  test('I3: a no after an agreed yes is out here at once, and agreed on only when it was carried', () => {
    const no = { mapping: CARRYING, row: annRow(0) };
    expect(decide(no)).toMatchObject({ action: 'agree', heldOut: true, agreed: agreedOn(1, true) });
    // Found again by every pass, whatever else changes, and a row that is made anew meanwhile is made without consent.
    expect(decide({ ...no, base: agreedOn(1, true) }).agreed).toEqual(agreedOn(1, true));
    expect(decide({ ...no, row: null, base: agreedOn(1, true) })).toMatchObject({ set: { may_email: 0 } });
    expect(decide({ ...no, mapping: MAPPING }).agreed).toEqual(agreedOn(0, true));
  });

  test.each([
    ['a no after an agreed yes', agreedOn(1), annRow(0), true],
    ['the same, found again', agreedOn(1, true), annRow('no'), true],
    ['a no that stood there at the first meeting', null, annRow(0), false],
    ['a no that was agreed on', agreedOn(0), annRow(0), false],
    ['a no that was carried', agreedOn(0, true), annRow(0), false],
    ['an erased cell, which says nothing', agreedOn(1), annRow(null), false],
    ['an empty text, which says nothing', agreedOn(1), annRow(''), false],
    ['a word that nobody foresaw, such as a new spelling of yes', agreedOn(1), annRow('subscribed'), false],
    ['a yes', agreedOn(1), annRow(1), false],
    ['no row', agreedOn(1), null, false],
  ])('T20: %s: carried or not', (_what, base, row, carried) => {
    expect(withdrewFrom(base, row, CARRYING)).toBe(carried);
    expect(withdrewFrom(base, row, MAPPING)).toBe(false);
    expect(withdrewFrom(base, row, { ...CARRYING, consentColumn: null })).toBe(false);
  });

  test('I8: an edit on its way to the primary is not agreed on yet, so the old value there is no edit', () => {
    const rules = MAPPING.rules.map((rule) =>
      rule.field === 'first_name' ? { ...rule, direction: 'two-way' as const } : rule,
    );
    const mapping: TableMapping = { ...MAPPING, rules };
    const row = { ...annRow(1), given_name: 'Anna' };
    const step = decide({ mapping, row });
    expect(step).toMatchObject({ action: 'agree', set: {}, edits: { first_name: 'Anna' }, agreed: agreedOn(1) });
    expect(decide({ mapping, row, base: step.agreed })).toMatchObject({ set: {}, edits: { first_name: 'Anna' } });
    // Where nothing was agreed about the field yet, nothing is now.
    const met = { ...agreedOn(1), fields: { email_address: 'ann@example.org' } };
    const empty = contactOf({ email_address: 'ann@example.org' });
    expect(decide({ mapping, row, base: met, content: empty }).agreed).toEqual(met);
  });

  test('a deleted person who has no row gets none; one who is still there gets a row anew', () => {
    expect(decide({ state: 'deleted', row: null })).toMatchObject({
      action: 'skip',
      reason: 'not-in-table',
      agreed: agreedOn(1),
    });
    expect(decide({ state: 'unsubscribed', row: null })).toMatchObject({ action: 'insert' });
  });

  test('consent: none says nothing of consent in any step', () => {
    const mapping: TableMapping = { ...MAPPING, consentColumn: null };
    for (const state of ['explicit', 'unsubscribed', 'deleted'] as const)
      expect(decide({ mapping, state, base: null })).toMatchObject({
        set: {},
        agreed: { consent: null, outHere: false },
        heldOut: false,
        optOut: false,
        raises: false,
      });
    const gone = contactOf({ first_name: 'Ann' });
    expect(decide({ mapping, content: gone, state: 'unsubscribed' })).toMatchObject({ action: 'skip', set: {} });
  });

  test('a truth value is kept as a number, which a table can hold', () => {
    const rules = [...MAPPING.rules, { field: 'vip', direction: 'primary-to-secondary', write: 'always' } as const];
    const step = decide({ content: { ...ANN, vip: true }, mapping: { ...MAPPING, rules }, row: null, base: null });
    expect(step.set).toMatchObject({ vip: 1 });
  });
});
