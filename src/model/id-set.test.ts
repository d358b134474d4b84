import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdSet } from './id-set.ts';

describe('a set of ids', () => {
  test('T8: an id that was met is never called new, however many there are, and counts once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uuid(), fc.string(), fc.nat().map(String)), { maxLength: 3000 }), (ids) => {
        const met = new IdSet();
        for (const id of ids) met.add(id);
        expect(ids.every((id) => met.has(id))).toBe(true);
        expect(met.size).toBe(new Set(ids).size);
      }),
      { numRuns: 30 },
    );
  });

  test('T8: nor is it forgotten when the set has grown; an id that was not met is called new', () => {
    const met = new IdSet();
    for (let n = 0; n < 50_000; n += 1) met.add(`contact-${n}`);
    const forgotten = Array.from({ length: 50_000 }, (_, n) => `contact-${n}`).filter((id) => !met.has(id));
    expect(forgotten).toEqual([]);
    const wrong = Array.from({ length: 50_000 }, (_, n) => `other-${n}`).filter((id) => met.has(id));
    expect(wrong).toEqual([]);
    expect(met.size).toBe(50_000);
  });
});
