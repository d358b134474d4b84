/**
 * told: one record of the CRM as the control door and the log tell it: names as they are held, instants as text with milliseconds.
 */
import type { Contact } from './types.ts';

export type Told = Readonly<Record<string, unknown>>;

/** Tells everything about one contact, archived or not; null where there is none. */
export function tellContact(contact: Contact | null): Told | null {
  return contact === null ? null : (tell(contact) as Told);
}

/** Tells instants as text, here and in everything inside. */
export function tell(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tell);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key.endsWith('At') && typeof inner === 'number' ? new Date(inner).toISOString() : tell(inner),
    ]),
  );
}
