import { describe, expect, test } from 'vitest';
import { addWork, estimateWork, NO_WORK } from './crm-estimate.ts';
import type { PlanStep } from './lane.ts';

const step = (action: PlanStep['action'], callsThere?: number): PlanStep =>
  ({ action, ...(callsThere === undefined ? {} : { callsThere }) }) as PlanStep;
const PACE = { perHour: 1500, sharePercent: 80 };

describe('what a plan costs at a CRM', () => {
  const work = [
    [step('insert', 0), step('insert', 0), step('skip', 9)],
    [step('update', 4), step('insert', 0), step('agree')],
  ].reduce(addWork, NO_WORK);

  test('is counted step by step, whoever is written to beside whoever is made', () => {
    expect(work).toEqual({ made: 3, met: 1, calls: 4 });
    expect(estimateWork(work, { create: 'transaction' }, 2, PACE)).toEqual({
      made: 3,
      met: 1,
      way: 'batch',
      calls: 6,
      callsOneByOne: 7,
      hours: 0.1,
      callsPerHour: 1200,
    });
    expect(estimateWork(work, { create: 'direct' }, 2, PACE)).toMatchObject({ way: 'single', calls: 19 });
  });

  test('takes hours where the pace is slow, and is no backfill where nobody is made', () => {
    const many = { made: 100_000, met: 0, calls: 0 };
    expect(estimateWork(many, { create: 'direct' }, 100, PACE)).toMatchObject({ calls: 500_000, hours: 416.7 });
    expect(estimateWork(many, { create: 'transaction' }, 100, PACE)).toMatchObject({ calls: 1000, hours: 0.9 });
    expect(estimateWork({ ...many, made: 0, met: 9 }, { create: 'direct' }, 100, PACE)).toBeNull();
  });
});
