/**
 * find: how an operation names the thing it is about. A name that fits nothing is an error of the caller, never ignored.
 */
import type { Campaign, CustomField, EmailState, List, Person, Tag } from '../types.ts';
import type { World } from '../world.ts';
import { MutationError, type Who } from './operations.ts';

/** Finds the contact by its id or its address, deleted or not. */
export function findPerson(world: World, who: Who): Person {
  const found =
    who.contact_id !== undefined
      ? world.people.get(who.contact_id)
      : who.email !== undefined
        ? world.owner(who.email)
        : undefined;
  if (found) return found;
  throw new MutationError(`no such contact: ${who.contact_id ?? who.email ?? '(neither contact_id nor email given)'}`);
}

/** Tells the address of a contact that must have one. */
export function emailOf(person: Person): EmailState {
  if (person.email === null) throw new MutationError(`contact ${person.id} has no email address`);
  return person.email;
}

/** Finds a list that is not deleted. */
export function findList(world: World, id: string): List {
  const list = world.lists.get(id);
  if (list === undefined || list.deletedAt !== null) throw new MutationError(`no such list: ${id}`);
  return list;
}

/** Finds a tag. */
export function findTag(world: World, id: string): Tag {
  return found(world.tags.get(id), 'tag', id);
}

/** Finds a custom field. */
export function findField(world: World, id: string): CustomField {
  return found(world.fields.get(id), 'custom field', id);
}

/** Finds a campaign. */
export function findCampaign(world: World, id: string): Campaign {
  return found(world.campaigns.get(id), 'campaign', id);
}

function found<T>(thing: T | undefined, kind: string, id: string): T {
  if (thing === undefined) throw new MutationError(`no such ${kind}: ${id}`);
  return thing;
}
