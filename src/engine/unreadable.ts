/**
 * unreadable: lets go of records that could not be understood and are no longer there.
 *
 * A record that is stored is settled by its own next reading. One that never could be read has none: what parks it ends
 * with a complete read of its stream, begun and ended in this pass, that did not meet it again. Must never be called
 * for a read that did not see everything.
 */
import type { Shelf } from '../store/rows.ts';
import { waitKey, type PassContext } from './context.ts';

const REASON = 'unreadable';

/** Settles what waits as unreadable on this shelf, is not stored, and was not met in this pass. */
export async function settleUnreadable(ctx: PassContext, shelf: Shelf): Promise<void> {
  const unmet = [...ctx.waits].flatMap((key) => {
    const [stream, id = '', reason] = key.split('\n');
    return stream === shelf.stream && reason === REASON && !ctx.counting.wasRefused(shelf.stream, id) ? [id] : [];
  });
  if (unmet.length === 0) return;
  const known = await ctx.store.known(shelf, unmet);
  const over = unmet.filter((id) => !known.has(id));
  await ctx.store.wait(
    ctx.lease,
    [],
    over.map((id) => ({ stream: shelf.stream, id, reason: REASON })),
  );
  for (const id of over) ctx.waits.delete(waitKey(shelf.stream, id, REASON));
}
