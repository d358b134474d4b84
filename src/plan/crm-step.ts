/**
 * crm-step: what one person of the account means for a CRM with households, and what the CRM has that the account lacks.
 *
 * Pure. Opt-outs come first, whoever the person turns out to be: they belong to the address, not to a contact (I3, T32).
 * A person is met, not made twice; what is in doubt is a conflict and stops only its own part. Must never switch a flag
 * on, and never delete: whoever was deleted at the account keeps their contact and loses consent.
 */
import type { LostValue } from '../compare/merge-fields.ts';
import { matchKey } from '../model/address.ts';
import type { CrmChange, CrmContact } from '../model/crm.ts';
import { untouched, type PersonIntent } from '../model/intent.ts';
import type { AddressConflict } from './crm-address.ts';
import { agreedOf, beforeOf, submittedOf } from './crm-agreed.ts';
import { flagStep, type FlagStep } from './crm-consent.ts';
import { emailsOf, isAway, placesOf, referredIds, type CrmPlace } from './crm-household.ts';
import type { CrmBase, CrmLink, CrmMapping } from './crm-mapping.ts';
import { bears, meet, type Meeting, type PersonToMeet } from './crm-match.ts';
import type { LabelsAround } from './crm-labels.ts';
import { lifeOf, NOTHING, type Mail } from './crm-life.ts';
import { newcomer, type NewcomerRefusal } from './crm-newcomer.ts';
import { notesOf, outNote, withdrawalReason } from './crm-notes.ts';
import { isInferred, mayBeMailed, outOf, type MailSigns, type Out } from './crm-out.ts';

export interface CrmInput extends Omit<MailSigns, 'stance'> {
  /** The primary's id. */
  readonly id: string;
  /** The primary's version that `content` is of. */
  readonly version: string | null;
  readonly base: CrmBase | null;
  readonly link: CrmLink | null;
  /** Contacts that are linked, bear this person's reference or have their address, as they were last read. */
  readonly households: readonly CrmContact[];
  /** Ids of e-mails in them that are linked with others of ours who still live at the primary. */
  readonly taken: ReadonlySet<string>;
  /** What stands about addresses, for all mail, by match key. One that is missing is silent, which raises nobody. */
  readonly stances: ReadonlyMap<string, MailSigns['stance']>;
  /** Lists and tags of the account at this CRM; null: they are left alone. */
  readonly labels: LabelsAround | null;
  readonly mapping: CrmMapping;
  /** ISO UTC text: when a note is dated whose reason has no time. */
  readonly now: string;
}

export type CrmConflictReason = Extract<Meeting, { kind: 'conflict' }>['reason'] | 'switched-on' | AddressConflict;
export interface CrmConflict {
  readonly reason: CrmConflictReason;
  /** Null: no single contact. */
  readonly contactId: string | null;
}
export type CrmSkip = NewcomerRefusal | 'deleted' | 'opted-out' | 'bounced';

export interface CrmStep {
  /** `conflict`: nothing is to be written and something waits for a person; a `write` may have conflicts too. */
  readonly action: 'write' | 'submit' | 'create' | 'hold' | 'agree' | 'conflict' | 'skip';
  readonly reason: 'met' | 're-linked' | 'same' | 'changed' | 'new' | 'held' | CrmConflictReason | CrmSkip;
  /** In the order in which they are to be sent: opt-outs first, notes last. */
  readonly changes: readonly CrmChange[];
  /** Null: the person was not met. */
  readonly link: CrmLink | null;
  /** To be on record before anything is sent, where a kill would else make a tag or a value of ours another's word. */
  readonly before: CrmBase | null;
  /** What stands once all changes are carried out; null: nothing is to be kept. */
  readonly agreed: CrmBase | null;
  /** The CRM withdrew consent that the account has: sent by itself, before anything else of this person. */
  readonly unsubscribe: PersonIntent | null;
  /** What else the account is to have from the CRM. Agreed on only when the account shows it. */
  readonly edit: PersonIntent | null;
  readonly conflicts: readonly CrmConflict[];
  /** Tags that stay at the contact because another of the household is on that list. */
  readonly keptForOthers: readonly string[];
  /** Why the person is out of all mail; null: nobody said no. */
  readonly out: Out | null;
  /** Values that another replaced although their own side had moved. */
  readonly lost: readonly LostValue[];
  /** The account may mail this address and a flag in the CRM says no: kept so, shown, never raised. */
  readonly keptOut: boolean;
  readonly optOut: boolean;
  readonly raises: boolean;
  readonly destructive: readonly string[];
}

/** Finds the contact in which a person is met; null: in none. */
export function metAt(input: Omit<CrmInput, 'labels'>): string | null {
  const households = input.households.filter((contact) => !isAway(contact));
  const meeting = meet(personOf(input), input.link, households);
  return meeting.kind === 'met' ? meeting.contact.contact_id : null;
}

/** Decides one person. */
export function crmStep(input: CrmInput): CrmStep {
  const { mapping, base, now } = input;
  const person = personOf(input);
  const households = input.households.filter((contact) => !isAway(contact));
  const meeting = meet(person, input.link, households);
  const mail = mailOf(input, person.address);
  // Nobody is new while any living contact has the address: there is no flag to look at.
  if (meeting.kind === 'new') return newStep(input, person, mail);
  const flags = flagsOf({ ...input, households }, person, meeting, mail);
  const note = outNote(person.address, mail.out, mapping);
  const met = meeting.kind === 'met' ? meeting : null;
  const life = met === null || input.state === 'deleted' ? NOTHING : lifeOf(input, person, met, mail);
  const changes: readonly CrmChange[] = [
    ...flags.lower.map(lowering),
    ...referenceOf(input, meeting, person, mail.out),
    ...life.changes.map((change) => afterOptOut(change, flags)),
    ...notesOf(note, flags.fallen, met?.contact.contact_id ?? null, base, mapping, now),
  ];
  const unsubscribe = flags.withdrawn ? unsubscribeOf(input) : null;
  const conflicts = [...conflictsOf(meeting, flags), ...life.conflicts];
  const link = met?.link ?? null;
  const action = changes.length > 0 ? 'write' : conflicts.length > 0 ? 'conflict' : 'agree';
  return {
    action,
    reason: flags.lower.length > 0 ? loweredBy(mail.out) : reasonOf(input, meeting, conflicts, action),
    changes,
    link,
    before: beforeOf(base, life, met),
    agreed: agreedOf(base, person.address, met, flags, note, life),
    unsubscribe,
    edit: unsubscribe === null ? life.edit : null,
    conflicts,
    keptForOthers: life.labels?.keptForOthers ?? [],
    out: mail.out,
    lost: life.lost,
    keptOut: flags.apart,
    optOut: isStated(flags, mail.out),
    raises: changes.some(raises),
    destructive: [...inferredBy(unsubscribe, flags, mail.out), ...life.destructive],
  };
}

interface MailNow extends Mail {
  readonly out: Out | null;
}

function mailOf(input: CrmInput, address: string | null): MailNow {
  const { bounceCodes } = input.mapping;
  const signs = { ...input, stance: (address === null ? undefined : input.stances.get(address)) ?? 'silent' };
  const out = outOf(signs, bounceCodes);
  return { out, isOut: out !== null, may: mayBeMailed(signs, bounceCodes) };
}

function lowering({ contactId, email }: CrmPlace): CrmChange {
  return { kind: 'opt', contactId, email, optedIn: false };
}

/** An e-mail whose flag was switched off just before is changed as it stands then. */
function afterOptOut(change: CrmChange, { lower }: FlagStep): CrmChange {
  if (change.kind !== 'address' || lower.every(({ email }) => email.id !== change.email.id)) return change;
  return { ...change, email: { ...change.email, opted_in: false } };
}

/** Tells whether a change makes an address mailable that was not. */
function raises(change: CrmChange): boolean {
  return (change.kind === 'opt' || change.kind === 'address') && change.optedIn && change.email.opted_in !== true;
}

function personOf({ id, content, base, mapping, taken }: Omit<CrmInput, 'labels'>): PersonToMeet {
  const now = textOf(content['email_address']);
  return {
    id,
    source: mapping.source,
    // A contact that lost its address, such as a deleted one, is still the person of the address that we know.
    address: (now === null ? null : matchKey(now)) ?? base?.address ?? null,
    addressWas: base?.address ?? null,
    firstName: textOf(content['first_name']),
    lastName: textOf(content['last_name']),
    taken,
  };
}

function flagsOf(
  { mapping, base, households, stances }: CrmInput,
  { address }: PersonToMeet,
  meeting: Meeting,
  { out, may }: MailNow,
): FlagStep {
  const linked = meeting.kind === 'met' ? meeting.link.emailId : null;
  const mine = meeting.kind === 'met' ? emailsOf(meeting.contact).filter(({ email }) => email.id === linked) : [];
  return flagStep({
    places: mapping.consent === null ? [] : [...(address === null ? [] : placesOf(households, address)), ...mine],
    address,
    isOut: (key) => stances.get(key) === 'out',
    linked,
    agreed: base?.flags ?? {},
    stance: out !== null ? (isInferred(out) ? 'bounced' : 'out') : may ? 'in' : 'doubt',
    carries: mapping.consent === 'two-way',
  });
}

/** One reference for each person; whoever is out gets no new one. */
function referenceOf(
  { mapping, id }: CrmInput,
  meeting: Meeting,
  person: PersonToMeet,
  out: Out | null,
): readonly CrmChange[] {
  if (meeting.kind !== 'met' || out !== null || bears(meeting.contact, person)) return [];
  const { contact } = meeting;
  if (!mapping.refers) return [];
  if (!mapping.severalReferences && referredIds(contact, mapping.source).length > 0) return [];
  return [{ kind: 'refer', contactId: contact.contact_id, reference: { source: mapping.source, id } }];
}

/** A row tells no time and nobody's name, and neither does a flag: it is the account that unsubscribes there. */
function unsubscribeOf({ id, content, version, mapping }: CrmInput): PersonIntent | null {
  const address = textOf(content['email_address']);
  if (address === null) return null;
  const intent = untouched(id, address, version);
  return { ...intent, permission: 'unsubscribe', actor: 'account', reason: withdrawalReason(mapping) };
}

function conflictsOf(meeting: Meeting, { switchedOn }: FlagStep): readonly CrmConflict[] {
  return [
    ...(meeting.kind === 'conflict' ? [{ reason: meeting.reason, contactId: null }] : []),
    ...switchedOn.map(({ contactId }: CrmPlace) => ({ reason: 'switched-on' as const, contactId })),
  ];
}

function reasonOf(
  { base }: CrmInput,
  meeting: Meeting,
  conflicts: readonly CrmConflict[],
  action: CrmStep['action'],
): CrmStep['reason'] {
  if (action === 'conflict' && conflicts[0] !== undefined) return conflicts[0].reason;
  if (meeting.kind === 'met' && meeting.relinked) return 're-linked';
  return base === null ? 'met' : action === 'write' ? 'changed' : 'same';
}

function loweredBy(out: Out | null): 'bounced' | 'opted-out' {
  return isInferred(out) ? 'bounced' : 'opted-out';
}

/** An opt-out that a person stated: no guard holds it (I3). */
function isStated({ lower }: FlagStep, out: Out | null): boolean {
  return lower.length > 0 && !isInferred(out);
}

/** What nobody stated: the CRM's flag that went off by somebody's hand, and mail that came back. */
function inferredBy(unsubscribe: PersonIntent | null, { lower }: FlagStep, out: Out | null): readonly string[] {
  return unsubscribe !== null || (lower.length > 0 && isInferred(out)) ? ['inferred-opt-out'] : [];
}

/** Somebody whom the CRM does not have. Who was submitted is waited for: what becomes of them meanwhile is the step at first sight. */
function newStep(input: CrmInput, { address }: PersonToMeet, { out, may }: MailNow): CrmStep {
  const nothing = { ...NOTHING_NEW, agreed: input.base, out };
  if (input.base?.submitted !== undefined) return { ...nothing, action: 'hold', reason: 'held' };
  if (out !== null) return { ...nothing, reason: out.reason === 'deleted' ? 'deleted' : loweredBy(out) };
  const stance = (address === null ? undefined : input.stances.get(address)) ?? 'silent';
  const change = newcomer({ ...input, mayBeMailed: may, stance });
  if (change.kind === 'refused') return { ...nothing, reason: change.reason };
  // Made with the yes that the account has on record: nobody's no is raised by it.
  return { ...nothing, action: change.kind, reason: 'new', changes: [change], agreed: submittedOf(input, change) };
}
const NOTHING_NEW: CrmStep = {
  action: 'skip',
  reason: 'not-in-crm',
  changes: [],
  link: null,
  before: null,
  agreed: null,
  unsubscribe: null,
  edit: null,
  conflicts: [],
  keptForOthers: [],
  out: null,
  lost: [],
  keptOut: false,
  optOut: false,
  raises: false,
  destructive: [],
};

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
