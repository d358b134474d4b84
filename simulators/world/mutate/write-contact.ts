/**
 * write-contact: what a write of the API does to one contact, as one committed change.
 *
 * A replacement sets every plain field, so what the writer left out becomes nothing; subresources that were not sent stay, a sent
 * one replaces the set. It brings a deleted contact back, never its lists. Consent follows consent-rules.ts; a forbidden wish must
 * have been refused or withdrawn by the caller.
 */
import { detailsOf } from '../details.ts';
import type { Details, EmailState, Person, SmsState } from '../types.ts';
import type { Change, World } from '../world.ts';
import { newEmail, withPermission } from './consent-rules.ts';
import type { ContactInput, DetailsInput, EmailInput, SmsInput } from './contact-input.ts';

/** Creates a contact. */
export function createContact(world: World, input: ContactInput): Change {
  const now = world.clock.now();
  const { email, source } = input;
  const blank: Person = {
    id: world.random.uuid(),
    sequence: 1_000_000 + world.people.size,
    seed: 0,
    email: email === undefined ? null : newEmail(email.address, email.permission, source, now, email.reason),
    sms: input.sms === undefined ? null : smsAfter(world, null, input.sms),
    ...input.plain,
    createSource: source,
    updateSource: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    lists: input.lists ?? [],
    tags: input.tags ?? [],
    details: { fields: [], phones: [], addresses: [], notes: [] },
  };
  return world.commitPerson('contact.created', { ...blank, details: detailsAfter(world, blank, input) });
}

/** What becomes of the address: a wish about it, or that it goes. */
export type EmailWish = EmailInput | 'kept' | 'removed';

/** Replaces a contact by what the writer said; deleted or not, it is there afterwards. */
export function replaceContact(world: World, person: Person, input: ContactInput, wish: EmailWish): Change {
  const now = world.clock.now();
  const after: Person = {
    ...person,
    ...input.plain,
    email: emailAfter(person.email, input, wish, now),
    sms: input.sms === undefined ? person.sms : smsAfter(world, person.sms, input.sms),
    updateSource: input.source,
    updatedAt: now,
    deletedAt: null,
    lists: input.lists ?? person.lists,
    tags: input.tags ?? person.tags,
    details: detailsAfter(world, person, input),
  };
  return world.commitPerson(kindOf(person, after), after, { how: 'api' });
}

/** Names a change by the gravest thing about it. */
export function kindOf(before: Person, after: Person): string {
  if (before.deletedAt !== null && after.deletedAt === null) return 'contact.revived';
  const [was, is] = [before.email?.permission, after.email?.permission];
  if (is === 'unsubscribed' && was !== is) return 'contact.unsubscribed';
  if (was === 'unsubscribed' && was !== is) return 'contact.resubscribed';
  return before.email?.address === after.email?.address ? 'contact.edited' : 'contact.address_changed';
}

function emailAfter(email: EmailState | null, input: ContactInput, wish: EmailWish, now: number): EmailState | null {
  if (wish === 'kept') return email;
  if (wish === 'removed') return null;
  if (email === null) return newEmail(wish.address, wish.permission, input.source, now, wish.reason);
  const by = { source: input.source, now, reason: wish.reason };
  const consented = withPermission(email, wish.permission ?? email.permission, by);
  return consented.address === wish.address ? consented : { ...consented, address: wish.address, updatedAt: now };
}

/** Makes the state of an SMS channel that a writer asked for. */
export function smsAfter(world: World, sms: SmsState | null, wish: SmsInput): SmsState {
  const now = world.clock.now();
  const kept = sms ?? { channelId: world.random.uuid(), createdAt: now };
  return { ...kept, number: wish.number, permission: wish.permission, updatedAt: now };
}

/** Makes the details that a writer's sets leave; null as long as nothing was sent for a contact that never had any changed. */
export function detailsAfter(world: World, person: Person, input: DetailsInput): Details | null {
  const sent = [input.fields, input.phones, input.addresses, input.notes].some((one) => one !== undefined);
  if (!sent) return person.details;
  const kept = detailsOf(person, world.firstFields);
  const now = world.clock.now();
  const stamp = () => ({ id: world.random.uuid(), createdAt: now, updatedAt: now });
  return {
    fields: input.fields ?? kept.fields,
    phones: input.phones?.map((one) => ({ ...stamp(), ...one })) ?? kept.phones,
    addresses: input.addresses?.map((one) => ({ ...stamp(), ...one })) ?? kept.addresses,
    notes:
      input.notes?.map((one) => {
        const old = kept.notes.find((note) => note.id === one.id);
        return old === undefined
          ? { id: world.random.uuid(), createdAt: now, content: one.content }
          : { ...old, content: one.content };
      }) ?? kept.notes,
  };
}
