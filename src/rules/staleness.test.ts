import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOlder } from './staleness.ts';

const part = fc.constantFrom(
  '',
  'nonsense',
  '2026-01-01T10:00:00Z',
  '2026-01-01T10:00:00.500Z',
  '2026-01-01T10:05:00Z',
);
const version = fc.tuple(part, part).map((parts) => parts.join('|'));
const T = (minute: number): string => `2026-01-01T10:0${minute}:00Z`;

describe('T17, T26: older is what has an older part and no newer one', () => {
  test('nothing is older than itself, and of two at most one is older', () =>
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(isOlder(a, a)).toBe(false);
        expect(isOlder(a, b) && isOlder(b, a)).toBe(false);
      }),
    ));

  test('being older passes on, where all parts are readable', () => {
    const clear = fc
      .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }))
      .map(([a, b]) => `${T(a)}|${T(b)}`);
    return fc.assert(
      fc.property(clear, clear, clear, (a, b, c) => {
        if (isOlder(a, b) && isOlder(b, c)) expect(isOlder(a, c)).toBe(true);
      }),
    );
  });

  test.each([
    ['the same details, an older address', `${T(5)}|${T(1)}`, `${T(5)}|${T(2)}`, true],
    ['newer details, an older address', `${T(6)}|${T(1)}`, `${T(5)}|${T(2)}`, false],
    ['unreadable details, an older address', `?|${T(1)}`, `${T(5)}|${T(2)}`, true],
    ['nothing readable', '|', `${T(5)}|${T(2)}`, false],
    ['fewer digits of the same second', '2026-01-01T10:00:00Z|', '2026-01-01T10:00:00.000Z|', false],
  ])('%s', (_name, incoming, stored, older) => {
    expect(isOlder(incoming, stored)).toBe(older);
  });
});
