/**
 * sign-up: what a sign-up form does, which is the person's own act: it creates, restores and updates, and it overwrites consent.
 *
 * Whoever is there becomes explicit, unsubscribed or not. What the form does not say stays; lists and custom fields are only
 * added to. A new contact waits for confirmation where the account asks for one.
 */
import { detailsOf } from '../details.ts';
import type { FieldValue, Person } from '../types.ts';
import type { Change, World } from '../world.ts';
import { newEmail, withPermission } from './consent-rules.ts';
import type { PhoneInput, PlainInput, SmsInput, StreetInput } from './contact-input.ts';
import { createContact, detailsAfter, kindOf, smsAfter } from './write-contact.ts';

export interface SignUp {
  readonly address: string | undefined;
  readonly sms: SmsInput | undefined;
  readonly plain: Partial<PlainInput>;
  readonly phone: string | undefined;
  readonly street: StreetInput | undefined;
  readonly fields: readonly FieldValue[];
  readonly lists: readonly string[];
}

const NOTHING: PlainInput = {
  firstName: null,
  lastName: null,
  jobTitle: null,
  companyName: null,
  birthdayMonth: null,
  birthdayDay: null,
  anniversary: null,
};

/** Finds whom a sign-up is about: by address, else by number. */
export function findSignedUp(world: World, form: SignUp): Person | null {
  if (form.address !== undefined) return world.owner(form.address);
  return form.sms === undefined ? null : world.ownerOfNumber(form.sms.number);
}

/** Signs somebody up who is not in the account yet. */
export function signUpNew(world: World, form: SignUp): Change {
  const permission = world.account.confirmedOptIn ? 'pending_confirmation' : 'explicit';
  return createContact(world, {
    source: 'Contact',
    plain: { ...NOTHING, ...form.plain },
    email: form.address === undefined ? undefined : { address: form.address, permission, reason: null },
    sms: form.sms,
    lists: form.lists,
    tags: undefined,
    fields: form.fields,
    phones: form.phone === undefined ? undefined : [phoneOf(form.phone)],
    addresses: form.street === undefined ? undefined : [form.street],
    notes: undefined,
  });
}

/** Signs somebody up who is there, deleted or not. */
export function signUpAgain(world: World, person: Person, form: SignUp): Change {
  const now = world.clock.now();
  const kept = detailsOf(person, world.firstFields);
  const { street, fields, phone } = form;
  const after: Person = {
    ...person,
    ...form.plain,
    email: emailAfter(person, form, now),
    sms: form.sms === undefined ? person.sms : smsAfter(world, person.sms, form.sms),
    updateSource: 'Contact',
    updatedAt: now,
    deletedAt: null,
    lists: [...new Set([...person.lists, ...form.lists])],
    details: detailsAfter(world, person, {
      fields: fields.length === 0 ? undefined : addTo(kept.fields, fields, (one) => one.fieldId),
      phones: phone === undefined ? undefined : addTo(kept.phones, [phoneOf(phone)], (one) => one.kind),
      addresses: street === undefined ? undefined : addTo(kept.addresses, [street], (one) => one.kind),
      notes: undefined,
    }),
  };
  return world.commitPerson(kindOf(person, after), after, { how: 'sign_up' });
}

function emailAfter(person: Person, form: SignUp, now: number): Person['email'] {
  if (form.address === undefined) return person.email;
  if (person.email === null) return newEmail(form.address, 'explicit', 'Contact', now);
  return withPermission(person.email, 'explicit', { source: 'Contact', now, reason: null });
}

function phoneOf(number: string): PhoneInput {
  return { number, kind: 'other' };
}

/** Adds new ones to those kept; a new one takes the place of a kept one with the same key. */
function addTo<New, Kept extends New>(kept: readonly Kept[], more: readonly New[], key: (one: New) => string): New[] {
  const keys = new Set(more.map(key));
  return [...kept.filter((one) => !keys.has(key(one))), ...more];
}
