/** The hour of a CRM, as `status` tells it. */
import { describe, expect, test } from 'vitest';
import { hourOf } from './hours.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const BUDGET = { group: 'connection:crm', perHour: 1_500, share: 80 };
const ENDS = NOW + 20 * 60_000;

describe('the hour', () => {
  test('before the first request is what the file says, and none is known to be used', () => {
    expect(hourOf(BUDGET, null, NOW)).toEqual({
      group: 'connection:crm',
      perHour: 1_500,
      used: null,
      left: 1_200,
      endsAt: null,
      pausedUntil: null,
    });
  });

  test("is the vendor's in size, and what is left to others is not ours to use", () => {
    const window = { quota: 2_000, remaining: 1_500, endsAt: ENDS };
    expect(hourOf(BUDGET, window, NOW)).toMatchObject({
      perHour: 2_000,
      used: 500,
      left: 1_100,
      endsAt: ENDS,
      pausedUntil: null,
    });
  });

  test.each([400, 399, 0])('with %i requests of 2,000 left goes on when it ends', (remaining) => {
    const window = { quota: 2_000, remaining, endsAt: ENDS };
    expect(hourOf(BUDGET, window, NOW)).toMatchObject({ left: 0, pausedUntil: ENDS });
  });

  test('that is over is followed by a whole one', () => {
    const window = { quota: 2_000, remaining: 0, endsAt: NOW };
    expect(hourOf(BUDGET, window, NOW)).toMatchObject({ used: 0, left: 1_600, endsAt: null, pausedUntil: null });
  });
});
