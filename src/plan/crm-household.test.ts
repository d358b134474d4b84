import { describe, expect, test } from 'vitest';
import { crmEmail, crmIndividual, household } from '../testing/crm-households.ts';
import { byId, householdKeys, isAway, placesOf, referenceKey, referredIds } from './crm-household.ts';

const TWO = household('7', [
  crmIndividual('1', [crmEmail('11', 'Ann@Example.org'), crmEmail('12', 'not an address')]),
  crmIndividual('2', [crmEmail('21', 'bo@example.org'), crmEmail('22', 'ann@example.org')]),
]);

describe('a household', () => {
  test('T33: is found by every address of every individual, and by its references', () => {
    const contact = { ...TWO, references: [{ source: 'Constant Contact', id: 'p1' }] };
    expect(householdKeys(contact)).toEqual([
      'ann@example.org',
      'bo@example.org',
      referenceKey({ source: 'Constant Contact', id: 'p1' }),
    ]);
  });

  test('tells the ids of one source alone', () => {
    const references = [
      { source: 'Constant Contact', id: 'p1' },
      { source: 'Other', id: 'p2' },
      { source: 'Constant Contact', id: 'p3' },
    ];
    expect(referredIds({ ...TWO, references }, 'Constant Contact')).toEqual(['p1', 'p3']);
  });

  test('T32: an address stands at all its places, on whatever contact', () => {
    const other = household('10', [crmIndividual('3', [crmEmail('31', 'ANN@example.ORG')])]);
    expect(placesOf([other, TWO], 'ann@example.org').map(({ email }) => email.id)).toEqual(['11', '22', '31']);
  });

  test('a contact without individuals has no keys and no places', () => {
    const empty = household('8', []);
    expect([householdKeys(empty), placesOf([empty], 'ann@example.org')]).toEqual([[], []]);
  });

  test.each([
    [{ archived: true }, true],
    [{ merged_into: '9' }, true],
    [{ archived: false }, false],
    [{}, false],
  ])('with %j is away: %s', (more, away) => {
    expect(isAway(household('7', [], more))).toBe(away);
  });

  test('ids are ordered by size, and those that are no numbers come last', () => {
    expect(['b', '10', '9', 'a', '2'].sort(byId)).toEqual(['2', '9', '10', 'a', 'b']);
  });
});
