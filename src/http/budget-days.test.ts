import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetDays, dayIsOver, vendorDay } from './budget-days.ts';

const at = (text: string): number => Date.parse(text);

describe('T4 I12 a request counts for the day on which the vendor may count it', () => {
  test('away from midnight it counts once', () => {
    expect(budgetDays(at('2026-03-04T12:00:00Z'), 0)).toEqual(['2026-03-04']);
    expect(budgetDays(at('2026-03-04T12:00:00Z'), null)).toEqual(['2026-03-04']);
  });
  test('near midnight it counts for both days', () => {
    expect(budgetDays(at('2026-03-04T23:59:00Z'), 0)).toEqual(['2026-03-04', '2026-03-05']);
    expect(budgetDays(at('2026-03-05T00:01:00Z'), 0)).toEqual(['2026-03-04', '2026-03-05']);
    expect(budgetDays(at('2026-03-04T23:50:00Z'), 0)).toEqual(['2026-03-04']);
  });
  test('while the skew is not measured, near is a quarter of an hour', () => {
    expect(budgetDays(at('2026-03-04T23:50:00Z'), null)).toEqual(['2026-03-04', '2026-03-05']);
    expect(budgetDays(at('2026-03-05T00:14:00Z'), null)).toEqual(['2026-03-04', '2026-03-05']);
  });
  test('our clock is corrected by the skew: 4 minutes slow at 23:58 is already tomorrow', () => {
    expect(budgetDays(at('2026-03-04T23:58:30Z'), 4 * 60_000)).toEqual(['2026-03-05']);
    expect(vendorDay(at('2026-03-04T23:58:30Z'), 4 * 60_000)).toBe('2026-03-05');
  });
  test('whatever our clock and the skew say, the true day is among those counted while they are off by less than the tolerance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
        fc.integer({ min: -86_400_000, max: 86_400_000 }),
        fc.integer({ min: -110_000, max: 110_000 }),
        (truth, skew, error) => {
          const ours = truth - skew + error;
          expect(budgetDays(ours, skew)).toContain(new Date(truth).toISOString().slice(0, 10));
        },
      ),
    );
  });
  test('when a spent day is said to be over, nothing counts for it any more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.option(fc.integer({ min: -1e7, max: 1e7 })), (now, skew) => {
        const day = vendorDay(now, skew);
        const over = dayIsOver(day, skew);
        expect(over).toBeGreaterThan(now);
        expect(budgetDays(over, skew)).not.toContain(day);
        expect(budgetDays(over - 1, skew)).toContain(day);
      }),
    );
  });
});
