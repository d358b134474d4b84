/**
 * lists: reading contact lists.
 *
 * Without a status the deleted ones are hidden. Counting members is done only when asked for, over everybody, as of now.
 */
import { z } from 'zod';
import type { List } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { flag, isUuid, limit, readQuery } from './query.ts';
import { pageOf } from './paging.ts';
import type { Json } from './render-contact.ts';
import { timeWriter } from './times.ts';

const MEMBERS = z.enum(['all', 'active']).optional();
const QUERY = z.strictObject({
  limit: limit(1000, 50),
  include_count: flag,
  include_membership_count: MEMBERS,
  name: z.string().optional(),
  status: z.enum(['all', 'active', 'deleted']).optional(),
  channel_type: z.enum(['email', 'sms']).optional(),
  include_sms_membership_count: flag,
});
const ONE_QUERY = z.strictObject({ include_membership_count: MEMBERS });
const KNOWN = Object.keys(QUERY.shape);

function listLists(call: Call): Reply {
  const walk = call.cursors.read(call.raw, KNOWN, call.form);
  const query = readQuery(QUERY, walk.raw, call.form);
  const status = query.status ?? 'active';
  const rows = [...call.world.lists.values()].filter(
    (list) =>
      (status === 'all' || (list.deletedAt !== null) === (status === 'deleted')) &&
      (query.name === undefined || list.name === query.name) &&
      query.channel_type !== 'sms',
  );
  const render = listRenderer(call.world, query.include_membership_count);
  const more = query.include_count === true ? { lists_count: rows.length } : {};
  return pageOf(call, walk, { key: 'lists', rows, limit: query.limit, render, more });
}

function readList(call: Call): Reply {
  const query = readQuery(ONE_QUERY, call.raw, call.form);
  const list = isUuid(call.id) ? call.world.lists.get(call.id.toLowerCase()) : undefined;
  if (list === undefined) throw new Refusal(404, 'contacts.api.not_found', 'list_id does not exist');
  return { status: 200, body: listRenderer(call.world, query.include_membership_count)(list) };
}

/** Makes the function that shows lists. */
export function listRenderer(world: World, members: 'all' | 'active' | undefined): (list: List) => Json {
  const switches = world.switches.current;
  const time = timeWriter(switches.timeFormat);
  const counts = members === undefined ? null : countMembers(world, members === 'active');
  return (list) => {
    const shown: Json = { list_id: list.id, name: list.name };
    if (list.description !== null) shown['description'] = list.description;
    shown['favorite'] = list.favorite;
    shown['created_at'] = time(list.createdAt);
    shown['updated_at'] = time(list.updatedAt);
    if (list.deletedAt !== null) shown['deleted_at'] = time(list.deletedAt);
    if (counts !== null) shown['membership_count'] = counts.get(list.id) ?? 0;
    if (switches.extraFields) shown['list_color'] = 'teal';
    return shown;
  };
}

function countMembers(world: World, onlyActive: boolean): Map<string, number> {
  const counts = new Map<string, number>();
  for (const person of world.people.values()) {
    if (onlyActive && person.email?.permission === 'unsubscribed') continue;
    for (const id of person.lists) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

const COMMON = { scopes: ['contact_data'], privilege: 'contacts:lists:read', form: 'array' } as const;

/** The calls that read lists. */
export const LIST_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/contact_lists', collection: true, handle: listLists },
  { ...COMMON, path: '/contact_lists/{id}', collection: false, handle: readList },
];
