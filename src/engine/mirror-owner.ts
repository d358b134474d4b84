/**
 * mirror-owner: is this the mirror that the store remembers, and may this pass write into it (docs/decisions/0006)?
 *
 * A mirror that was replaced, put back from an older copy or written by another store is read anew from the source, for
 * what was agreed with it is void; so is a store that was put back itself. What is forgotten is forgotten before the
 * mirror is taken, so that a kill in between only repeats it. Must never let two owners write.
 */
import type { MirrorLedger, MirrorSide } from '../connector/side.ts';
import { warn } from './context.ts';
import type { WorkContext } from './work-context.ts';
import { LEASE_MS } from './session.ts';

/** Marks of an unfinished load: that there is one, and how far it is recorded. */
export const LOADING = 'mirror:loading';
export const LOAD_MARK = 'mirror:loadMark';
/** Count of writes in the mirror when something was last recorded of it. */
export const WRITES = 'mirror:writes';
const IDENTITY = 'mirror:identity';
/** The store's name among the mirror's owners; another one after the store was put back from a copy. */
const STORE = 'mirror:store';

/** Recognises the mirror and makes this pass its only writer; a plan takes and voids nothing. Throws LeaseLost. */
export async function takeMirror(ctx: WorkContext, side: MirrorSide): Promise<void> {
  const identity = await side.identity();
  const ledger = await side.ledger();
  const known = await ctx.store.mark(ctx.sync.name, STORE);
  let store = typeof known === 'string' ? known : ctx.run;
  const restored = await wasStoreRestored(ctx, store, ledger);
  if (restored) store = ctx.run;
  const changed = restored || (await wasMirrorChanged(ctx, store, identity, ledger));
  if (changed) warn(ctx, 'mirror-replaced', {});
  if (ctx.mode === 'plan') return;
  if (changed) await forget(ctx);
  await ctx.store.setMarks(ctx.lease, { [IDENTITY]: identity, [STORE]: store });
  await side.take({ store, fence: ctx.lease.fence }, ledger.owner);
}

/** A fence beyond ours means that we were replaced; if our store knows nothing of that, it is an older copy. */
async function wasStoreRestored(ctx: WorkContext, store: string, { owner }: MirrorLedger): Promise<boolean> {
  if (owner?.store !== store || owner.fence <= ctx.lease.fence) return false;
  await ctx.store.renewLease(ctx.lease, LEASE_MS);
  return true;
}

async function wasMirrorChanged(
  ctx: WorkContext,
  store: string,
  identity: string,
  { owner, writes }: MirrorLedger,
): Promise<boolean> {
  const before = await ctx.store.mark(ctx.sync.name, IDENTITY);
  if (typeof before === 'string' && before !== identity) return true;
  const counted = await ctx.store.mark(ctx.sync.name, WRITES);
  return typeof counted === 'number' && (owner?.store !== store || writes < counted);
}

/** Forgets what was agreed, whom it was agreed about and how far a load had come. What people said of consent stays. */
async function forget(ctx: WorkContext): Promise<void> {
  for (const stream of ctx.sync.streams)
    await ctx.store.resetShelf(ctx.lease, await ctx.store.shelf(ctx.sync.name, 'primary', stream), { records: true });
  await ctx.store.setMarks(ctx.lease, { [LOADING]: null, [LOAD_MARK]: null, [WRITES]: null });
}
