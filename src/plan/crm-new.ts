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
import { emailsOf, isAway, placesOf, type CrmPlace } from './crm-household.ts';
import { nameKey } from './crm-label-book.ts';
import { labelsAtCrm, type LabelsAround } from './crm-labels.ts';
import type { CrmEvidence, CrmLink, CrmMapping } from './crm-mapping.ts';

export interface FromCrmInput {
  readonly contact: CrmContact;
  /** Every contact in which the address stands: a no in any of them is a no (T32). */
  readonly households: readonly CrmContact[];
  /** Where the account's people are met in this contact. */
  readonly links: readonly CrmLink[];
  readonly evidence: CrmEvidence;
  /** Names of lists that everybody new is put on, besides those that their tags name. */
  readonly lists: readonly string[];
  readonly labels: LabelsAround | null;
  readonly mapping: CrmMapping;
  readonly stanceOf: (address: string) => Standing['stance'];
  /** Tells whether the account was ever seen to have an address, deleted ones counted. */
  readonly isKnown: (address: string) => boolean;
}

export type FromCrmRefusal =
  'away' | 'not-opted-in' | 'several-opted-in' | 'known' | 'taken' | 'out' | 'in-doubt' | 'no-evidence' | 'no-list';
export type FromCrm =
  | {
      readonly kind: 'want';
      /** On the lists that the tags name. */
      readonly intent: PersonIntent;
      /** The address's match key. */
      readonly key: string;
      readonly link: CrmLink;
      readonly evidence: string;
    }
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
  if (isKnown(key)) return skip('known');
  if (isTaken(input, place)) return skip('taken');
  const all = placesOf([contact, ...input.households], key);
  if (all.some(({ email }) => email.opted_in !== true)) return skip('in-doubt');
  if (stanceOf(key) === 'out') return skip('out');
  if (stanceOf(key) === 'hold') return skip('in-doubt');
  const evidence = evidenceIn(contact, input.evidence);
  if (evidence === null) return skip('no-evidence');
  const lists = listsOf(input);
  if (lists.length + input.lists.length === 0) return skip('no-list');
  const { contactId, individualId, email } = place;
  return {
    kind: 'want',
    intent: intentOf(input, place, lists),
    key,
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

/**
 * An e-mail that was given another address is still the person's who is met there; and where somebody of ours lives in a
 * contact of whom nobody knows which e-mail is theirs, it may be this one.
 */
function isTaken({ links }: FromCrmInput, { email, individualId }: CrmPlace): boolean {
  return links.some(
    (link) =>
      link.emailId === email.id || (link.emailId === null && (link.individualId ?? individualId) === individualId),
  );
}

/** Tags belong to the household: where another of ours lives they may be theirs (T33). */
function listsOf({ contact, labels, links, mapping }: FromCrmInput): readonly string[] {
  return labels === null || links.length > 0 ? [] : [...new Set(labelsAtCrm('list', contact, labels, mapping))].sort();
}

function intentOf({ contact, mapping }: FromCrmInput, place: CrmPlace, lists: readonly string[]): PersonIntent {
  const { fields, customFields } = filledAtCrm(contact, place.individualId, mapping);
  const nobody = untouched(null, place.email.address, null);
  return { ...nobody, fields, customFields, lists: { add: lists, remove: [] }, permission: 'implicit' };
}
