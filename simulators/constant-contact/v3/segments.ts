/**
 * segments: reading segments. The list leaves out criteria and deleted ones; reading one shows both.
 */
import { z } from 'zod';
import type { Segment } from '../../world/types.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { pageOf } from './paging.ts';
import { limit, readQuery } from './query.ts';
import type { Json } from './render-contact.ts';
import { timeWriter } from './times.ts';

const QUERY = z.strictObject({ limit: limit(1000, 1000), sort_by: z.enum(['name', 'date']).optional() });
const ONE_QUERY = z.strictObject({});
const KNOWN = Object.keys(QUERY.shape);

function listSegments(call: Call): Reply {
  const walk = call.cursors.read(call.raw, KNOWN, call.form);
  const query = readQuery(QUERY, walk.raw, call.form);
  const rows = [...call.world.segments.values()]
    .filter((segment) => segment.deletedAt === null)
    .toSorted((a, b) => (query.sort_by === 'name' ? (a.name < b.name ? -1 : 1) : b.editedAt - a.editedAt));
  return pageOf(call, walk, { key: 'segments', rows, limit: query.limit, render: (one) => renderSegment(call, one) });
}

function readSegment(call: Call): Reply {
  readQuery(ONE_QUERY, call.raw, call.form);
  const segment = /^\d{1,9}$/.test(call.id) ? call.world.segments.get(Number(call.id)) : undefined;
  if (segment === undefined) throw new Refusal(404, 'contacts.api.not_found', 'segment_id does not exist');
  const criteria = {
    version: '1.0.0',
    criteria: {
      type: 'and',
      group: [{ source: 'contacts', field: 'list_membership', op: 'eq', value: segment.listId }],
    },
  };
  return { status: 200, body: { ...renderSegment(call, segment), segment_criteria: JSON.stringify(criteria) } };
}

function renderSegment(call: Call, segment: Segment): Json {
  const time = timeWriter(call.world.switches.current.timeFormat);
  return {
    name: segment.name,
    segment_id: segment.id,
    created_at: time(segment.createdAt),
    edited_at: time(segment.editedAt),
  };
}

const COMMON = { scopes: ['contact_data'], privilege: 'contacts:lists:read', form: 'array' } as const;

/** The calls that read segments. */
export const SEGMENT_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/segments', collection: true, handle: listSegments },
  { ...COMMON, path: '/segments/{id}', collection: false, handle: readSegment },
];
