/**
 * crm-life: everything but consent of a person who was met: their address, names, fields and lists, to the CRM and from it.
 *
 * Pure. Each part decides for itself and stops none of the others. Whoever was deleted at the account is not asked here:
 * they keep what they have.
 */
import type { LostValue } from '../compare/merge-fields.ts';
import { actorOf, MAILABLE } from '../consent/standing.ts';
import type { Standing } from '../consent/ledger.ts';
import type { CrmChange, CrmEmail } from '../model/crm.ts';
import { untouched, type PersonIntent } from '../model/intent.ts';
import type { Content, RecordState } from '../model/record.ts';
import { addressStep, type AddressConflict, type AddressStep } from './crm-address.ts';
import { fieldStep, type FieldStep } from './crm-fields.ts';
import { emailsOf } from './crm-household.ts';
import { labelStep, type LabelsAround, type LabelStep } from './crm-labels.ts';
import type { CrmBase, CrmMapping } from './crm-mapping.ts';
import type { Meeting, PersonToMeet } from './crm-match.ts';

export type Met = Extract<Meeting, { kind: 'met' }>;

/** What is known of the person. */
export interface LifeInput {
  readonly id: string;
  readonly version: string | null;
  readonly state: RecordState;
  readonly content: Content;
  readonly base: CrmBase | null;
  readonly stances: ReadonlyMap<string, Standing['stance']>;
  /** Null: lists and tags are left alone. */
  readonly labels: LabelsAround | null;
  readonly mapping: CrmMapping;
}

/** Neither: there is doubt. */
export interface Mail {
  readonly may: boolean;
  readonly isOut: boolean;
}

export interface CrmLife {
  readonly changes: readonly CrmChange[];
  readonly edit: PersonIntent | null;
  readonly agreed: FieldStep['agreed'] | null;
  readonly labels: (LabelStep & { readonly edition: number }) | null;
  /** The flags of e-mails that get another address. */
  readonly flags: CrmBase['flags'];
  /** The CRM has the account's address, or is about to. */
  readonly addressStands: boolean;
  readonly conflicts: readonly { readonly reason: AddressConflict; readonly contactId: string }[];
  readonly lost: readonly LostValue[];
  readonly destructive: readonly string[];
}

/** Of somebody who was not met, or is deleted. */
export const NOTHING: CrmLife = {
  changes: [],
  edit: null,
  agreed: null,
  labels: null,
  flags: {},
  addressStands: false,
  conflicts: [],
  lost: [],
  destructive: [],
};

/** Decides it. */
export function lifeOf(input: LifeInput, person: PersonToMeet, met: Met, mail: Mail): CrmLife {
  const { contact, link, relinked } = met;
  const { base, mapping, content } = input;
  const email = emailsOf(contact).find((place) => place.email.id === link.emailId)?.email ?? null;
  const address = addressOf(input, person, met, email, mail.may);
  // With another contact than before nothing was agreed yet: what differs there is nobody's edit.
  const agreed = relinked || base === null || isBlank(base) ? null : base;
  const fields = fieldStep(content, contact, link, agreed, mapping);
  const labels = labelsOf(input, person, met, mail.may);
  const changes = [...(address.change === null ? [] : [address.change]), ...fields.changes, ...(labels?.changes ?? [])];
  const edit = editOf(input, fields, labels);
  return {
    changes,
    edit,
    agreed: fields.agreed,
    labels: labels === null ? null : { ...labels, edition: input.labels?.edition ?? 0 },
    flags: flagsAfter(address, person.address, mail, mapping),
    addressStands: address.conflict === null,
    conflicts: address.conflict === null ? [] : [{ reason: address.conflict, contactId: contact.contact_id }],
    lost: fields.lost,
    destructive: destroyedBy(changes, edit, fields.blanks, labels),
  };
}

function isBlank({ fields, sent }: CrmBase): boolean {
  return Object.keys(fields).length === 0 && sent === undefined;
}

function destroyedBy(
  changes: readonly CrmChange[],
  edit: PersonIntent | null,
  blanks: boolean,
  labels: LabelStep | null,
): readonly string[] {
  const has = (kind: CrmChange['kind']): boolean => changes.some((change) => change.kind === kind);
  const removes = labels?.removes === true || (edit !== null && edit.lists.remove.length + edit.tags.remove.length > 0);
  const blanking = blanks && (edit !== null || has('name') || has('fields'));
  const found = { 'address-change': has('address'), blanking, 'list-removal': removes };
  return Object.entries(found).flatMap(([name, is]) => (is ? [name] : []));
}

function labelsOf(
  { labels, content, base, mapping, stances }: LifeInput,
  { address }: PersonToMeet,
  { contact, relinked }: Met,
  mayBeMailed: boolean,
): LabelStep | null {
  if (labels === null) return null;
  const saidYes = address !== null && isYes(stances.get(address) ?? 'silent', content);
  const agreed = base?.labels ?? null;
  const comparedBy = base?.labelBook ?? 0;
  return labelStep({ content, contact, agreed, comparedBy, relinked, around: labels, mapping, mayBeMailed, saidYes });
}

/** A yes is on record, or the account names who gave it, where nothing is. Switched on by nobody we know is no yes (T20). */
function isYes(stance: Standing['stance'], content: Content): boolean {
  return stance === 'in' || (stance === 'silent' && actorOf(content['opt_in_source']) !== 'unknown');
}

/** A contact that has no address at the account changes none in the CRM. */
function addressOf(
  { content, base, stances }: LifeInput,
  { address: key }: PersonToMeet,
  { link }: Met,
  email: CrmEmail | null,
  mayBeMailed: boolean,
): AddressStep {
  const address = content['email_address'];
  if (typeof address !== 'string' || address === '' || key === null) return { change: null, conflict: null };
  const stanceOf = (of: string): Standing['stance'] => stances.get(of) ?? 'silent';
  return addressStep({ link, email, address, key, agreed: base?.address ?? null, mayBeMailed, stanceOf });
}

/** A flag that did not stay on went with the address, by our hand: it is nobody's withdrawal. */
function flagsAfter(
  { change }: AddressStep,
  address: string | null,
  { isOut }: Mail,
  { consent }: CrmMapping,
): CrmBase['flags'] {
  if (change === null || address === null || consent === null) return {};
  return { [change.email.id]: { address, flag: change.optedIn ? 'in' : isOut ? 'out' : 'apart' } };
}

/** Whoever is deleted would come back, and of whoever is held we do not know what they said. */
const EDITABLE: ReadonlySet<RecordState> = new Set<RecordState>([
  ...MAILABLE,
  'unsubscribed',
  'pending_confirmation',
  'temp_hold',
  'not_set',
]);

function editOf(
  { id, version, state, content }: LifeInput,
  { fields, customFields }: FieldStep,
  labels: LabelStep | null,
): PersonIntent | null {
  const address = content['email_address'];
  if (typeof address !== 'string' || address === '' || !EDITABLE.has(state)) return null;
  const nobody = untouched(id, address, version);
  const { lists, tags } = labels ?? nobody;
  const wanted = [Object.keys(fields), Object.keys(customFields), lists.add, lists.remove, tags.add, tags.remove];
  return wanted.every((part) => part.length === 0) ? null : { ...nobody, fields, customFields, lists, tags };
}
