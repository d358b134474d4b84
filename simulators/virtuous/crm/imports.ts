/**
 * imports: what happens to submitted contacts: held until midnight, judged then, imported when a person runs the import (virtuous-crm §7).
 *
 * Only with the organization's settings does the night import by itself, and never what needs a person. A row is looked at anew when it
 * is imported, so that two rows of one reference make one contact. What an import adds is never taken away by one.
 */
import * as changes from './changes.ts';
import { referenceKey } from './contact-index.ts';
import type { Crm } from './crm.ts';
import type { ImportRow, RowData } from './import-row.ts';
import { isNamed, judgeRow, tagNamed } from './matching.ts';
import { tell } from './told.ts';
import { methodKey, type Contact, type Individual, type Reference } from './types.ts';
import { nextMidnight } from './zone.ts';

/** Takes a row in; it waits for the night. */
export function submitRow(crm: Crm, source: string | null, reference: Reference | null, data: RowData): void {
  const { crmRepeatedReference } = crm.world.switches.current;
  const key = reference === null ? null : referenceKey(reference.source, reference.id);
  const olderId = key === null ? undefined : crm.heldByReference.get(key);
  const older = olderId === undefined ? undefined : crm.rows.get(olderId);
  if (older !== undefined && crmRepeatedReference !== 'rows') {
    const both = crmRepeatedReference === 'merged' ? joined(older.data, data) : data;
    keep(crm, 'transaction.repeated', { ...older, data: both });
    return;
  }
  const state = { state: 'held', matchId: null, decided: false, contactId: null } as const;
  keep(crm, 'transaction.held', { id: crm.nextId(), at: crm.now(), source, reference, data, ...state });
  const due = nextMidnight(crm.now(), crm.world.switches.current);
  if (crm.nightlyAt === due) return;
  crm.nightlyAt = due;
  crm.world.schedule(due, () => {
    if (crm.nightlyAt === due) crm.nightlyAt = null;
    crm.writeAs('Import', () => nightly(crm));
  });
}

/** Bundles all that is held and judges it; imports what it is sure of, where the settings say so. */
export function nightly(crm: Crm): void {
  const { crmAutoImport, crmAutoCreate } = crm.world.switches.current;
  for (const row of [...crm.rows.values()].filter((one) => one.state === 'held')) {
    const judged = { ...row, ...judgeRow(crm, row) };
    keep(crm, 'transaction.judged', judged);
    const isSure = judged.state !== 'match_needed';
    const isWanted = judged.matchId === null ? crmAutoCreate : true;
    if (crmAutoImport && isSure && isWanted) importRow(crm, judged);
  }
}

/** A person runs the import: all that is ready or needs an update goes in; what needs a match stays. */
export function runImport(crm: Crm): void {
  for (const row of crm.rows.values()) {
    if (row.state === 'ready' || row.state === 'update_needed') importRow(crm, row);
  }
}

/** A person says what a row matches; null: nobody, make a new contact. */
export function resolveRow(crm: Crm, row: ImportRow, matchId: number | null): void {
  const state = matchId === null ? 'ready' : 'update_needed';
  keep(crm, 'transaction.resolved', { ...row, state, matchId, decided: true });
}

/** A person throws a row away. */
export function rejectRow(crm: Crm, row: ImportRow): void {
  keep(crm, 'transaction.rejected', { ...row, state: 'rejected' });
}

function importRow(crm: Crm, row: ImportRow): void {
  const again = row.decided ? row : { ...row, ...judgeRow(crm, row) };
  if (again.state === 'match_needed') {
    keep(crm, 'transaction.judged', again);
    return;
  }
  const match = again.matchId === null ? undefined : crm.contacts.get(again.matchId);
  const contact = match === undefined ? create(crm, again) : update(crm, match, again);
  keep(crm, 'transaction.imported', { ...again, state: 'imported', contactId: contact.id });
}

function create(crm: Crm, { reference, data }: ImportRow): Contact {
  const isOptedIn = crm.world.switches.current.crmImportOptIn;
  const methods = [
    ...(data.email === null ? [] : [{ type: data.emailType ?? 'Home Email', value: data.email, isOptedIn }]),
    ...(data.phone === null ? [] : [{ type: data.phoneType ?? 'Home Phone', value: data.phone, isOptedIn: false }]),
  ];
  const { firstName, middleName, lastName, suffix, title: prefix } = data;
  const made = changes.createContact(crm, {
    contactType: data.contactType,
    name: data.name,
    individuals: [{ firstName, middleName, lastName, suffix, prefix, methods }],
    addresses: data.place === null ? [] : [data.place],
    references: reference === null ? [] : [reference],
    fields: knownFields(crm, data),
  });
  return tagged(crm, made, data);
}

function update(crm: Crm, match: Contact, { reference, data }: ImportRow): Contact {
  let contact = referenced(crm, match, reference);
  const person = personOf(contact, data);
  if (person === undefined) {
    changes.addIndividual(crm, contact, { firstName: data.firstName, lastName: data.lastName });
  } else if (data.firstName !== null && !isNamed(person, data)) {
    changes.editIndividual(crm, contact, {
      ...person,
      firstName: data.firstName,
      lastName: data.lastName ?? person.lastName,
    });
  }
  contact = latest(crm, contact);
  for (const [value, type] of [
    [data.email, data.emailType ?? 'Home Email'],
    [data.phone, data.phoneType ?? 'Home Phone'],
  ] as const) {
    contact = withValue(crm, contact, data, value, type);
  }
  const { place } = data;
  if (place !== null && !contact.addresses.some((one) => one.address1 === place.address1)) {
    changes.addAddress(crm, contact, place);
    contact = latest(crm, contact);
  }
  const fields = { ...contact.fields, ...knownFields(crm, data) };
  if (Object.entries(fields).some(([name, value]) => contact.fields[name] !== value)) {
    contact = changes.editContact(crm, contact, { fields });
  }
  return tagged(crm, contact, data);
}

function withValue(crm: Crm, contact: Contact, data: RowData, value: string | null, type: string): Contact {
  const has = contact.individuals.flatMap((one) => one.methods.map((each) => methodKey(each.value)));
  const person = personOf(contact, data);
  if (value === null || person === undefined || has.includes(methodKey(value))) return contact;
  const isOptedIn = type.endsWith('Email') && crm.world.switches.current.crmImportOptIn;
  changes.addMethod(crm, contact, person.id, { type, value, isOptedIn });
  return latest(crm, contact);
}

function referenced(crm: Crm, contact: Contact, reference: Reference | null): Contact {
  if (reference === null || contact.references.some((one) => isSame(one, reference))) return contact;
  const older = contact.references.find((one) => one.source === reference.source);
  const { crmSecondReference } = crm.world.switches.current;
  if (older === undefined || crmSecondReference === 'kept') return changes.addReference(crm, contact, reference);
  if (crmSecondReference === 'refused') return contact;
  return changes.addReference(crm, changes.removeReference(crm, contact, older), reference);
}

function tagged(crm: Crm, contact: Contact, { tags }: RowData): Contact {
  for (const name of tags) {
    const known = tagNamed(crm, name);
    const id = known ?? (crm.world.switches.current.crmUnknownTag === 'created' ? newTag(crm, name) : null);
    if (id !== null) changes.putTagOn(crm, latest(crm, contact), id);
  }
  return latest(crm, contact);
}

function newTag(crm: Crm, name: string): number {
  const tag = { id: crm.nextId(), name, group: 'Imported' };
  crm.tags.set(tag.id, tag);
  crm.record('tag.created', { tag });
  return tag.id;
}

/** Whom a row is about: who has its address, else its names, else the primary one. */
function personOf({ individuals }: Contact, data: RowData): Individual | undefined {
  const key = data.email === null ? null : methodKey(data.email);
  return (
    individuals.find((one) => one.methods.some((each) => methodKey(each.value) === key)) ??
    individuals.find((one) => data.firstName !== null && isNamed(one, data)) ??
    individuals.find((one) => one.isPrimary)
  );
}

function knownFields(crm: Crm, { fields }: RowData): Record<string, string> {
  const names = new Set(crm.definitions.filter((one) => one.of === 'contact').map((one) => one.name));
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => names.has(name) && value !== ''));
}

function joined(older: RowData, newer: RowData): RowData {
  const said = Object.fromEntries(Object.entries(newer).filter(([, value]) => value !== null));
  const tags = [...new Set([...older.tags, ...newer.tags])];
  return { ...older, ...said, tags, fields: { ...older.fields, ...newer.fields } };
}

function latest(crm: Crm, contact: Contact): Contact {
  return crm.contacts.get(contact.id) ?? contact;
}

function isSame(a: Reference | null, b: Reference): boolean {
  return a !== null && a.id === b.id && a.source.toLowerCase() === b.source.toLowerCase();
}

function keep(crm: Crm, kind: string, row: ImportRow): void {
  crm.rows.set(row.id, row);
  if (row.reference !== null) {
    const key = referenceKey(row.reference.source, row.reference.id);
    if (row.state === 'held') crm.heldByReference.set(key, row.id);
    else crm.heldByReference.delete(key);
  }
  crm.record(kind, {
    ...(row.contactId === null ? {} : { crm_contact_id: row.contactId }),
    get row() {
      return tell(row);
    },
  });
}
