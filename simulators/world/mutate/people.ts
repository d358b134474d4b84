/**
 * people: contacts are created, edited, deleted, revived and change their address.
 *
 * Deleting is soft: the lists go, the rest and the address stay, and adding the address again brings the same contact back
 * with the permission it had, so an opt-out survives. A subresource that is set replaces the whole set.
 */
import { detailsOf } from '../details.ts';
import type { Details, FieldValue, Person } from '../types.ts';
import type { Change, World } from '../world.ts';
import { newEmail } from './consent-rules.ts';
import { emailOf, findField, findPerson } from './find.ts';
import { MutationError, type ContactFields, type NewContact, type Op } from './operations.ts';

/** Edits a contact's own fields and subresources. */
export function edit(world: World, op: Op<'edit'>): Change[] {
  const person = findPerson(world, op);
  const after = { ...withFields(world, person, op.set), updateSource: op.source, updatedAt: world.clock.now() };
  return [world.commitPerson('contact.edited', after, { how: op.source })];
}

/** Creates a contact, or brings back the deleted one that owns the address. */
export function create(world: World, op: Op<'create'>): Change[] {
  const address = op.contact.email_address;
  const owner = address === undefined ? null : world.owner(address);
  if (owner === null) return [world.commitPerson('contact.created', newPerson(world, op.contact))];
  if (owner.deletedAt === null) throw new MutationError(`Email already exists for contact ${owner.id}`);
  const back = withFields(world, owner, op.contact);
  const lists = op.contact.list_memberships ?? [];
  return [world.commitPerson('contact.revived', { ...back, lists, deletedAt: null, updatedAt: world.clock.now() })];
}

/** Deletes a contact softly. */
export function remove(world: World, op: Op<'delete'>): Change[] {
  const person = findPerson(world, op);
  if (person.deletedAt !== null) return [];
  const now = world.clock.now();
  const moved = world.switches.current.deleteMovesUpdatedAt ? { updatedAt: now } : {};
  return [world.commitPerson('contact.deleted', { ...person, ...moved, deletedAt: now, lists: [] })];
}

/** Brings a deleted contact back without its lists. */
export function revive(world: World, op: Op<'revive'>): Change[] {
  const person = findPerson(world, op);
  if (person.deletedAt === null) return [];
  const after: Person = { ...person, deletedAt: null, updatedAt: world.clock.now(), updateSource: 'Account' };
  return [world.commitPerson('contact.revived', after)];
}

/** Changes a contact's address; the id and the permission stay. */
export function changeAddress(world: World, op: Op<'changeAddress'>): Change[] {
  const person = findPerson(world, op);
  const owner = world.owner(op.address);
  if (owner !== null && owner.id !== person.id) throw new MutationError(`Email already exists for contact ${owner.id}`);
  return [moveTo(world, person, op.address)];
}

/** Lets two contacts exchange their addresses, through a third one in between. */
export function swapAddresses(world: World, op: Op<'swapAddresses'>): Change[] {
  const [a, b] = op.contact_ids.map((id) => findPerson(world, { contact_id: id }));
  if (a === undefined || b === undefined) throw new MutationError('two contacts are needed');
  const [first, second] = [emailOf(a).address, emailOf(b).address];
  const parked = moveTo(world, a, `parked.${world.random.token(8).toLowerCase()}@example.org`);
  const other = moveTo(world, b, first);
  return [parked, other, moveTo(world, parked.after ?? a, second)];
}

/** Sets times by force: rows of one instant, or of a year to come. */
export function stamp(world: World, op: Op<'stamp'>): Change[] {
  const person = findPerson(world, op);
  const updatedAt = instantOr(op.updated_at, person.updatedAt);
  const email =
    op.email_updated_at === undefined
      ? person.email
      : { ...emailOf(person), updatedAt: instantOr(op.email_updated_at, 0) };
  return [world.commitPerson('contact.stamped', { ...person, updatedAt, email })];
}

function moveTo(world: World, person: Person, address: string): Change {
  const now = world.clock.now();
  const from = emailOf(person);
  const after: Person = {
    ...person,
    updatedAt: now,
    updateSource: 'Account',
    email: { ...from, address, updatedAt: now },
  };
  return world.commitPerson('contact.address_changed', after, { from: from.address, to: address });
}

function newPerson(world: World, given: NewContact): Person {
  const now = world.clock.now();
  const random = world.random;
  const createSource = given.create_source ?? 'Account';
  const sms = { channelId: random.uuid(), permission: 'explicit', createdAt: now, updatedAt: now } as const;
  const blank: Person = {
    id: random.uuid(),
    sequence: 1_000_000 + world.people.size,
    seed: 0,
    email:
      given.email_address === undefined
        ? null
        : newEmail(given.email_address, given.permission_to_send ?? null, createSource, now),
    sms: given.sms_number === undefined ? null : { ...sms, number: given.sms_number },
    firstName: null,
    lastName: null,
    jobTitle: null,
    companyName: null,
    birthdayMonth: null,
    birthdayDay: null,
    anniversary: null,
    createSource,
    updateSource: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    lists: given.list_memberships ?? [],
    tags: given.taggings ?? [],
    details: { fields: [], phones: [], addresses: [], notes: [] },
  };
  return withFields(world, blank, given);
}

/** Lays given fields over a person; what is not given stays, null clears. */
export function withFields(world: World, person: Person, set: ContactFields): Person {
  const or = <T>(given: T | undefined, kept: T): T => (given === undefined ? kept : given);
  return {
    ...person,
    firstName: or(set.first_name, person.firstName),
    lastName: or(set.last_name, person.lastName),
    jobTitle: or(set.job_title, person.jobTitle),
    companyName: or(set.company_name, person.companyName),
    birthdayMonth: or(set.birthday_month, person.birthdayMonth),
    birthdayDay: or(set.birthday_day, person.birthdayDay),
    anniversary: or(set.anniversary, person.anniversary),
    details: withDetails(world, person, set),
  };
}

function withDetails(world: World, person: Person, set: ContactFields): Details | null {
  const touched = [set.custom_fields, set.phone_numbers, set.street_addresses, set.note].some(
    (one) => one !== undefined,
  );
  if (!touched) return person.details;
  const now = world.clock.now();
  const stamps = { createdAt: now, updatedAt: now };
  const kept = detailsOf(person, world.firstFields);
  const id = (): string => world.random.uuid();
  return {
    fields: set.custom_fields?.map((one) => newValue(world, one)).filter((one) => one !== null) ?? kept.fields,
    phones:
      set.phone_numbers?.map((one) => ({ id: id(), number: one.phone_number, kind: one.kind, ...stamps })) ??
      kept.phones,
    addresses:
      set.street_addresses?.map((one) => ({
        id: id(),
        kind: one.kind,
        street: one.street ?? null,
        city: one.city ?? null,
        state: one.state ?? null,
        postalCode: one.postal_code ?? null,
        country: one.country ?? null,
        ...stamps,
      })) ?? kept.addresses,
    notes: set.note === undefined ? kept.notes : [...kept.notes, { id: id(), createdAt: now, content: set.note }],
  };
}

function newValue(world: World, given: NonNullable<ContactFields['custom_fields']>[number]): FieldValue | null {
  findField(world, given.custom_field_id);
  if (given.value === null) return null;
  return { fieldId: given.custom_field_id, value: given.value ?? null, choiceIds: given.choice_ids ?? null };
}

function instantOr(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const instant = Date.parse(text);
  if (!Number.isFinite(instant)) throw new MutationError(`not an instant: ${text}`);
  return instant;
}
