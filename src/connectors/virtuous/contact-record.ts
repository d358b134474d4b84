/**
 * One contact of an answer to the canonical contact of a CRM.
 *
 * Three operations show one contact in slightly different ways: what depends on who asks or how is left out, so that
 * the same contact always has the same hash. What is said of consent keeps its strict meaning: an opt-in that is
 * neither yes nor no is null (I2). Money and dates for display stay text under `extra`. Pure; must never put a value
 * into a reason.
 */
import { matchKey } from '../../model/address.ts';
import type { CrmContact, CrmEmail, CrmIndividual, CrmReference } from '../../model/crm.ts';
import { contentHash } from '../../model/hash.ts';
import type { Reading } from '../../model/record.ts';
import type { Json } from '../reading/fields.ts';
import { isRecord, Kept, keepUnknown, row, rows, text, Unreadable } from '../reading/fields.ts';
import { readFields } from './custom-fields.ts';
import { numericId, optionalId } from './ids.ts';
import { momentText } from './moments.ts';

const CONTACT_KEYS: ReadonlySet<string> = new Set(
  (
    'id contactType name mergedIntoContactId isArchived contactReferences tags customFields contactIndividuals ' +
    'createDateTimeUtc modifiedDateTimeUtc'
  ).split(' '),
);
const INDIVIDUAL_KEYS: ReadonlySet<string> = new Set([
  'id',
  'contactId',
  'firstName',
  'lastName',
  'isPrimary',
  'contactMethods',
]);
/** Kinds of contact method that hold no e-mail address, whatever their value looks like; an organisation may add others. */
const OTHER_KINDS = /phone|fax|facebook|twitter|linkedin|skype|web/iu;
const EMAIL_KIND = /e-?mail/iu;

/** Reads one contact. Throws Unreadable with the field's name. */
export function readContact(value: unknown): Reading<CrmContact> {
  const raw = row(value, 'contact');
  const id = numericId(raw['id'], 'id');
  const kept = new Kept();
  keepUnknown(raw, CONTACT_KEYS, (key, more) => {
    if (!isView(key)) kept.put(key, settled(key, more));
  });
  const individuals = rows(raw['contactIndividuals'], 'contactIndividuals').map((one) =>
    row(one, 'contactIndividuals'),
  );
  const content: CrmContact = {
    contact_id: id,
    type: text(raw['contactType'], 'contactType'),
    name: text(raw['name'], 'name'),
    merged_into: optionalId(raw['mergedIntoContactId'], 'mergedIntoContactId'),
    archived: truth(raw['isArchived']),
    references: readReferences(raw['contactReferences'], kept),
    tags: readTags(raw['tags'], kept),
    custom_fields: readFields(raw['customFields'], (name, more) => kept.putIn('customFields', name, more)),
    individuals: byId(
      individuals.map((one) => readIndividual(one, kept)),
      'contactIndividuals',
    ),
    created_at: moment(raw, 'createDateTimeUtc', kept),
    updated_at: moment(raw, 'modifiedDateTimeUtc', kept),
    extra: kept.take(),
  };
  // Consent stands on each address, so the contact itself has none.
  return { id, hash: contentHash(content), version: versionOf(content, individuals), state: 'none', content };
}

/** The contact's own time, and the latest of those within it: nobody says which of them an opt-in moves. */
function versionOf(content: CrmContact, individuals: readonly Json[]): string {
  const within = individuals.flatMap((one) => [one, ...rows(one['contactMethods'], 'contactMethods')]);
  const times = within.map((one) => (isRecord(one) ? momentOf(one['modifiedDateTimeUtc']) : null));
  const latest = times.reduce<string>((most, time) => (time !== null && time > most ? time : most), '');
  return `${content.updated_at ?? ''}|${latest}`;
}

function readIndividual(raw: Json, kept: Kept): CrmIndividual {
  const id = numericId(raw['id'], 'contactIndividuals.id');
  const more: Record<string, unknown> = {};
  keepUnknown(raw, INDIVIDUAL_KEYS, (key, value) => {
    if (!isView(key)) more[key] = settled(key, value);
  });
  const methods = rows(raw['contactMethods'], 'contactMethods').map((one) => row(one, 'contactMethods'));
  const others = methods.filter((one) => !isEmail(one));
  if (others.length > 0) more['contactMethods'] = settled('contactMethods', others);
  if (Object.keys(more).length > 0) kept.putIn('contactIndividuals', id, more);
  const emails = methods.filter((one) => isEmail(one)).map((one) => readEmail(one, kept));
  return {
    id,
    first_name: text(raw['firstName'], 'firstName'),
    last_name: text(raw['lastName'], 'lastName'),
    primary: truth(raw['isPrimary']) === true,
    emails: byId(emails, 'contactMethods'),
  };
}

/** Whoever asks, and where else to ask: no part of the contact. */
function isView(key: string): boolean {
  return key.endsWith('Url') || key === 'isCurrentUserFollowing';
}

/** Deeper than any known value; what is nested deeper is refused by whoever keeps it. */
const DEEPEST = 32;

/** Times within what is kept are written with other digits by other operations. */
function settled(key: string, value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return key.endsWith('DateTimeUtc') ? (momentText(value) ?? value) : value;
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((inner) => settled(key, inner, depth + 1));
  const entries = Object.entries(value).filter(([inner]) => !isView(inner));
  return Object.fromEntries(entries.map(([inner, more]) => [inner, settled(inner, more, depth + 1)]));
}

/** A method of a kind that an organisation made up is one for e-mail when an address stands in it. */
function isEmail(method: Json): boolean {
  const { type, value } = method;
  if (typeof value !== 'string' || value.trim() === '') return false;
  const kind = typeof type === 'string' ? type : '';
  return EMAIL_KIND.test(kind) || (!OTHER_KINDS.test(kind) && matchKey(value) !== null);
}

const EMAIL_KEYS: ReadonlySet<string> = new Set(['id', 'type', 'value', 'isOptedIn', 'isPrimary', 'canBePrimary']);

function readEmail(raw: Json, kept: Kept): CrmEmail {
  const id = numericId(raw['id'], 'contactMethods.id');
  const optedIn = truth(raw['isOptedIn']);
  const more: Record<string, unknown> = {};
  keepUnknown(raw, EMAIL_KEYS, (key, value) => (more[key] = settled(key, value)));
  if (optedIn === null && 'isOptedIn' in raw && raw['isOptedIn'] !== null) more['isOptedIn'] = raw['isOptedIn'];
  if (Object.keys(more).length > 0) kept.putIn('contactMethods', id, more);
  return {
    id,
    type: text(raw['type'], 'contactMethods.type') ?? '',
    address: String(raw['value']),
    opted_in: optedIn,
    primary: truth(raw['isPrimary']) === true,
  };
}

/** In the order of their ids, each once: one id with two contents says that nobody knows which holds. */
function byId<T extends { readonly id: string }>(all: readonly T[], field: string): readonly T[] {
  const sorted = [...all].sort((a, b) => Number(a.id) - Number(b.id));
  return sorted.filter((one, at) => {
    const before = sorted[at - 1];
    if (before?.id !== one.id) return true;
    if (JSON.stringify(before) === JSON.stringify(one)) return false;
    throw new Unreadable(`${field}: one id twice with different values`);
  });
}

function readReferences(value: unknown, kept: Kept): readonly CrmReference[] {
  const found = rows(value, 'contactReferences').flatMap((one, at): CrmReference[] => {
    const source = isRecord(one) ? one['source'] : null;
    const id = isRecord(one) ? one['id'] : null;
    const known = typeof id === 'number' ? String(id) : id;
    if (typeof source === 'string' && source !== '' && typeof known === 'string' && known !== '')
      return [{ source, id: known }];
    kept.putIn('contactReferences', String(at), one);
    return [];
  });
  const keyed = new Map(found.map((one) => [JSON.stringify([one.source, one.id]), one]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one);
}

function readTags(value: unknown, kept: Kept): readonly string[] {
  const names = rows(value, 'tags').flatMap((one, at) => {
    if (typeof one === 'string') return one === '' ? [] : [one];
    kept.putIn('tags', String(at), one);
    return [];
  });
  return [...new Set(names)].sort();
}

/** Reads a truth value in the spellings that were recorded; anything else is not said. */
function truth(value: unknown): boolean | null {
  if (value === true || value === 'true' || value === 'True') return true;
  return value === false || value === 'false' || value === 'False' ? false : null;
}

function moment(raw: Json, key: string, kept: Kept): string | null {
  const value = raw[key];
  const known = momentOf(value);
  if (known === null && value !== undefined && value !== null && value !== '') kept.put(key, value);
  return known;
}

function momentOf(value: unknown): string | null {
  return typeof value === 'string' ? momentText(value) : null;
}
