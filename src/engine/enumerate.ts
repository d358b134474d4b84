/**
 * enumerate: reads a walk or a window to its end, page by page, whatever interrupts it.
 *
 * Each page and where to go on are one transaction, so a walk goes on after a kill or a spent quota (T11). An expired
 * cursor or a next link that repeats restarts the same window, a bounded number of times (T9). Only a well-formed page
 * without a next ends it (T10). Must never decide what an unseen record means.
 */
import type { Page, StreamName } from '../model/record.ts';
import { isErrorOf } from '../model/errors.ts';
import type { Shelf, Walk, WalkKind } from '../store/rows.ts';
import { PassCut, type PassContext } from './context.ts';
import { storePage, type PageUse } from './store-page.ts';

const MAX_RESTARTS = 3;
/** 500 records a page: twenty million records. A listing that goes on longer has no end. */
const MAX_PAGES = 40_000;

/** Stores one page in one transaction with the walk step that it justifies. */
export type StoreAPage = (ctx: PassContext, shelf: Shelf, page: Page, use: PageUse) => Promise<void>;

export interface Enumeration {
  readonly kind: WalkKind;
  readonly channel: string;
  readonly since: string | null;
  readonly fetch: (from: string | null) => Promise<Page>;
  readonly use?: Pick<PageUse, 'load'>;
  /** Stores a page; left out: as a page of the primary is. */
  readonly store?: StoreAPage;
  readonly onPage?: (page: Page) => void | 'stop' | undefined;
}
export interface Enumerated {
  readonly walk: Walk;
  /** False when `onPage` stopped it: the walk is closed and proves nothing. */
  readonly complete: boolean;
  /** True when this pass only finished what an earlier one began. */
  readonly resumed: boolean;
}

/** Reads until the last page. Resolves with the completed walk, which the caller closes once it has drawn its conclusions. */
export async function enumerate(ctx: PassContext, shelf: Shelf, plan: Enumeration): Promise<Enumerated> {
  for (let restarts = 0; ; restarts += 1) {
    const begun = await ctx.store.findWalk(shelf, plan.kind);
    const walk = await ctx.store.openWalk(ctx.lease, shelf, plan.kind, plan.since, ctx.clock.now());
    if (walk.state === 'complete') return { walk, complete: true, resumed: true };
    const end = await readPages(ctx, shelf, plan, walk);
    if (end === 'complete' || end === 'stopped') {
      const finished = (await ctx.store.findWalk(shelf, plan.kind)) ?? walk;
      if (end === 'stopped') await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
      return { walk: finished, complete: end === 'complete', resumed: begun !== null && begun.pages > 0 };
    }
    // The restarted window begins anew: what the lost one saw proves nothing any more.
    await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
    if (restarts >= MAX_RESTARTS)
      throw new PassCut('listing-restarts', { stream: shelf.stream, channel: plan.channel });
  }
}

async function readPages(
  ctx: PassContext,
  shelf: Shelf,
  plan: Enumeration,
  walk: Walk,
): Promise<'complete' | 'stopped' | 'restart'> {
  const seenNext = new Set<string>();
  let from = walk.resume;
  for (let pages = walk.pages; pages < MAX_PAGES; pages += 1) {
    if (from !== null) seenNext.add(from);
    await ctx.keepLease();
    const page = await fetchPage(plan, from);
    if (page === null || (page.next !== null && seenNext.has(page.next))) return 'restart';
    await (plan.store ?? storePage)(ctx, shelf, page, { channel: plan.channel, walk: stepOf(walk, page), ...plan.use });
    progress(ctx, shelf.stream, plan.channel, page);
    if (plan.onPage?.(page) === 'stop') return 'stopped';
    if (page.next === null) return 'complete';
    from = page.next;
  }
  // Closed, or every later pass would end here too.
  await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
  throw new PassCut('listing-without-end', { stream: shelf.stream, channel: plan.channel });
}

async function fetchPage(plan: Enumeration, from: string | null): Promise<Page | null> {
  try {
    return await plan.fetch(from);
  } catch (error) {
    if (isErrorOf(error, 'cursor_gone') && from !== null) return null;
    throw error;
  }
}

function stepOf(walk: Walk, page: Page): NonNullable<PageUse['walk']> {
  return { walkId: walk.walkId, next: page.next, startedSource: page.sourceTime, total: page.total };
}

function progress(ctx: PassContext, stream: StreamName, channel: string, page: Page): void {
  const done = ctx.counting.totals().read;
  ctx.emit({ kind: 'progress', phase: channel, stream, done, total: page.total });
}
