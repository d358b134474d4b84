/** I15: renewed well before the end, and a sign-in that is about to die is foreseen. */
import { describe, expect, test } from 'vitest';
import { IDLE_DEATH_MS, IDLE_NOTICE_MS, renewalDue, standingOf, VIRTUOUS_IDLE_DEATH_MS } from './renewal.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const day = { usedAt: 0, accessUntil: DAY };

describe('I15: a pair is renewed', () => {
  test.each([
    ['at once', 0, 'no'],
    ['long before its end', DAY - HOUR - 1, 'no'],
    ['in its last hour', DAY - HOUR, 'soon'],
    ['before its last minute', DAY - 60_001, 'soon'],
    ['in its last minute', DAY - 60_000, 'now'],
    ['after its end', DAY + HOUR, 'now'],
  ])('%s', (_when, now, due) => {
    expect(renewalDue(day, now)).toBe(due);
  });

  test('in the last quarter of a life of minutes, so that it is not renewed on every request', () => {
    const short = { usedAt: 0, accessUntil: 4_000 };
    expect([0, 2_999, 3_000].map((now) => renewalDue(short, now))).toEqual(['no', 'no', 'now']);
    const quarter = { usedAt: 0, accessUntil: HOUR };
    expect([HOUR * 0.74, HOUR * 0.76, HOUR - 1].map((now) => renewalDue(quarter, now))).toEqual(['no', 'soon', 'now']);
  });

  test('never by its end where nobody said when that is, but long before the refresh token dies of disuse', () => {
    const open = { usedAt: 0, accessUntil: null };
    expect([29 * DAY, 30 * DAY, 179 * DAY].map((now) => renewalDue(open, now))).toEqual(['no', 'soon', 'soon']);
    expect(renewalDue({ usedAt: 0, accessUntil: 400 * DAY }, 31 * DAY)).toBe('soon');
  });
});

describe('I15: what a person is told of', () => {
  const used = { ...day, renewable: true, lostAt: null };

  test.each([
    ['a sign-in in use', used, 5 * DAY, { kind: 'good' }],
    ['one that was idle for long', used, IDLE_DEATH_MS - IDLE_NOTICE_MS, { kind: 'idle', at: IDLE_DEATH_MS }],
    ['one that is dead of disuse', used, IDLE_DEATH_MS, { kind: 'ended' }],
    ['one without a refresh token', { ...used, renewable: false }, HOUR, { kind: 'ends', at: DAY }],
    ['one whose end nobody knows', { ...used, renewable: false, accessUntil: null }, HOUR, { kind: 'ends', at: null }],
    ['one without a refresh token that is over', { ...used, renewable: false }, DAY, { kind: 'ended' }],
    ['one whose refresh token was refused', { ...used, lostAt: 1 }, HOUR, { kind: 'lost', until: DAY }],
    ['the same after its last token', { ...used, lostAt: 1 }, DAY, { kind: 'ended' }],
  ] as const)('%s', (_what, signIn, now, standing) => {
    expect(standingOf(signIn, now)).toEqual(standing);
  });
});

test('I15 a sign-in to Virtuous CRM+ lives without use for as long as that vendor lets it', () => {
  const used = { usedAt: 0, accessUntil: null, renewable: true, lostAt: null };
  const standing = (idle: number) => standingOf(used, idle, VIRTUOUS_IDLE_DEATH_MS).kind;
  expect([IDLE_DEATH_MS, VIRTUOUS_IDLE_DEATH_MS - IDLE_NOTICE_MS, VIRTUOUS_IDLE_DEATH_MS].map(standing)).toEqual([
    'good',
    'idle',
    'ended',
  ]);
});
