/**
 * tags: reading tags, which page by key: the cursor holds the id that the next page begins with.
 */
import { z } from 'zod';
import type { Tag } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { flag, isUuid, limit, readQuery } from './query.ts';
import type { Json } from './render-contact.ts';
import { timeWriter } from './times.ts';

const QUERY = z.strictObject({ limit: limit(500, 50), include_count: flag });
const ONE_QUERY = z.strictObject({ include_count: flag });
const KNOWN = Object.keys(QUERY.shape);

function listTags(call: Call): Reply {
  const walk = call.cursors.read(call.raw, KNOWN, call.form);
  const query = readQuery(QUERY, walk.raw, call.form);
  const from = walk.next ?? '';
  const rows = [...call.world.tags.values()].filter((tag) => tag.id >= from).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const following = rows[query.limit];
  return {
    page: {
      path: call.path,
      key: 'tags',
      items: rows.slice(0, query.limit).map(tagRenderer(call.world, query.include_count === true)),
      next: following === undefined ? null : call.cursors.write(walk.raw, query.limit, following.id),
      more: {},
    },
  };
}

function readTag(call: Call): Reply {
  const query = readQuery(ONE_QUERY, call.raw, call.form);
  const tag = isUuid(call.id) ? call.world.tags.get(call.id.toLowerCase()) : undefined;
  if (tag === undefined) throw new Refusal(404, 'contacts.api.not_found', 'tag_id does not exist');
  return { status: 200, body: tagRenderer(call.world, query.include_count === true)(tag) };
}

/** Makes the function that shows tags. */
export function tagRenderer(world: World, withCount: boolean): (tag: Tag) => Json {
  const switches = world.switches.current;
  const time = timeWriter(switches.timeFormat);
  const counts = withCount ? countTagged(world) : null;
  return (tag) => ({
    tag_id: tag.id,
    name: tag.name,
    ...(counts === null ? {} : { contacts_count: counts.get(tag.id) ?? 0 }),
    created_at: time(tag.createdAt),
    updated_at: time(tag.updatedAt),
    tag_source: tag.source,
    ...(switches.extraFields ? { tag_color: 'red' } : {}),
  });
}

function countTagged(world: World): Map<string, number> {
  const counts = new Map<string, number>();
  for (const person of world.people.values()) {
    if (person.deletedAt !== null) continue;
    for (const id of person.tags) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

const COMMON = { scopes: ['contact_data'], privilege: 'contacts:read', form: 'array' } as const;

/** The calls that read tags. */
export const TAG_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/contact_tags', collection: true, handle: listTags },
  { ...COMMON, path: '/contact_tags/{id}', collection: false, handle: readTag },
];
