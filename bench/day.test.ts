/** A day in small: what it costs, by the systems' own counts, and that a day which was not carried is told. */
import { describe, expect, test } from 'vitest';
import { ONE_IN, type Counts } from './day-changes.ts';
import { fewestOfAccount, fewestOfCrm, sum, type Sizes } from './day-fewest.ts';
import { isFrugal, playDay, renderDay, type DayResult } from './day.ts';

const none = Object.fromEntries(Object.keys(ONE_IN).map((kind) => [kind, 0])) as Counts;
const SIZES: Sizes = { people: 100_000, unsubscribed: 4_000, deleted: 1_000, contacts: 110_000 };

describe('the fewest requests of a day', () => {
  test('without a change are what is read', () => {
    expect(sum(fewestOfAccount(SIZES, none))).toBe(1 + 72 + (5 + 15) + 16 + 8 + (8 + 2) + 200);
    expect(sum(fewestOfCrm(SIZES, none))).toBe(1 + 24 + 111);
  });

  test('grow by what each change costs at least', () => {
    const more = (counts: Partial<Counts>): readonly number[] => [
      sum(fewestOfAccount(SIZES, { ...none, ...counts })) - sum(fewestOfAccount(SIZES, none)),
      sum(fewestOfCrm(SIZES, { ...none, ...counts })) - sum(fewestOfCrm(SIZES, none)),
    ];
    expect(more({ clicked: 1, unsubscribed: 1, bounced: 1, deleted: 1 })).toEqual([0, 16]);
    expect(more({ renamed: 2, moved: 1 })).toEqual([0, 9]);
    expect(more({ withdrawn: 1 })).toEqual([3, 0]);
    expect(more({ noticed: 5 })).toEqual([0, 0]);
    expect(more({ joined: 1 })).toEqual([0, 1 + 5]);
  });

  test('more than a tenth above them, on either side, is too much', () => {
    const fewest = { cc: { all: 100 }, crm: { all: 100 } };
    const day = (cc: number, crm: number): DayResult =>
      ({ fewest, spent: { cc, crm }, sizes: SIZES, counts: none, paths: {}, applied: 0 }) satisfies DayResult;
    expect([day(110, 110), day(111, 100), day(100, 111)].map(isFrugal)).toEqual([true, false, false]);
    expect(renderDay(day(110, 95)).join('\n')).toContain('| Constant Contact | 110 | 100 | 1.100× |');
  });
});

test('a day of 400 people costs within a tenth of the fewest on each side, and everybody who left is out in both', async () => {
  const result = await playDay(400);
  expect(result.applied).toBeGreaterThanOrEqual(6);
  expect(isFrugal(result), renderDay(result).join('\n')).toBe(true);
}, 60_000);
