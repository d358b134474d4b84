import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, judgePlan, judgeVanished, type PlanTotals } from './guards.ts';

const QUIET: PlanTotals = { linked: 1000, destructive: 0, raised: 0, changed: 0 };
const limits = fc.record({ percent: fc.integer({ min: 0, max: 100 }), atLeast: fc.integer({ min: 1, max: 5000 }) });
const NO_LIMITS = { percent: 100, atLeast: 1_000_000_000 };

describe('I10: a plan stops before its first write', () => {
  test('when its destructive steps are at least atLeast AND more than percent', () =>
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 2000 }), limits, (destructive, linked, set) => {
        const stop = judgePlan({ ...QUIET, linked, destructive }, set);
        const wanted = destructive >= set.atLeast && destructive / linked > set.percent / 100;
        expect(stop).toEqual(wanted ? { reason: 'destructive', count: destructive, linked } : null);
      }),
      { numRuns: 2000 },
    ));

  test.each([
    ['19 of 100', 19, 100, false],
    ['20 of 400, exactly 5 percent', 20, 400, false],
    ['20 of 399', 20, 399, true],
    ['50 of 1000, exactly 5 percent', 50, 1000, false],
    ['51 of 1000', 51, 1000, true],
  ])('by default: %s', (_name, count, linked, stops) => {
    expect(judgePlan({ ...QUIET, linked, destructive: count }, DEFAULT_LIMITS) !== null).toBe(stops);
    expect(judgeVanished(count, linked, DEFAULT_LIMITS) !== null).toBe(stops);
  });

  test('T20: mass opt-in stops whatever the configuration says', () =>
    fc.assert(
      fc.property(fc.nat(2000), fc.integer({ min: 1, max: 2000 }), limits, (raised, linked, set) => {
        const stop = judgePlan({ ...QUIET, linked, raised }, set);
        if (raised >= 20 && raised * 20 > linked) expect(stop?.reason).toBe('opt-in');
        expect(judgePlan({ ...QUIET, linked: 100, raised: 100 }, NO_LIMITS)?.reason).toBe('opt-in');
      }),
    ));

  test('when every linked record changed, and not for an account of a handful', () => {
    expect(judgePlan({ ...QUIET, changed: 1000 }, DEFAULT_LIMITS)?.reason).toBe('every-record');
    expect(judgePlan({ ...QUIET, changed: 999 }, DEFAULT_LIMITS)).toBeNull();
    expect(judgePlan({ ...QUIET, linked: 19, changed: 19 }, DEFAULT_LIMITS)).toBeNull();
    expect(judgePlan({ ...QUIET, linked: 0, changed: 0 }, { percent: 0, atLeast: 1 })).toBeNull();
  });

  test('I9: a stop says what it counted, and of how many', () => {
    expect(judgeVanished(60, 1000, DEFAULT_LIMITS)).toEqual({ reason: 'vanished', count: 60, linked: 1000 });
    expect(judgePlan({ ...QUIET, changed: 1000 }, DEFAULT_LIMITS)).toEqual({
      reason: 'every-record',
      count: 1000,
      linked: 1000,
    });
    expect(judgePlan({ ...QUIET, linked: 20, changed: 20 }, DEFAULT_LIMITS)?.reason).toBe('every-record');
  });

  test('limits of nothing at all stop no plan that has nothing in it', () => {
    const nothing = { percent: 0, atLeast: 0 };
    expect(judgePlan({ linked: 0, destructive: 0, raised: 0, changed: 0 }, nothing)).toBeNull();
    expect(judgeVanished(0, 0, nothing)).toBeNull();
  });

  test('an idle plan never stops, whatever the limits', () =>
    fc.assert(
      fc.property(fc.nat(2000), limits, (linked, set) => {
        expect(judgePlan({ ...QUIET, linked }, set)).toBeNull();
      }),
    ));
});
