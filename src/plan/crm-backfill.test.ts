import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateBackfill } from './crm-backfill.ts';

const COSTS = { find: 0, readAll: 100, bringIntoStep: 3, make: 1, batch: 100 };
const PACE = { perHour: 1500, sharePercent: 80, live: 200 };
const count = fc.nat(200_000);

describe('the estimate of a backfill', () => {
  test('100,000 people of whom most are made cost a thousandth part in batches', () => {
    expect(estimateBackfill({ people: 100_000, met: 0 }, COSTS, PACE)).toEqual({
      way: 'batch',
      calls: 1100,
      callsOneByOne: 100_100,
      hours: 1.1,
      callsPerHour: 1000,
    });
  });

  test('where people are made directly, or it would save nothing, they go one by one', () => {
    expect(estimateBackfill({ people: 10, met: 0 }, { ...COSTS, batch: null }, PACE)).toMatchObject({
      way: 'single',
      calls: 110,
    });
    expect(estimateBackfill({ people: 1, met: 0 }, COSTS, PACE)).toMatchObject({ way: 'single', calls: 101 });
  });

  test('a pace that live changes use up leaves no time to be told', () => {
    expect(estimateBackfill({ people: 10, met: 10 }, COSTS, { ...PACE, live: 5000 })).toMatchObject({
      hours: null,
      callsPerHour: 0,
    });
    expect(estimateBackfill({ people: 0, met: 0 }, { ...COSTS, readAll: 0 }, { ...PACE, live: 5000 }).hours).toBe(0);
  });

  test('the way that is chosen never costs more than one by one, and more people never cost less', () =>
    fc.assert(
      fc.property(count, count, fc.nat(1000), fc.option(fc.nat(500)), (people, met, more, batch) => {
        const costs = { ...COSTS, batch };
        const one = estimateBackfill({ people, met }, costs, PACE);
        expect(one.calls).toBeLessThanOrEqual(one.callsOneByOne);
        expect(estimateBackfill({ people: people + more, met }, costs, PACE).calls).toBeGreaterThanOrEqual(one.calls);
        expect(one.hours).toBeGreaterThanOrEqual(one.calls / one.callsPerHour - 0.0001);
      }),
    ));
});
