/** A backfill in small: what it costs by the systems' own counts, and that one which went wrong is told. */
import { describe, expect, test } from 'vitest';
import { fewestOfBackfill, type BackfillSizes } from './backfill-fewest.ts';
import { faultsOf, playBackfill, renderBackfillBench, type BackfillResult } from './backfill.ts';
import { sum } from './day-fewest.ts';

const HOUR = 3_600_000;
const SIZES: BackfillSizes = {
  submitted: 901,
  batch: 100,
  left: 0,
  renamed: 0,
  unsure: 0,
  passes: [
    { moved: 999, waiting: 0 },
    { moved: 1_000, waiting: 901 },
    { moved: 0, waiting: 4 },
  ],
  days: 1,
};
const WELL: BackfillResult = {
  contacts: 1_000,
  perHour: 60,
  estimate: { made: 901, calls: 10, hours: 1.4, callsPerHour: 48 },
  batches: 10,
  hours: 2,
  sizes: SIZES,
  fewest: { all: 100 },
  spent: { cc: 50, crm: 110 },
  paths: {},
  longestWaitMs: HOUR,
  met: 901,
  wrong: { twice: 0 },
};

describe('the fewest requests of a backfill', () => {
  test('are what is read, each person once in batches, and a few looks in each pass', () => {
    expect(sum(fewestOfBackfill(SIZES))).toBe(1 + (1 + 2 + 1) + 10 + (0 + 10 + 4));
  });

  test('grow by what each change costs at least', () => {
    const more = (sizes: Partial<BackfillSizes>): number =>
      sum(fewestOfBackfill({ ...SIZES, ...sizes })) - sum(fewestOfBackfill(SIZES));
    expect([more({ left: 2 }), more({ renamed: 2 }), more({ unsure: 7 })]).toEqual([8, 6, 7]);
  });
});

describe('a backfill is told to be wrong', () => {
  test.each<[string, Partial<BackfillResult>, string]>([
    ['where somebody was submitted twice', { wrong: { twice: 1 } }, 'twice: 1'],
    ['beyond a tenth above the fewest', { spent: { cc: 50, crm: 111 } }, 'too many requests'],
    ['where it took longer than told', { hours: 4 }, 'told 2 h, took 4 h'],
    ['where it took no time that was told', { hours: 1 }, 'told 2 h, took 1 h'],
    ['where it took more requests than told', { batches: 16 }, 'told 10 requests, took 16'],
    ['where an opt-out waited for a second pass', { longestWaitMs: HOUR + 1 }, 'waited longer'],
  ])('%s', (_what, changed, told) => {
    expect(faultsOf(WELL)).toEqual([]);
    expect(faultsOf({ ...WELL, ...changed }).join()).toContain(told);
  });

  test('and what was counted is shown beside what was told', () => {
    expect(renderBackfillBench(WELL).join('\n')).toContain('| requests to submit them | 10 | 10 |');
  });
});

test('a backfill of 300 people, killed in the middle, submits each once, meets all, and holds up nobody', async () => {
  const result = await playBackfill(300);
  expect(result.sizes.submitted).toBeGreaterThan(200);
  expect(faultsOf(result), renderBackfillBench(result).join('\n')).toEqual([]);
}, 60_000);
