import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTimes, dateText, isDate, utcText } from './times.ts';

describe('T3 every date shape becomes UTC text with the digits of the source', () => {
  test.each([
    ['2024-10-30T18:56:35Z', '2024-10-30T18:56:35Z'],
    ['2024-11-01T19:19:34.456Z', '2024-11-01T19:19:34.456Z'],
    ['2016-03-03T15:53:04.000+00:00', '2016-03-03T15:53:04.000Z'],
    ['2024-01-01T00:00:00.1234567Z', '2024-01-01T00:00:00.1234567Z'],
    ['2024-01-01T00:00:00.9999999999-05:00', '2024-01-01T05:00:00.9999999999Z'],
    ['2019-01-01T00:00:00-0500', '2019-01-01T05:00:00Z'],
    ['2023-12-31T23:30:00-01:00', '2024-01-01T00:30:00Z'],
    ['2024-02-29T00:10:00+05:30', '2024-02-28T18:40:00Z'],
    ['2024-10-30T18:56Z', '2024-10-30T18:56:00Z'],
    ['2024-10-30t18:56:35z', '2024-10-30T18:56:35Z'],
    ['2016-07-08', '2016-07-08'],
  ])('%s becomes %s', (text, canonical) => expect(utcText(text)).toBe(canonical));

  test.each([
    '',
    'yesterday',
    '2024-10-30T18:56:35',
    '2024-02-30T00:00:00Z',
    '2023-02-29',
    '1900-02-29',
    '2024-13-01T00:00:00Z',
    '2024-10-30T24:00:00Z',
    '2024-10-30T18:60:00Z',
    '2024-10-30T18:56:35.Z',
    '2024-10-30T18:56:35.12x4Z',
    '2024-10-30T18:56:35+25:00',
    '2024-10-30T18:56:35Z\n',
    '٢٠٢٤-10-30T18:56:35Z',
    '9999-12-31T23:59:59-01:00',
    '10/30/2024',
  ])('%j names no instant', (text) => expect(utcText(text)).toBeNull());

  test('any instant in any offset keeps its instant and its fraction', () => {
    const fraction = fc.stringMatching(/^(\.[0-9]{1,12})?$/);
    const instant = fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000);
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: -839, max: 839 }),
        fraction,
        fc.constantFrom(':', ''),
        (ms, offset, digits, colon) => {
          const sign = offset < 0 ? '-' : '+';
          const pad = (value: number): string => String(value).padStart(2, '0');
          const zone = `${sign}${pad(Math.floor(Math.abs(offset) / 60))}${colon}${pad(Math.abs(offset) % 60)}`;
          const local = new Date(ms + offset * 60_000).toISOString().slice(0, 19);
          expect(utcText(`${local}${digits}${zone}`)).toBe(`${new Date(ms).toISOString().slice(0, 19)}${digits}Z`);
        },
      ),
    );
  });
  test('the fast way and the slow way agree on any text', () => {
    const near = fc.stringMatching(/^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,4})?Z?$/);
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const fast = utcText(text);
        const slow = utcText(text.replace(/Z$/, '+00:00'));
        if (text.endsWith('Z')) expect(fast).toBe(slow);
        if (fast !== null) expect(utcText(fast)).toBe(fast);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('anniversaries', () => {
  test.each([
    '11/05/2006',
    '11/5/2006',
    '2006/11/05',
    '2006/11/5',
    '2006-11-05',
    '2006-11-5',
    '11-5-2006',
    '11-05-2006',
  ])('%s is 5 November', (text) => expect(dateText(text)).toBe('2006-11-05'));
  test.each(['31/12/2006', '2006', '2/30/2006', '1/1/06', 'x'])('%s is no date', (text) =>
    expect(dateText(text)).toBeNull(),
  );
  test('a date is ten characters', () => {
    expect(isDate('2024-02-29')).toBe(true);
    expect(isDate('2024-2-29')).toBe(false);
  });
});

describe('times compare as instants', () => {
  test.each([
    ['2024-01-01T00:00:00.1Z', '2024-01-01T00:00:00.10Z', 0],
    ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.001Z', -1],
    ['2024-01-01T00:00:00.12Z', '2024-01-01T00:00:00.119Z', 1],
    ['2024-01-01', '2024-01-01T00:00:00Z', 0],
    ['2024-01-01T00:00:01Z', '2024-01-01T00:00:00.999999Z', 1],
  ])('%s and %s', (a, b, sign) => expect(Math.sign(compareTimes(a, b))).toBe(sign));
});
