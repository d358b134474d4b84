/**
 * What a PUT is laid over, out of a contact that was read whole just before: a method, an individual, the contact itself.
 *
 * A PUT is said to remove what it leaves out, so a part counts only if it shows everything that the model has; else it is
 * null, and is asked for by itself. Pure. Must never take a part of another contact.
 */
import { isRecord, type Json } from '../reading/fields.ts';
import { INDIVIDUAL_MODEL } from './write-bodies.ts';

/** Finds the contact itself. */
export function contactIn(stands: unknown, contactId: string): Json | null {
  return isRecord(stands) && String(stands['id']) === contactId && Array.isArray(stands['customFields'])
    ? stands
    : null;
}

/** Finds an individual. */
export function individualIn(stands: unknown, contactId: string, id: string): Json | null {
  const found = individualsIn(stands, contactId).find((one) => String(one['id']) === id);
  if (found === undefined || String(found['contactId']) !== contactId) return null;
  const parts = ['customFields', 'customCollections'].every((key) => Array.isArray(found[key]));
  const flags = ['isPrimary', 'isSecondary'].every((key) => typeof found[key] === 'boolean');
  // Who lives has no day of death that could be lost.
  const shown = (key: string): boolean =>
    Object.hasOwn(found, key) || (key === 'deceasedDate' && found['isDeceased'] === false);
  return parts && flags && INDIVIDUAL_MODEL.every(shown) ? found : null;
}

/** Finds a contact method. */
export function methodIn(stands: unknown, contactId: string, id: string): Json | null {
  const found = individualsIn(stands, contactId)
    .flatMap((one) => recordsIn(one['contactMethods']))
    .find((one) => String(one['id']) === id);
  return found !== undefined && typeof found['isOptedIn'] === 'boolean' && typeof found['isPrimary'] === 'boolean'
    ? found
    : null;
}

function individualsIn(stands: unknown, contactId: string): readonly Json[] {
  return recordsIn(contactIn(stands, contactId)?.['contactIndividuals']);
}

function recordsIn(value: unknown): readonly Json[] {
  return (Array.isArray(value) ? value : []).filter((one): one is Json => isRecord(one));
}
