/**
 * What people are told about what a sync with a CRM does at the account: its custom fields, and who is made there.
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

/** Why somebody of a CRM is not made at the account. */
const NOT_MADE: readonly (readonly [reason: string, words: string])[] = [
  ['no-evidence', 'without evidence that they asked for mail'],
  ['several-opted-in', 'in a household with several opted-in addresses, where nobody knows whose evidence it is'],
  ['out', 'who opted out before'],
  ['in-doubt', 'whose address is in doubt or is not opted in elsewhere in the CRM'],
  ['taken', 'whose e-mail is the one of somebody known'],
  ['no-list', 'on no list'],
];

export const ACCOUNT_FIELD_SENTENCES: Readonly<Record<string, Sentence>> = {
  'crm-people-not-made': (f) => {
    const told = NOT_MADE.flatMap(([reason, words]) => {
      const count = fact(f, reason, '0');
      return count === '0' ? [] : [`${count} ${words}`];
    });
    return `Some people of the CRM were not made in Constant Contact: ${told.join('; ')}.`;
  },
  'account-field-left-out': (f) =>
    `The custom field "${fact(f, 'field', '')}" is left out: ${ACCOUNT_LEFT_OUT[fact(f, 'reason', '')] ?? 'there is no telling which one is meant'} in ${fact(f, 'connection', 'the account')}. Everything else goes on; mend the label, or the file.`,
  'account-fields-unread': (f) =>
    `The custom fields of ${fact(f, 'connection', 'the account')} could not be read (${fact(f, 'code', 'no answer')}). They are left out of this pass; opt-outs, addresses and names go on.`,
};
