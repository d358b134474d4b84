/**
 * activities: bulk work that is asked for now and done when the clock has reached its end.
 *
 * An activity waits, runs, and acts all at once at its end, in its own name; before that nothing of it shows but its state. One that
 * was stopped never acts. Nothing is done twice because it was asked twice: each asking is an activity of its own.
 */
import { DAY } from './clock.ts';
import { MutationError } from './mutate/operations.ts';
import type { Activity, ActivityState, Counts } from './types.ts';
import type { Change, World } from './world.ts';

/** What an activity is to do. */
export interface ActivityPlan {
  readonly kind: string;
  readonly sourceFileName?: string;
  /** What is known at once. */
  readonly counts: Counts;
  /** Acts, and tells the counts that are then known and what went wrong. */
  readonly run: () => { readonly counts: Counts; readonly errors: readonly string[] };
}

const MOST_QUEUED = 1_000;
const LISTED_FOR = 10 * DAY;

/** Tells the state of an activity. */
export function stateOf(activity: Activity, now: number): ActivityState {
  if (activity.stopped !== null) return activity.stopped.state;
  if (now < activity.startsAt) return 'initialized';
  return now < activity.endsAt ? 'processing' : 'completed';
}

/** Tells whether the account may not ask for more. */
export function isQueueFull(world: World): boolean {
  const now = world.clock.now();
  let queued = 0;
  for (const one of world.activities.values()) if (isQueued(one, now)) queued += 1;
  return queued >= MOST_QUEUED;
}

/** Tells whether an activity is young enough to be listed. */
export function isListed(activity: Activity, now: number): boolean {
  return activity.createdAt > now - LISTED_FOR;
}

/** Asks for an activity. */
export function startActivity(world: World, plan: ActivityPlan): Activity {
  const { activityWaitMs, activityRunMs } = world.switches.current;
  const createdAt = world.clock.now();
  const activity: Activity = {
    id: world.random.uuid(),
    kind: plan.kind,
    createdAt,
    startsAt: createdAt + activityWaitMs,
    endsAt: createdAt + activityWaitMs + activityRunMs,
    sourceFileName: plan.sourceFileName ?? null,
    counts: plan.counts,
    errors: [],
    stopped: null,
  };
  world.activities.set(activity.id, activity);
  world.commit('activity.started', { activity_id: activity.id, activity: plan.kind });
  world.schedule(activity.endsAt, () => finish(world, activity.id, plan));
  return activity;
}

/** Ends an activity before it has acted. */
export function stopActivity(world: World, id: string, state: ActivityState, errors: readonly string[]): Change {
  const activity = world.activities.get(id);
  const now = world.clock.now();
  if (activity === undefined || !isQueued(activity, now)) throw new MutationError(`no such activity under way: ${id}`);
  world.activities.set(id, { ...activity, errors, stopped: { state, at: now } });
  return world.commit('activity.stopped', { activity_id: id, activity: activity.kind, state, errors });
}

function finish(world: World, id: string, plan: ActivityPlan): void {
  const activity = world.activities.get(id);
  if (activity === undefined || activity.stopped !== null) return;
  world.actAs({ actor: 'activity', activity_id: id }, () => {
    const { counts, errors } = plan.run();
    world.activities.set(id, { ...activity, counts: { ...activity.counts, ...counts }, errors });
    world.commit('activity.completed', { activity: plan.kind, counts, errors });
  });
}

function isQueued(activity: Activity, now: number): boolean {
  const state = stateOf(activity, now);
  return state === 'initialized' || state === 'processing';
}
