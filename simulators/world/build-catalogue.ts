/**
 * build-catalogue: the lists, tags, custom fields, segments and the account itself on the first day.
 *
 * There is at least one custom field of each type as long as enough are asked for, one deleted list and one deleted segment.
 * Must stay deterministic, like all of the building.
 */
import { DAY } from './clock.ts';
import * as words from './names.ts';
import type { Random } from './random.ts';
import { FIELD_TYPES, type Account, type CustomField, type FieldChoice, type FieldType, type List } from './types.ts';
import type { Privilege, Segment, Tag } from './types.ts';

/** Makes the lists; with three or more, the last one is deleted. */
export function buildLists(random: Random, count: number, today: number): List[] {
  return Array.from({ length: count }, (_, n) => {
    const createdAt = today - DAY * random.int(400, 2000) - random.int(0, DAY - 1);
    const updatedAt = createdAt + DAY * random.int(0, 300);
    const deleted = count >= 3 && n === count - 1;
    return {
      id: random.uuid(),
      sequence: n + 1,
      name: words.LIST_NAMES[n] ?? `List ${n + 1}`,
      description: n % 2 === 0 ? `People of list ${n + 1}` : null,
      favorite: n === 0,
      createdAt,
      updatedAt,
      deletedAt: deleted ? updatedAt + DAY : null,
    };
  });
}

/** Makes the tags. */
export function buildTags(random: Random, count: number, today: number): Tag[] {
  return Array.from({ length: count }, (_, n) => {
    const createdAt = today - DAY * random.int(100, 900) - random.int(0, DAY - 1);
    const name = words.TAG_NAMES[n] ?? `tag-${n + 1}`;
    return { id: random.uuid(), name, source: 'Contact', createdAt, updatedAt: createdAt };
  });
}

const FIELD_LABELS: Readonly<Record<FieldType, string>> = {
  string: 'Favourite colour',
  date: 'First visit',
  datetime: 'Last call',
  currency: 'Lifetime giving',
  text_area: 'Remarks',
  number: 'Household size',
  boolean: 'Is a member',
  single_select: 'T-shirt',
  multi_select: 'Interests',
};

/** Makes the custom fields, going through the types in turn. */
export function buildFields(random: Random, count: number, today: number): CustomField[] {
  return Array.from({ length: count }, (_, n) => {
    const type = FIELD_TYPES[n % FIELD_TYPES.length] ?? 'string';
    const round = Math.floor(n / FIELD_TYPES.length);
    const createdAt = today - DAY * random.int(100, 900) - random.int(0, DAY - 1);
    return makeField(
      random.uuid(),
      round === 0 ? FIELD_LABELS[type] : `${FIELD_LABELS[type]} ${round + 1}`,
      type,
      createdAt,
    );
  });
}

/** Makes one custom field with what its type needs. */
export function makeField(
  id: string,
  label: string,
  type: FieldType,
  at: number,
  labels?: readonly string[],
): CustomField {
  return {
    id,
    label,
    name: label.replaceAll(' ', '_').toLowerCase(),
    type,
    metadata: metadataFor(type),
    version: type === 'date' || type === 'datetime' ? 2 : null,
    choices: type.endsWith('_select') ? makeChoices(labels ?? ['Small', 'Medium', 'Große']) : [],
    createdAt: at,
    updatedAt: at,
  };
}

function makeChoices(labels: readonly string[]): FieldChoice[] {
  return labels.map((label, n) => ({ id: 100 + n, label, order: n + 1, deletedAt: null }));
}

function metadataFor(type: FieldType): Readonly<Record<string, unknown>> | null {
  switch (type) {
    case 'number':
      return { allow_negative: true, integer: true };
    case 'currency':
      return { currency_code: 'USD', decimal_places: 2 };
    case 'date':
    case 'datetime':
      return { display_format: 'MM/DD/YYYY' };
    case 'single_select':
      return { display_type: 'radio' };
    case 'multi_select':
      return { display_type: 'checkbox' };
    case 'string':
    case 'text_area':
    case 'boolean':
      return null;
  }
}

/** Makes three segments, each over one list; the last one is deleted. */
export function buildSegments(lists: readonly List[], today: number): Segment[] {
  return lists.slice(0, 3).map((list, n) => ({
    id: 1001 + n,
    name: `In ${list.name}`,
    listId: list.id,
    createdAt: today - 200 * DAY,
    editedAt: today - (100 + n) * DAY,
    deletedAt: n === 2 ? today - 50 * DAY : null,
  }));
}

/** Makes the account; its id comes from the seed, so two worlds of different seeds are different accounts. */
export function buildAccount(random: Random): Account {
  return {
    encodedAccountId: `p0${random.token(12).toLowerCase()}`,
    organizationName: 'Harbor Food Bank',
    contactEmail: 'office@example.org',
    firstName: 'Lola',
    lastName: 'Müller',
    website: 'https://www.example.org',
    countryCode: 'US',
    stateCode: 'MA',
    timeZoneId: 'US/Eastern',
    confirmedOptIn: false,
  };
}

const PRIVILEGE_NAMES = [
  'account:read',
  'account:update',
  'contacts:read',
  'contacts:write',
  'contacts:lists:read',
  'contacts:lists:write',
  'campaign:read',
  'campaign:write',
  'campaign:send',
  'campaign:delete',
  'ui:campaign:metrics',
] as const;

/** Makes privileges of the given names, by default all that an account owner has. */
export function makePrivileges(names: readonly string[] = PRIVILEGE_NAMES): Privilege[] {
  return names.map((name, n) => ({ id: 1000 + n, name }));
}
