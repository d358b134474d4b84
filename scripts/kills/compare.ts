/**
 * The mirror against the simulator's truth: nobody lost, nobody doubled, no row of a sub-table either.
 *
 * Knows nothing of how the mirror was written; reads it as its user would.
 */
import Database from 'better-sqlite3';
import type { TrueContact } from './world.ts';

interface MirrorRow {
  readonly contact_id: string;
  readonly email_address: string | null;
  readonly permission_to_send: string | null;
  readonly first_name: string | null;
}
type Ids = ReadonlyMap<string, readonly string[]>;

/** Each sub-table, the column that tells its rows apart, and the same of the truth. */
const SUBS: readonly (readonly [string, string, (contact: TrueContact) => readonly string[]])[] = [
  ['list_memberships', 'list_id', (contact) => contact.list_memberships],
  ['contact_tags', 'tag_id', (contact) => contact.taggings],
  [
    'contact_custom_fields',
    'custom_field_id',
    (contact) => contact.custom_fields.map((field) => (field as { custom_field_id: string }).custom_field_id),
  ],
  ['phone_numbers', 'phone_number_id', (contact) => contact.phone_numbers.map((row) => row.phone_number_id)],
  ['street_addresses', 'street_address_id', (contact) => contact.street_addresses.map((row) => row.street_address_id)],
  ['notes', 'note_id', (contact) => contact.notes.map((row) => row.note_id)],
];

/** Names every difference in one line each. */
export function compare(file: string, contacts: readonly TrueContact[]): string[] {
  const db = new Database(file, { readonly: true });
  try {
    const living = contacts.filter((contact) => contact.deleted_at === undefined);
    return [...comparePeople(db, living), ...SUBS.flatMap(([table, id, of]) => compareSub(db, table, id, living, of))];
  } finally {
    db.close();
  }
}

function comparePeople(db: Database.Database, living: readonly TrueContact[]): string[] {
  const rows = db
    .prepare<[], MirrorRow>(
      'SELECT contact_id, email_address, permission_to_send, first_name FROM contacts WHERE deleted_at IS NULL',
    )
    .all();
  const byId = new Map(rows.map((row) => [row.contact_id, row]));
  const wrong: string[] = rows.length === byId.size ? [] : [`doubled: ${rows.length - byId.size} contacts`];
  for (const contact of living) {
    const row = byId.get(contact.contact_id);
    byId.delete(contact.contact_id);
    if (row === undefined) wrong.push(`lost: contact ${contact.contact_id}`);
    else if (!isSame(row, contact)) wrong.push(`stale: contact ${contact.contact_id}`);
  }
  for (const id of byId.keys()) wrong.push(`too many: contact ${id}`);
  return wrong;
}

function isSame(row: MirrorRow, contact: TrueContact): boolean {
  return (
    row.permission_to_send === (contact.email_address?.permission_to_send ?? null) &&
    row.email_address === (contact.email_address?.address ?? null) &&
    row.first_name === (contact.first_name ?? null)
  );
}

function compareSub(
  db: Database.Database,
  table: string,
  column: string,
  living: readonly TrueContact[],
  of: (contact: TrueContact) => readonly string[],
): string[] {
  const sql = `SELECT s.contact_id AS owner, s.${column} AS id FROM ${table} AS s
    JOIN contacts AS c ON c.contact_id = s.contact_id WHERE c.deleted_at IS NULL`;
  const mirror = grouped(db.prepare<[], { owner: string; id: string }>(sql).all());
  return living
    .filter((contact) => {
      const there = [...(mirror.get(contact.contact_id) ?? [])].sort();
      return there.join() !== [...of(contact)].sort().join();
    })
    .map((contact) => `${table} of contact ${contact.contact_id} differ`);
}

function grouped(rows: readonly { readonly owner: string; readonly id: string }[]): Ids {
  const byOwner = new Map<string, string[]>();
  for (const { owner, id } of rows) byOwner.set(owner, [...(byOwner.get(owner) ?? []), id]);
  return byOwner;
}
