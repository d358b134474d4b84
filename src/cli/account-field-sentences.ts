/**
 * What people are told about custom fields of the account that a sync with a CRM means.
 *
 * Words only, as sentences.ts.
 */
import { fact, type Sentence } from './fact-words.ts';

const ACCOUNT_LEFT_OUT: Readonly<Record<string, string>> = {
  missing: 'there is no such field',
  ambiguous: 'there are several',
  'two-for-one': 'another name in the file means the same one',
  'no-text': 'it holds choices, not a text,',
  'one-way': 'only plain text comes from a CRM, and this is none',
};

export const ACCOUNT_FIELD_SENTENCES: Readonly<Record<string, Sentence>> = {
  'account-field-left-out': (f) =>
    `The custom field "${fact(f, 'field', '')}" is left out: ${ACCOUNT_LEFT_OUT[fact(f, 'reason', '')] ?? 'there is no telling which one is meant'} in ${fact(f, 'connection', 'the account')}. Everything else goes on; mend the label, or the file.`,
  'account-fields-unread': (f) =>
    `The custom fields of ${fact(f, 'connection', 'the account')} could not be read (${fact(f, 'code', 'no answer')}). They are left out of this pass; opt-outs, addresses and names go on.`,
};
