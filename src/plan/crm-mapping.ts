/**
 * crm-mapping: what the file says about people in a CRM with households, and what both sides last agreed on for one.
 *
 * Shapes only, plain data: a baseline is kept as JSON in the store. Must never hold a decision.
 */

import type { FieldRule, FieldValue, Fields } from '../compare/merge-fields.ts';
import type { Membership } from '../compare/merge-memberships.ts';

/** Where a person was met: their contact, their individual in it, and the e-mail that is theirs (T33). */
export interface CrmLink {
  readonly contactId: string;
  /** Null: the CRM shows no individual in this contact. */
  readonly individualId: string | null;
  /** Null: none of the individual's addresses is known to be this person's. */
  readonly emailId: string | null;
}

/**
 * What is on record of one e-mail's flag. `in`: both sides said yes. `out`: the person was out and the flag was off.
 * `bounced`: the same, and nobody had said a no: mail had come back.
 * `apart`: the flag was off at the CRM while the primary said yes: it stays at home, and we never switch it on.
 */
export type AgreedFlag = 'in' | 'out' | 'bounced' | 'apart';

/**
 * What is on record of one label. `joining`, `parting`: the account is asked to put the person on that list, or to take
 * them off: once it shows that, it is what was agreed, and no word of the account's own.
 */
export type LabelState = Membership | 'joining' | 'parting';
export type AgreedLabels = Readonly<Record<string, LabelState>>;

/** What was last agreed for one person. */
export interface CrmBase {
  /** Match key of the primary's address; null where it had none. */
  readonly address: string | null;
  /** By the e-mail's id; it holds for that address alone, for an e-mail may be given another. */
  readonly flags: Readonly<Record<string, { readonly address: string; readonly flag: AgreedFlag }>>;
  /** Hash of the note that says why the person is out, written or not needed; null: they never were. */
  readonly noted: string | null;
  /** By the account's names. */
  readonly fields: Fields;
  /** Fields that we wrote last: what the CRM shows next may be its own form of them (T41). */
  readonly written: readonly string[];
  /** The CRM's own form of an agreed value, where it keeps another. */
  readonly stored: Fields;
  /**
   * Values on their way to the account, newest last. One that the account shows came from here: it is not the account's own
   * edit. Left out: none are.
   */
  readonly sent?: Readonly<Record<string, readonly FieldValue[]>>;
  /** Lists and tags by their labels' ids; null: never compared. */
  readonly labels: AgreedLabels | null;
  /** When they were submitted, ISO UTC text; left out: they never were, or have been met since. */
  readonly submitted?: string;
  /** The edition of the label book that they were compared by; 0, or left out: none. */
  readonly labelBook?: number;
}

/** What is on record of somebody of whom nothing is. */
export const NEVER_MET: CrmBase = {
  address: null,
  flags: {},
  noted: null,
  fields: {},
  written: [],
  stored: {},
  labels: null,
};

/** What in a contact says that somebody asked for mail: a filled custom field, by its name, or a tag. */
export type CrmEvidence = { readonly field: string } | { readonly tag: string };

/** How lists, or tags, of the account stand at the CRM. */
export type LabelRule =
  | { readonly as: 'tag'; readonly prefix: string; readonly twoWay: boolean }
  /** Names in one custom field, parted by semicolons. */
  | { readonly as: 'field'; readonly field: string; readonly twoWay: boolean };

export interface CrmFieldRule extends FieldRule {
  /** `firstName`, `lastName` or the name of a custom field. */
  readonly to: string;
}

export interface CrmMapping {
  /** The CRM's connection, as the file names it. */
  readonly name: string;
  /** What people call the account in a note that is read in the CRM, such as "Constant Contact". */
  readonly account: string;
  /** Under which source our references stand at the CRM. */
  readonly source: string;
  /** Our reference is written to whoever is met: people are found by it. */
  readonly refers: boolean;
  /** A contact may bear several references of one source: else only the first person of a household gets one. */
  readonly severalReferences: boolean;
  /** Null: `consent: none` was written out. */
  readonly consent: 'primary-to-secondary' | 'two-way' | null;
  /** Bounce codes that end a permission. Codes of Constant Contact: B no such address, D undeliverable, S suspended, ... */
  readonly bounceCodes: readonly string[];
  /** By the account's columns; `custom_field:<id>` for a field of its own. */
  readonly fields: readonly CrmFieldRule[];
  /** Null: they are left alone. */
  readonly lists: LabelRule | null;
  readonly tags: LabelRule | null;
  /** Who of the CRM is made at the account: with this evidence of their yes, on lists of these names. Null: nobody is. */
  readonly creates: { readonly evidence: CrmEvidence; readonly lists: readonly string[] } | null;
  /** How somebody whom the CRM does not have is made there: submitted for its review, directly, or not at all. */
  readonly create: 'transaction' | 'direct' | 'never';
  /** The CRM's word for the kind of address that somebody new has, such as "Home Email". */
  readonly addressType: string;
  /** The names of somebody who told none. Null: nobody is made without names. */
  readonly placeholder: { readonly first_name: string; readonly last_name: string } | null;
}
