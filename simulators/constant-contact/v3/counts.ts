/**
 * counts: the totals of contacts by consent, which a client may use as a canary.
 *
 * Right unless a switch says otherwise: `frozen` keeps telling what was true at the first call after the switch was thrown, `lying`
 * is off by a little. Deleted contacts count nowhere.
 */
import { z } from 'zod';
import { DAY } from '../../world/clock.ts';
import type { World } from '../../world/world.ts';
import type { Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { readQuery } from './query.ts';
import type { Json } from './render-contact.ts';

const QUERY = z.strictObject({ include: z.enum(['new_subscriber']).optional() });
const NEW_FOR = 30 * DAY;
const frozen = new WeakMap<World, Record<string, number>>();

function readCounts(call: Call): Reply {
  const query = readQuery(QUERY, call.raw, call.form);
  const { new_subscriber: fresh, ...counts } = told(call.world);
  const body: Json = query.include === undefined ? counts : { ...counts, new_subscriber: fresh };
  return { status: 200, body };
}

function told(world: World): Record<string, number> {
  const mode = world.switches.current.counts;
  if (mode !== 'frozen') frozen.delete(world);
  const right = frozen.get(world) ?? count(world);
  if (mode === 'frozen') frozen.set(world, right);
  if (mode !== 'lying') return right;
  return { ...right, total: (right['total'] ?? 0) + 3, unsubscribed: Math.max(0, (right['unsubscribed'] ?? 0) - 1) };
}

function count(world: World): Record<string, number> {
  const counts = { total: 0, explicit: 0, implicit: 0, pending: 0, unsubscribed: 0, new_subscriber: 0 };
  const since = world.clock.now() - NEW_FOR;
  for (const { deletedAt, createdAt, email } of world.people.values()) {
    if (deletedAt !== null) continue;
    counts.total += 1;
    if (createdAt > since) counts.new_subscriber += 1;
    if (email?.permission === 'explicit') counts.explicit += 1;
    else if (email?.permission === 'implicit') counts.implicit += 1;
    else if (email?.permission === 'pending_confirmation') counts.pending += 1;
    else if (email?.permission === 'unsubscribed') counts.unsubscribed += 1;
  }
  return counts;
}

/** The call that counts contacts. */
export const COUNT_ROUTES: readonly Route[] = [
  {
    path: '/contacts/counts',
    scopes: ['contact_data'],
    privilege: 'contacts:read',
    form: 'array',
    collection: false,
    handle: readCounts,
  },
];
