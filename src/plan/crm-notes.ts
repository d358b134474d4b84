/**
 * crm-notes: the note in the CRM that says why an address is mailed no more: written once, where its flag fell.
 *
 * Pure. The same reason has the same text, so that a note of which nobody knows whether it was written is looked up. What
 * the CRM itself said, and came back from the account, needs none.
 */
import type { CrmChange } from '../model/crm.ts';
import { contentHash } from '../model/hash.ts';
import { byId, type CrmPlace } from './crm-household.ts';
import type { CrmBase, CrmMapping } from './crm-mapping.ts';
import { noteText, type Out } from './crm-out.ts';

/** Why somebody is out, in words and as it is remembered. */
export interface OutNote {
  readonly text: string;
  readonly hash: string;
  readonly out: Out;
}

/** Words the account's own record of an opt-out that came from the CRM. */
export function withdrawalReason({ name }: CrmMapping): string {
  return `opted out in ${name}`;
}

/** Makes the note of one address; null where nobody is out, or no address is known. */
export function outNote(address: string | null, out: Out | null, { account }: CrmMapping): OutNote | null {
  if (out === null || address === null) return null;
  const text = noteText(address, account, out);
  return { text, hash: contentHash(text), out };
}

/** Where the flag fell it is noted; a deletion also at the contact whose flag had fallen before. */
export function notesOf(
  note: OutNote | null,
  fallen: readonly CrmPlace[],
  met: string | null,
  base: CrmBase | null,
  mapping: CrmMapping,
  now: string,
): readonly CrmChange[] {
  if (note === null || base?.noted === note.hash || mapping.consent === null) return [];
  const { out, text } = note;
  if (out.reason === 'unsubscribed' && out.detail === withdrawalReason(mapping)) return [];
  const told = met !== null && out.reason === 'deleted' && base !== null ? [met] : [];
  return [...new Set([...fallen.map(({ contactId }) => contactId), ...told])]
    .sort(byId)
    .map((contactId) => ({ kind: 'note', contactId, text, at: timeOf(out.at) ?? now }) satisfies CrmChange);
}

/** A deletion is told by its day alone. */
function timeOf(at: string | null): string | null {
  return at !== null && /^\d{4}-\d{2}-\d{2}$/.test(at) ? `${at}T00:00:00Z` : at;
}
