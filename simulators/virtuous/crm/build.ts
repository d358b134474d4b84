/**
 * build: the CRM of the first day.
 *
 * A small organization by seed: households, two people in some, organizations, one without any individual, people who share an
 * address, archived ones; tags of which two have the same name, for names are not unique (virtuous-crm §6). It may also hold people
 * of Constant Contact, some of them with their reference. Everybody is invented.
 */
import { DAY, startOfDay } from '../../world/clock.ts';
import { COMPANIES, CITIES, FIRST_NAMES, LAST_NAMES, LOCAL_PARTS, STREETS } from '../../world/names.ts';
import type { Person } from '../../world/types.ts';
import type { Crm } from './crm.ts';
import { makeContact, type ContactDraft, type MethodDraft } from './make.ts';
import type { FieldDefinition } from './types.ts';

export interface CrmPlan {
  /** Contacts of its own on the first day. */
  readonly contacts?: number;
  /** How many of the first people of Constant Contact it holds too; every other one with its reference. */
  readonly shared?: number;
}

const TAGS: readonly (readonly [name: string, group: string])[] = [
  ['Do not call', 'Communication Preferences'],
  ['Newsletter Only', 'Communication Preferences'],
  ['No direct mail', 'Communication Preferences'],
  ['No email', 'Communication Preferences'],
  ['CC: General Interest', 'Constant Contact'],
  ['CC: Donors', 'Constant Contact'],
  ['CC: Volunteers', 'Constant Contact'],
  ['Major Donor', 'Giving'],
  ['Major Donor', 'Events'],
];

/** Fills an empty CRM. */
export function buildCrm(crm: Crm, { contacts = 40, shared = 0 }: CrmPlan): void {
  const today = startOfDay(crm.now());
  for (const [n, [name, group]] of TAGS.entries()) crm.tags.set(n + 1, { id: n + 1, name, group });
  crm.definitions.push(...fieldsOf(today));
  const people = [...crm.world.people.values()].filter((one) => one.email !== null).slice(0, shared);
  for (let n = 0; n < contacts; n += 1) settle(crm, today, ownDraft(crm, n));
  for (const [n, person] of people.entries()) settle(crm, today, sharedDraft(person, n % 2 === 0));
}

function settle(crm: Crm, today: number, draft: ContactDraft): void {
  const at = today - crm.random.int(30, 1_500) * DAY + crm.random.int(0, DAY - 1);
  crm.world.clock.at(at, () => {
    const made = makeContact(crm, draft);
    const tagged = crm.random.chance(0.3) ? [{ id: crm.nextId(), tagId: crm.random.int(5, 8), ...crm.born() }] : [];
    crm.settleIn({ ...made, tags: tagged });
  });
}

/** Of every ten: the third an organization, the fifth a couple with one address, the seventh archived, the ninth bare. */
function ownDraft(crm: Crm, n: number): ContactDraft {
  const { random } = crm;
  const first = n % FIRST_NAMES.length;
  const lastName = random.pick(LAST_NAMES);
  const address = `${LOCAL_PARTS[first] ?? 'who'}.crm${n}@example.org`;
  const person = { firstName: FIRST_NAMES[first] ?? 'Who', lastName, methods: methodsOf(crm, n, address) };
  const place = { ...random.pick(CITIES), address1: `${random.int(1, 999)} ${random.pick(STREETS)}`, label: 'Home' };
  const { postalCode: postal, ...rest } = place;
  const addresses = random.chance(0.7) ? [{ ...rest, postal }] : [];
  switch (n % 10) {
    case 2: {
      const name = `${random.pick(COMPANIES)} ${n}`;
      const people = n % 20 === 2 ? [{ ...person, firstName: 'Default', lastName: 'Contact' }] : [];
      return { contactType: 'Organization', name, individuals: people, addresses };
    }
    case 4: {
      const other = { firstName: random.pick(FIRST_NAMES), lastName, methods: [emailOf(address, random.chance(0.8))] };
      return { individuals: [person, { ...other, isSecondary: true }], addresses };
    }
    case 6:
      return { individuals: [person], addresses, archived: true };
    case 8:
      return { individuals: [{ firstName: person.firstName, lastName }], addresses };
    default:
      return { individuals: [person], addresses, fields: n % 3 === 0 ? { 'Favorite Program': 'Food Bank' } : {} };
  }
}

function sharedDraft(person: Person, referenced: boolean): ContactDraft {
  const address = person.email?.address ?? '';
  const names = { firstName: person.firstName ?? 'FNU', lastName: person.lastName ?? 'LNU' };
  const isOut = person.email?.permission === 'unsubscribed';
  return {
    individuals: [{ ...names, methods: [emailOf(address, !isOut)] }],
    references: referenced ? [{ source: 'Constant Contact', id: person.id }] : [],
  };
}

function methodsOf(crm: Crm, n: number, address: string): MethodDraft[] {
  const email = emailOf(address, crm.random.chance(0.8));
  const phone = { type: 'Mobile Phone', value: `480-555-${String(1000 + n).slice(-4)}`, isOptedIn: false };
  const second = emailOf(`work.${address}`, crm.random.chance(0.5), 'Work Email');
  return [email, ...(crm.random.chance(0.5) ? [phone] : []), ...(n % 10 === 0 ? [second] : [])];
}

function emailOf(value: string, isOptedIn: boolean, type = 'Home Email'): MethodDraft {
  return { type, value, isOptedIn };
}

function fieldsOf(createdAt: number): FieldDefinition[] {
  const field = (
    of: FieldDefinition['of'],
    dataType: FieldDefinition['dataType'],
    name: string,
    options: readonly string[] = [],
  ): FieldDefinition => ({ of, dataType, name, displayName: `${name}?`, options, createdAt });
  return [
    field('contact', 'Text', 'Subscriber Status'),
    field('contact', 'List', 'Favorite Program', ['Food Bank', 'Shelter', 'School']),
    field('contact', 'DateTime', 'First Gala'),
    field('contact', 'Boolean', 'Board Prospect'),
    field('individual', 'Text', 'Nickname on Badge'),
    field('individual', 'Boolean', 'Speaks Spanish'),
  ];
}
