/**
 * crm-seen: does a contact that was read right after a write of names or fields show anything of it?
 *
 * Pure. A CRM may keep a value in a form of its own (T41), which is seen; one that shows exactly what stood there before
 * may be a read that came too early (T17): it must never be taken for somebody's edit.
 */
import type { CrmChange, CrmContact } from '../model/crm.ts';

/** Tells that a contact still shows of names or fields exactly what stood there before they were written. */
export function isUnseen(change: CrmChange, before: readonly CrmContact[], after: readonly CrmContact[]): boolean {
  if (change.kind !== 'fields' && change.kind !== 'name') return false;
  const wants = Object.entries(
    change.kind === 'fields' ? change.set : { first_name: change.first_name, last_name: change.last_name },
  );
  const stoodThere = valuesOf(change, before);
  const standsThere = valuesOf(change, after);
  return (
    wants.every(([name]) => (standsThere[name] ?? null) === (stoodThere[name] ?? null)) &&
    wants.some(([name, value]) => (standsThere[name] ?? null) !== value)
  );
}

function valuesOf(
  change: Extract<CrmChange, { kind: 'fields' | 'name' }>,
  contacts: readonly CrmContact[],
): Readonly<Record<string, string | null>> {
  const contact = contacts.find(({ contact_id }) => contact_id === change.contactId);
  if (change.kind === 'fields') return contact?.custom_fields ?? {};
  const { first_name = null, last_name = null } =
    contact?.individuals.find(({ id }) => id === change.individualId) ?? {};
  return { first_name, last_name };
}
