/**
 * loaded-ids: which ids a first load has met, so that a new one need not be looked up.
 *
 * Two ids with one fingerprint cost a look-up in the store and nothing else: the set never says "new" of an id that was
 * met.
 */
import type { Known, Shelf } from '../store/rows.ts';
import type { PassContext } from './context.ts';
import { IdSet } from '../model/id-set.ts';

const BATCH = 5000;

/** Gathers the ids that an interrupted load has stored already. */
export async function loadedIds(ctx: PassContext, shelf: Shelf): Promise<IdSet> {
  const ids = new IdSet();
  for (let after = 0; ;) {
    const batch = await ctx.store.records(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return ids;
    after = last.recordId;
    for (const record of batch) ids.add(record.id);
  }
}

/** Looks ids up; during a load only those that were met, which a shifting page order makes few. */
export async function lookUp(
  ctx: PassContext,
  shelf: Shelf,
  ids: readonly string[],
  load: IdSet | undefined,
): Promise<ReadonlyMap<string, Known>> {
  if (load === undefined) return ctx.store.known(shelf, ids);
  const met = ids.filter((id) => load.has(id));
  if (met.length === 0) return new Map();
  await ctx.store.finishAppend(ctx.lease, shelf);
  return ctx.store.known(shelf, met);
}
