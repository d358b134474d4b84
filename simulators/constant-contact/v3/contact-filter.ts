/**
 * contact-filter: the parameters of `GET /contacts` and who matches them.
 *
 * `updated_after` looks at the contact's own time only, which an unsubscribe does not move: the gap that a client has to close by
 * other channels. What is unknown (the opt-out filter, ends of windows, no status, deleted ones in a window) follows switches.
 */
import { z } from 'zod';
import type { Switches } from '../../switches.ts';
import type { Person } from '../../world/types.ts';
import { addressKey } from '../../world/world.ts';
import { csv, csvOfIds, flag, instant, limit } from './query.ts';
import { INCLUDES } from './render-contact.ts';

const STATUSES = ['all', 'active', 'deleted', 'not_set', 'pending_confirmation', 'temp_hold', 'unsubscribed'] as const;
const SMS_STATUSES = ['all', 'explicit', 'unsubscribed', 'pending_confirmation', 'not_set'] as const;

export const CONTACTS_QUERY = z.strictObject({
  status: csv(STATUSES),
  email: z.string().optional(),
  lists: csvOfIds(25),
  tags: csvOfIds(50),
  segment_id: z
    .string()
    .regex(/^\d{1,9}$/, 'is not an integer')
    .optional(),
  updated_after: instant,
  updated_before: instant,
  created_after: instant,
  created_before: instant,
  optout_after: instant,
  optout_before: instant,
  sms_status: csv(SMS_STATUSES),
  include: csv(INCLUDES),
  include_count: flag,
  limit: limit(500, 50),
});
export type ContactsQuery = z.infer<typeof CONTACTS_QUERY>;

type Test = (person: Person) => boolean;

/** Makes the tests that a contact has to pass, cheapest first; none means everybody. */
export function contactTests(query: ContactsQuery, switches: Switches): Test[] {
  return [
    ...statusTests(query.status, switches),
    ...windowTests(query, switches),
    ...optOutTests(query, switches),
    ...membershipTests(query),
    ...addressTests(query.email),
    ...smsTests(query.sms_status),
  ];
}

function statusTests(asked: ContactsQuery['status'], switches: Switches): Test[] {
  if (asked === undefined) {
    return switches.noStatusMeans === 'active' ? [isActive] : [(person) => person.deletedAt === null];
  }
  if (asked.includes('all')) return [];
  const words = new Set<string>(asked);
  return [
    (person) => {
      if (person.deletedAt !== null) return words.has('deleted');
      return (words.has('active') && isActive(person)) || (person.email !== null && words.has(person.email.permission));
    },
  ];
}

/** Mailable contacts; the vendor does not say what exactly `active` covers. */
function isActive(person: Person): boolean {
  if (person.deletedAt !== null) return false;
  return person.email?.permission === 'explicit' || person.email?.permission === 'implicit';
}

function windowTests(query: ContactsQuery, switches: Switches): Test[] {
  const inclusive = switches.updatedAfterInclusive;
  const tests: Test[] = [];
  const { updated_after: from, updated_before: to, created_after: bornFrom, created_before: bornTo } = query;
  if (from !== undefined) tests.push(({ updatedAt }) => (inclusive ? updatedAt >= from : updatedAt > from));
  if (to !== undefined) tests.push(({ updatedAt }) => updatedAt < to);
  if (bornFrom !== undefined) tests.push(({ createdAt }) => createdAt > bornFrom);
  if (bornTo !== undefined) tests.push(({ createdAt }) => createdAt < bornTo);
  const onlyDeleted = query.status?.length === 1 && query.status[0] === 'deleted';
  if (from !== undefined && !switches.deletedInUpdatedAfter && !onlyDeleted)
    tests.push(({ deletedAt }) => deletedAt === null);
  return tests;
}

function optOutTests({ optout_after: from, optout_before: to }: ContactsQuery, switches: Switches): Test[] {
  if ((from === undefined && to === undefined) || switches.optoutAfter === 'ignored') return [];
  if (switches.optoutAfter === 'blind') return [() => false];
  const inclusive = switches.optoutAfterInclusive;
  return [
    ({ email }) => {
      const at = email?.optOutDate ?? null;
      if (at === null || (to !== undefined && at >= to)) return false;
      return from === undefined || at > from || (inclusive && at === from);
    },
  ];
}

function membershipTests({ lists, tags }: ContactsQuery): Test[] {
  const tests: Test[] = [];
  if (lists !== undefined) tests.push((person) => person.lists.some((id) => lists.includes(id)));
  if (tags !== undefined) tests.push((person) => person.tags.some((id) => tags.includes(id)));
  return tests;
}

function addressTests(email: string | undefined): Test[] {
  if (email === undefined) return [];
  const key = addressKey(email);
  return [(person) => person.email !== null && addressKey(person.email.address) === key];
}

function smsTests(asked: ContactsQuery['sms_status']): Test[] {
  if (asked === undefined || asked.includes('all')) return [];
  const words = new Set<string>(asked);
  return [(person) => words.has(person.sms?.permission ?? 'not_set')];
}
