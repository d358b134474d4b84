/**
 * crm-fields: names and custom fields of one person, by the mapping's rules, to the CRM and from it.
 *
 * Pure. A placeholder stands for a name that nobody told: on either side it counts as no name, so it is never written
 * back and never over a real one, and a real one takes its place. Several people of the account may share a contact, or an
 * individual: only one of them speaks for it, or each pass would write the other's values. A CRM keeps no person without names, so an emptied
 * name goes nowhere. What either keeps in a form of its own is no edit (T41), nor is what the account shows of our own
 * writes. It never touches consent.
 */
import { agreedBefore, mergeFields, type Fields, type LostValue } from '../compare/merge-fields.ts';
import { WRITABLE_COLUMNS, type PersonIntent } from '../model/intent.ts';
import type { CrmChange, CrmContact } from '../model/crm.ts';
import type { Content } from '../model/record.ts';
import { alike, sentBy, stillStored } from './crm-forms.ts';
import type { CrmBase, CrmLink, CrmMapping } from './crm-mapping.ts';

/** Where the CRM keeps the two names; every other place is a custom field's name. */
export const FIRST_NAME = 'firstName';
export const LAST_NAME = 'lastName';
/** Begins the name of a field that is one of the account's own. */
export const CUSTOM_FIELD = 'custom_field:';

export interface FieldStep {
  readonly changes: readonly CrmChange[];
  /** What the account is to have, in the words of an intent. */
  readonly fields: PersonIntent['fields'];
  readonly customFields: PersonIntent['customFields'];
  readonly agreed: Pick<CrmBase, 'fields' | 'written' | 'stored' | 'sent'>;
  readonly lost: readonly LostValue[];
  /** Something filled is to be emptied, here or there. */
  readonly blanks: boolean;
}

/** Merges one met person's fields. `base` null: nothing was agreed yet, or it was agreed with another contact. */
export function fieldStep(
  content: Content,
  contact: CrmContact,
  link: CrmLink,
  base: CrmBase | null,
  mapping: CrmMapping,
): FieldStep {
  const { individualId } = link;
  const speaks = spokenFor(contact, link);
  const rules = mapping.fields.filter(({ to }) => (isName(to) ? speaks.name : speaks.fields));
  const here = fieldsOf(content, mapping);
  const shown = shownBy(contact, individualId, mapping);
  const { both, stored, there } = alike(base, here, shown);
  const merge = mergeFields(both, here, there, rules);
  const names = new Set(rules.filter(({ to }) => isName(to)).map(({ field }) => field));
  const toCrm = withoutEmpty(merge.secondary, names);
  const toAccount = withoutEmpty(merge.primary, names);
  const changes = changesOf(toCrm, contact, individualId, mapping);
  const written = writtenBy(changes, toCrm, mapping);
  const unwritten = Object.keys(merge.secondary).filter((field) => !written.includes(field));
  const agreed = agreedBefore(both, {
    primary: merge.primary,
    agreed: { ...merge.agreed, ...valuesAt(there, unwritten) },
  });
  const edit = forAccount(toAccount);
  return {
    changes,
    ...edit,
    agreed: {
      fields: agreed,
      written,
      stored: stillStored(stored, agreed, there),
      ...sentBy(namesIn(edit), toAccount, base),
    },
    lost: merge.lost,
    blanks: [...Object.values(toCrm), ...Object.values(toAccount)].includes(null),
  };
}

/**
 * An individual is spoken for by whoever is met at the e-mail that comes first with it, a contact by its first
 * individual. What we see of the CRM alone decides, so that all who share one come to the same answer.
 */
function spokenFor(
  { individuals }: CrmContact,
  { individualId, emailId }: CrmLink,
): { readonly name: boolean; readonly fields: boolean } {
  const person = individuals.find(({ id }) => id === individualId);
  if (person === undefined) return { name: false, fields: individuals.length === 0 };
  const [email = null] = firstOf(person.emails);
  const name = email === null || email.id === emailId;
  return { name, fields: name && firstOf(individuals)[0]?.id === individualId };
}

function firstOf<T extends { readonly primary: boolean | null }>(all: readonly T[]): readonly T[] {
  return [...all.filter(({ primary }) => primary === true), ...all.filter(({ primary }) => primary !== true)];
}

/** Gives the filled fields that go to the CRM, by their place there: what somebody new brings along. */
export function newFields(content: Content, mapping: CrmMapping): Readonly<Record<string, string>> {
  const here = fieldsOf(content, mapping);
  return Object.fromEntries(
    mapping.fields.flatMap(({ field, to, direction }) => {
      const value = here[field] ?? null;
      return value === null || direction === 'secondary-to-primary' ? [] : [[to, String(value)] as const];
    }),
  );
}

/** Gives what a contact of the CRM has filled, in the words of an intent: what somebody new brings to the account. */
export function filledAtCrm(
  contact: CrmContact,
  individualId: string,
  mapping: CrmMapping,
): Pick<FieldStep, 'fields' | 'customFields'> {
  const shown = shownBy(contact, individualId, mapping);
  const mapped = mapping.fields.filter(
    ({ field, direction }) => direction !== 'primary-to-secondary' && shown[field] !== null,
  );
  return forAccount(
    valuesAt(
      shown,
      mapped.map(({ field }) => field),
    ),
  );
}

/** Reads the mapped fields of the account's contact as text; a placeholder is no name there either. */
export function fieldsOf(content: Content, mapping: CrmMapping): Fields {
  return Object.fromEntries(
    mapping.fields.map(({ field, to }) => [field, realValue(to, valueOf(content, field), mapping)]),
  );
}

function valueOf(content: Content, field: string): string | null {
  if (!field.startsWith(CUSTOM_FIELD)) return textOf(content[field]);
  const id = field.slice(CUSTOM_FIELD.length);
  const all = content['custom_fields'];
  const found: unknown = Array.isArray(all)
    ? all.find((each: { readonly custom_field_id?: unknown }) => each.custom_field_id === id)
    : undefined;
  return textOf((found as { readonly value?: unknown } | undefined)?.value);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  // Space alone is no value: either side may keep nothing of it.
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function shownBy(contact: CrmContact, individualId: string | null, mapping: CrmMapping): Fields {
  const person = contact.individuals.find(({ id }) => id === individualId);
  return Object.fromEntries(
    mapping.fields.map(({ field, to }) => {
      const value =
        to === FIRST_NAME ? person?.first_name : to === LAST_NAME ? person?.last_name : contact.custom_fields[to];
      return [field, realValue(to, textOf(value), mapping)];
    }),
  );
}

function realValue(to: string, value: string | null, { placeholder }: CrmMapping): string | null {
  if (placeholder === null || value === null) return value;
  const none = to === FIRST_NAME ? placeholder.first_name : to === LAST_NAME ? placeholder.last_name : null;
  return value === none ? null : value;
}

function isName(to: string): boolean {
  return to === FIRST_NAME || to === LAST_NAME;
}

function namesIn({ fields, customFields }: Pick<FieldStep, 'fields' | 'customFields'>): readonly string[] {
  return [...Object.keys(fields), ...Object.keys(customFields).map((id) => `${CUSTOM_FIELD}${id}`)].sort();
}

function withoutEmpty(fields: Fields, names: ReadonlySet<string>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([field, value]) => value !== null || !names.has(field)));
}

function valuesAt(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
}

function changesOf(
  set: Fields,
  contact: CrmContact,
  individualId: string | null,
  mapping: CrmMapping,
): readonly CrmChange[] {
  const at = new Map(
    mapping.fields.flatMap(({ field, to }) => (Object.hasOwn(set, field) ? [[to, textOf(set[field])] as const] : [])),
  );
  const custom = Object.fromEntries([...at].filter(([to]) => !isName(to)));
  const fields: readonly CrmChange[] =
    Object.keys(custom).length === 0 ? [] : [{ kind: 'fields', contactId: contact.contact_id, set: custom }];
  const person = contact.individuals.find(({ id }) => id === individualId);
  if (person === undefined || (!at.has(FIRST_NAME) && !at.has(LAST_NAME))) return fields;
  const first = at.get(FIRST_NAME) ?? person.first_name ?? mapping.placeholder?.first_name ?? null;
  const last = at.get(LAST_NAME) ?? person.last_name ?? mapping.placeholder?.last_name ?? null;
  // The CRM keeps nobody under half a name: it waits until the other half is known.
  if (first === null || last === null) return fields;
  const { contact_id: contactId } = contact;
  return [{ kind: 'name', contactId, individualId: person.id, first_name: first, last_name: last }, ...fields];
}

function writtenBy(changes: readonly CrmChange[], set: Fields, mapping: CrmMapping): readonly string[] {
  const named = changes.some(({ kind }) => kind === 'name');
  return mapping.fields
    .filter(({ field, to }) => Object.hasOwn(set, field) && (named || !isName(to)))
    .map(({ field }) => field)
    .sort();
}

/** The account's columns of whole numbers take nothing else; any other text would be refused there each time. */
function forAccount(set: Fields): Pick<FieldStep, 'fields' | 'customFields'> {
  const fields: Record<string, string | number | null> = {};
  const customFields: Record<string, string | null> = {};
  for (const [field, value] of Object.entries(set)) {
    const text = textOf(value);
    if (field.startsWith(CUSTOM_FIELD)) customFields[field.slice(CUSTOM_FIELD.length)] = text;
    else if (!WRITABLE.has(field)) continue;
    else if (text === null || !WHOLE_NUMBERS.has(field)) fields[field] = text;
    else if (/^\d{1,2}$/.test(text.trim())) fields[field] = Number(text);
  }
  return { fields, customFields };
}
const WRITABLE: ReadonlySet<string> = new Set(WRITABLE_COLUMNS);
const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['birthday_month', 'birthday_day']);
