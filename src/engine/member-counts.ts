/**
 * member-counts: how many people are on these lists or bear these tags, as the primary was last read.
 *
 * An estimate by which ways are chosen, and nothing else. Must never ask the primary.
 */
import type { MemberKind } from '../plan/cheapest-members.ts';
import type { Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;
const COLUMNS = { lists: 'list_memberships', tags: 'taggings' } as const;

/** Counts by reading all that is stored of people. */
export async function countMembers(
  ctx: WorkContext,
  shelf: Shelf,
  wanted: Readonly<Record<MemberKind, ReadonlySet<string>>>,
): Promise<(what: MemberKind, id: string) => number> {
  const counts = new Map<string, number>();
  for (let after = 0; wanted.lists.size + wanted.tags.size > 0;) {
    await ctx.keepLease();
    const batch = await ctx.store.records(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last.recordId;
    for (const { id } of batch) {
      const content = (await ctx.store.record(shelf, id))?.content ?? null;
      for (const key of content === null ? [] : keysIn(contentOf(content), wanted))
        counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return (what, id) => counts.get(`${what} ${id}`) ?? 0;
}

function keysIn(
  content: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<MemberKind, ReadonlySet<string>>>,
): readonly string[] {
  return (['lists', 'tags'] as const).flatMap((what) => {
    const ids = content[COLUMNS[what]];
    return Array.isArray(ids)
      ? ids.flatMap((id: unknown) => (wanted[what].has(String(id)) ? [`${what} ${String(id)}`] : []))
      : [];
  });
}
