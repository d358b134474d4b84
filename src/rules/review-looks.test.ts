import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dueLooks, nextLook, type Look } from './review-looks.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const T0 = Date.parse('2026-11-24T00:00:00Z');
const WAITS: Look = { since: T0, lookedAt: null, unsure: false };

describe('a look for somebody under review', () => {
  test('comes after an hour, then after ever longer pauses, and at least once a week', () => {
    const hours: number[] = [];
    let one = WAITS;
    for (let now = T0; now < T0 + 60 * DAY; now += HOUR) {
      if (dueLooks([one], now, 1).length === 0) continue;
      hours.push((now - T0) / HOUR);
      one = { ...one, lookedAt: now };
    }
    expect(hours.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    const pauses = hours.slice(1).map((hour, n) => hour - (hours[n] ?? 0));
    expect(Math.max(...pauses)).toBe(7 * 24);
    expect(hours.length).toBeLessThan(20);
  });

  test('comes at once where the answer was lost', () => {
    expect(dueLooks([{ ...WAITS, unsure: true }], T0, 1)).toHaveLength(1);
    expect(dueLooks([{ ...WAITS, unsure: true, lookedAt: T0 }], T0 + HOUR - 1, 1)).toEqual([]);
  });

  test('is due where the clock stepped back', () => {
    expect(dueLooks([{ ...WAITS, lookedAt: T0 + DAY }], T0, 1)).toHaveLength(1);
  });

  test('never comes for more than so many in one pass, and nobody is passed over for ever', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ since: fc.integer({ min: 0, max: 90 }), unsure: fc.boolean() }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (people, most) => {
          let all = people.map(({ since, unsure }, id) => ({
            id,
            since: T0 - since * DAY,
            lookedAt: null as number | null,
            unsure,
          }));
          const seen = new Set<number>();
          for (let n = 0; n < 40; n += 1) {
            const now = T0 + (n + 2) * HOUR;
            const looked = dueLooks(all, now, most);
            expect(looked.length).toBeLessThanOrEqual(most);
            for (const { id } of looked) seen.add(id);
            all = all.map((one) => (looked.includes(one) ? { ...one, lookedAt: now } : one));
          }
          expect(seen.size).toBe(Math.min(people.length, 40 * most));
          for (const one of all) if (one.lookedAt !== null) expect(nextLook(one)).toBeGreaterThan(one.lookedAt);
        },
      ),
    ));
});
