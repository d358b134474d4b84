/**
 * Does what was read hold what was wanted? Asked after every write, and when an answer was lost.
 *
 * Consent is compared exactly, everything else as far as a source may keep it in a form of its own (T41). Pure.
 */
import { matchKey } from '../../../model/address.ts';
import type { PersonOperation } from '../../../connector/target.ts';
import type { Contact } from '../../../model/contact.ts';
import type { PersonIntent, SetChange } from '../../../model/intent.ts';
import type { Reading } from '../../../model/record.ts';

const MAILABLE = new Set(['explicit', 'implicit']);

/** Names the first thing that is not as it was wanted; null: all of it is. `sent`: the state that was sent or read before. */
export function difference(
  operation: PersonOperation,
  intent: PersonIntent,
  reading: Reading<Contact>,
  sent: string | null,
): string | null {
  if (operation === 'delete') return reading.state === 'deleted' ? null : 'not-deleted';
  if (reading.state === 'deleted') return operation === 'unsubscribe' ? null : 'deleted';
  if (operation === 'unsubscribe') return reading.state === 'unsubscribed' ? null : 'not-unsubscribed';
  if (MAILABLE.has(reading.state) && sent !== null && !MAILABLE.has(sent)) return 'became-mailable';
  if (operation === 'create' && intent.permission === 'implicit' && reading.state === 'explicit')
    return 'became-explicit';
  return differentContent(intent, reading.content);
}

function differentContent(intent: PersonIntent, contact: Contact): string | null {
  const address = typeof contact.email_address === 'string' ? matchKey(contact.email_address) : null;
  if (address === null || address !== matchKey(intent.address)) return 'address';
  for (const [column, value] of Object.entries(intent.fields))
    if (!alike(value, contact[column as keyof typeof intent.fields])) return column;
  for (const [id, value] of Object.entries(intent.customFields))
    if (!alike(value, contact.custom_fields.find((one) => one.custom_field_id === id)?.value)) return 'custom_fields';
  if (!holdsSet(contact.list_memberships, intent.lists)) return 'list_memberships';
  return holdsSet(contact.taggings, intent.tags) ? null : 'taggings';
}

/** Blank is null; space round a value and Unicode form are the source's to choose. */
function alike(wanted: Value, stands: Value): boolean {
  return plain(wanted) === plain(stands);
}

type Value = string | number | null | undefined;

function plain(value: Value): string {
  return value === null || value === undefined ? '' : String(value).normalize('NFC').trim().replace(/\s+/g, ' ');
}

function holdsSet(there: readonly string[], { add, remove }: SetChange): boolean {
  const ids = new Set(there);
  return add.every((id) => ids.has(id)) && remove.every((id) => !ids.has(id));
}
