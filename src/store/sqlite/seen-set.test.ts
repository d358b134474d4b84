import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdBitmap, packIds, unpackIds } from './seen-set.ts';

const ids = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 })), {
  maxLength: 60,
});

function unpacked(bytes: Uint8Array): number[] {
  const all: number[] = [];
  unpackIds(bytes, (id) => all.push(id));
  return all;
}

test('packed ids come back once each, ascending', () => {
  fc.assert(
    fc.property(ids, (some) => {
      expect(unpacked(packIds(some))).toEqual([...new Set(some)].sort((a, b) => a - b));
    }),
  );
});

test('500 neighbouring records take about 500 bytes', () => {
  const page = Array.from({ length: 500 }, (_, at) => 900_000 + at);
  expect(packIds(page).length).toBeLessThan(505);
});

test('a bitmap holds exactly what was added up to its largest id', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400)), fc.nat(300), (some, largest) => {
      const set = new IdBitmap(largest);
      for (const id of some) set.add(id);
      for (let id = 0; id <= largest; id += 1) expect(set.has(id)).toBe(some.includes(id));
      expect(set.size).toBe(new Set(some.filter((id) => set.has(id))).size);
      expect(set.has(largest + 8)).toBe(false);
    }),
  );
});

test('the next missing number is found wherever one looks from', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 200 }), fc.nat(70), (some, from) => {
      const set = new IdBitmap(60);
      for (const id of some) set.add(id);
      let next = from;
      while (some.includes(next)) next += 1;
      expect(set.nextMissing(from)).toBe(next);
    }),
  );
});
