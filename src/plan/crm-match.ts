/**
 * crm-match: which contact of a CRM is this person, and which of its individuals and e-mails are theirs?
 *
 * Pure; the order in which contacts were found never matters. What was linked or bears our reference counts before an
 * address, for addresses are shared and change (T27, T32, T33). Names only choose between those whom an address names
 * alike, never in an organisation. Doubt is a conflict, and nobody is made anew while a link has lost its contact (T29).
 */
import { matchKey } from '../model/address.ts';
import type { CrmContact, CrmIndividual } from '../model/crm.ts';
import { byId, emailsOf, isAway, referredIds } from './crm-household.ts';
import type { CrmLink } from './crm-mapping.ts';

export interface PersonToMeet {
  /** The primary's id, which our references bear. */
  readonly id: string;
  /** Under which source our references stand. */
  readonly source: string;
  /** Match keys: of the address now, and of the one last agreed on. Null where there is none. */
  readonly address: string | null;
  readonly addressWas: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Ids of e-mails that are linked with others of ours who still live at the primary. */
  readonly taken: ReadonlySet<string>;
}

/** `gone`: the linked contact is away and nobody else is this person. `relinked`: another contact than the linked one is. */
export type Meeting =
  | { readonly kind: 'met'; readonly contact: CrmContact; readonly link: CrmLink; readonly relinked: boolean }
  | { readonly kind: 'new' }
  | { readonly kind: 'conflict'; readonly reason: 'gone' | 'two-references' | 'reference-of-another' };

/** Finds the person among the contacts that are linked, bear their reference or have their address. */
export function meet(person: PersonToMeet, link: CrmLink | null, found: readonly CrmContact[]): Meeting {
  const once = [...new Map(found.map((contact) => [contact.contact_id, contact])).values()];
  const living = once.filter((contact) => !isAway(contact));
  const isLinked = (contact: CrmContact): boolean => link !== null && contact.contact_id === link.contactId;
  const bearers = living.filter((contact) => bears(contact, person));
  const holders = living.filter((contact) => hasAddress(contact, person));
  const free = holders.filter((contact) => hasRoom(contact, person));
  // Parted from it again, they live where their address is now, if it is anywhere (T30).
  const linked = living.filter((one) => isLinked(one) && (free.length === 0 || !hasLeft(one, person, link)));
  if (linked.length === 0 && bearers.length > 1 && bearers.some((contact) => !hasAddress(contact, person)))
    return { kind: 'conflict', reason: 'two-references' };
  const known = [...new Set([...bearers, ...linked])];
  const contact = best(known.length > 0 ? known : free, [
    (one) => hasAddress(one, person),
    isLinked,
    (one) => bears(one, person),
    (one) => one.individuals.some((individual) => isNamed(one, individual, person)),
  ]);
  if (contact !== null)
    return {
      kind: 'met',
      contact,
      link: placeIn(contact, person, link),
      relinked: link !== null && !isLinked(contact),
    };
  if (holders.length > 0) return { kind: 'conflict', reason: 'reference-of-another' };
  return link === null ? { kind: 'new' } : { kind: 'conflict', reason: 'gone' };
}

/** Tells whether a contact bears this person's reference. */
export function bears(contact: CrmContact, { id, source }: Pick<PersonToMeet, 'id' | 'source'>): boolean {
  return referredIds(contact, source).includes(id);
}

/**
 * Each person of ours takes one e-mail: where as many references as e-mails stand, all are somebody else's, and so is one
 * that another is linked with. They have moved on from that address, and so will the e-mail (T28).
 */
function hasRoom(contact: CrmContact, person: PersonToMeet): boolean {
  const places = emailsOf(contact);
  const isFree = places.some(({ email }) => isTheirs(email.address, person) && !person.taken.has(email.id));
  return isFree && referredIds(contact, person.source).length < places.length;
}

/** Tells that nothing in a contact is this person's any more: not the e-mail that was linked, not their address, not their reference. */
function hasLeft(contact: CrmContact, person: PersonToMeet, link: CrmLink | null): boolean {
  const stays = emailsOf(contact).some(({ email }) => email.id === link?.emailId);
  return !stays && !hasAddress(contact, person) && !bears(contact, person);
}

function hasAddress(contact: CrmContact, person: PersonToMeet): boolean {
  return emailsOf(contact).some(({ email }) => isTheirs(email.address, person));
}

function isTheirs(address: string, { address: now, addressWas }: PersonToMeet): boolean {
  const key = matchKey(address);
  return key !== null && (key === now || key === addressWas);
}

type Test<T> = (one: T) => boolean;

/** Picks the one for which the earlier tests hold, of equals the one with the lowest id. */
function best(contacts: readonly CrmContact[], tests: readonly Test<CrmContact>[]): CrmContact | null {
  return [...contacts].sort((a, b) => rank(a, b, tests) || byId(a.contact_id, b.contact_id))[0] ?? null;
}

function rank<T>(a: T, b: T, tests: readonly Test<T>[]): number {
  for (const test of tests) if (test(a) !== test(b)) return test(a) ? -1 : 1;
  return 0;
}

/**
 * Finds the individual and the e-mail. Two of one household may swap their addresses: the linked e-mail stays a person's
 * own whatever address it has now, but for another of the same individual that has theirs already.
 */
function placeIn(contact: CrmContact, person: PersonToMeet, link: CrmLink | null): CrmLink {
  const contactId = contact.contact_id;
  const places = emailsOf(contact);
  const stays = contact.individuals.some(({ id }) => id === link?.individualId);
  const named = new Set(contact.individuals.filter((one) => isNamed(contact, one, person)).map(({ id }) => id));
  const primary = new Set(contact.individuals.filter((one) => one.primary).map(({ id }) => id));
  const [place] = [...places].sort(
    (a, b) =>
      rank(a, b, [
        ({ email, individualId }) =>
          matchKey(email.address) === person.address && (!stays || individualId === link?.individualId),
        ({ email }) => email.id === link?.emailId,
        ({ email }) => isTheirs(email.address, person),
        ({ individualId }) => individualId === link?.individualId,
        ({ individualId }) => named.has(individualId),
        ({ individualId }) => primary.has(individualId),
      ]) ||
      byId(a.individualId, b.individualId) ||
      byId(a.email.id, b.email.id),
  );
  const sure =
    place !== undefined &&
    (isTheirs(place.email.address, person) ||
      place.email.id === link?.emailId ||
      (places.length === 1 && link?.contactId !== contactId));
  if (sure) return { contactId, individualId: place.individualId, emailId: place.email.id };
  return { contactId, individualId: individualOf(contact, person, link), emailId: null };
}

function individualOf(contact: CrmContact, person: PersonToMeet, link: CrmLink | null): string | null {
  const [one] = [...contact.individuals].sort(
    (a, b) =>
      rank(a, b, [
        ({ id }) => id === link?.individualId,
        (individual) => isNamed(contact, individual, person),
        ({ primary }) => primary,
      ]) || byId(a.id, b.id),
  );
  return one?.id ?? null;
}

/** An organisation's individual is often made up, and two people without names are not one. */
function isNamed(contact: CrmContact, individual: CrmIndividual, { firstName, lastName }: PersonToMeet): boolean {
  if (contact.type !== null && contact.type !== 'Household') return false;
  if (firstName === null || lastName === null) return false;
  return isSameName(individual.first_name, firstName) && isSameName(individual.last_name, lastName);
}

function isSameName(a: string | null, b: string): boolean {
  return a !== null && a.normalize('NFC').trim().toLowerCase() === b.normalize('NFC').trim().toLowerCase();
}
