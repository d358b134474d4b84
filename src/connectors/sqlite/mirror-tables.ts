/**
 * The mirror's tables as data: product.md §4's names, and what we keep beside them.
 *
 * Beside the columns of the contract every main table has three of ours: `extra` (unknown keys of the answer, JSON),
 * `deleted_at_is_ours` (1 where the source told no time and `deleted_at` is when we knew: such a time is not part of
 * the content) and `unusual` (JSON: values that their column cannot hold exactly, so that reading gives back what was
 * written). Sub-tables are heaps with an index by owner: a load appends to them and indexes at its end, and the order
 * of their row numbers is the order of the content's list.
 */
import { CONTACT_COLUMNS } from '../../model/contact.ts';
import type { StreamName } from '../../model/record.ts';
import { quote } from './dialect.ts';

export type ColumnKind = 'text' | 'integer' | 'flag' | 'json';
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}
/** How a sub-table's rows stand in the content: a list of ids, a list of objects, or one object. */
export type SubShape = 'ids' | 'rows' | 'object';

export interface SubTable {
  readonly name: string;
  /** Key of the content whose value these rows are. */
  readonly key: string;
  readonly owner: string;
  readonly shape: SubShape;
  /** In the order of the contract, the owner among them. */
  readonly columns: readonly Column[];
}
export interface MainTable {
  readonly name: string;
  readonly id: string;
  /** Scalars of the content in its order. */
  readonly columns: readonly Column[];
  readonly subs: readonly SubTable[];
}

const INTEGERS = new Set(['birthday_month', 'birthday_day', 'choice_id', 'display_order']);
const kinds = new Map<string, ColumnKind>([
  ['favorite', 'flag'],
  ['choice_ids', 'json'],
]);

function column(name: string): Column {
  return { name, kind: INTEGERS.has(name) ? 'integer' : (kinds.get(name) ?? 'text') };
}

function sub(name: string, key: string, shape: SubShape, columns: readonly string[]): SubTable {
  const owner = columns.includes('contact_id') ? 'contact_id' : 'custom_field_id';
  return { name, key, owner, shape, columns: columns.map(column) };
}

/** Scalar keys of an SMS channel that have a column; the others stand in its `extra`. */
export const SMS_COLUMNS = [
  'sms_channel_id',
  'full_sms_address',
  'sms_address',
  'dial_code',
  'country_code',
  'create_source',
  'update_source',
] as const;

const ADDRESS_COLUMNS = ['kind', 'street', 'city', 'state', 'postal_code', 'country', 'created_at', 'updated_at'];
const PHONE_COLUMNS = ['phone_number', 'kind', 'created_at', 'updated_at'];
const TIMES = ['created_at', 'updated_at', 'deleted_at'];

export const MIRROR_TABLES: Readonly<Record<StreamName, MainTable>> = {
  contacts: {
    name: 'contacts',
    id: 'contact_id',
    columns: CONTACT_COLUMNS.map(column),
    subs: [
      sub('list_memberships', 'list_memberships', 'ids', ['contact_id', 'list_id']),
      sub('contact_tags', 'taggings', 'ids', ['contact_id', 'tag_id']),
      sub('contact_custom_fields', 'custom_fields', 'rows', ['contact_id', 'custom_field_id', 'value', 'choice_ids']),
      sub('phone_numbers', 'phone_numbers', 'rows', ['phone_number_id', 'contact_id', ...PHONE_COLUMNS]),
      sub('street_addresses', 'street_addresses', 'rows', ['street_address_id', 'contact_id', ...ADDRESS_COLUMNS]),
      sub('notes', 'notes', 'rows', ['note_id', 'contact_id', 'content', 'created_at']),
      sub('sms_channels', 'sms_channel', 'object', ['contact_id', ...SMS_COLUMNS, 'extra']),
    ],
  },
  lists: {
    name: 'contact_lists',
    id: 'list_id',
    columns: ['name', 'description', 'favorite', ...TIMES].map(column),
    subs: [],
  },
  tags: { name: 'tags', id: 'tag_id', columns: ['name', 'tag_source', ...TIMES].map(column), subs: [] },
  custom_fields: {
    name: 'custom_fields',
    id: 'custom_field_id',
    columns: ['label', 'name', 'type', 'metadata', ...TIMES].map(column),
    subs: [
      sub('custom_field_choices', 'choices', 'rows', ['custom_field_id', 'choice_id', 'choice_label', 'display_order']),
    ],
  },
  segments: {
    name: 'segments',
    id: 'segment_id',
    columns: ['name', 'segment_criteria', 'created_at', 'edited_at', 'deleted_at'].map(column),
    subs: [],
  },
};

/** Our own columns of a main table, after the content's. */
export const OWN_COLUMNS: readonly Column[] = [
  { name: 'extra', kind: 'json' },
  { name: 'deleted_at_is_ours', kind: 'integer' },
  { name: 'unusual', kind: 'json' },
];

/** Lists all columns of a main table, its id first. */
export function mainColumns(table: MainTable): readonly Column[] {
  return [{ name: table.id, kind: 'text' }, ...table.columns, ...OWN_COLUMNS];
}

const SQL_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: 'TEXT',
  integer: 'INTEGER',
  flag: 'INTEGER',
  json: 'TEXT',
};

/** Writes the definition of a main table. `keyed: false` is the form in which a load appends: without its primary key. */
export function createMainSql(prefix: string, table: MainTable, keyed: boolean): string {
  const columns = mainColumns(table).map(({ name, kind }) => {
    const key = name === table.id ? ` NOT NULL${keyed ? ' PRIMARY KEY' : ''}` : '';
    return `${quote(name)} ${SQL_TYPES[kind]}${key}`;
  });
  return `CREATE TABLE ${quote(prefix + table.name)} (${columns.join(', ')})`;
}

/** Writes the definition of a sub-table. */
export function createSubSql(prefix: string, table: SubTable): string {
  const columns = table.columns.map(({ name, kind }) => {
    return `${quote(name)} ${SQL_TYPES[kind]}${name === table.owner ? ' NOT NULL' : ''}`;
  });
  return `CREATE TABLE ${quote(prefix + table.name)} (${columns.join(', ')})`;
}

/** Names the index of a sub-table. */
export function subIndexName(prefix: string, table: SubTable): string {
  return `${prefix}concord_${table.name}_by_owner`;
}

/** Writes the definition of a sub-table's index: unique where a row is nothing but a pair of ids. */
export function createSubIndexSql(prefix: string, table: SubTable): string {
  const pair = table.shape === 'ids';
  const names = pair ? table.columns.map(({ name }) => quote(name)) : [quote(table.owner)];
  const unique = pair ? 'UNIQUE ' : '';
  const name = quote(subIndexName(prefix, table));
  return `CREATE ${unique}INDEX IF NOT EXISTS ${name} ON ${quote(prefix + table.name)} (${names.join(', ')})`;
}
