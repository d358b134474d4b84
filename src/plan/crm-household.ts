/**
 * crm-household: what is looked up in a contact of a CRM: by which keys it is found, and where an address stands in it.
 *
 * Pure. An address may stand on several contacts, and one contact may have several addresses (T32, T33): nothing here
 * stops at the first. Must never decide whose a contact is.
 */
import { matchKey } from '../model/address.ts';
import type { CrmContact, CrmEmail, CrmReference } from '../model/crm.ts';

/** One e-mail of one individual of one contact. */
export interface CrmPlace {
  readonly contactId: string;
  readonly individualId: string;
  readonly email: CrmEmail;
}

/** Gives the key under which a contact is found by an outside id. Line ends cannot be in a source's name. */
export function referenceKey({ source, id }: CrmReference): string {
  return `ref:${source}\n${id}`;
}

/** Gives all keys under which a contact is found: match keys of its addresses, and its references; each once, sorted. */
export function householdKeys(contact: CrmContact): readonly string[] {
  const addresses = emailsOf(contact).flatMap(({ email }) => matchKey(email.address) ?? []);
  return [...new Set([...addresses, ...contact.references.map(referenceKey)])].sort();
}

/** Gives the ids under which one outside system knows a contact. */
export function referredIds({ references }: CrmContact, source: string): readonly string[] {
  return references.flatMap((reference) => (reference.source === source ? [reference.id] : []));
}

/** Tells whether a contact is no longer one of its own: archived, or merged into another. */
export function isAway(contact: CrmContact): boolean {
  return contact.archived === true || contact.merged_into !== null;
}

/** Finds every e-mail with this address, in the order of contacts and e-mails. */
export function placesOf(households: readonly CrmContact[], address: string): readonly CrmPlace[] {
  return households
    .flatMap(emailsOf)
    .filter(({ email }) => matchKey(email.address) === address)
    .sort((a, b) => byId(a.contactId, b.contactId) || byId(a.email.id, b.email.id));
}

/** Lists all e-mails of a contact. */
export function emailsOf({ contact_id: contactId, individuals }: CrmContact): readonly CrmPlace[] {
  return individuals.flatMap(({ id: individualId, emails }) =>
    emails.map((email) => ({ contactId, individualId, email })),
  );
}

/** Orders ids: numbers by their size, before all that are none. */
export function byId(a: string, b: string): number {
  const [left, right] = [sizeOf(a), sizeOf(b)];
  return left === right ? (a < b ? -1 : a > b ? 1 : 0) : left - right;
}

function sizeOf(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : Number.MAX_SAFE_INTEGER;
}
