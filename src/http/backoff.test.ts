import { describe, expect, test } from 'vitest';
import { mayTryAgain, pauseAfter, retryAfterMs } from './backoff.ts';

const none = { throttled: false, retryAfterMs: null };
const draws = (value: number) => ({ next: () => value });

describe('pauses between tries', () => {
  test('double from one second, half of it jitter', () => {
    expect([1, 2, 3, 4].map((attempt) => pauseAfter(attempt, none, draws(0)))).toEqual([500, 1000, 2000, 4000]);
    expect([1, 2, 3, 4].map((attempt) => pauseAfter(attempt, none, draws(1)))).toEqual([1000, 2000, 4000, 8000]);
  });
  test('are never shorter than the vendor asked for', () => {
    expect(pauseAfter(1, { throttled: true, retryAfterMs: null }, draws(0))).toBe(1000);
    expect(pauseAfter(1, { throttled: true, retryAfterMs: 7000 }, draws(0))).toBe(7000);
  });
  test('end after five tries or where no further try fits into 60 s', () => {
    expect(mayTryAgain(4, 0, 0)).toBe(true);
    expect(mayTryAgain(5, 0, 0)).toBe(false);
    expect(mayTryAgain(1, 40_000, 19_000)).toBe(true);
    expect(mayTryAgain(1, 40_000, 19_001)).toBe(false);
  });
});

describe('retry-after', () => {
  const date = Date.parse('Thu, 01 Jan 2026 12:00:00 GMT');
  test.each([
    ['5', 5000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', null],
    ['-5', null],
    ['1e3', null],
    ['99999999', null],
    ['tomorrow', null],
  ])('%j means %j', (header, ms) => expect(retryAfterMs(header, date)).toBe(ms));
  test('without the source time a date means nothing', () => {
    expect(retryAfterMs('Thu, 01 Jan 2026 12:00:30 GMT', null)).toBeNull();
    expect(retryAfterMs(undefined, date)).toBeNull();
  });
});
