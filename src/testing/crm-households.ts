/**
 * Contacts of a CRM with households, for tests of what is decided about them; and what becomes of them when changes are
 * carried out. Knows no vendor and no connector.
 */
import type { CrmChange, CrmContact, CrmEmail, CrmIndividual } from '../model/crm.ts';

/** Makes an e-mail; on unless said otherwise. */
export function crmEmail(id: string, address: string, more: Partial<CrmEmail> = {}): CrmEmail {
  return { id, type: 'Home Email', address, opted_in: true, primary: true, ...more };
}

/** Makes an individual with its e-mails. */
export function crmIndividual(
  id: string,
  emails: readonly CrmEmail[],
  more: Partial<CrmIndividual> = {},
): CrmIndividual {
  return { id, first_name: 'Ann', last_name: 'Lee', primary: true, emails, ...more };
}

/** Makes a household of these individuals. */
export function household(
  contactId: string,
  individuals: readonly CrmIndividual[],
  more: Partial<CrmContact> = {},
): CrmContact {
  return {
    contact_id: contactId,
    type: 'Household',
    name: null,
    merged_into: null,
    archived: null,
    references: [],
    tags: [],
    custom_fields: {},
    individuals,
    created_at: null,
    updated_at: null,
    ...more,
  };
}

/** Gives the contacts as they are once the changes were carried out. Nobody is made by it. */
export function carriedOut(contacts: readonly CrmContact[], changes: readonly CrmChange[]): readonly CrmContact[] {
  return changes.reduce(
    (at, change) =>
      at.map((contact) =>
        'contactId' in change && change.contactId === contact.contact_id ? changed(contact, change) : contact,
      ),
    contacts,
  );
}

function changed(contact: CrmContact, change: CrmChange): CrmContact {
  switch (change.kind) {
    case 'refer':
      return { ...contact, references: [...contact.references, change.reference] };
    case 'opt':
      return withEmail(contact, change.email.id, { opted_in: change.optedIn });
    case 'address':
      return withEmail(contact, change.email.id, { address: change.address, opted_in: change.optedIn });
    case 'name':
      return {
        ...contact,
        individuals: contact.individuals.map((one) =>
          one.id === change.individualId ? { ...one, first_name: change.first_name, last_name: change.last_name } : one,
        ),
      };
    case 'fields':
      return { ...contact, custom_fields: { ...contact.custom_fields, ...change.set } };
    case 'tag':
      return { ...contact, tags: [...new Set([...contact.tags, change.tag.name])].sort() };
    case 'untag':
      return { ...contact, tags: contact.tags.filter((name) => name !== change.tag.name) };
    default:
      return contact;
  }
}

function withEmail(contact: CrmContact, id: string, set: Partial<CrmEmail>): CrmContact {
  return {
    ...contact,
    individuals: contact.individuals.map((one) => ({
      ...one,
      emails: one.emails.map((email) => (email.id === id ? { ...email, ...set } : email)),
    })),
  };
}
