/**
 * import-row: what an import does to one contact.
 *
 * A row finds its contact by address, else by SMS number. It changes what it says and no more; it never gives or takes a permission,
 * and whoever is unsubscribed is put on no list. A new contact is there by the account's word. A deleted one comes back.
 */
import { detailsOf } from '../details.ts';
import type { FieldValue, Person, Phone, StreetAddress } from '../types.ts';
import type { World } from '../world.ts';
import { newEmail } from './consent-rules.ts';
import type { PhoneInput, PlainInput, SmsInput, StreetInput } from './contact-input.ts';
import { createContact, detailsAfter, smsAfter } from './write-contact.ts';

export interface StreetParts extends Partial<StreetInput> {
  readonly kind: StreetInput['kind'];
}

/** A row whose form has been judged. A null, an empty number and a value of nulls clear. */
export interface ImportRow {
  readonly address: string | null;
  readonly sms: SmsInput | null;
  readonly plain: Partial<PlainInput>;
  readonly phones: readonly PhoneInput[];
  readonly streets: readonly StreetParts[];
  readonly fields: readonly FieldValue[];
}

const MOST_LISTS = 50;
const MOST_PHONES = 3;
const NOTHING: PlainInput = {
  firstName: null,
  lastName: null,
  jobTitle: null,
  companyName: null,
  birthdayMonth: null,
  birthdayDay: null,
  anniversary: null,
};

/** Imports a row, and tells whether its contact could be put on the lists. */
export function importRow(world: World, row: ImportRow, listIds: readonly string[]): 'listed' | 'not_listed' {
  const open = listIds.filter((id) => world.lists.get(id)?.deletedAt === null);
  const person = findRow(world, row);
  if (person === null) {
    createFromRow(world, row, open);
    return 'listed';
  }
  const mayList = person.email?.permission !== 'unsubscribed';
  const lists = mayList ? [...new Set([...person.lists, ...open])].slice(0, MOST_LISTS) : person.lists;
  const now = world.clock.now();
  const email = person.email ?? (row.address === null ? null : newEmail(row.address, 'implicit', 'Account', now));
  const after: Person = {
    ...person,
    ...row.plain,
    email,
    sms: row.sms === null ? person.sms : smsAfter(world, person.sms, row.sms),
    lists,
    updateSource: 'Account',
    updatedAt: now,
    deletedAt: null,
    details: detailsAfter(world, person, subresourcesAfter(world, person, row)),
  };
  world.commitPerson(person.deletedAt === null ? 'contact.edited' : 'contact.revived', after, { how: 'import' });
  return mayList ? 'listed' : 'not_listed';
}

function findRow(world: World, row: ImportRow): Person | null {
  const byAddress = row.address === null ? null : world.owner(row.address);
  return byAddress ?? (row.sms === null ? null : world.ownerOfNumber(row.sms.number));
}

function createFromRow(world: World, row: ImportRow, lists: readonly string[]): void {
  createContact(world, {
    source: 'Account',
    plain: { ...NOTHING, ...row.plain },
    email: row.address === null ? undefined : { address: row.address, permission: 'implicit', reason: null },
    sms: row.sms ?? undefined,
    lists,
    tags: undefined,
    fields: row.fields.filter(hasValue),
    phones: row.phones.filter((one) => one.number !== ''),
    addresses: row.streets.map((one) => ({ ...EMPTY_STREET, ...one })),
    notes: undefined,
  });
}

const EMPTY_STREET = { street: null, city: null, state: null, postalCode: null, country: null };

function subresourcesAfter(world: World, person: Person, row: ImportRow): Parameters<typeof detailsAfter>[2] {
  const kept = detailsOf(person, world.firstFields);
  const fieldIds = new Set(row.fields.map((one) => one.fieldId));
  const fields = [...kept.fields.filter((one) => !fieldIds.has(one.fieldId)), ...row.fields.filter(hasValue)];
  return {
    fields: row.fields.length === 0 ? undefined : fields,
    phones: row.phones.length === 0 ? undefined : phonesAfter(kept.phones, row.phones),
    addresses: row.streets.length === 0 ? undefined : streetsAfter(kept.addresses, row.streets),
    notes: undefined,
  };
}

function phonesAfter(kept: readonly Phone[], sent: readonly PhoneInput[]): PhoneInput[] {
  const kinds = new Set(sent.map((one) => one.kind));
  const there = sent.filter((one) => one.number !== '');
  return [...there, ...kept.filter((one) => !kinds.has(one.kind))].slice(0, MOST_PHONES);
}

/** Lays the parts that a row has over the address of their kind. */
function streetsAfter(kept: readonly StreetAddress[], sent: readonly StreetParts[]): StreetInput[] {
  const kinds = new Set(sent.map((one) => one.kind));
  const changed = sent.map((one) => ({ ...EMPTY_STREET, ...kept.find(({ kind }) => kind === one.kind), ...one }));
  return [...kept.filter((one) => !kinds.has(one.kind)), ...changed].slice(0, MOST_PHONES);
}

function hasValue(one: FieldValue): boolean {
  return one.value !== null || one.choiceIds !== null;
}
