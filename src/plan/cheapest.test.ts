/** The cheapest way to make new people: fewest requests, and only by ways whose effects on consent are wanted. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentEffects } from '../model/consent-effects.ts';
import { chooseCheapest, type NewPerson, type Ways } from './cheapest.ts';

const EFFECTS: ConsentEffects = {
  newAddress: 'implicit',
  known: 'unchanged',
  revives: true,
  relists: true,
  movesAddress: false,
};
const JOBS = { effects: EFFECTS, limits: { rows: 5_000, bytes: 1_000_000 }, calls: 1, toldAtOnce: 500, readBack: 500 };
const WAYS: Ways = { single: 2, jobs: JOBS, lists: 1 };

function people(count: number, bytes: number | null = 100): NewPerson[] {
  return Array.from({ length: count }, (_, at) => ({ id: `new:${at}`, bytes }));
}

/** Fewest requests by trying every number of single ones: the job limits alone decide the rest. */
function fewest(count: number): number {
  let best = count * WAYS.single;
  for (let inJobs = 1; inJobs <= count; inJobs += 1) {
    const jobs = Math.ceil(inJobs / JOBS.limits.rows);
    const calls = jobs * JOBS.calls + Math.ceil(jobs / JOBS.toldAtOnce) + Math.ceil(inJobs / JOBS.readBack);
    best = Math.min(best, calls + (count - inJobs) * WAYS.single);
  }
  return best;
}

describe('the cheapest way', () => {
  test.each([1, 2, 10, 200, 5_000, 5_001, 60_000])('%i people cost at most 1.1 times the fewest requests', (count) => {
    const choice = chooseCheapest(people(count), WAYS);
    expect(choice.calls).toBeLessThanOrEqual(1.1 * fewest(count));
    expect(choice.singles.length + choice.jobs.flat().length).toBe(count);
    expect(choice.callsOneByOne).toBe(2 * count);
  });

  test('60,000 people cost at most 1.1 times what jobs as large as the source takes would, be they files or not', () => {
    const most = 39_999;
    const fewestThere = Math.ceil(60_000 / most) + 1 + 60_000 / JOBS.readBack;
    expect(chooseCheapest(people(60_000), WAYS).calls).toBeLessThanOrEqual(1.1 * fewestThere);
  });

  test('a job stays within rows and bytes, whatever the sizes, and everybody goes one way', () => {
    const size = fc.oneof(fc.integer({ min: 2, max: 400_000 }), fc.constant(null), fc.constant(1_000_001));
    fc.assert(
      fc.property(fc.array(size, { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (sizes, rows) => {
        const given = sizes.map((bytes, at) => ({ id: String(at), bytes }));
        const ways = { ...WAYS, jobs: { ...JOBS, limits: { rows, bytes: 1_000_000 } } };
        const { jobs, singles, calls } = chooseCheapest(given, ways);
        expect([...singles, ...jobs.flat()].sort()).toEqual(given.map(({ id }) => id).sort());
        for (const job of jobs) {
          expect(job.length).toBeLessThanOrEqual(rows);
          const bytes = job.map((id) => given[Number(id)]?.bytes ?? Number.NaN);
          expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1_000_000);
        }
        expect(calls).toBeLessThanOrEqual(given.length * WAYS.single);
      }),
    );
  });

  test('without a list there is no job', () => {
    expect(chooseCheapest(people(200), { ...WAYS, lists: 0 })).toMatchObject({
      jobs: [],
      calls: 400,
      because: 'no-list',
    });
  });

  test.each([
    { newAddress: 'explicit' },
    { newAddress: 'as-sent' },
    { known: 'explicit' },
    { known: 'as-sent' },
  ] as const)('I1: a way with other effects on consent is no way: %o', (effects) => {
    const ways = { ...WAYS, jobs: { ...JOBS, effects: { ...EFFECTS, ...effects } } };
    expect(chooseCheapest(people(200), ways)).toMatchObject({ jobs: [], because: 'consent' });
  });

  test('a system without jobs is written one by one', () => {
    expect(chooseCheapest(people(3), { ...WAYS, jobs: null })).toMatchObject({ calls: 6, because: 'no-jobs' });
  });

  test('says why somebody goes alone', () => {
    expect(chooseCheapest(people(1), WAYS)).toMatchObject({ jobs: [], because: 'not-cheaper' });
    expect(chooseCheapest([...people(9), { id: 'x', bytes: null }], WAYS)).toMatchObject({
      singles: ['x'],
      because: 'unfit',
    });
  });
});
