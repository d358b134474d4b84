/** places: which of a contact's postal addresses it shows. */
import type { Address, Contact } from './types.ts';

/** Finds the address that a contact shows. */
export function primaryAddress(contact: Contact): Address | undefined {
  const shown = contact.addresses.filter((one) => !one.archived);
  return shown.find((one) => one.isPrimary) ?? shown[0];
}
