/**
 * new-mapping: what a changed mapping means for what was agreed.
 *
 * Everybody is decided anew, against the same baselines: nothing is removed for it (T36).
 */
import type { WorkContext } from './work-context.ts';

/** Makes everybody pending once when the fingerprint is another, the sync's own unless one is given; `mark`: where the last one stands. */
export async function takeNewMapping(
  ctx: WorkContext,
  mark: string,
  fingerprint = ctx.sync.fingerprint,
): Promise<void> {
  const before = await ctx.store.mark(ctx.sync.name, mark);
  if (before === fingerprint) return;
  if (before !== null && before !== undefined) {
    await ctx.store.resetShelf(ctx.lease, await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts'), {
      records: false,
    });
  }
  await ctx.store.setMarks(ctx.lease, { [mark]: fingerprint });
}
