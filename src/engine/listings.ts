/**
 * listings: the small streams (lists, tags, custom fields, segments), read whole on each pass.
 *
 * They have no filter by time, so a change shows by content and a removal by absence, which a direct read must confirm.
 */
import type { StreamName } from '../model/record.ts';
import type { PassContext } from './context.ts';
import { enumerate } from './enumerate.ts';
import { settleUnreadable } from './unreadable.ts';
import { LIVING, confirmMissing } from './missing.ts';

/** Reads one small stream completely and confirms what vanished. Returns false when that could not be done for all. */
export async function readListing(ctx: PassContext, stream: StreamName): Promise<boolean> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', stream);
  const { walk, complete, resumed } = await enumerate(ctx, shelf, {
    kind: 'complete',
    channel: 'listing',
    since: null,
    fetch: (from) => ctx.source.snapshot(stream, from, ctx.signal),
  });
  if (!complete) return false;
  if (!resumed) await settleUnreadable(ctx, shelf);
  const confirmed = await confirmMissing(ctx, shelf, walk, LIVING);
  await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
  return confirmed;
}
