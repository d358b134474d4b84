/**
 * crm-new: somebody in the CRM whom the account does not have: are they made there, with which lists and what evidence?
 *
 * Pure. A flag that is on is no evidence: a custom field, or a tag, that the file names must say that the person asked
 * for mail. Both belong to the household, so they speak of one person only where one address alone is opted in. Never
 * somebody who is out, in doubt, or known to the account, and never onto no list.
 */
import { matchKey } from '../model/address.ts';
import type { CrmContact } from '../model/crm.ts';
import type { Standing } from '../consent/ledger.ts';
import { untouched, type PersonIntent } from '../model/intent.ts';
import { filledAtCrm } from './crm-fields.ts';
import { emailsOf, isAway, type CrmPlace } from './crm-household.ts';
import { nameKey } from './crm-label-book.ts';
import { labelsAtCrm, type LabelsAround } from './crm-labels.ts';
import type { CrmLink, CrmMapping } from './crm-mapping.ts';

export type CrmEvidence = { readonly field: string } | { readonly tag: string };
export interface FromCrmInput {
  readonly contact: CrmContact;
  readonly evidence: CrmEvidence;
  /** Ids of lists that everybody new is put on, besides those that their tags name. */
  readonly lists: readonly string[];
  readonly labels: LabelsAround | null;
  readonly mapping: CrmMapping;
  readonly stanceOf: (address: string) => Standing['stance'];
  /** Tells whether the account was ever seen to have an address, deleted ones counted. */
  readonly isKnown: (address: string) => boolean;
}

export type FromCrmRefusal =
  'away' | 'not-opted-in' | 'several-opted-in' | 'known' | 'out' | 'in-doubt' | 'no-evidence' | 'no-list';
export type FromCrm =
  | { readonly kind: 'want'; readonly intent: PersonIntent; readonly link: CrmLink; readonly evidence: string }
  | { readonly kind: 'skip'; readonly reason: FromCrmRefusal };

/** Decides it for one contact. */
export function newFromCrm(input: FromCrmInput): FromCrm {
  const { contact, stanceOf, isKnown } = input;
  if (isAway(contact)) return skip('away');
  const opted = new Map<string, CrmPlace>();
  for (const place of emailsOf(contact)) {
    const key = matchKey(place.email.address);
    if (key !== null && place.email.opted_in === true && !opted.has(key)) opted.set(key, place);
  }
  const [only] = opted;
  if (only === undefined) return skip('not-opted-in');
  if (opted.size > 1) return skip('several-opted-in');
  const [key, place] = only;
  // A no at any other place of this address is a no.
  const all = emailsOf(contact).filter(({ email }) => matchKey(email.address) === key);
  if (all.some(({ email }) => email.opted_in !== true)) return skip('in-doubt');
  if (isKnown(key)) return skip('known');
  if (stanceOf(key) === 'out') return skip('out');
  if (stanceOf(key) === 'hold') return skip('in-doubt');
  const evidence = evidenceIn(contact, input.evidence);
  if (evidence === null) return skip('no-evidence');
  const lists = listsOf(input);
  if (lists.length === 0) return skip('no-list');
  const { contactId, individualId, email } = place;
  return {
    kind: 'want',
    intent: intentOf(input, place, lists),
    link: { contactId, individualId, emailId: email.id },
    evidence,
  };
}

function skip(reason: FromCrmRefusal): FromCrm {
  return { kind: 'skip', reason };
}

function evidenceIn({ custom_fields: fields, tags }: CrmContact, evidence: CrmEvidence): string | null {
  if ('tag' in evidence)
    return tags.some((name) => nameKey(name) === nameKey(evidence.tag)) ? `tag ${evidence.tag}` : null;
  const value = fields[evidence.field]?.trim() ?? '';
  return value === '' || NO_WORDS.has(value.toLowerCase()) ? null : `${evidence.field}: ${value}`;
}
const NO_WORDS: ReadonlySet<string> = new Set(['0', 'false', 'f', 'no', 'n', 'off', 'none', 'unknown']);

function listsOf({ contact, labels, lists, mapping }: FromCrmInput): readonly string[] {
  const named = labels === null ? [] : labelsAtCrm('list', contact, labels, mapping);
  return [...new Set([...lists, ...named])].sort();
}

function intentOf({ contact, mapping }: FromCrmInput, place: CrmPlace, lists: readonly string[]): PersonIntent {
  const { fields, customFields } = filledAtCrm(contact, place.individualId, mapping);
  const nobody = untouched(null, place.email.address, null);
  return { ...nobody, fields, customFields, lists: { add: lists, remove: [] }, permission: 'implicit' };
}
