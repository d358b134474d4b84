import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { campaignSearchDue, dueBounces, dueCampaigns, isDue, type KnownCampaign } from './cadence.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 10);
const campaign = (ageMs: number, readAgoMs: number | null): KnownCampaign => ({
  campaignId: 'k1',
  lastSent: NOW - ageMs,
  reportIds: [],
  lastRead: readAgoMs === null ? null : NOW - readAgoMs,
});
const isRead = (ageMs: number, readAgoMs: number | null): boolean =>
  dueCampaigns([campaign(ageMs, readAgoMs)], NOW).length === 1;

describe('product 3.2: what is due', () => {
  test.each([
    ['sent this week, read a minute ago', 7 * DAY, 60_000, true],
    ['sent in the future by our clock', -HOUR, 60_000, true],
    ['older than a week, read within two hours', 7 * DAY + 1, 2 * HOUR - 1, false],
    ['older than a week, read two hours ago', 7 * DAY + 1, 2 * HOUR, true],
    ['older than a week, never read', 30 * DAY, null, true],
    ['older than 60 days, never read', 60 * DAY + 1, null, false],
  ])('a campaign %s', (_name, age, read, due) => {
    expect(isRead(age, read)).toBe(due);
  });

  test.each([
    ['sent this week, never read', 3 * DAY, null, true],
    ['sent this week, read within two hours', 3 * DAY, 2 * HOUR - 1, false],
    ['sent this week, read two hours ago', 3 * DAY, 2 * HOUR, true],
    ['sent again since they were read', HOUR, HOUR + 1, true],
    ['older than a week, read within a day', 8 * DAY, DAY - 1, false],
    ['older than a week, read a day ago', 8 * DAY, DAY, true],
    ['older than 60 days, never read', 60 * DAY + 1, null, false],
    ['sent this week, read in the future by our clock', 3 * DAY, -HOUR, true],
  ])('bounces of a campaign %s', (_name, age, readAgo, due) => {
    const read: Record<string, number> = readAgo === null ? {} : { k1: NOW - readAgo };
    expect(dueBounces([campaign(age, null)], read, NOW)).toHaveLength(due ? 1 : 0);
  });

  test('campaigns are looked for on each pass while one was sent this week, else every two hours', () => {
    expect(campaignSearchDue([campaign(6 * DAY, null)], NOW - 1, NOW)).toBe(true);
    expect(campaignSearchDue([campaign(8 * DAY, null)], NOW - 2 * HOUR + 1, NOW)).toBe(false);
    expect(campaignSearchDue([], NOW - 2 * HOUR, NOW)).toBe(true);
    expect(campaignSearchDue([], null, NOW)).toBe(true);
  });

  test('a clock that stepped back makes things due early, never late', () =>
    fc.assert(
      fc.property(fc.integer({ min: -DAY, max: DAY }), fc.integer({ min: 1, max: DAY }), (since, every) => {
        expect(isDue(NOW - since, every, NOW)).toBe(since < 0 || since >= every);
      }),
    ));
});
