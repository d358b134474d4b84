/**
 * perform: does what people at the CRM's own screen do, and nothing that they could not.
 *
 * Throws MutationError where the organization does not allow it or has no such thing.
 */
import { MutationError } from '../world/mutate/operations.ts';
import * as changes from './crm/changes.ts';
import type { Crm } from './crm/crm.ts';
import type { ImportRow } from './crm/import-row.ts';
import { nightly, rejectRow, resolveRow, runImport } from './crm/imports.ts';
import { mergeContacts, unmergeContact } from './crm/merge.ts';
import { createNote } from './crm/notes.ts';
import { methodKey, type Contact, type Individual, type Method, type Tag } from './crm/types.ts';
import type { CrmOperation, WhichContact, WhichRow } from './operations.ts';
import type { TokenDesk } from './tokens.ts';

type Doers = { readonly [K in CrmOperation['op']]: (on: On, op: Extract<CrmOperation, { op: K }>) => void };

interface On {
  readonly crm: Crm;
  readonly tokens: TokenDesk;
}

const DOERS: Doers = {
  crmOptOut: ({ crm }, op) => setOptIn(crm, op, false),
  crmOptIn: ({ crm }, op) => setOptIn(crm, op, true),
  crmChangeValue: ({ crm }, op) => {
    const { contact, method } = methodIn(crm, op.contact, op.value);
    changes.editMethod(crm, contact, { ...method, value: op.to }, false);
  },
  crmAddMethod: ({ crm }, op) => {
    const contact = find(crm, op.contact);
    changes.addMethod(crm, contact, personIn(contact, op.individual_id).id, op.method);
  },
  crmRemoveMethod: ({ crm }, op) => {
    const { contact, method } = methodIn(crm, op.contact, op.value);
    changes.removeMethod(crm, contact, method.id);
  },
  crmRename: ({ crm }, op) => {
    const contact = find(crm, op.contact);
    const person = personIn(contact, op.individual_id);
    const { firstName = person.firstName, lastName = person.lastName } = op;
    changes.editIndividual(crm, contact, { ...person, firstName, lastName });
  },
  crmEditAddress: ({ crm }, op) => {
    const contact = find(crm, op.contact);
    const address = contact.addresses.find((one) => one.isPrimary);
    const set = Object.fromEntries(Object.entries(op.set).filter(([, value]) => value !== undefined));
    if (address === undefined) changes.addAddress(crm, contact, op.set);
    else changes.editAddress(crm, contact, { ...address, ...set });
  },
  crmSetField: ({ crm }, op) => setField(crm, find(crm, op.contact), op.name, op.value),
  crmTag: ({ crm }, op) => void changes.putTagOn(crm, find(crm, op.contact), tagOf(crm, op.tag_id).id),
  crmUntag: ({ crm }, op) => {
    const contact = find(crm, op.contact);
    const join = contact.tags.find((one) => one.tagId === op.tag_id);
    if (join === undefined) throw new MutationError('the contact does not have that tag');
    changes.takeTagOff(crm, contact, join);
  },
  crmNote: ({ crm }, { contact, note, type }) => {
    const contactId = find(crm, contact).id;
    createNote(crm, { contactId, note, type, noteAt: crm.now(), important: false, isPrivate: false });
  },
  crmCreateContact: ({ crm }, { contactType, name, individuals, address, reference }) => {
    const addresses = address === undefined ? [] : [address];
    const references = reference === undefined ? [] : [reference];
    changes.createContact(crm, { contactType, name, individuals, addresses, references });
  },
  crmAddIndividual: ({ crm }, op) => void changes.addIndividual(crm, find(crm, op.contact), op.individual),
  crmArchive: ({ crm }, op) => void changes.archiveContact(crm, find(crm, op.contact), op.reason ?? null),
  crmUnarchive: ({ crm }, op) => void changes.unarchiveContact(crm, find(crm, op.contact)),
  crmMerge: ({ crm }, op) => {
    const loser = find(crm, op.contact);
    const winner = find(crm, op.into);
    if (loser.id === winner.id) throw new MutationError('a contact cannot be merged into itself');
    if (loser.mergedInto !== null || winner.mergedInto !== null)
      throw new MutationError('one of them is merged already');
    mergeContacts(crm, loser, winner);
  },
  crmUnmerge: ({ crm }, op) => {
    const lost = find(crm, op.contact);
    const before = crm.merged.get(lost.id);
    const winner = lost.mergedInto === null ? undefined : crm.contacts.get(lost.mergedInto);
    if (before === undefined || winner === undefined) throw new MutationError('the contact is not merged');
    unmergeContact(crm, lost, before, winner);
  },
  crmCreateTag: ({ crm }, { name, group }) => {
    const tag = { id: crm.nextId(), name, group };
    crm.tags.set(tag.id, tag);
    crm.record('tag.created', { tag });
  },
  crmRenameTag: ({ crm }, op) => {
    const tag = { ...tagOf(crm, op.tag_id), name: op.name };
    crm.tags.set(tag.id, tag);
    crm.record('tag.renamed', { tag });
  },
  crmDeleteTag: ({ crm }, op) => {
    const tag = tagOf(crm, op.tag_id);
    for (const contact of crm.contacts.values()) {
      const join = contact.tags.find((one) => one.tagId === tag.id);
      if (join !== undefined) changes.takeTagOff(crm, contact, join);
    }
    crm.tags.delete(tag.id);
    crm.record('tag.deleted', { tag });
  },
  crmCreateField: ({ crm }, { of, name, dataType, options }) => {
    const field = { of, name, dataType, options };
    crm.definitions.push({ ...field, displayName: `${field.name}?`, createdAt: crm.now() });
    crm.record('custom_field.created', { field });
  },
  crmRunImport: ({ crm }, { bundle }) => {
    crm.writeAs('Import', () => {
      if (bundle) nightly(crm);
      runImport(crm);
    });
  },
  crmResolveRow: ({ crm }, op) =>
    resolveRow(crm, waitingRow(crm, op.row), op.match === null ? null : find(crm, op.match).id),
  crmRejectRow: ({ crm }, op) => rejectRow(crm, waitingRow(crm, op.row)),
  crmExpireTokens: ({ crm, tokens }) => {
    tokens.expireAccess();
    crm.record('tokens.expired', {});
  },
  crmRevokeTokens: ({ crm, tokens }) => {
    tokens.revokeAll();
    crm.record('tokens.revoked', {});
  },
};

/** Does one operation. */
export function performOnCrm<K extends CrmOperation['op']>(on: On, operation: Extract<CrmOperation, { op: K }>): void {
  const doer: (on: On, op: Extract<CrmOperation, { op: K }>) => void = DOERS[operation.op];
  doer(on, operation);
}

/** Finds a contact as an operation names it; of several with one address the oldest that is not archived. */
export function find(crm: Crm, which: WhichContact): Contact {
  const found = candidates(crm, which).map((id) => crm.contacts.get(id));
  const contact = found.find((one) => one !== undefined && one.archivedAt === null) ?? found[0];
  if (contact === undefined) throw new MutationError('the CRM has no such contact');
  return contact;
}

function candidates({ index }: Crm, which: WhichContact): readonly number[] {
  if (typeof which === 'number') return [which];
  return 'email' in which ? index.withValue(which.email) : index.withReference(which.source, which.id);
}

/** Finds a row that a person can still decide about. */
function waitingRow(crm: Crm, which: WhichRow): ImportRow {
  const isMeant = ({ id, reference }: ImportRow): boolean =>
    typeof which === 'number' ? id === which : reference?.source === which.source && reference.id === which.id;
  const found = [...crm.rows.values()].find(
    (one) => isMeant(one) && one.state !== 'imported' && one.state !== 'rejected',
  );
  if (found === undefined) throw new MutationError('no such row waits');
  if (found.state === 'held') throw new MutationError('the row is held until the night’s batch and in no bucket yet');
  return found;
}

function methodIn(crm: Crm, which: WhichContact, value: string): { contact: Contact; method: Method } {
  const contact = find(crm, which);
  const methods = contact.individuals.flatMap((one) => one.methods);
  const method = methods.find((one) => methodKey(one.value) === methodKey(value));
  if (method === undefined) throw new MutationError('the contact has no such method');
  return { contact, method };
}

function setOptIn(crm: Crm, op: { contact: WhichContact; value: string }, isOptedIn: boolean): void {
  const { contact, method } = methodIn(crm, op.contact, op.value);
  changes.editMethod(crm, contact, { ...method, isOptedIn }, false);
}

function personIn(contact: Contact, id: number | undefined): Individual {
  const { individuals } = contact;
  const person = id === undefined ? individuals.find((one) => one.isPrimary) : individuals.find((one) => one.id === id);
  if (person === undefined) throw new MutationError('the contact has no such individual');
  return person;
}

function tagOf(crm: Crm, id: number): Tag {
  const tag = crm.tags.get(id);
  if (tag === undefined) throw new MutationError('the CRM has no such tag');
  return tag;
}

function setField(crm: Crm, contact: Contact, name: string, value: string): void {
  if (!crm.definitions.some((one) => one.of === 'contact' && one.name === name)) {
    throw new MutationError('contacts have no such custom field');
  }
  const { [name]: _, ...others } = contact.fields;
  changes.editContact(crm, contact, { fields: value === '' ? others : { ...others, [name]: value } });
}
