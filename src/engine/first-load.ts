/**
 * first-load: when a mirror is filled by appending, and what becomes of a load that was not finished.
 *
 * A load goes on with the walk that feeds it. Where that walk is over without it (a plan walked the rest), or where
 * nobody knows of it any more (the store was lost), it is ended here, so that contacts can be written the ordinary way.
 * Must never leave a mirror loading when no walk will feed it.
 */
import type { MirrorSide } from '../connector/side.ts';
import type { Shelf } from '../store/rows.ts';
import { LOADING, LOAD_MARK, WRITES } from './mirror-owner.ts';
import type { WorkContext } from './work-context.ts';

/** Only what was never agreed may be appended: a store or a mirror that holds anything goes the ordinary way, unless what the mirror holds is a load that nobody can finish. */
export async function mayLoad(ctx: WorkContext, side: MirrorSide, shelf: Shelf): Promise<boolean> {
  if (await isLoading(ctx)) return true;
  const { total } = await ctx.store.tallies(shelf);
  return total === 0 && ((await side.count('contacts')) === 0 || (await side.ledger()).loading);
}

/** Tells whether a load of this store's is unfinished: contacts cannot be written whole until it is. */
export async function isLoading(ctx: WorkContext): Promise<boolean> {
  return (await ctx.store.mark(ctx.sync.name, LOADING)) === true;
}

/** The mark in the store is behind the mirror after a kill: what the mirror has beyond it is dropped and read again. */
export async function beginLoad(ctx: WorkContext, side: MirrorSide): Promise<void> {
  await ctx.store.setMarks(ctx.lease, { [LOADING]: true });
  const mark = await ctx.store.mark(ctx.sync.name, LOAD_MARK);
  await side.beginLoad(typeof mark === 'string' ? mark : null);
}

export async function finishLoad(ctx: WorkContext, side: MirrorSide): Promise<void> {
  await side.finishLoad(() => ctx.keepLease());
  const { writes } = await side.ledger();
  await ctx.store.setMarks(ctx.lease, { [LOADING]: null, [LOAD_MARK]: null, [WRITES]: writes });
}

/** Ends a load that no walk will feed any more: what is recorded of it stays, all else is pending in the store. */
export async function endStrayLoad(ctx: WorkContext, side: MirrorSide): Promise<void> {
  const ours = await isLoading(ctx);
  if (!ours && !(await side.ledger()).loading) return;
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const isFed = (await ctx.store.cursor(shelf, 'changes')) === null;
  if (isFed && (await mayLoad(ctx, side, shelf))) return;
  await ctx.store.finishAppend(ctx.lease, shelf);
  await beginLoad(ctx, side);
  await finishLoad(ctx, side);
}
