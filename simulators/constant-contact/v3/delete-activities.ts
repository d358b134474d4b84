/**
 * delete-activities: lists and tags go by an activity, one or many; custom fields at once, or many by an activity.
 *
 * Until the activity ends, the thing is there as before. What has gone by then in another way is told in the activity's errors.
 */
import { z } from 'zod';
import type { ActivityPlan } from '../../world/activities.ts';
import { deleteField, deleteList, deleteTag } from '../../world/mutate/catalogue.ts';
import { MutationError } from '../../world/mutate/operations.ts';
import type { World } from '../../world/world.ts';
import type { Reply } from '../answer.ts';
import { queueActivity, showActivity } from './activities.ts';
import { idsOf, readBody, required } from './body.ts';
import type { Call, Route } from './call.ts';
import { checkFieldIds, checkLists, checkTags } from './exists.ts';
import { NO_QUERY, readQuery } from './query.ts';

const LISTS = z.strictObject({ list_ids: required(idsOf(100, 1)) });
const TAGS = z.strictObject({ tag_ids: required(idsOf(500, 1)) });
const FIELDS = z.strictObject({ custom_field_ids: required(idsOf(100, 1)) });

/** Plans the deletion of lists. */
export function planLists(world: World, ids: readonly string[]): ActivityPlan {
  const run = (): ReturnType<ActivityPlan['run']> => {
    const errors = eachOf(ids, (id) => deleteList(world, { op: 'deleteList', list_id: id }));
    return { counts: { list_count: ids.length - errors.length }, errors };
  };
  return { kind: 'list_delete', counts: { list_count: ids.length }, run };
}

/** Plans the deletion of tags. */
export function planTags(world: World, ids: readonly string[]): ActivityPlan {
  const run = (): ReturnType<ActivityPlan['run']> => {
    const errors = eachOf(ids, (id) => deleteTag(world, { op: 'deleteTag', tag_id: id }));
    return { counts: { items_completed_count: ids.length - errors.length }, errors };
  };
  return { kind: 'tag_delete', counts: { items_total_count: ids.length, items_completed_count: 0 }, run };
}

function planFields(world: World, ids: readonly string[]): ActivityPlan {
  const run = (): ReturnType<ActivityPlan['run']> => ({
    counts: {},
    errors: eachOf(ids, (id) => deleteField(world, { op: 'deleteField', custom_field_id: id })),
  });
  return { kind: 'custom_fields_delete', counts: {}, run };
}

/** Does each, and tells what could not be done. */
function eachOf(ids: readonly string[], work: (id: string) => unknown): string[] {
  const errors: string[] = [];
  for (const id of ids) {
    try {
      work(id);
    } catch (error) {
      if (!(error instanceof MutationError)) throw error;
      errors.push(error.message);
    }
  }
  return errors;
}

function deleteLists(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const { list_ids: ids } = readBody(LISTS, call.body, world.switches.current);
  checkLists(world, ids);
  return { status: 201, body: showActivity(world, queueActivity(world, planLists(world, [...new Set(ids)]))) };
}

function deleteTags(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const { tag_ids: ids } = readBody(TAGS, call.body, world.switches.current);
  checkTags(world, ids);
  return { status: 201, body: showActivity(world, queueActivity(world, planTags(world, [...new Set(ids)]))) };
}

function deleteFields(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const { custom_field_ids: ids } = readBody(FIELDS, call.body, world.switches.current);
  checkFieldIds(world, ids);
  return { status: 201, body: showActivity(world, queueActivity(world, planFields(world, [...new Set(ids)])), false) };
}

const COMMON = {
  method: 'POST',
  scopes: ['contact_data'],
  privilege: 'contacts:write',
  form: 'array',
  collection: false,
} as const;

/** The calls that delete many lists, tags or custom fields. */
export const DELETE_ACTIVITY_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/activities/list_delete', handle: deleteLists },
  { ...COMMON, path: '/activities/contacts_tags_delete', handle: deleteTags },
  { ...COMMON, path: '/activities/custom_fields_delete', handle: deleteFields },
];
