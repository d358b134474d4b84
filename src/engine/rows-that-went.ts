/**
 * rows-that-went: memberships of somebody whose own row was taken away and is about to be written anew.
 *
 * Must never write a row, nor forget that somebody left a list.
 */
import { withoutRows } from '../compare/merge-memberships.ts';
import { contentHash } from '../model/hash.ts';
import type { LinkToStore } from '../store/rows.ts';
import { baseOf, memberLink } from './members-read.ts';
import type { PlanStep } from './lane.ts';
import type { WorkContext } from './work-context.ts';

/**
 * Forgets what was agreed of rows that went with their person's own, before that one is written anew: with it there, their absence would
 * look like the owner's leaving (I8). A pass that cannot read the lists has not done so.
 */
export async function forgetRowsOf(ctx: WorkContext, steps: readonly PlanStep[]): Promise<void> {
  const ids = steps.filter(({ action }) => action === 'insert').map(({ id }) => id);
  if (ids.length === 0) return;
  const links = await ctx.store.links(ctx.sync.name, 'lists', ids);
  const released = [...links.values()].flatMap((link): LinkToStore[] => {
    const base = baseOf(link);
    if (base === null) return [];
    const next = { ...base, lists: withoutRows(base.lists) };
    return contentHash(next) === contentHash(base) ? [] : [memberLink(link.primaryId, link.secondaryId, next)];
  });
  if (released.length > 0) await ctx.store.adopt(ctx.lease, released, []);
}
