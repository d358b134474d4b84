import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantOf, isoOf } from '../model/instant.ts';
import { nextCursor, OVERLAP_MS, type WindowRead } from './next-cursor.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.UTC(2026, 0, 10);

/** A read as it really was: the source's clock is `skew` behind ours, and it shows nothing from its own future. */
interface Truth {
  readonly ours: number;
  readonly skew: number;
  readonly told: boolean;
  /** Ages of the records read, at the source, when the window began. */
  readonly ages: readonly number[];
  readonly previousAge: number | null;
}
const truth: fc.Arbitrary<Truth> = fc.record({
  ours: fc.integer({ min: T0, max: T0 + DAY }),
  skew: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }),
  told: fc.boolean(),
  ages: fc.array(fc.integer({ min: 0, max: 3 * DAY }), { maxLength: 5 }),
  previousAge: fc.option(fc.integer({ min: 0, max: 3 * DAY })),
});

function readOf({ ours, skew, told, ages, previousAge }: Truth): WindowRead {
  const source = ours - skew;
  return {
    startedSource: told ? source : null,
    startedAt: ours,
    newestSeen: ages.length === 0 ? null : isoOf(source - Math.min(...ages)),
    previous: previousAge === null ? null : isoOf(source - previousAge - OVERLAP_MS),
  };
}
const at = (text: string | null): number => instantOf(text) ?? Number.NaN;

describe('I4: where the next read starts', () => {
  test("T1: the source's own time when the read began, less the overlap", () =>
    fc.assert(
      fc.property(truth, (seen) => {
        const cursor = nextCursor({ ...readOf(seen), startedSource: seen.ours - seen.skew });
        expect(at(cursor)).toBe(seen.ours - seen.skew - OVERLAP_MS);
      }),
    ));

  test('T4: whatever our clock says, never beyond what the source had reached', () =>
    fc.assert(
      fc.property(truth, (seen) => {
        const cursor = nextCursor(readOf(seen));
        if (cursor !== null)
          expect(at(cursor)).toBeLessThanOrEqual(seen.ours - seen.skew - (seen.told ? OVERLAP_MS : 0));
      }),
      { numRuns: 3000 },
    ));

  test('where the source tells no time: the newest seen less the overlap, yet no older than a day before', () =>
    fc.assert(
      fc.property(truth, (seen) => {
        const read = readOf({ ...seen, told: false, skew: 0 });
        const cursor = nextCursor(read);
        if (cursor === null) expect([read.newestSeen, read.previous]).toEqual([null, null]);
        else expect(at(cursor)).toBeGreaterThanOrEqual(seen.ours - DAY - OVERLAP_MS);
      }),
    ));

  test('a source that tells no time moves our clock nowhere: two clocks, one newest record, one cursor', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: HOUR }), fc.integer({ min: 0, max: HOUR }), (early, late) => {
        const read = { startedSource: null, newestSeen: isoOf(T0), previous: isoOf(T0 - HOUR) };
        expect(nextCursor({ ...read, startedAt: T0 + early })).toBe(nextCursor({ ...read, startedAt: T0 + late }));
      }),
    ));

  test.each([
    ['a record stamped 2031', { startedSource: null, newestSeen: '2031-01-01T00:00:00Z' }],
    ['a record stamped an hour ahead', { startedSource: null, newestSeen: isoOf(T0 + HOUR) }],
    ['a Date header of 2031', { startedSource: Date.UTC(2031, 0, 1), newestSeen: null }],
  ])('T5: %s moves the cursor nowhere', (_name, said) => {
    const previous = isoOf(T0 - HOUR);
    expect(nextCursor({ startedAt: T0, previous, ...said })).toBe(previous);
  });

  test('T3: finer digits of the source are floored, never rounded', () => {
    const read = { startedSource: null, startedAt: T0 + HOUR, previous: null };
    const newestSeen = '2026-01-10T00:00:00.1239999Z';
    expect(nextCursor({ ...read, newestSeen })).toBe('2026-01-09T23:55:00.123Z');
  });

  test('nothing read, nothing told, nothing before: nothing is justified', () => {
    expect(nextCursor({ startedSource: null, startedAt: T0, newestSeen: null, previous: null })).toBeNull();
  });
});
