/**
 * build-campaigns: the mailings of the first day, with their sends, opens, bounces and opt-outs.
 *
 * Opt-out rows belong to people who really left by themselves, so that the contact, the filter by opt-out date and the report
 * tell one story. Must stay deterministic.
 */
import { DAY, HOUR, MINUTE } from './clock.ts';
import type { Random } from './random.ts';
import type { Campaign, CampaignStatus, List, Person, ReportRow } from './types.ts';

/** Days before the first day on which the finished campaigns went out, newest first. */
const SENT_DAYS_AGO = [2, 5, 20, 45, 90, 200, 400, 700, 1100, 1500] as const;
const MOST_SENDS = 2000;

/** Makes the campaigns, oldest first: mostly sent ones, then one each of draft, scheduled and removed if there is room. */
export function buildCampaigns(
  random: Random,
  count: number,
  world: { readonly people: readonly Person[]; readonly lists: readonly List[]; readonly today: number },
): Campaign[] {
  const unsent: readonly CampaignStatus[] = (['Draft', 'Scheduled', 'Removed'] as const).slice(
    0,
    Math.max(0, Math.min(3, count - 2)),
  );
  const sentCount = count - unsent.length;
  const sentTimes = Array.from({ length: sentCount }, (_, n) => world.today - DAY * daysAgo(n) + HOUR).reverse();
  const listIds = world.lists.filter((list) => list.deletedAt === null).map((list) => list.id);
  const sent = sentTimes.map((at, n) => {
    const until = sentTimes[n + 1] ?? world.today;
    return sendTo(
      makeCampaign(random, `Newsletter ${n + 1}`, listIds.slice(0, 1), at - DAY),
      random,
      world.people,
      at,
      until,
    );
  });
  const rest = unsent.map((status, n) => ({
    ...makeCampaign(random, `${status} appeal`, listIds.slice(0, 1), world.today - (n + 3) * DAY),
    status,
  }));
  return [...sent, ...rest];
}

/** Makes a draft with its two activities. */
export function makeCampaign(random: Random, name: string, listIds: readonly string[], at: number): Campaign {
  return {
    id: random.uuid(),
    name,
    subject: `${name}: news from the harbor`,
    status: 'Draft',
    createdAt: at,
    updatedAt: at,
    lastSentAt: null,
    listIds,
    activities: [
      { id: random.uuid(), role: 'primary_email' },
      { id: random.uuid(), role: 'permalink' },
    ],
    reports: { sends: [], opens: [], optouts: [], bounces: [] },
  };
}

/** Makes a report row out of a person as known now; null for somebody without an address. */
export function makeRow(person: Person, at: number, more: Partial<ReportRow> = {}): ReportRow | null {
  if (person.email === null) return null;
  return {
    contactId: person.id,
    address: person.email.address,
    firstName: person.firstName,
    lastName: person.lastName,
    at,
    reason: null,
    bounceCode: null,
    device: null,
    ...more,
  };
}

function sendTo(draft: Campaign, random: Random, people: readonly Person[], at: number, until: number): Campaign {
  const sends: ReportRow[] = [];
  const optouts: ReportRow[] = [];
  for (const person of people) {
    if (person.createdAt > at || person.email === null) continue;
    const left = leftBetween(person, at, until);
    if (!left && (sends.length >= MOST_SENDS || !isMailable(person, at))) continue;
    sends.push(...rowOf(person, at));
    if (left) optouts.push(...rowOf(person, person.email.optOutDate ?? at, { reason: person.email.optOutReason }));
  }
  const opens = sends
    .filter(() => random.chance(0.3))
    .map((row) => ({
      ...row,
      at: row.at + random.int(1, 600) * MINUTE,
      device: random.pick(['computer', 'mobile', 'tablet']),
    }));
  const bounces = sends
    .filter(() => random.chance(0.01))
    .map((row) => ({ ...row, at: row.at + MINUTE, bounceCode: random.pick(['B', 'D', 'F', 'S', 'V', 'X', 'Z']) }));
  return {
    ...draft,
    status: 'Done',
    updatedAt: at,
    lastSentAt: at,
    reports: { sends, opens: byTime(opens), optouts: byTime(optouts), bounces },
  };
}

function rowOf(person: Person, at: number, more: Partial<ReportRow> = {}): ReportRow[] {
  const row = makeRow(person, at, more);
  return row === null ? [] : [row];
}

function leftBetween(person: Person, from: number, until: number): boolean {
  const out = person.email?.optOutSource === 'Contact' ? person.email.optOutDate : null;
  return out !== null && out >= from && out < until && person.sequence % 2 === 0;
}

function isMailable(person: Person, at: number): boolean {
  const email = person.email;
  if (email === null || (person.deletedAt !== null && person.deletedAt < at)) return false;
  if (email.optOutDate !== null) return email.optOutDate > at;
  return email.permission === 'explicit' || email.permission === 'implicit';
}

function byTime(rows: readonly ReportRow[]): ReportRow[] {
  return rows.toSorted((a, b) => a.at - b.at);
}

function daysAgo(n: number): number {
  return SENT_DAYS_AGO[n] ?? 1500 + n * 30;
}
