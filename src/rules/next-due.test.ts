import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextDue, type LastPass } from './next-due.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Saturday. */
const NOON = Date.UTC(2026, 0, 10, 12);
const hourly = { kind: 'every', ms: HOUR } as const;
const nightly = { kind: 'cron', expression: '0 2 * * *' } as const;
const last = (startedAt: number | null, more: Partial<LastPass> = {}): LastPass => ({
  startedAt,
  failures: 0,
  resumeAt: null,
  ...more,
});

describe('when a sync runs by itself', () => {
  test('the first pass starts at once', () => {
    expect(nextDue(hourly, last(null), NOON)).toBe(NOON);
    expect(nextDue(nightly, last(null), NOON)).toBe(NOON);
  });

  test('an interval counts from the start of the pass before', () => {
    expect(nextDue(hourly, last(NOON - 10 * MINUTE), NOON)).toBe(NOON + 50 * MINUTE);
  });

  test('a calendar rule is read in UTC', () => {
    expect(nextDue(nightly, last(NOON - 10 * HOUR), NOON)).toBe(Date.UTC(2026, 0, 11, 2));
    expect(nextDue({ kind: 'cron', expression: '30 6 * * mon-fri' }, last(NOON), NOON)).toBe(
      Date.UTC(2026, 0, 12, 6, 30),
    );
  });

  test('a start that was missed is made up for once', () => {
    const missed = last(NOON - 3 * 24 * HOUR);
    expect(nextDue(nightly, missed, NOON)).toBeLessThanOrEqual(NOON);
    expect(nextDue(nightly, last(NOON), NOON)).toBe(Date.UTC(2026, 0, 11, 2));
  });

  test('a rule that never comes is never due', () => {
    expect(nextDue({ kind: 'cron', expression: '0 0 30 2 *' }, last(NOON), NOON)).toBe(Infinity);
  });

  test.each([
    [1, 5],
    [2, 10],
    [4, 40],
    [5, 60],
    [50, 60],
  ])('after %i passes in a row that ended early, it is tried again in %i minutes', (failures, minutes) => {
    expect(nextDue(nightly, last(NOON, { failures }), NOON)).toBe(NOON + minutes * MINUTE);
  });

  test('a spent quota is waited for as long as its owner says, and no longer than the schedule', () => {
    const resumeAt = NOON + 20 * MINUTE;
    expect(nextDue(hourly, last(NOON, { failures: 1, resumeAt }), NOON)).toBe(resumeAt);
    expect(nextDue(hourly, last(NOON, { failures: 1, resumeAt: NOON + 9 * HOUR }), NOON)).toBe(NOON + HOUR);
  });

  test('T4: whatever the clock does, the next pass is never later than the schedule counted from now', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.nat(60), (shift, failures) => {
        expect(nextDue(hourly, last(NOON + shift, { failures }), NOON)).toBeLessThanOrEqual(NOON + HOUR);
      }),
    );
  });
});
