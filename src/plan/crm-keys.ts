/**
 * crm-keys: by what a contact of a CRM is found: each of its addresses (T31), and each outside id that it bears.
 *
 * Pure. Keys of the two kinds never meet: an address has no line break.
 */
import { matchKey } from '../model/address.ts';
import type { CrmContact, CrmReference } from '../model/crm.ts';

/** Makes the key of an outside id. */
export function referenceKey({ source, id }: CrmReference): string {
  return `ref:${source}\n${id}`;
}

/** Gives every key of a contact, each once; a text that is no address has none. */
export function householdKeys({ individuals, references }: CrmContact): readonly string[] {
  const addresses = individuals.flatMap(({ emails }) => emails.flatMap(({ address }) => matchKey(address) ?? []));
  return [...new Set([...addresses, ...references.map(referenceKey)])];
}

/** Gives the ids under which one outside system knows a contact. */
export function referredIds({ references }: CrmContact, source: string): readonly string[] {
  return references.flatMap((reference) => (reference.source === source ? [reference.id] : []));
}

/** Tells a contact that lives no more in the CRM's own eyes: archived, or merged into another by somebody (T29). */
export function isAway({ archived, merged_into }: CrmContact): boolean {
  return archived === true || merged_into !== null;
}
