/** Intervals and calendar rules: what is read, and what is refused. */
import { describe, expect, test } from 'vitest';
import { parseInterval, parseSchedule } from './intervals.ts';
import { suggest } from './suggest.ts';

test.each([
  ['every 1s', 1_000],
  ['every 90m', 5_400_000],
  ['every 24h', 86_400_000],
  ['every 7 d', 604_800_000],
])('%s is %d ms', (text, ms) => {
  expect(parseInterval(text)).toBe(ms);
});

test.each([
  '',
  'every',
  '24h',
  'every 0h',
  'every 1.5h',
  'every -1h',
  'every 1w',
  'every 24hours',
  ' every 1h',
  'every 9999999s',
])('%j is no interval', (text) => {
  expect(parseInterval(text)).toBeNull();
});

describe('cron expressions', () => {
  test.each(['* * * * *', '0 6 * * 1', '*/5 0-6,22 1,15 JAN-MAR sun', '59 23 31 12 7'])('%s is one', (text) => {
    expect(parseSchedule(text)).toEqual({ kind: 'cron', expression: text.toLowerCase() });
  });

  test.each([
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
    '*/0 * * * *',
    '1-2-3 * * * *',
    'a * * * *',
    '1, * * * *',
  ])('%s is none', (text) => {
    expect(parseSchedule(text)).toBeNull();
  });
});

test.each([
  ['acess_token', ['accessToken', 'clientId'], 'accessToken'],
  ['emial_address', ['email_address', 'first_name'], 'email_address'],
  ['xyz', ['accessToken', 'clientId'], null],
  ['', ['ab'], null],
])('%s is near %j: %s', (word, known, near) => {
  expect(suggest(word, known)).toBe(near);
});
