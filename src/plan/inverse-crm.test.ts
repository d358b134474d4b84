/** The inverse of what a run did in a CRM: nobody is let in, nothing is put back, and each line says what to do instead. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inverseInCrm } from './inverse-crm.ts';
import type { DoneChange } from './inverse.ts';

const done = (after: Record<string, unknown>, more: Partial<DoneChange> = {}): DoneChange => ({
  event: 'updated',
  rule: 'crm:changed',
  before: Object.fromEntries(Object.keys(after).map((field) => [field, 'before'])),
  after,
  ...more,
});
const told = (change: DoneChange) => inverseInCrm(change).map(({ group, where, reason }) => [group, where, reason]);

describe('undo of a run into a CRM', () => {
  test.each([
    ['opted_in', false, ['never', 'crm', 'crm-flag-off']],
    ['opted_in of e-mail 7 (contact 5)', false, ['never', 'crm', 'crm-flag-off']],
    ['opted_in', true, ['partly', 'crm', 'crm-flag-on']],
    ['note', 'Concord: …', ['partly', 'crm', 'crm-note']],
    ['reference', 'p1', ['never', 'crm', 'crm-reference']],
    ['firstName', 'Ann', ['never', 'crm', 'crm-field']],
    ['Notebook', 'Ann', ['never', 'crm', 'crm-field']],
    ['email_address', 'ann@example.org', ['never', 'crm', 'crm-field']],
  ])('%s that became %j', (field, after, expected) => {
    expect(told(done({ [field]: after }))).toEqual([expected]);
  });

  test.each(['submitted', 'created'])('whoever was %s stays until somebody there archives them', (event) => {
    expect(told(done({ email_address: 'ann@example.org' }, { event, rule: 'crm:new' }))).toEqual([
      ['partly', 'crm', 'crm-made'],
    ]);
  });

  test('what was carried to the account stays: an opt-out for the person, an edit for the CRM', () => {
    const after = { permission_to_send: 'unsubscribed' };
    expect(told(done(after, { rule: 'opted-out-in-crm' }))).toEqual([['never', 'account', 'opt-out-carried']]);
    expect(told(done({ first_name: 'Ann' }, { rule: 'edited-in-crm' }))).toEqual([['never', 'account', 'crm-said-so']]);
  });

  test('of somebody who was forgotten nothing is guessed, and what this release does not know it says', () => {
    expect(told(done({}, { before: null, after: null }))).toEqual([['never', 'crm', 'not-on-record']]);
    expect(told(done({ a: 1 }, { rule: 'new-to-us' }))).toEqual([['never', 'crm', 'unknown-change']]);
  });

  test.each(['loaded', 'seen', 'decided', 'released', 'conflict'])('%s changed neither side', (event) => {
    expect(inverseInCrm(done({ a: 1 }, { event }))).toEqual([]);
  });

  test('I1: nothing is ever called reversible', () => {
    const field = fc.constantFrom('opted_in', 'note', 'reference', 'firstName', 'permission_to_send');
    const value = fc.constantFrom(true, false, null, 'x', 1);
    const change = fc.record({
      event: fc.constantFrom('updated', 'consent', 'made', 'submitted', 'created', 'new-to-us'),
      rule: fc.constantFrom('crm:opted-out', 'crm:changed', 'opted-out-in-crm', 'edited-in-crm', 'mapping:changed'),
      before: fc.dictionary(field, value),
      after: fc.dictionary(field, value),
    });
    fc.assert(
      fc.property(change, (one) => {
        const lines = inverseInCrm(one);
        expect(lines.every(({ group }) => group !== 'reversible')).toBe(true);
        expect(lines.length).toBeGreaterThanOrEqual(Math.min(1, Object.keys(one.after).length));
      }),
    );
  });
});
