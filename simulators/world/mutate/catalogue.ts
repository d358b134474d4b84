/**
 * catalogue: lists, tags, custom fields, the account and the user's privileges change.
 *
 * Deleting a list or a tag takes it from every contact, one committed change each; values of a deleted custom field stop
 * showing, as the field is gone. Names stay unique.
 */
import { makeField, makePrivileges } from '../build-catalogue.ts';
import type { Change, World } from '../world.ts';
import { findField, findList, findTag } from './find.ts';
import { dropList, dropTag } from './membership.ts';
import { MutationError, type Op } from './operations.ts';

/** Makes a list. */
export function createList(world: World, op: Op<'createList'>): Change[] {
  const taken = [...world.lists.values()].some((list) => list.deletedAt === null && list.name === op.name);
  if (taken) throw new MutationError(`a list is already called ${op.name}`);
  const now = world.clock.now();
  const id = world.random.uuid();
  world.lists.set(id, {
    id,
    sequence: world.lists.size + 1,
    name: op.name,
    description: op.description ?? null,
    favorite: op.favorite,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  });
  return [world.commit('list.created', { list_id: id, name: op.name })];
}

/** Renames a list. */
export function renameList(world: World, op: Op<'renameList'>): Change[] {
  const list = findList(world, op.list_id);
  world.lists.set(list.id, { ...list, name: op.name, updatedAt: world.clock.now() });
  return [world.commit('list.renamed', { list_id: list.id, from: list.name, to: op.name })];
}

/** Deletes a list and empties it. */
export function deleteList(world: World, op: Op<'deleteList'>): Change[] {
  const list = findList(world, op.list_id);
  const now = world.clock.now();
  world.lists.set(list.id, { ...list, updatedAt: now, deletedAt: now });
  const gone = world.commit('list.deleted', { list_id: list.id, name: list.name });
  return [gone, ...[...world.people.values()].flatMap((person) => dropList(world, person, list.id))];
}

/** Makes a tag. */
export function createTag(world: World, op: Op<'createTag'>): Change[] {
  if ([...world.tags.values()].some((one) => one.name === op.name))
    throw new MutationError(`a tag is already called ${op.name}`);
  const now = world.clock.now();
  const id = world.random.uuid();
  world.tags.set(id, { id, name: op.name, source: 'Contact', createdAt: now, updatedAt: now });
  return [world.commit('tag.created', { tag_id: id, name: op.name })];
}

/** Renames a tag. */
export function renameTag(world: World, op: Op<'renameTag'>): Change[] {
  const tag = findTag(world, op.tag_id);
  world.tags.set(tag.id, { ...tag, name: op.name, updatedAt: world.clock.now() });
  return [world.commit('tag.renamed', { tag_id: tag.id, from: tag.name, to: op.name })];
}

/** Deletes a tag and takes it from everyone. */
export function deleteTag(world: World, op: Op<'deleteTag'>): Change[] {
  const tag = findTag(world, op.tag_id);
  world.tags.delete(tag.id);
  const gone = world.commit('tag.deleted', { tag_id: tag.id, name: tag.name });
  return [gone, ...[...world.people.values()].flatMap((person) => dropTag(world, person, tag.id))];
}

/** Makes a custom field. */
export function createField(world: World, op: Op<'createField'>): Change[] {
  if (world.fields.size >= 100) throw new MutationError('an account has at most 100 custom fields');
  const field = makeField(world.random.uuid(), op.label, op.type, world.clock.now(), op.choices);
  world.fields.set(field.id, field);
  return [world.commit('custom_field.created', { custom_field_id: field.id, label: op.label, type: op.type })];
}

/** Changes a custom field's label; the name stays. */
export function renameField(world: World, op: Op<'renameField'>): Change[] {
  const field = findField(world, op.custom_field_id);
  world.fields.set(field.id, { ...field, label: op.label, updatedAt: world.clock.now() });
  return [world.commit('custom_field.renamed', { custom_field_id: field.id, from: field.label, to: op.label })];
}

/** Deletes a custom field with all its values. */
export function deleteField(world: World, op: Op<'deleteField'>): Change[] {
  const field = findField(world, op.custom_field_id);
  world.fields.delete(field.id);
  return [world.commit('custom_field.deleted', { custom_field_id: field.id, label: field.label })];
}

/** Makes the account another one, as after a reconnect to the wrong place. */
export function setAccount(world: World, op: Op<'setAccount'>): Change[] {
  const before = world.account;
  world.account = {
    ...before,
    encodedAccountId: op.encoded_account_id ?? before.encodedAccountId,
    organizationName: op.organization_name ?? before.organizationName,
    confirmedOptIn: op.confirmed_opt_in ?? before.confirmedOptIn,
  };
  return [world.commit('account.changed', { from: before.encodedAccountId, to: world.account.encodedAccountId })];
}

/** Gives the connected user exactly these privileges. */
export function setPrivileges(world: World, op: Op<'setPrivileges'>): Change[] {
  world.privileges = makePrivileges(op.privileges);
  return [world.commit('privileges.changed', { privileges: op.privileges })];
}
