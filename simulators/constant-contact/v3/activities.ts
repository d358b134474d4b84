/**
 * activities: reading bulk activities, and how one is shown.
 *
 * The list shows those of the last ten days, newest first. A deletion of one list or tag, and of lists or fields in bulk, shows
 * fewer properties in its first answer than the activity has when read.
 */
import { z } from 'zod';
import { isListed, isQueueFull, startActivity, stateOf, type ActivityPlan } from '../../world/activities.ts';
import type { Activity } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { pageOf } from './paging.ts';
import { isUuid, limit, NO_QUERY, readQuery } from './query.ts';
import type { Json } from './render-contact.ts';
import { timeWriter } from './times.ts';

const QUERY = z.strictObject({
  limit: limit(500, 50),
  state: z.enum(['processing', 'completed', 'cancelled', 'failed', 'timed_out']).optional(),
});

function listActivities(call: Call): Reply {
  const walk = call.cursors.read(call.raw, Object.keys(QUERY.shape), call.form);
  const query = readQuery(QUERY, walk.raw, call.form);
  const { world } = call;
  const now = world.clock.now();
  const rows = [...world.activities.values()]
    .filter((one) => isListed(one, now) && (query.state === undefined || stateOf(one, now) === query.state))
    .toReversed();
  return pageOf(call, walk, { key: 'activities', rows, limit: query.limit, render: (one) => showActivity(world, one) });
}

function readActivity(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const activity = isUuid(call.id) ? world.activities.get(call.id.toLowerCase()) : undefined;
  const isGone = activity !== undefined && !isListed(activity, world.clock.now());
  if (activity === undefined || (isGone && world.switches.current.oldActivity === 'gone')) {
    throw new Refusal(404, 'contacts.api.not_found', 'activity_id does not exist');
  }
  return { status: 200, body: showActivity(world, activity) };
}

/** Shows an activity as it is now. */
export function showActivity(world: World, activity: Activity, withStatus = true): Json {
  const now = world.clock.now();
  const time = timeWriter(world.switches.current.timeFormat);
  const state = stateOf(activity, now);
  const end = activity.stopped?.at ?? activity.endsAt;
  const shown: Json = { activity_id: activity.id, state };
  if (now >= activity.startsAt && end >= activity.startsAt) shown['started_at'] = time(activity.startsAt);
  if (now >= end) shown['completed_at'] = time(end);
  shown['created_at'] = time(activity.createdAt);
  shown['updated_at'] = time(now >= end ? end : now >= activity.startsAt ? activity.startsAt : activity.createdAt);
  if (activity.sourceFileName !== null) shown['source_file_name'] = activity.sourceFileName;
  shown['percent_done'] = percentDone(activity, now);
  shown['activity_errors'] = activity.errors;
  if (withStatus) shown['status'] = activity.counts;
  shown['_links'] = { self: { href: `/v3/activities/${activity.id}` } };
  return shown;
}

function percentDone({ startsAt, endsAt, stopped }: Activity, now: number): number {
  const until = Math.min(stopped?.at ?? endsAt, now);
  if (until < startsAt) return 0;
  return endsAt === startsAt ? 100 : Math.floor((100 * (until - startsAt)) / (endsAt - startsAt));
}

/** Asks for an activity, or refuses because too many wait. */
export function queueActivity(world: World, plan: ActivityPlan): Activity {
  if (isQueueFull(world)) throw new Refusal(429, 'activities.queue_full', 'Too many queued activities', 'object');
  return startActivity(world, plan);
}

const COMMON = { scopes: ['contact_data'], privilege: 'contacts:write', form: 'array' } as const;

/** The calls that read activities. */
export const ACTIVITY_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/activities', collection: true, handle: listActivities },
  { ...COMMON, path: '/activities/{id}', collection: false, handle: readActivity },
];
