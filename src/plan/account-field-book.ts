/**
 * account-field-book: which custom field of the account each rule of the file means, by its id, name or label.
 *
 * Pure. What is missing, cannot be told apart, or holds choices instead of a text, leaves its own rule out, with a to-do
 * that names it, and stops nothing else (T42). Only plain text comes from a CRM: a date or a number that the account
 * writes otherwise would be refused there each time.
 */
import { CUSTOM_FIELD } from './crm-fields.ts';
import { nameKey } from './crm-label-book.ts';
import type { CrmFieldRule } from './crm-mapping.ts';

/** A custom field of the account. */
export interface AccountField {
  readonly id: string;
  readonly name: string | null;
  readonly label: string | null;
  readonly type: string | null;
}

/** `no-text`: it holds choices. `one-way`: it holds no plain text, so nothing comes from the CRM. */
export interface AccountFieldTodo {
  readonly field: string;
  readonly reason: 'missing' | 'ambiguous' | 'two-for-one' | 'no-text' | 'one-way';
}

export interface AccountFieldBook {
  /** Custom fields of the account by their ids. */
  readonly rules: readonly CrmFieldRule[];
  readonly todo: readonly AccountFieldTodo[];
}

const CHOICES: ReadonlySet<string | null> = new Set(['single_select', 'multi_select']);
const PLAIN: ReadonlySet<string | null> = new Set(['string', 'text_area']);

/** Tells whether the account has to be asked for its fields. */
export function meansAccountFields(rules: readonly CrmFieldRule[]): boolean {
  return rules.some(({ field }) => field.startsWith(CUSTOM_FIELD));
}

/** Finds the fields that rules mean; columns of the account are left as they are. */
export function accountFieldBook(rules: readonly CrmFieldRule[], fields: readonly AccountField[]): AccountFieldBook {
  const meant = rules.map((rule) => ({ rule, found: isCustom(rule) ? meantBy(rule.field, fields) : null }));
  const ids = meant.flatMap(({ found }) => (found?.length === 1 ? found.map(({ id }) => id) : []));
  const judged = meant.map(({ rule, found }) => ({ rule, found, reason: found && reasonOf(rule, found, ids) }));
  return {
    rules: judged.flatMap(({ rule, found, reason }) =>
      reason === null ? [{ ...rule, field: found?.[0] === undefined ? rule.field : CUSTOM_FIELD + found[0].id }] : [],
    ),
    todo: judged.flatMap(({ rule: { field }, reason }) =>
      reason === null ? [] : [{ field: field.slice(CUSTOM_FIELD.length), reason }],
    ),
  };
}

function isCustom({ field }: CrmFieldRule): boolean {
  return field.startsWith(CUSTOM_FIELD);
}

function reasonOf(
  { direction }: CrmFieldRule,
  found: readonly AccountField[],
  ids: readonly string[],
): AccountFieldTodo['reason'] | null {
  const [field, ...others] = found;
  if (field === undefined) return 'missing';
  if (others.length > 0) return 'ambiguous';
  if (ids.filter((id) => id === field.id).length > 1) return 'two-for-one';
  if (CHOICES.has(field.type)) return 'no-text';
  return direction === 'primary-to-secondary' || PLAIN.has(field.type) ? null : 'one-way';
}

/** An id goes before a name, a name before a label. */
function meantBy(said: string, fields: readonly AccountField[]): readonly AccountField[] {
  const text = said.slice(CUSTOM_FIELD.length).trim();
  const is = (name: string | null): boolean => name !== null && nameKey(name) === nameKey(text);
  const ways = [
    fields.filter(({ id }) => id === text),
    fields.filter(({ name }) => is(name)),
    fields.filter(({ label }) => is(label)),
  ];
  return ways.find((found) => found.length > 0) ?? [];
}
