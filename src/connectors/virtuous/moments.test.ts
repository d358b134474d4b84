import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateBefore, momentText } from './moments.ts';

describe('T3 a time without a zone is UTC', () => {
  test.each([
    ['2016-02-10T00:00:00', '2016-02-10T00:00:00.000Z'],
    ['2017-12-07T20:37:02.8933333', '2017-12-07T20:37:02.893Z'],
    ['2017-12-07T20:37:02.8', '2017-12-07T20:37:02.800Z'],
    ['2017-12-07T20:37:02.9999999Z', '2017-12-07T20:37:02.999Z'],
    ['2017-12-07T20:37:02+01:00', '2017-12-07T19:37:02.000Z'],
    ['2017-12-07', '2017-12-07T00:00:00.000Z'],
  ])('%s is %s', (text, utc) => expect(momentText(text)).toBe(utc));

  test.each(['', 'Unavailable', '9/4/1998', '2017-02-30T00:00:00', '2017-12-07T25:00:00', 'now'])(
    '%j is no time',
    (text) => expect(momentText(text)).toBeNull(),
  );

  test('whatever digits an operation shows, the instant is the same and never later than the source said', () => {
    const ms = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2090, 0) });
    fc.assert(
      fc.property(ms, fc.integer({ min: 0, max: 9999 }), fc.boolean(), (at, more, zone) => {
        const text = new Date(at).toISOString().slice(0, -1) + String(more).padStart(4, '0') + (zone ? 'Z' : '');
        expect(momentText(text)).toBe(new Date(at).toISOString());
      }),
    );
  });
});

test('I4 changes are asked for from a day before, as the condition knows dates only', () => {
  expect(dateBefore('2026-03-01T00:10:00.000Z')).toBe('2026-02-28');
  expect(dateBefore('2026-03-01T23:59:59.999Z')).toBe('2026-02-28');
});
