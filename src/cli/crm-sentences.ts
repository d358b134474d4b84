/**
 * The sentences about what a CRM has and lacks, as data. A part of `sentences.ts`, under its rules.
 */
import { connection, fact } from './fact-words.ts';
import type { Sentence } from './fact-words.ts';
import type { Facts } from './results.ts';

const LEFT_OUT: Readonly<Record<string, string>> = {
  missing: 'there is no field called',
  ambiguous: 'several fields are called',
  'two-for-one': 'another one goes to the same field,',
  unfit: 'names of several cannot stand in a field with fixed choices,',
};

const LABELS_TO_DO: readonly (readonly [reason: string, words: string])[] = [
  ['missing', 'Tags to be made'],
  ['ambiguous', 'Several tags with one name'],
  ['shared', 'Names that two would share'],
  ['unfit', 'Names with a semicolon'],
];
const labelsToDo = (facts: Facts): string =>
  LABELS_TO_DO.map(([reason, words]) => {
    const names = fact(facts, reason, '');
    return names === '' ? '' : ` ${words}: ${names}.`;
  }).join('');

export const CRM_SENTENCES: Readonly<Record<string, Sentence>> = {
  // A CRM's fields.
  'crm-field-left-out': (f) =>
    `${fact(f, 'field', 'A field')} is left out: ${LEFT_OUT[fact(f, 'reason', '')] ?? 'there is no telling which field is meant by'} "${fact(f, 'to', '')}" in ${fact(f, 'connection', 'the CRM')}. Everything else goes on; mend the label, or the file.`,
  'crm-fields-unread': (f) =>
    `The fields of ${fact(f, 'connection', 'the CRM')} could not be read (${fact(f, 'code', 'no answer')}). Custom fields are left out of this pass; opt-outs, addresses and names go on.`,
  // A CRM's tags for lists and tags of the account.
  'crm-labels-to-do': (f) =>
    `Some lists or tags are not carried to ${fact(f, 'connection', 'the CRM')} yet.${labelsToDo(f)} Mend it there; it begins to work by itself, and everything else goes on.`,
  'crm-label-missing': (f) =>
    `Make a tag called "${fact(f, 'name', '')}" in ${fact(f, 'connection', 'the CRM')}: no program can. It begins to work by itself.`,
  'crm-label-ambiguous': (f) =>
    `Several tags are called "${fact(f, 'name', '')}" in ${fact(f, 'connection', 'the CRM')}: leave one with this name.`,
  'crm-label-two-for-one': (f) =>
    `Two lists or tags of Constant Contact would be "${fact(f, 'name', '')}" in ${fact(f, 'connection', 'the CRM')}: give one of them another name or prefix.`,
  'crm-label-unfit': (f) =>
    `Names with a semicolon, such as "${fact(f, 'name', '')}", cannot be values of a field in ${fact(f, 'connection', 'the CRM')}: semicolons part them there. Give it another name.`,
  'crm-labels-unread': (f) =>
    `${connection(f)} did not tell its lists or tags (${fact(f, 'code', 'no answer')}): those that were known before go on, and so do opt-outs.`,
};
