/**
 * The sub-resources of a contact: lists, tags, custom fields, phones, addresses, notes.
 *
 * Sorted by id, so that the order of an answer never looks like a change. Unknown keys of a row are kept under the
 * sub-resource's name and the row's id. Who created a phone (`create_source`, `update_source`) has no column and is let go.
 */
import type { ContactCustomField, Note, PhoneNumber, StreetAddress } from '../../../model/contact.ts';
import type { Json, Kept } from '../../reading/fields.ts';
import { integer, isRecord, keepUnknown, recordId, row, rows, text, time, Unreadable } from '../../reading/fields.ts';

const FIELD_KEYS = new Set(['custom_field_id', 'value', 'choice_ids']);
const PHONE_KEYS = new Set([
  'phone_number_id',
  'phone_number',
  'kind',
  'created_at',
  'updated_at',
  'create_source',
  'update_source',
]);
const ADDRESS_KEYS = new Set(
  'street_address_id kind street city state postal_code country created_at updated_at'.split(' '),
);
const NOTE_KEYS = new Set(['note_id', 'content', 'created_at']);

/** Reads a set of ids: sorted, each once. */
export function readIds(value: unknown, field: string): readonly string[] {
  const ids = rows(value, field);
  let rising = true;
  let before = '';
  for (const raw of ids) {
    const id = recordId(raw, field);
    rising &&= id > before;
    before = id;
  }
  return rising ? (ids as readonly string[]) : [...new Set(ids as readonly string[])].sort();
}

/** Reads the values of custom fields. */
export function readCustomFields(value: unknown, kept: Kept): readonly ContactCustomField[] {
  return readRows(value, 'custom_fields', 'custom_field_id', FIELD_KEYS, kept, (raw, id) => ({
    custom_field_id: id,
    value: typeof raw['value'] === 'boolean' ? String(raw['value']) : number(raw['value']),
    choice_ids: readChoices(raw['choice_ids']),
  }));
}

/** Reads phone numbers. */
export function readPhones(value: unknown, kept: Kept): readonly PhoneNumber[] {
  return readRows(value, 'phone_numbers', 'phone_number_id', PHONE_KEYS, kept, (raw, id, keep) => ({
    phone_number_id: id,
    phone_number: text(raw['phone_number'], 'phone_numbers.phone_number'),
    kind: text(raw['kind'], 'phone_numbers.kind'),
    created_at: time(raw['created_at'], 'phone_numbers.created_at', (bad) => keep('created_at', bad)),
    updated_at: time(raw['updated_at'], 'phone_numbers.updated_at', (bad) => keep('updated_at', bad)),
  }));
}

/** Reads street addresses. */
export function readAddresses(value: unknown, kept: Kept): readonly StreetAddress[] {
  return readRows(value, 'street_addresses', 'street_address_id', ADDRESS_KEYS, kept, (raw, id, keep) => ({
    street_address_id: id,
    kind: text(raw['kind'], 'street_addresses.kind'),
    street: text(raw['street'], 'street_addresses.street'),
    city: text(raw['city'], 'street_addresses.city'),
    state: text(raw['state'], 'street_addresses.state'),
    postal_code: text(raw['postal_code'], 'street_addresses.postal_code'),
    country: text(raw['country'], 'street_addresses.country'),
    created_at: time(raw['created_at'], 'street_addresses.created_at', (bad) => keep('created_at', bad)),
    updated_at: time(raw['updated_at'], 'street_addresses.updated_at', (bad) => keep('updated_at', bad)),
  }));
}

/** Reads notes. */
export function readNotes(value: unknown, kept: Kept): readonly Note[] {
  return readRows(value, 'notes', 'note_id', NOTE_KEYS, kept, (raw, id, keep) => ({
    note_id: id,
    content: text(raw['content'], 'notes.content'),
    created_at: time(raw['created_at'], 'notes.created_at', (bad) => keep('created_at', bad)),
  }));
}

/** Reads rows that have an id each: sorted by it, a row that comes twice taken once, two rows with one id refused. */
function readRows<R>(
  value: unknown,
  field: string,
  idKey: string,
  known: ReadonlySet<string>,
  kept: Kept,
  read: (raw: Json, id: string, keep: (key: string, value: unknown) => void) => R,
): readonly R[] {
  const raws = rows(value, field);
  if (raws.length === 0) return [];
  const found = raws.map((inner) => {
    const raw = row(inner, field);
    const id = recordId(raw[idKey], `${field}.${idKey}`);
    const keep = (key: string, more: unknown): void => kept.putIn(field, `${id}.${key}`, more);
    keepUnknown(raw, known, keep);
    return { id, row: read(raw, id, keep) };
  });
  if (found.length > 1) found.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return found.filter((one, at) => isFirst(one, found[at - 1], field)).map((one) => one.row);
}

function isFirst<R>(one: { id: string; row: R }, before: { id: string; row: R } | undefined, field: string): boolean {
  if (before === undefined || before.id !== one.id) return true;
  if (JSON.stringify(before.row) === JSON.stringify(one.row)) return false;
  throw new Unreadable(`${field}: one id twice with different values`);
}

/** A custom field's value is text by contract; a typed field may come as a number, whose digits lose nothing if it is exact. */
function number(value: unknown): string | null {
  const exact = typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return exact ? String(value) : text(value, 'custom_fields.value');
}

function readChoices(value: unknown): readonly number[] | null {
  const raws = rows(value, 'custom_fields.choice_ids');
  if (raws.length === 0) return null;
  const ids = raws.map((raw) => {
    const id = isRecord(raw) ? null : integer(raw, 'custom_fields.choice_ids');
    if (id === null) throw new Unreadable('custom_fields.choice_ids: not a list of whole numbers');
    return id;
  });
  return [...new Set(ids)].sort((a, b) => a - b);
}
