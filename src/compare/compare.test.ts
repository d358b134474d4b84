import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, type Verdict } from './compare.ts';

const version = fc.constantFrom(null, 'a', 'b', 'c');

function mirrored(verdict: Verdict): Verdict {
  if (verdict.kind !== 'propagate') return verdict;
  return { kind: 'propagate', from: verdict.from === 'primary' ? 'secondary' : 'primary' };
}

test('every combination of baseline and two sides has exactly one verdict, and it says who moved', () =>
  fc.assert(
    fc.property(version, version, version, (base, primary, secondary) => {
      const verdict = compare(base, primary, secondary);
      const moved = [primary !== base, secondary !== base];
      if (verdict.kind === 'same') expect(moved).toEqual([false, false]);
      if (verdict.kind === 'propagate') expect(moved).toEqual([verdict.from === 'primary', verdict.from !== 'primary']);
      if (verdict.kind === 'adopt') expect([...moved, primary]).toEqual([true, true, secondary]);
      if (verdict.kind === 'conflict') {
        expect(moved).toEqual([true, true]);
        expect(primary).not.toBe(secondary);
      }
    }),
  ));

test('which side is called primary decides nothing', () =>
  fc.assert(
    fc.property(version, version, version, (base, primary, secondary) => {
      expect(compare(base, secondary, primary)).toEqual(mirrored(compare(base, primary, secondary)));
    }),
  ));

test('I7: what was agreed compares as the same', () =>
  fc.assert(
    fc.property(version, (agreed) => {
      expect(compare(agreed, agreed, agreed)).toEqual({ kind: 'same' });
    }),
  ));

test.each([
  [null, 'a', 'a', { kind: 'adopt' }],
  ['a', 'b', 'c', { kind: 'conflict' }],
  ['a', 'b', 'a', { kind: 'propagate', from: 'primary' }],
  ['a', 'a', null, { kind: 'propagate', from: 'secondary' }],
] as const)('agreed %s, primary %s, secondary %s is %o', (base, primary, secondary, verdict) => {
  expect(compare(base, primary, secondary)).toEqual(verdict);
});
