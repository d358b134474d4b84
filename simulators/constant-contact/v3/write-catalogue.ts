/**
 * write-catalogue: the calls that write one list, tag or custom field.
 *
 * A name that is taken is 409, except when a list is renamed or a field relabelled: there the contract declares no 409, so it is
 * 400, as is a list or field too many. A replacement sets everything it can.
 */
import { z } from 'zod';
import * as writes from '../../world/mutate/catalogue-writes.ts';
import { deleteField, renameTag } from '../../world/mutate/catalogue.ts';
import type { CustomField, List, Tag } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import { queueActivity, showActivity } from './activities.ts';
import { badBody, readBody, readOnly, required, textOf } from './body.ts';
import type { Call, Route } from './call.ts';
import { fieldRenderer } from './custom-fields.ts';
import { planLists, planTags } from './delete-activities.ts';
import { FIELD_POST, FIELD_PUT } from './field-body.ts';
import { listRenderer } from './lists.ts';
import { isUuid, NO_QUERY, readQuery } from './query.ts';
import { tagRenderer } from './tags.ts';

const MOST_LISTS = 1_000;
const MOST_FIELDS = 100;
const LIST = z
  .strictObject({
    name: required(textOf(255).min(1)),
    favorite: z.boolean().default(false),
    description: z.string().nullish(),
    ...readOnly('list_id', 'created_at', 'updated_at', 'deleted_at', 'membership_count'),
  })
  .transform((one) => ({ name: one.name, favorite: one.favorite, description: one.description ?? null }));
const TAG_POST = z.strictObject({ name: required(textOf(255).min(1)), tag_source: z.string().default('Contact') });
const TAG_PUT = z.strictObject({ name: required(textOf(255).min(1)) });

function postList(call: Call): Reply {
  const { world } = open(call);
  const input = readBody(LIST, call.body, world.switches.current);
  if (isListName(world, input.name, null)) throw taken('list', input.name);
  const there = [...world.lists.values()].filter((one) => one.deletedAt === null).length;
  if (there >= MOST_LISTS) throw badBody([`the account has reached the maximum of ${MOST_LISTS} lists`]);
  return { status: 201, body: listRenderer(world, undefined)(writes.addList(world, input)) };
}

function putList(call: Call): Reply {
  const { world } = open(call);
  const list = findList(call);
  const input = readBody(LIST, call.body, world.switches.current);
  if (isListName(world, input.name, list.id)) throw badBody([`name ${input.name} is already in use`]);
  return { status: 200, body: listRenderer(world, undefined)(writes.replaceList(world, list, input)) };
}

function deleteList(call: Call): Reply {
  const { world } = open(call);
  const activity = queueActivity(world, planLists(world, [findList(call).id]));
  return { status: 202, body: showActivity(world, activity, false) };
}

function isListName(world: World, name: string, exceptId: string | null): boolean {
  return [...world.lists.values()].some((one) => one.deletedAt === null && one.name === name && one.id !== exceptId);
}

function postTag(call: Call): Reply {
  const { world } = open(call);
  const { name, tag_source: source } = readBody(TAG_POST, call.body, world.switches.current);
  if (isTagName(world, name, null)) throw taken('tag', name);
  return { status: 201, body: tagRenderer(world, false)(writes.addTag(world, name, source)) };
}

function putTag(call: Call): Reply {
  const { world } = open(call);
  const tag = findTag(call);
  const { name } = readBody(TAG_PUT, call.body, world.switches.current);
  if (isTagName(world, name, tag.id)) throw taken('tag', name);
  renameTag(world, { op: 'renameTag', tag_id: tag.id, name });
  return { status: 200, body: tagRenderer(world, false)(findTag(call)) };
}

function deleteTag(call: Call): Reply {
  const { world } = open(call);
  const activity = queueActivity(world, planTags(world, [findTag(call).id]));
  return { status: 202, body: showActivity(world, activity) };
}

function isTagName(world: World, name: string, exceptId: string | null): boolean {
  return [...world.tags.values()].some((one) => one.name === name && one.id !== exceptId);
}

function postField(call: Call): Reply {
  const { world } = open(call);
  const input = readBody(FIELD_POST, call.body, world.switches.current);
  if (world.switches.current.typedFields === 'refused' && input.type !== 'string' && input.type !== 'date') {
    throw badBody(['type does not have a valid value']);
  }
  const name = writes.nameOf(world, input.label);
  if ([...world.fields.values()].some((one) => one.name.toLowerCase() === name.toLowerCase())) {
    throw taken('custom field', input.label);
  }
  if (world.fields.size >= MOST_FIELDS) {
    throw badBody([`the account has reached the maximum of ${MOST_FIELDS} custom fields`]);
  }
  return { status: 201, body: fieldRenderer(world)(writes.addField(world, input)) };
}

function putField(call: Call): Reply {
  const { world } = open(call);
  const field = findField(call);
  const input = readBody(FIELD_PUT, call.body, world.switches.current);
  const known = new Set(field.choices.map((one) => one.id));
  const unknown = input.choices.some((one) => one.id !== null && !known.has(one.id));
  const isSelect = field.type.endsWith('_select');
  if (unknown || (!isSelect && input.choices.length > 0)) throw badBody(['choices does not have a valid value']);
  if ([...world.fields.values()].some((one) => one.label === input.label && one.id !== field.id)) {
    throw badBody([`label ${input.label} is already in use`]);
  }
  return { status: 200, body: fieldRenderer(world)(writes.replaceField(world, field, input)) };
}

function removeField(call: Call): Reply {
  const { world } = open(call);
  deleteField(world, { op: 'deleteField', custom_field_id: findField(call).id });
  return { status: 204, body: undefined };
}

function open(call: Call): Call {
  readQuery(NO_QUERY, call.raw, call.form);
  return call;
}

function findList(call: Call): List {
  const list = isUuid(call.id) ? call.world.lists.get(call.id.toLowerCase()) : undefined;
  if (list === undefined || list.deletedAt !== null) throw missing('list_id');
  return list;
}

function findTag(call: Call): Tag {
  const tag = isUuid(call.id) ? call.world.tags.get(call.id.toLowerCase()) : undefined;
  if (tag === undefined) throw missing('tag_id');
  return tag;
}

function findField(call: Call): CustomField {
  const field = isUuid(call.id) ? call.world.fields.get(call.id.toLowerCase()) : undefined;
  if (field === undefined) throw missing('custom_field_id');
  return field;
}

function missing(name: string): Refusal {
  return new Refusal(404, 'contacts.api.not_found', `${name} does not exist`);
}

function taken(kind: string, name: string): Refusal {
  return new Refusal(409, 'contacts.api.conflict', `A ${kind} with the name ${name} already exists`);
}

const COMMON = { scopes: ['contact_data'], form: 'array', collection: false } as const;
const LISTS = { ...COMMON, privilege: 'contacts:lists:write' } as const;
const REST = { ...COMMON, privilege: 'contacts:write' } as const;

/** The calls that write one list, tag or custom field. */
export const CATALOGUE_WRITES: readonly Route[] = [
  { ...LISTS, method: 'POST', path: '/contact_lists', handle: postList },
  { ...LISTS, method: 'PUT', path: '/contact_lists/{id}', handle: putList },
  { ...LISTS, method: 'DELETE', path: '/contact_lists/{id}', handle: deleteList },
  { ...REST, method: 'POST', path: '/contact_tags', handle: postTag },
  { ...REST, method: 'PUT', path: '/contact_tags/{id}', handle: putTag },
  { ...REST, method: 'DELETE', path: '/contact_tags/{id}', handle: deleteTag },
  { ...REST, method: 'POST', path: '/contact_custom_fields', handle: postField },
  { ...REST, method: 'PUT', path: '/contact_custom_fields/{id}', handle: putField },
  { ...REST, method: 'DELETE', path: '/contact_custom_fields/{id}', handle: removeField },
];
