/**
 * destruction: which parts of one change destroy something, and which touch consent.
 *
 * Pure. Decides what the guards count: a list membership taken away, a field blanked, an address changed. Records that
 * vanish from a listing are judged before they are read (guards, judgeVanished); what the source itself then says is
 * deleted is its word, not a suspicion, and does not count (product §3.8).
 */
import type { Content, RecordState } from '../model/record.ts';
import { CONSENT_COLUMNS, CONTACT_COLUMNS } from '../model/contact.ts';
import { MAILABLE } from '../consent/standing.ts';

export type Destruction = 'list-removal' | 'blanking' | 'address-change';

const STAMPS: ReadonlySet<string> = new Set([
  'created_at',
  'updated_at',
  'deleted_at',
  'email_created_at',
  'update_source',
  'create_source',
]);
const CONSENT: ReadonlySet<string> = new Set(CONSENT_COLUMNS);
const DETAILS = CONTACT_COLUMNS.filter(
  (column) => !CONSENT.has(column) && !STAMPS.has(column) && column !== 'email_address',
);

/** Names what a contact's change destroys. `before` null: nothing can be destroyed. */
export function destructionOf(before: Content | null, after: Content, state: RecordState): readonly Destruction[] {
  if (before === null || state === 'deleted') return [];
  const found: Destruction[] = [];
  if (
    before['email_address'] !== undefined &&
    before['email_address'] !== null &&
    before['email_address'] !== after['email_address']
  ) {
    found.push('address-change');
  }
  if (DETAILS.some((column) => isFilled(before[column]) && !isFilled(after[column]))) found.push('blanking');
  if (listsOf(before).some((list) => !listsOf(after).includes(list))) found.push('list-removal');
  return found;
}

/** Tells whether a change makes somebody mailable who was not. */
export function raisesConsent(before: Content | null, state: RecordState): boolean {
  return before !== null && MAILABLE.has(state) && !isMailable(before);
}

/** Tells whether a change takes mailability away by somebody's opt-out; whoever was deleted afterwards left all the same. */
export function isOptOut(before: Content | null, after: Content, state: RecordState): boolean {
  const isOut = state === 'unsubscribed' || (state === 'deleted' && after['permission_to_send'] === 'unsubscribed');
  return isOut && (before === null || before['permission_to_send'] !== 'unsubscribed');
}

export function isMailable(content: Content): boolean {
  const permission = content['permission_to_send'];
  return (permission === 'explicit' || permission === 'implicit') && !isFilled(content['deleted_at']);
}

/** Names the fields in which two canonical records differ, by their JSON text. */
export function changedFields(before: Content | null, after: Content): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before?.[name] ?? null) !== JSON.stringify(after[name] ?? null));
}

function isFilled(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}

function listsOf(content: Content): readonly unknown[] {
  const lists = content['list_memberships'];
  return Array.isArray(lists) ? lists : [];
}
