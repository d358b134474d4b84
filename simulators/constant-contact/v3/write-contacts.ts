/**
 * write-contacts: the calls that write one contact.
 *
 * An address has one owner for ever: a deleted contact still owns its own, so adding it again is a conflict that names the owner.
 * A write either happens as a whole, as one change in the truth log, or not at all.
 */
import { z } from 'zod';
import type { ContactInput } from '../../world/mutate/contact-input.ts';
import { isForbidden } from '../../world/mutate/consent-rules.ts';
import { remove } from '../../world/mutate/people.ts';
import { mailResubscribe } from '../../world/mutate/resubscribe.ts';
import { findSignedUp, signUpAgain, signUpNew } from '../../world/mutate/sign-up.ts';
import { createContact, replaceContact, type EmailWish } from '../../world/mutate/write-contact.ts';
import type { Person } from '../../world/types.ts';
import type { Change, World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import { badBody, idsOf, readBody, required } from './body.ts';
import type { Call, Route } from './call.ts';
import { CONTACT_POST, CONTACT_PUT } from './contact-body.ts';
import { checkFields, checkLists, checkTags } from './exists.ts';
import { isUuid, NO_QUERY, readQuery } from './query.ts';
import { contactRenderer, INCLUDES } from './render-contact.ts';
import { SIGN_UP } from './sign-up-body.ts';

const RESUBSCRIBE = z.strictObject({ list_ids: required(idsOf(50, 1)) });

function postContact(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const input = readBody(CONTACT_POST, call.body, world.switches.current);
  checkAll(world, input);
  if (input.email !== undefined) refuseTaken(world, input.email.address, null);
  return { status: 201, body: shown(world, createContact(world, input)) };
}

function putContact(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const person = findPath(call);
  const input = readBody(CONTACT_PUT, call.body, world.switches.current);
  checkAll(world, input);
  if (person.deletedAt !== null && input.source !== 'Account') {
    throw badBody(['update_source must be Account to restore a deleted contact']);
  }
  if (input.email !== undefined) refuseTaken(world, input.email.address, person.id);
  const wish = wishOf(world, person, input);
  return { status: 200, body: shown(world, replaceContact(world, person, input, wish)) };
}

/** Decides what becomes of the address, by the switches where nobody knows. */
function wishOf(world: World, person: Person, { email, source }: ContactInput): EmailWish {
  const switches = world.switches.current;
  if (email === undefined) {
    if (switches.putWithoutEmail === 'refused') throw badBody(['email_address is missing']);
    return switches.putWithoutEmail;
  }
  if (email.permission === null && switches.putWithoutPermission === 'refused') {
    throw badBody(['permission_to_send is missing']);
  }
  const unsaid = switches.putWithoutPermission === 'not_set' ? 'not_set' : (person.email?.permission ?? null);
  const permission = email.permission ?? unsaid;
  if (person.email === null || permission === null) return { ...email, permission };
  if (!isForbidden(person.email, permission, source)) return { ...email, permission };
  switch (switches.forbiddenResubscribe) {
    case 'ignored':
      return { ...email, permission: person.email.permission };
    case 'conflict':
      throw new Refusal(409, 'contacts.api.conflict', 'Contact has opted out and cannot be opted in by the account');
    case 'refused':
      throw badBody(['permission_to_send does not have a valid value']);
  }
}

function deleteContact(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const person = findPath(call);
  if (person.deletedAt !== null && call.world.switches.current.deleteAgain === 'not_found') {
    throw notFound('contact_id does not exist');
  }
  remove(call.world, { op: 'delete', contact_id: person.id });
  return { status: 204, body: undefined };
}

function signUp(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const form = readBody(SIGN_UP, call.body, world.switches.current);
  checkLists(world, form.lists);
  checkFields(world, form.fields);
  const person = findSignedUp(world, form);
  const change = person === null ? signUpNew(world, form) : signUpAgain(world, person, form);
  const action = person === null ? 'created' : 'updated';
  return { status: person === null ? 201 : 200, body: { contact_id: change.after?.id, action } };
}

function resubscribe(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const person = findPath(call);
  const { list_ids: listIds } = readBody(RESUBSCRIBE, call.body, world.switches.current);
  checkLists(world, listIds);
  if (person.deletedAt !== null || person.email?.permission !== 'unsubscribed') {
    throw badBody(['contact is not unsubscribed']);
  }
  if (world.resubscribeMails.has(person.id)) {
    throw new Refusal(409, 'contacts.api.conflict', 'A resubscribe email has already been sent to this contact');
  }
  mailResubscribe(world, person.id, listIds);
  return { status: 200, body: undefined };
}

function checkAll(world: World, input: ContactInput): void {
  checkLists(world, input.lists ?? []);
  checkTags(world, input.tags ?? []);
  checkFields(world, input.fields ?? []);
}

function refuseTaken(world: World, address: string, exceptId: string | null): void {
  const owner = world.owner(address);
  if (owner === null || owner.id === exceptId) return;
  const texts = {
    plain: `Email already exists for contact ${owner.id}`,
    validation: `Validation failed: Email already exists for contact ${owner.id}`,
    unnamed: 'Validation failed: EmailAddress is not unique',
  };
  throw new Refusal(409, 'contacts.api.conflict', texts[world.switches.current.conflictText]);
}

function findPath(call: Call): Person {
  if (!isUuid(call.id)) throw notFound('contact_id is in an invalid format');
  const person = call.world.people.get(call.id.toLowerCase());
  if (person === undefined) throw notFound('contact_id does not exist');
  return person;
}

function shown(world: World, change: Change): unknown {
  return change.after === null ? undefined : contactRenderer(world, INCLUDES)(change.after);
}

function notFound(message: string): Refusal {
  return new Refusal(404, 'contacts.api.not_found', message);
}

const COMMON = { scopes: ['contact_data'], privilege: 'contacts:write', form: 'array', collection: false } as const;

/** The calls that write one contact. */
export const CONTACT_WRITES: readonly Route[] = [
  { ...COMMON, method: 'POST', path: '/contacts/sign_up_form', handle: signUp },
  { ...COMMON, method: 'PUT', path: '/contacts/resubscribe/{id}', handle: resubscribe },
  { ...COMMON, method: 'POST', path: '/contacts', handle: postContact },
  { ...COMMON, method: 'PUT', path: '/contacts/{id}', handle: putContact },
  { ...COMMON, method: 'DELETE', path: '/contacts/{id}', handle: deleteContact },
];
