/**
 * member-body: the bodies of bulk work on contacts: one source, what to leave out of it, and what it is about.
 *
 * `exclude` may stand beside `list_ids` and `all_active_contacts` alone. The source by `engagement_level` is not built: nobody has
 * told what its words mean.
 */
import { z } from 'zod';
import type { BulkSource } from '../../world/mutate/source.ts';
import { Refusal } from '../answer.ts';
import { badBody, idsOf, required } from './body.ts';

/** What a bulk activity is asked to do. */
export interface Asked {
  readonly source: BulkSource;
  readonly except: readonly string[];
  /** Lists or tags. */
  readonly targets: readonly string[];
}

const base = {
  contact_ids: idsOf(500, 1).optional(),
  list_ids: idsOf(50, 1).optional(),
  tag_ids: idsOf(50, 1).optional(),
  all_active_contacts: z.boolean().optional(),
};
const engagement = { engagement_level: z.string().optional() };
const exclude = z.strictObject({ contact_ids: idsOf(500).optional() }).optional();

type SourceBody = z.infer<z.ZodObject<typeof base>> & {
  readonly engagement_level?: string | undefined;
  readonly segment_id?: number | undefined;
  readonly new_subscriber?: boolean | undefined;
};

export const ADD_LISTS = z
  .strictObject({
    source: required(z.strictObject({ ...base, ...engagement, segment_id: z.number().int().optional() })),
    exclude,
    list_ids: required(idsOf(50, 1)),
  })
  .transform((one) => askedOf(one.source, one.exclude?.contact_ids, one.list_ids));

export const REMOVE_LISTS = z
  .strictObject({
    source: required(z.strictObject({ ...base, ...engagement })),
    exclude,
    list_ids: required(idsOf(50, 1)),
  })
  .transform((one) => askedOf(one.source, one.exclude?.contact_ids, one.list_ids));

export const TAGGINGS = z
  .strictObject({
    source: required(z.strictObject({ ...base, new_subscriber: z.boolean().optional() })),
    exclude,
    tag_ids: required(idsOf(50, 1)),
  })
  .transform((one) => askedOf(one.source, one.exclude?.contact_ids, one.tag_ids));

export const CONTACT_DELETE = z
  .strictObject({ contact_ids: base.contact_ids, list_ids: base.list_ids })
  .transform((one) => askedOf(one, undefined, []));

function askedOf(source: SourceBody, except: readonly string[] | undefined, targets: readonly string[]): Asked {
  const ways = waysOf(source);
  const [way] = ways;
  if (way === undefined || ways.length > 1) throw badBody(['source must name contacts in exactly one way']);
  if (except !== undefined && way.by !== 'lists' && way.by !== 'active') {
    throw badBody(['exclude must come with list_ids or all_active_contacts']);
  }
  return { source: way, except: except ?? [], targets: [...new Set(targets)] };
}

function waysOf(source: SourceBody): BulkSource[] {
  if (source.engagement_level !== undefined) {
    throw new Refusal(501, 'simulator.not_built', 'The simulator has no engagement levels', 'object');
  }
  const ways: BulkSource[] = [];
  if (source.contact_ids !== undefined) ways.push({ by: 'contacts', ids: [...new Set(source.contact_ids)] });
  if (source.list_ids !== undefined) ways.push({ by: 'lists', ids: source.list_ids });
  if (source.tag_ids !== undefined) ways.push({ by: 'tags', ids: source.tag_ids });
  if (source.segment_id !== undefined) ways.push({ by: 'segment', id: source.segment_id });
  if (source.all_active_contacts === true) ways.push({ by: 'active' });
  if (source.new_subscriber === true) ways.push({ by: 'new' });
  return ways;
}
