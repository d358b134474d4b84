/**
 * Canonical contents for the mirror's suite: plausible ones to read, and arbitrary ones that try every column with what
 * its type allows and more (T31's letters, numbers in text columns, ids twice, keys named __proto__).
 */
import fc from 'fast-check';
import type { Contact } from '../model/contact.ts';
import { CONTACT_COLUMNS } from '../model/contact.ts';
import { sortKeys } from '../model/hash.ts';
import type { Content, StreamName } from '../model/record.ts';

const nothing = Object.fromEntries(CONTACT_COLUMNS.map((column) => [column, null]));

/** Makes a plausible contact; `more` replaces keys of it. */
export function contactContent(name: string, more: Partial<Contact> = {}): Content {
  const at = '2025-03-04T05:06:07Z';
  return {
    ...nothing,
    email_address: `${name}@example.org`,
    permission_to_send: 'implicit',
    first_name: name,
    birthday_month: 3,
    created_at: at,
    updated_at: at,
    list_memberships: ['list-a', 'list-b'],
    taggings: ['tag-a'],
    custom_fields: [{ custom_field_id: 'field-a', value: name, choice_ids: [1, 2] }],
    phone_numbers: [
      { phone_number_id: `p-${name}`, phone_number: '555', kind: 'home', created_at: at, updated_at: at },
    ],
    street_addresses: [],
    notes: [],
    sms_channel: null,
    extra: null,
    ...more,
  };
}

const letters = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '1e3',
    'null',
    '\u0000',
    'a\u0000b',
    "'; DROP TABLE contacts; --",
    '"',
    '\u{1f600}',
    '\ud800',
  ),
);
const text = fc.option(letters, { freq: 3 });
const id = fc.oneof(fc.uuid(), letters);
const scalar = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })) },
);
const json = fc.jsonValue({ maxDepth: 2 });
const key = fc.oneof(letters, fc.constantFrom('__proto__', 'constructor', 'extra', 'contact_id', '7'));
const extra = fc.option(fc.dictionary(key, json, { maxKeys: 3 }).map(sortKeys), { freq: 2 });
const columns = (
  names: readonly string[],
  value: fc.Arbitrary<unknown> = text,
): Record<string, fc.Arbitrary<unknown>> => Object.fromEntries(names.map((name) => [name, value]));
const rows = (shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.array(fc.record(shape), { maxLength: 3 });
const ADDRESS = ['kind', 'street', 'city', 'state', 'postal_code', 'country', 'created_at', 'updated_at'];
const SMS = { sms_channel_id: json, sms_address: text, dial_code: text, sms_channel_consents: json };

const contact = fc.record({
  ...columns(CONTACT_COLUMNS, scalar),
  list_memberships: fc.array(id, { maxLength: 4 }),
  taggings: fc.array(id, { maxLength: 4 }),
  custom_fields: rows({
    custom_field_id: id,
    value: text,
    choice_ids: fc.option(fc.array(fc.nat(), { maxLength: 3 })),
  }),
  phone_numbers: rows({ phone_number_id: id, ...columns(['phone_number', 'kind', 'created_at', 'updated_at']) }),
  street_addresses: rows({ street_address_id: id, ...columns(ADDRESS) }),
  notes: rows({ note_id: id, ...columns(['content', 'created_at']) }),
  sms_channel: fc.option(
    fc.oneof(fc.record(SMS, { requiredKeys: [] }), fc.dictionary(key, json, { maxKeys: 3 })).map(sortKeys),
  ),
  extra,
});

const TIMES = ['created_at', 'updated_at', 'deleted_at'];

/** Arbitrary canonical contents, by stream. */
export const CONTENTS: Readonly<Record<StreamName, fc.Arbitrary<Content>>> = {
  contacts: contact,
  lists: fc.record({
    ...columns(['name', 'description'], scalar),
    favorite: fc.option(fc.boolean()),
    ...columns(TIMES),
    extra,
  }),
  tags: fc.record({ ...columns(['name', 'tag_source', ...TIMES], scalar), extra }),
  custom_fields: fc.record({
    ...columns(['label', 'name', 'type', 'metadata', ...TIMES]),
    choices: rows({ choice_id: fc.nat(), choice_label: text, display_order: fc.option(fc.integer()) }),
    extra,
  }),
  segments: fc.record({ ...columns(['name', 'segment_criteria', 'created_at', 'edited_at', 'deleted_at']), extra }),
};

/** Ids as sources give them, a few so that records meet again. */
export const recordId = fc.constantFrom('1', '2', 'b', 'B', '\u00e9', '0d1f8d6e-0000-4000-8000-000000000001');
