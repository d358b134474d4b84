/**
 * membership: contacts join and leave lists, get and lose tags.
 *
 * Whether that moves the contact's `updated_at` is unknown at the vendor, so two switches decide it. A step that changes nothing
 * commits nothing.
 */
import type { Person } from '../types.ts';
import type { Change, World } from '../world.ts';
import { findList, findPerson, findTag } from './find.ts';
import { MutationError, type Op } from './operations.ts';

/** Puts a contact on a list. */
export function joinList(world: World, op: Op<'joinList'>): Change[] {
  const person = findPerson(world, op);
  findList(world, op.list_id);
  if (person.deletedAt !== null) throw new MutationError(`contact ${person.id} is deleted`);
  if (person.lists.includes(op.list_id)) return [];
  return [commitLists(world, 'contact.list_joined', person, [...person.lists, op.list_id], op.list_id)];
}

/** Takes a contact off a list. */
export function leaveList(world: World, op: Op<'leaveList'>): Change[] {
  return dropList(world, findPerson(world, op), op.list_id);
}

/** Takes a person off a list, if on it. */
export function dropList(world: World, person: Person, listId: string): Change[] {
  if (!person.lists.includes(listId)) return [];
  return [commitLists(world, 'contact.list_left', person, without(person.lists, listId), listId)];
}

/** Gives a contact a tag. */
export function tag(world: World, op: Op<'tag'>): Change[] {
  const person = findPerson(world, op);
  findTag(world, op.tag_id);
  if (person.tags.includes(op.tag_id)) return [];
  return [commitTags(world, 'contact.tagged', person, [...person.tags, op.tag_id], op.tag_id)];
}

/** Takes a tag from a contact. */
export function untag(world: World, op: Op<'untag'>): Change[] {
  return dropTag(world, findPerson(world, op), op.tag_id);
}

/** Takes a tag from a person, if there. */
export function dropTag(world: World, person: Person, tagId: string): Change[] {
  if (!person.tags.includes(tagId)) return [];
  return [commitTags(world, 'contact.untagged', person, without(person.tags, tagId), tagId)];
}

function commitLists(world: World, kind: string, person: Person, lists: readonly string[], listId: string): Change {
  const moved = world.switches.current.listChangeMovesUpdatedAt ? { updatedAt: world.clock.now() } : {};
  return world.commitPerson(kind, { ...person, ...moved, lists }, { list_id: listId });
}

function commitTags(world: World, kind: string, person: Person, tags: readonly string[], tagId: string): Change {
  const moved = world.switches.current.tagChangeMovesUpdatedAt ? { updatedAt: world.clock.now() } : {};
  return world.commitPerson(kind, { ...person, ...moved, tags }, { tag_id: tagId });
}

function without(ids: readonly string[], id: string): string[] {
  return ids.filter((one) => one !== id);
}
