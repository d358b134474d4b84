/**
 * crm-field-book: which field of the CRM each rule of the file means, by its label or its name.
 *
 * Pure. What is missing, or cannot be told apart, leaves its own rule out, with a to-do that names it, and stops nothing
 * else (T42): it works as soon as it is mended. A name goes before a label. Names are compared as people read them.
 */
import type { CrmField } from '../model/crm.ts';
import { FIRST_NAME, LAST_NAME } from './crm-fields.ts';
import { nameKey } from './crm-label-book.ts';
import type { CrmFieldRule, CrmMapping, LabelRule } from './crm-mapping.ts';

/** `missing`: no field is called that. `ambiguous`: several are. `two-for-one`: two rules mean the same field. `unfit`: it takes one choice, and lists are several. */
export interface FieldTodo {
  readonly field: string;
  readonly to: string;
  readonly reason: 'missing' | 'ambiguous' | 'two-for-one' | 'unfit';
}

export interface FieldBook {
  /** `to` is `firstName`, `lastName`, or a custom field's name as the CRM writes it. */
  readonly rules: readonly CrmFieldRule[];
  readonly todo: readonly FieldTodo[];
}

/** Tells whether the CRM has to be asked for its fields. */
export function meansCustomFields(rules: readonly CrmFieldRule[]): boolean {
  return rules.some(({ to }) => !isName(to));
}

/** Finds the fields that rules mean. */
export function fieldBook(rules: readonly CrmFieldRule[], fields: readonly CrmField[]): FieldBook {
  const meant = rules.map((rule) => ({ rule, names: isName(rule.to) ? [rule.to] : namesOf(rule.to, fields) }));
  const found = meant.map(({ rule, names }) => {
    const [to] = names;
    const twice = meant.filter((other) => other.names.length === 1 && other.names[0] === to).length > 1;
    const unfit = isOfLabels(rule) && fields.some(({ name, options }) => name === to && options !== null);
    const reason: FieldTodo['reason'] | null =
      to === undefined ? 'missing' : names.length > 1 ? 'ambiguous' : twice ? 'two-for-one' : unfit ? 'unfit' : null;
    return { rule: { ...rule, to: to ?? rule.to }, said: rule.to, reason };
  });
  return {
    rules: found.filter(({ reason }) => reason === null).map(({ rule }) => rule),
    todo: found.flatMap(({ rule: { field }, said: to, reason }) => (reason === null ? [] : [{ field, to, reason }])),
  };
}

/** Gives the rules of lists and tags that stand in a field, so that they are looked for with the others. */
export function labelFields({ lists, tags }: Pick<CrmMapping, 'lists' | 'tags'>): readonly CrmFieldRule[] {
  return Object.entries({ lists, tags }).flatMap(([field, rule]): readonly CrmFieldRule[] =>
    rule?.as === 'field' ? [{ field, to: rule.field, direction: 'primary-to-secondary', write: 'always' }] : [],
  );
}

/** Gives a mapping with the fields that were found; lists and tags whose field is not there are left alone. */
export function withFields(mapping: CrmMapping, found: readonly CrmFieldRule[]): CrmMapping {
  const placed = (field: 'lists' | 'tags'): LabelRule | null => {
    const rule = mapping[field];
    if (rule?.as !== 'field') return rule;
    const to = found.find((one) => one.field === field)?.to;
    return to === undefined ? null : { ...rule, field: to };
  };
  return {
    ...mapping,
    fields: found.filter((rule) => !isOfLabels(rule)),
    lists: placed('lists'),
    tags: placed('tags'),
  };
}

function isOfLabels({ field }: CrmFieldRule): boolean {
  return field === 'lists' || field === 'tags';
}

function namesOf(to: string, fields: readonly CrmField[]): readonly string[] {
  const named = fields.filter(({ name }) => nameKey(name) === nameKey(to));
  const labelled = fields.filter(({ label }) => label !== null && nameKey(label) === nameKey(to));
  return [...new Set((named.length > 0 ? named : labelled).map(({ name }) => name))];
}

function isName(to: string): boolean {
  return to === FIRST_NAME || to === LAST_NAME;
}

/** Gives the evidence's field as a rule, to be found by itself: it may be a mapped field, too. */
export function evidenceRule({ creates }: CrmMapping): readonly CrmFieldRule[] {
  if (creates === null || !('field' in creates.evidence)) return [];
  return [{ field: 'newFromSecondary', to: creates.evidence.field, direction: 'secondary-to-primary', write: 'never' }];
}

/** Puts the field that was found into the mapping; nobody is made whose evidence has no place. */
export function withEvidence({ creates }: CrmMapping, found: readonly CrmFieldRule[]): CrmMapping['creates'] {
  if (creates === null || !('field' in creates.evidence)) return creates;
  const [rule] = found;
  return rule === undefined ? null : { ...creates, evidence: { field: rule.to } };
}
