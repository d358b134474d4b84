/**
 * member-activities: bulk work on contacts that are there: on and off lists, tags on and off, deletion.
 *
 * A source names contacts in exactly one way. Whom it means is found when the activity acts; ids that name nobody, and steps that
 * the world does not allow, are told in the activity's errors while the rest is done.
 */
import type { ActivityPlan } from '../../world/activities.ts';
import { dropList, dropTag, joinList, tag } from '../../world/mutate/membership.ts';
import { remove } from '../../world/mutate/people.ts';
import { findSource, type BulkSource } from '../../world/mutate/source.ts';
import type { Person } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import type { Reply } from '../answer.ts';
import { queueActivity, showActivity } from './activities.ts';
import { badBody, readBody } from './body.ts';
import type { Call, Route } from './call.ts';
import { checkLists, checkTags } from './exists.ts';
import { ADD_LISTS, CONTACT_DELETE, REMOVE_LISTS, TAGGINGS, type Asked } from './member-body.ts';
import { NO_QUERY, readQuery } from './query.ts';

const MOST_LISTS = 50;

interface Work {
  readonly kind: string;
  readonly asked: Asked;
  /** Counts beside those of contacts. */
  readonly more: Readonly<Record<string, number>>;
  /** Does it to one contact; an error to be told, or null. */
  readonly each: (person: Person) => string | null;
}

function addLists(call: Call): Reply {
  const { world } = call;
  const asked = open(call, readBody(ADD_LISTS, call.body, world.switches.current));
  checkLists(world, asked.targets);
  return queue(world, {
    kind: 'add_list_memberships',
    asked,
    more: { list_count: asked.targets.length },
    each: (person) => joinAll(world, person, asked.targets),
  });
}

function joinAll(world: World, person: Person, listIds: readonly string[]): string | null {
  const open = listIds.filter((id) => world.lists.get(id)?.deletedAt === null);
  if (new Set([...person.lists, ...open]).size > MOST_LISTS) return `contact ${person.id} is on ${MOST_LISTS} lists`;
  for (const list_id of open) joinList(world, { op: 'joinList', contact_id: person.id, list_id });
  return open.length < listIds.length ? `a list of contact ${person.id} is deleted` : null;
}

function removeLists(call: Call): Reply {
  const { world } = call;
  const asked = open(call, readBody(REMOVE_LISTS, call.body, world.switches.current));
  checkLists(world, asked.targets);
  return queue(world, {
    kind: 'remove_list_memberships',
    asked,
    more: { list_count: asked.targets.length },
    each: ({ id }) => {
      for (const listId of asked.targets) dropList(world, present(world, id), listId);
      return null;
    },
  });
}

function addTags(call: Call): Reply {
  const { world } = call;
  const asked = open(call, readBody(TAGGINGS, call.body, world.switches.current));
  checkTags(world, asked.targets);
  return queue(world, {
    kind: 'contacts_taggings_add',
    asked,
    more: {},
    each: (person) => {
      const there = asked.targets.filter((id) => world.tags.has(id));
      for (const tag_id of there) tag(world, { op: 'tag', contact_id: person.id, tag_id });
      return there.length < asked.targets.length ? `a tag of contact ${person.id} is deleted` : null;
    },
  });
}

function removeTags(call: Call): Reply {
  const { world } = call;
  const asked = open(call, readBody(TAGGINGS, call.body, world.switches.current));
  checkTags(world, asked.targets);
  return queue(world, {
    kind: 'contacts_taggings_remove',
    asked,
    more: {},
    each: ({ id }) => {
      for (const tagId of asked.targets) dropTag(world, present(world, id), tagId);
      return null;
    },
  });
}

function deleteContacts(call: Call): Reply {
  const { world } = call;
  const asked = open(call, readBody(CONTACT_DELETE, call.body, world.switches.current));
  return queue(world, {
    kind: 'contact_delete',
    asked,
    more: asked.source.by === 'lists' ? { list_count: asked.source.ids.length } : {},
    each: ({ id }) => {
      remove(world, { op: 'delete', contact_id: id });
      return null;
    },
  });
}

function open(call: Call, asked: Asked): Asked {
  readQuery(NO_QUERY, call.raw, call.form);
  checkSource(call.world, asked.source);
  return asked;
}

function checkSource(world: World, source: BulkSource): void {
  if (source.by === 'lists') checkLists(world, source.ids);
  if (source.by === 'tags') checkTags(world, source.ids);
  if (source.by === 'segment' && world.segments.get(source.id)?.deletedAt !== null) {
    throw badBody(['segment_id does not exist']);
  }
}

/** Tells a contact as it is by now: each step makes a new one. */
function present(world: World, id: string): Person {
  const person = world.people.get(id);
  if (person === undefined) throw new Error(`contact ${id} was there a moment ago`);
  return person;
}

function queue(world: World, work: Work): Reply {
  const { source, except } = work.asked;
  const known = findSource(world, source, except).people.length;
  const run: ActivityPlan['run'] = () => {
    const { people, missing } = findSource(world, source, except);
    const errors = missing.map((id) => `no such contact: ${id}`);
    let done = 0;
    for (const person of people) {
      const error = work.each(person);
      if (error === null) done += 1;
      else errors.push(error);
    }
    return { counts: { items_total_count: people.length + missing.length, items_completed_count: done }, errors };
  };
  const total = source.by === 'contacts' ? source.ids.length : known;
  const counts = { items_total_count: total, items_completed_count: 0, ...work.more };
  return { status: 201, body: showActivity(world, queueActivity(world, { kind: work.kind, counts, run })) };
}

const COMMON = {
  method: 'POST',
  scopes: ['contact_data'],
  privilege: 'contacts:write',
  form: 'array',
  collection: false,
} as const;

/** The calls that do bulk work on contacts that are there. */
export const MEMBER_ACTIVITY_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/activities/add_list_memberships', handle: addLists },
  { ...COMMON, path: '/activities/remove_list_memberships', handle: removeLists },
  { ...COMMON, path: '/activities/contacts_taggings_add', handle: addTags },
  { ...COMMON, path: '/activities/contacts_taggings_remove', handle: removeTags },
  { ...COMMON, path: '/activities/contact_delete', handle: deleteContacts },
];
