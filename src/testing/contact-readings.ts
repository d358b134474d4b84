/**
 * Contacts as one answer shows them, for tests of the pure core: a whole contact with only what matters said.
 *
 * Must never be used to judge a parser: it builds what a parser would hand on.
 */
import { CONTACT_COLUMNS, type Contact, type ContactScalars } from '../model/contact.ts';
import { contentHash } from '../model/hash.ts';
import type { PermissionState, Reading, RecordState } from '../model/record.ts';

/** Makes a contact; what is not said is null or empty. */
export function contactOf(said: Partial<Contact>): Contact {
  const scalars = Object.fromEntries(CONTACT_COLUMNS.map((column) => [column, null])) as unknown as ContactScalars;
  return {
    ...scalars,
    list_memberships: [],
    taggings: [],
    custom_fields: [],
    phone_numbers: [],
    street_addresses: [],
    notes: [],
    sms_channel: null,
    extra: null,
    ...said,
  };
}

/** Makes a reading in the state that the contact's own fields say. */
export function readingOf(said: Partial<Contact>, id = 'c1'): Reading<Contact> {
  const content = contactOf({ email_address: 'ann@example.org', permission_to_send: 'explicit', ...said });
  const state: RecordState = content.deleted_at === null ? (content.permission_to_send as PermissionState) : 'deleted';
  const version = `${content.updated_at ?? ''}|${content.email_updated_at ?? ''}`;
  return { id, hash: contentHash(content), version, state, content };
}
