/**
 * changes: everything that can happen to a contact, whoever does it: the API, the import or a person at the CRM's own screen.
 *
 * Each function commits exactly one change, or none where nothing differs. Who may do it, and what an answer says, is decided by the
 * caller. Consent stands on a method alone; tags and references on the contact (virtuous-crm §6, §8).
 */
import type { Crm } from './crm.ts';
import {
  makeAddress,
  makeContact,
  makeIndividual,
  makeMethod,
  onePrimary,
  primaryOfEachKind,
  type AddressDraft,
  type ContactDraft,
  type IndividualDraft,
  type MethodDraft,
} from './make.ts';
import type { Address, Contact, ContactTag, Individual, Method, Reference } from './types.ts';

/** Makes a contact; nobody looks for duplicates. */
export function createContact(crm: Crm, draft: ContactDraft): Contact {
  return crm.commit('contact.created', 'profile', makeContact(crm, draft));
}

/** Sets some of a contact's own properties and custom fields. */
export function editContact(crm: Crm, contact: Contact, set: Partial<Contact>): Contact {
  return crm.commit('contact.edited', 'profile', { ...contact, ...set });
}

export function archiveContact(crm: Crm, contact: Contact, reason: string | null): Contact {
  if (contact.archivedAt !== null) return contact;
  return crm.commit('contact.archived', 'archive', { ...contact, archivedAt: crm.now(), archiveReason: reason });
}

export function unarchiveContact(crm: Crm, contact: Contact): Contact {
  if (contact.archivedAt === null) return contact;
  return crm.commit('contact.unarchived', 'archive', { ...contact, archivedAt: null, archiveReason: null });
}

export function addIndividual(crm: Crm, contact: Contact, draft: IndividualDraft): Individual {
  const made = makeIndividual(crm, draft);
  const individuals = onePrimary([...contact.individuals, made], draft.isPrimary === true ? made.id : undefined);
  const after = crm.commit('individual.created', 'profile', { ...contact, individuals }, { individual_id: made.id });
  return individualOf(after, made.id);
}

export function editIndividual(crm: Crm, contact: Contact, changed: Individual): Individual {
  const others = contact.individuals.map((one) => (one.id === changed.id ? { ...changed, ...crm.moved() } : one));
  const individuals = onePrimary(others, changed.isPrimary ? changed.id : undefined);
  const after = crm.commit('individual.edited', 'profile', { ...contact, individuals }, { individual_id: changed.id });
  return individualOf(after, changed.id);
}

export function removeIndividual(crm: Crm, contact: Contact, id: number): void {
  const individuals = onePrimary(contact.individuals.filter((one) => one.id !== id));
  crm.commit('individual.deleted', 'profile', { ...contact, individuals }, { individual_id: id });
}

export function addMethod(crm: Crm, contact: Contact, individualId: number, draft: MethodDraft): Method {
  const made = makeMethod(crm, draft);
  const methods = primaryOfEachKind(
    [...individualOf(contact, individualId).methods, made],
    draft.isPrimary === true ? made.id : undefined,
  );
  const facts = { individual_id: individualId, method_id: made.id };
  const after = crm.commit('method.created', 'method', withMethods(crm, contact, individualId, methods), facts);
  return methodOf(after, made.id);
}

/** Sets a method's type, value, opt-in and archiving; a change of the opt-in alone is told apart from all others. */
export function editMethod(crm: Crm, contact: Contact, changed: Method, setAsPrimary: boolean): Method {
  const { method: before, individual } = findMethod(contact, changed.id);
  const onlyOptIn =
    before.type === changed.type &&
    before.value === changed.value &&
    before.archived === changed.archived &&
    !(setAsPrimary && !before.isPrimary);
  const swapped = individual.methods.map((one) => (one.id === changed.id ? { ...changed, ...crm.moved() } : one));
  const methods = primaryOfEachKind(swapped, setAsPrimary ? changed.id : undefined);
  const flipped = before.isOptedIn !== changed.isOptedIn;
  const kind = flipped ? (changed.isOptedIn ? 'method.opted_in' : 'method.opted_out') : 'method.edited';
  const { crmOptInMoves } = crm.world.switches.current;
  const movesPerson = !onlyOptIn || crmOptInMoves !== 'method';
  const after = crm.commit(
    kind,
    onlyOptIn ? 'optIn' : 'method',
    withMethods(crm, contact, individual.id, methods, movesPerson),
    { individual_id: individual.id, method_id: changed.id, value: changed.value },
  );
  return methodOf(after, changed.id);
}

export function removeMethod(crm: Crm, contact: Contact, id: number): void {
  const { individual } = findMethod(contact, id);
  const methods = primaryOfEachKind(individual.methods.filter((one) => one.id !== id));
  crm.commit('method.deleted', 'method', withMethods(crm, contact, individual.id, methods), { method_id: id });
}

export function addAddress(crm: Crm, contact: Contact, draft: AddressDraft): Address {
  const made = makeAddress(crm, draft);
  const addresses = onePrimary([...contact.addresses, made], draft.isPrimary === true ? made.id : undefined);
  return addressOf(crm.commit('address.created', 'profile', { ...contact, addresses }), made.id);
}

export function editAddress(crm: Crm, contact: Contact, changed: Address): Address {
  const swapped = contact.addresses.map((one) => (one.id === changed.id ? { ...changed, ...crm.moved() } : one));
  const addresses = onePrimary(swapped, changed.isPrimary ? changed.id : undefined);
  return addressOf(crm.commit('address.edited', 'profile', { ...contact, addresses }), changed.id);
}

export function removeAddress(crm: Crm, contact: Contact, id: number): void {
  const addresses = onePrimary(contact.addresses.filter((one) => one.id !== id));
  crm.commit('address.deleted', 'profile', { ...contact, addresses });
}

/** Puts a tag on a contact; one that is there already stays as it is. */
export function putTagOn(crm: Crm, contact: Contact, tagId: number): ContactTag {
  const there = contact.tags.find((one) => one.tagId === tagId);
  if (there !== undefined) return there;
  const made = { id: crm.nextId(), tagId, ...crm.born() };
  crm.commit('contact.tagged', 'tag', { ...contact, tags: [...contact.tags, made] }, { tag_id: tagId });
  return made;
}

export function takeTagOff(crm: Crm, contact: Contact, join: ContactTag): void {
  const tags = contact.tags.filter((one) => one.id !== join.id);
  crm.commit('contact.untagged', 'tag', { ...contact, tags }, { tag_id: join.tagId });
}

export function addReference(crm: Crm, contact: Contact, reference: Reference): Contact {
  const references = [...contact.references, reference];
  return crm.commit('contact.referenced', 'reference', { ...contact, references }, { reference });
}

export function removeReference(crm: Crm, contact: Contact, reference: Reference): Contact {
  const references = contact.references.filter((one) => one !== reference);
  return crm.commit('contact.unreferenced', 'reference', { ...contact, references }, { reference });
}

/** Finds an individual of a contact that has it. */
export function individualOf(contact: Contact, id: number): Individual {
  return there(contact.individuals.find((one) => one.id === id));
}

/** Finds a method of a contact that has it, and whose it is. */
export function findMethod(contact: Contact, id: number): { method: Method; individual: Individual } {
  const individual = there(contact.individuals.find((one) => one.methods.some((method) => method.id === id)));
  return { individual, method: there(individual.methods.find((one) => one.id === id)) };
}

function methodOf(contact: Contact, id: number): Method {
  return findMethod(contact, id).method;
}

export function addressOf(contact: Contact, id: number): Address {
  return there(contact.addresses.find((one) => one.id === id));
}

function withMethods(
  crm: Crm,
  contact: Contact,
  individualId: number,
  methods: readonly Method[],
  movesPerson = true,
): Contact {
  const moved = movesPerson ? crm.moved() : {};
  return {
    ...contact,
    individuals: contact.individuals.map((one) => (one.id === individualId ? { ...one, ...moved, methods } : one)),
  };
}

function there<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the index names a part that its contact does not have');
  return found;
}
