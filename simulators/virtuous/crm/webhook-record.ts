/**
 * webhook-record: the contact as a delivery shows it (virtuous-crm §9).
 *
 * Unlike what is read, it has all addresses as a list; methods may be null; tags are names. It is what it was at the time of the event.
 */
import type { Crm } from './crm.ts';
import type { Contact } from './types.ts';

/** Shows a contact for a delivery. */
export function contactRecord(crm: Crm, contact: Contact): Readonly<Record<string, unknown>> {
  return {
    id: contact.id,
    name: contact.name,
    contactType: contact.contactType,
    customContactType: null,
    contactAddresses: contact.addresses
      .filter((one) => !one.archived)
      .map(({ id, label, address1, address2, city, state, postal, country, isPrimary }) => {
        return { id, label, address1, address2, city, state, postal, country, isPrimary };
      }),
    contactIndividuals: contact.individuals.map((one) => {
      const methods = one.methods.filter((method) => !method.archived);
      const shown = methods.map(({ id, type, value, isOptedIn, isPrimary }) => ({
        id,
        type,
        value,
        isOptedIn,
        isPrimary,
      }));
      return {
        id: one.id,
        firstName: one.firstName,
        lastName: one.lastName,
        isPrimary: one.isPrimary,
        contactMethods: shown.length === 0 ? null : shown,
      };
    }),
    contactReferences: contact.references.map(({ source, id }) => ({ source, id })),
    tags: contact.tags.flatMap(({ tagId }) => crm.tags.get(tagId)?.name ?? []),
    organizationGroups: [],
    mergedIntoContactId: contact.mergedInto,
  };
}
