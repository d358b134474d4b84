/**
 * crm-newcomer: somebody whom the CRM does not have: are they made there, and with what?
 *
 * Pure. Only who may be mailed is made: a submission cannot say "opted out", and whoever is out or in doubt waits at
 * home. Made directly, the flag is on only where a yes is on record. A name that nobody told is the placeholder. Must
 * never make somebody who was submitted already, however long the review takes.
 */
import type { Standing } from '../consent/ledger.ts';
import type { CrmChange } from '../model/crm.ts';
import type { Content } from '../model/record.ts';
import { FIRST_NAME, LAST_NAME, newFields } from './crm-fields.ts';
import { labelsAtAccount, type LabelsAround } from './crm-labels.ts';
import type { CrmMapping } from './crm-mapping.ts';

export type NewcomerRefusal = 'not-in-crm' | 'no-address' | 'not-subscribed' | 'no-names';
export interface NewcomerInput {
  readonly id: string;
  readonly content: Content;
  readonly mayBeMailed: boolean;
  readonly stance: Standing['stance'];
  readonly labels: LabelsAround | null;
  readonly mapping: CrmMapping;
}

/** Nobody is made without names: where the file maps none, they have those of the account. */
const OWN_NAMES: CrmMapping['fields'] = [
  { field: 'first_name', to: FIRST_NAME, direction: 'primary-to-secondary', write: 'always' },
  { field: 'last_name', to: LAST_NAME, direction: 'primary-to-secondary', write: 'always' },
];

/** Makes the one change that makes them, or tells why not. */
export function newcomer(
  input: NewcomerInput,
): Extract<CrmChange, { kind: 'submit' | 'create' }> | { readonly kind: 'refused'; readonly reason: NewcomerRefusal } {
  const { id, content, mapping, stance } = input;
  const address = content['email_address'];
  if (mapping.create === 'never') return { kind: 'refused', reason: 'not-in-crm' };
  if (typeof address !== 'string' || address === '') return { kind: 'refused', reason: 'no-address' };
  if (!input.mayBeMailed) return { kind: 'refused', reason: 'not-subscribed' };
  const {
    [FIRST_NAME]: first,
    [LAST_NAME]: last,
    ...fields
  } = newFields(content, {
    ...mapping,
    fields: [...OWN_NAMES, ...mapping.fields],
  });
  const first_name = first ?? mapping.placeholder?.first_name;
  const last_name = last ?? mapping.placeholder?.last_name;
  if (first_name === undefined || last_name === undefined) return { kind: 'refused', reason: 'no-names' };
  const { tags, values } = labelsOf(input);
  const person = {
    reference: { source: mapping.source, id },
    address,
    address_type: mapping.addressType,
    first_name,
    last_name,
    tags,
    custom_fields: { ...fields, ...values },
  };
  return mapping.create === 'direct'
    ? { kind: 'create', person, optedIn: stance === 'in' }
    : { kind: 'submit', person };
}

/** A tag whose name holds a semicolon cannot be submitted: it is put on once the contact is there. */
function labelsOf({ content, labels, mapping }: NewcomerInput): {
  readonly tags: readonly string[];
  readonly values: Readonly<Record<string, string>>;
} {
  const all = labels === null ? [] : labelsAtAccount(content, labels.book);
  const tags = all.flatMap(({ tag }) => (tag === null || tag.name.includes(';') ? [] : [tag.name])).sort();
  const values: Record<string, string> = {};
  for (const [kind, rule] of [['list', mapping.lists] as const, ['tag', mapping.tags] as const]) {
    if (rule?.as !== 'field') continue;
    const names = all.flatMap(({ id, name, tag }) => (tag === null && id.startsWith(`${kind}:`) ? [name] : []));
    if (names.length > 0) values[rule.field] = names.sort().join('; ');
  }
  return { tags, values };
}
