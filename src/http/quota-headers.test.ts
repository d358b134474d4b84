import { describe, expect, test } from 'vitest';
import { windowTold } from './quota-headers.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const told = (headers: Record<string, string>, status = 200, skewMs: number | null = 0) =>
  windowTold({ status, headers }, NOON, skewMs);
const seconds = (ms: number) => String(ms / 1000);

describe('what headers say of a window', () => {
  test.each([
    [{ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': seconds(NOON + 60_000) }],
    [{ 'x-rate-limit-limit': '5000', 'x-rate-limit-remaining': '4999', 'x-rate-limit-reset': seconds(NOON + 60_000) }],
    [{ 'x-ratelimit-limit': ' 5000', 'x-rate-limit-remaining': '4999', 'x-ratelimit-reset': '60' }],
  ])('%o is read in either spelling', (headers) => {
    expect(told(headers)).toEqual({ quota: 5000, remaining: 4999, endsAt: NOON + 60_000 });
  });

  test('T4 the vendor’s time is put by our clock', () => {
    expect(told({ 'x-ratelimit-reset': seconds(NOON + 90_000) }, 200, 30_000)?.endsAt).toBe(NOON + 60_000);
  });

  test.each([
    [{}],
    [{ 'x-ratelimit-limit': 'many' }],
    [{ 'x-ratelimit-remaining': '-1' }],
    [{ 'x-ratelimit-reset': seconds(NOON * 2) }],
  ])('%o says nothing', (headers) => expect(told(headers)).toBeNull());

  test.each([
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after': '30', 'x-ratelimit-reset': seconds(NOON + 3_000_000) }, 30_000],
    [{ 'x-ratelimit-reset': seconds(NOON + 3_000_000) }, 3_000_000],
    [{ 'x-ratelimit-reset': seconds(NOON - 9_000) }, 1],
    [{}, 60_000],
  ])('429 with %o leaves nothing for %d ms', (headers, ms) => {
    expect(told(headers, 429)).toMatchObject({ remaining: 0, endsAt: NOON + ms });
  });
});
