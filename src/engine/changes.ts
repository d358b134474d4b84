/**
 * changes: the incremental read of one stream, by the cursor rule of I4.
 *
 * The cursor moves only in the transaction that closes a completed window, to the source's own time when that window
 * began less the overlap. Must never take "now" from this machine as a watermark.
 */
import { instantOf } from '../model/instant.ts';
import type { Page } from '../model/record.ts';
import { nextCursor } from '../rules/next-cursor.ts';
import type { Shelf } from '../store/rows.ts';
import type { PassContext } from './context.ts';
import { enumerate, type Enumeration, type StoreAPage } from './enumerate.ts';

export interface TimedChannel {
  /** Names cursor and walk: one cursor for each stream and channel (T16). */
  readonly channel: 'changes' | 'window';
  readonly fetch: (since: string, from: string | null) => Promise<Page>;
  readonly onPage?: Enumeration['onPage'];
  /** Left out: as a page of the primary is. */
  readonly store?: StoreAPage;
}

export interface TimedRead {
  readonly since: string;
  readonly complete: boolean;
}

/** Reads everything since the stored cursor. A window that an earlier pass left open is finished first, then a fresh one is read. */
export async function readSince(ctx: PassContext, shelf: Shelf, timed: TimedChannel): Promise<TimedRead | null> {
  const cursor = await ctx.store.cursor(shelf, timed.channel);
  if (cursor === null) return null;
  const first = await readWindow(ctx, shelf, timed, cursor);
  if (!first.resumed || !first.complete) return first;
  const fresh = await ctx.store.cursor(shelf, timed.channel);
  return readWindow(ctx, shelf, timed, fresh ?? cursor);
}

async function readWindow(
  ctx: PassContext,
  shelf: Shelf,
  timed: TimedChannel,
  cursor: string,
): Promise<TimedRead & { resumed: boolean }> {
  const open = await ctx.store.findWalk(shelf, timed.channel);
  const since = open?.since ?? cursor;
  let newestSeen: string | null = null;
  const read = await enumerate(ctx, shelf, {
    kind: timed.channel,
    channel: timed.channel,
    since,
    fetch: (from) => timed.fetch(since, from),
    ...(timed.store === undefined ? {} : { store: timed.store }),
    onPage: (page) => {
      newestSeen = newest(page, newestSeen);
      return timed.onPage?.(page);
    },
  });
  if (read.complete) {
    const next = nextCursor({
      startedSource: read.walk.startedSource,
      startedAt: read.walk.startedAt,
      newestSeen,
      previous: cursor,
    });
    const cursors = next === null ? {} : { [timed.channel]: next };
    await ctx.store.closeWalk(ctx.lease, read.walk.walkId, { cursors, marks: {}, journal: [] });
  }
  return { since, complete: read.complete, resumed: read.resumed };
}

/** Newest time among the page's versions, as text. */
export function newest(page: Page, before: string | null): string | null {
  let best = before;
  for (const { version } of page.readings) {
    for (const part of version.split('|')) {
      const at = instantOf(part || null);
      if (at !== null && at > (instantOf(best) ?? -Infinity)) best = part;
    }
  }
  return best;
}
