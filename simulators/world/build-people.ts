/**
 * build-people: who is in the account on the first day.
 *
 * The first dozen people are a fixed cast, one for each state that matters, so that even a tiny world has them; after that the
 * mix is drawn from the seed. Every instant lies in the past of the world's first day. Must stay deterministic: no clock, no
 * chance but the given seed.
 */
import { DAY } from './clock.ts';
import * as words from './names.ts';
import { createRandom, mixSeed, type Random } from './random.ts';
import type { EmailState, Person, SmsState, Source } from './types.ts';

export interface PeoplePlan {
  readonly count: number;
  readonly seed: number;
  /** The first day of the world; everything generated happened before. */
  readonly today: number;
  readonly listIds: readonly string[];
  readonly tagIds: readonly string[];
}

interface Role {
  readonly permission: string;
  readonly optOutSource: Source | null;
  readonly deleted: boolean;
  readonly smsOnly: boolean;
  readonly plus: boolean;
}

const PLAIN: Role = { permission: 'explicit', optOutSource: null, deleted: false, smsOnly: false, plus: false };

/** The fixed cast, by position. */
const CAST: readonly Role[] = [
  PLAIN,
  { ...PLAIN, permission: 'implicit' },
  { ...PLAIN, permission: 'unsubscribed', optOutSource: 'Contact' },
  { ...PLAIN, permission: 'unsubscribed', optOutSource: 'Account' },
  { ...PLAIN, permission: 'pending_confirmation' },
  { ...PLAIN, permission: 'temp_hold' },
  { ...PLAIN, permission: 'not_set' },
  { ...PLAIN, smsOnly: true },
  { ...PLAIN, deleted: true },
  { ...PLAIN, permission: 'unsubscribed', optOutSource: 'Contact', deleted: true },
  { ...PLAIN, plus: true },
];

/** Makes the people of the first day, in the order of their creation. */
export function buildPeople(plan: PeoplePlan): Person[] {
  const people: Person[] = [];
  for (let n = 0; n < plan.count; n += 1) people.push(buildPerson(plan, n));
  return people;
}

/** What the world's own stream is drawn from: a person drawn from it as well would share their id with whoever comes first later. */
const WORLDS_OWN = 99;

/** Makes the n-th person of a plan. */
export function buildPerson(plan: PeoplePlan, n: number): Person {
  const seed = mixSeed(plan.seed, n + 1 === WORLDS_OWN ? 0 : n + 1);
  const random = createRandom(seed);
  const role = CAST[n] ?? drawRole(random);
  const createdAt = plan.today - DAY * random.int(30, 2000) - random.int(0, DAY - 1);
  const touched = random.chance(0.6);
  const updatedAt = touched ? between(random, createdAt, plan.today - DAY) : createdAt;
  const name = random.int(0, words.FIRST_NAMES.length - 1);
  return {
    id: random.uuid(),
    sequence: 1_000_000 + n,
    seed,
    email: role.smsOnly ? null : buildEmail(plan, random, role, n, name, createdAt),
    sms: role.smsOnly || random.chance(0.03) ? buildSms(random, createdAt) : null,
    ...buildPlainFields(random, name),
    createSource: random.chance(0.5) ? 'Account' : 'Contact',
    updateSource: touched ? drawSource(random) : null,
    createdAt,
    updatedAt,
    deletedAt: role.deleted ? updatedAt : null,
    lists: role.deleted ? [] : drawSome(random, plan.listIds, 3),
    tags: drawSome(random, plan.tagIds, 2),
    details: null,
  };
}

type PlainFields = Pick<
  Person,
  'firstName' | 'lastName' | 'jobTitle' | 'companyName' | 'birthdayMonth' | 'birthdayDay' | 'anniversary'
>;

/** Draws the fields a person writes in a form; each may be missing, a birthday only as a whole. */
function buildPlainFields(random: Random, name: number): PlainFields {
  const birthday = random.chance(0.3);
  return {
    firstName: random.chance(0.92) ? (words.FIRST_NAMES[name] ?? null) : null,
    lastName: random.chance(0.9) ? random.pick(words.LAST_NAMES) : null,
    jobTitle: random.chance(0.3) ? random.pick(words.JOB_TITLES) : null,
    companyName: random.chance(0.3) ? random.pick(words.COMPANIES) : null,
    birthdayMonth: birthday ? random.int(1, 12) : null,
    birthdayDay: birthday ? random.int(1, 28) : null,
    anniversary: random.chance(0.1) ? `20${random.int(10, 24)}-1${random.int(0, 2)}-0${random.int(1, 9)}` : null,
  };
}

function drawSource(random: Random): Source {
  return random.chance(0.8) ? 'Account' : 'Contact';
}

function drawRole(random: Random): Role {
  const at = random.next();
  const deleted = random.chance(0.04);
  const plus = random.chance(0.05);
  if (at < 0.45) return { ...PLAIN, deleted, plus };
  if (at < 0.77) return { ...PLAIN, permission: 'implicit', deleted, plus };
  if (at < 0.86) return { ...PLAIN, permission: 'unsubscribed', optOutSource: 'Contact', deleted, plus };
  if (at < 0.89) return { ...PLAIN, permission: 'unsubscribed', optOutSource: 'Account', deleted, plus };
  if (at < 0.93) return { ...PLAIN, permission: 'pending_confirmation', plus };
  if (at < 0.96) return { ...PLAIN, permission: 'temp_hold', plus };
  if (at < 0.98) return { ...PLAIN, permission: 'not_set', plus };
  return { ...PLAIN, smsOnly: true };
}

function buildEmail(
  plan: PeoplePlan,
  random: Random,
  role: Role,
  n: number,
  name: number,
  createdAt: number,
): EmailState {
  const out = role.permission === 'unsubscribed';
  const optOutDate = out ? between(random, createdAt, plan.today - DAY) : null;
  const domain = random.chance(0.01) ? 'bücher.example' : random.pick(words.DOMAINS);
  const local = `${words.LOCAL_PARTS[name] ?? 'x'}.${n}${role.plus ? '+news' : ''}`;
  return {
    address: `${random.chance(0.03) ? local.toUpperCase() : local}@${domain}`,
    permission: role.permission,
    createdAt,
    updatedAt: optOutDate ?? createdAt,
    optInSource: role.permission === 'not_set' ? null : role.permission === 'implicit' ? 'Account' : 'Contact',
    optInDate: role.permission === 'not_set' || role.permission === 'pending_confirmation' ? null : createdAt,
    optOutSource: role.optOutSource,
    optOutDate,
    optOutReason: out && random.chance(0.4) ? random.pick(words.OPT_OUT_REASONS) : null,
    confirmStatus: role.permission === 'pending_confirmation' ? 'pending' : 'off',
  };
}

function buildSms(random: Random, createdAt: number): SmsState {
  const number = `+1555${random.int(1_000_000, 9_999_999)}`;
  return { channelId: random.uuid(), number, permission: 'explicit', createdAt, updatedAt: createdAt };
}

function between(random: Random, from: number, to: number): number {
  return from >= to ? from : from + Math.floor(random.next() * (to - from));
}

function drawSome(random: Random, from: readonly string[], most: number): readonly string[] {
  if (from.length === 0) return [];
  const chosen = new Set<string>();
  const wanted = random.int(0, Math.min(most, from.length));
  while (chosen.size < wanted) chosen.add(random.pick(from));
  return [...chosen];
}
