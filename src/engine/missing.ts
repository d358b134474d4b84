/**
 * missing: what it means that a complete listing did not show records that are stored (I9, T7).
 *
 * Absence is not deletion: each suspect is read directly, and only "gone" from the source itself deletes. More suspects
 * than the guard allows stop the pass before any of them is read. Must never delete on a listing that did not end.
 */
import { contentHash, textHash } from '../model/hash.ts';
import { isoOf } from '../model/instant.ts';
import type { Content, Page, Reading, RecordState } from '../model/record.ts';
import { judgeVanished, type GuardStop } from '../plan/guards.ts';
import type { Known, Shelf, Walk } from '../store/rows.ts';
import { runChannel } from './channels.ts';
import { PassStopped, type PassContext } from './context.ts';
import { storePage } from './store-page.ts';

/** Every state in which a record is expected to show in a complete listing of what exists. */
export const LIVING: readonly RecordState[] = [
  'explicit',
  'implicit',
  'not_set',
  'pending_confirmation',
  'temp_hold',
  'unsubscribed',
  'held',
  'none',
];
const BATCH = 200;
/** After so many suspects that cannot be read the others could not be either. */
const MAX_UNREAD = 3;

/** Reads one record directly and stores what it is now. */
export type ReadSuspect = (
  ctx: PassContext,
  shelf: Shelf,
  record: Pick<Known, 'id'>,
  channel: string,
) => Promise<unknown>;

/** Reads each record directly that the walk should have shown and did not. Tells whether all could be read. Throws PassStopped when there are too many. */
export async function confirmMissing(
  ctx: PassContext,
  shelf: Shelf,
  walk: Walk,
  states: readonly RecordState[],
  read: ReadSuspect = readDirectly,
): Promise<boolean> {
  const found = await ctx.store.unseen(shelf, walk.walkId, states, BATCH);
  const { linked, total } = await ctx.store.tallies(shelf);
  const stop = judgeVanished(found.count, Math.max(linked, total), ctx.sync.guards) ?? emptySide(found, walk);
  if (stop !== null) await stopUnlessReleased(ctx, shelf, walk, stop, states);
  let batch = found;
  const done = new Set<number>();
  while (batch.first.some((suspect) => !done.has(suspect.recordId))) {
    const undone = batch.first.filter((suspect) => !done.has(suspect.recordId));
    if (!(await readSuspects(ctx, shelf, undone, 'confirm', read))) return false;
    for (const suspect of undone) done.add(suspect.recordId);
    if (batch.count <= batch.first.length) break;
    batch = await ctx.store.unseen(shelf, walk.walkId, states, BATCH + done.size);
  }
  return true;
}

/** A listing that shows nobody while the store holds more than a handful is not believed, whatever the percentage. */
function emptySide(found: { readonly distinctSeen: number; readonly count: number }, walk: Walk): GuardStop | null {
  if (found.distinctSeen > 0 || found.count === 0) return null;
  return found.count >= 20 || (walk.total ?? 0) > 0
    ? { reason: 'vanished', count: found.count, linked: found.count }
    : null;
}

async function stopUnlessReleased(
  ctx: PassContext,
  shelf: Shelf,
  walk: Walk,
  stop: GuardStop,
  states: readonly RecordState[],
): Promise<void> {
  const all = await ctx.store.unseen(shelf, walk.walkId, states, stop.count);
  const hash = textHash(
    [ctx.sync.name, shelf.stream, 'vanished', ...all.first.map((record) => record.id).sort()].join('\n'),
  );
  if (await ctx.store.isReleased(ctx.sync.name, hash)) return;
  await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
  throw new PassStopped(stop, shelf.stream, hash);
}

/**
 * Reads each suspect by itself: one that cannot be read holds up no other, and stays what it was until the next listing
 * suspects it again (I17). Tells whether all could be; after a few that are down the others would be as well.
 */
export async function readSuspects(
  ctx: PassContext,
  shelf: Shelf,
  suspects: readonly Known[],
  channel: string,
  read: ReadSuspect = readDirectly,
): Promise<boolean> {
  let unread = 0;
  for (const suspect of suspects) {
    if (unread >= MAX_UNREAD) break;
    const result = await runChannel(ctx, 'direct-read', () => read(ctx, shelf, suspect, channel));
    if (result !== 'read') unread += 1;
  }
  return unread === 0;
}

/**
 * Reads one record. A source that answered "not found" for what must exist says it of anybody: there only what it says each
 * time is believed.
 */
async function readSurely(ctx: PassContext, shelf: Shelf, id: string): ReturnType<PassContext['source']['readOne']> {
  for (let left = GONE_TIMES; ; left -= 1) {
    await ctx.keepLease();
    const answer = await ctx.source.readOne(shelf.stream, id, ctx.signal);
    if (answer.kind !== 'gone' || left <= 1 || !ctx.health.deniesWhatExists) return answer;
  }
}
const GONE_TIMES = 3;

/** Reads one record and stores what it is now: as found, or gone for good. */
export async function readDirectly(
  ctx: PassContext,
  shelf: Shelf,
  record: Pick<Known, 'id'>,
  channel: string,
): Promise<'found' | 'gone' | 'refused'> {
  const answer = await readSurely(ctx, shelf, record.id);
  if (answer.kind === 'gone') {
    await storeGone(ctx, shelf, record.id, channel);
    return 'gone';
  }
  const page: Page =
    answer.kind === 'found'
      ? { readings: [answer.reading], refused: [], next: null, sourceTime: answer.sourceTime, total: null }
      : {
          readings: [],
          refused: [{ id: record.id, reason: answer.reason }],
          next: null,
          sourceTime: null,
          total: null,
        };
  await storePage(ctx, shelf, page, { channel, walk: null, direct: true });
  return answer.kind;
}

/** Stores a record as deleted at our time: the source told none. Its row stays, its memberships go. */
async function storeGone(ctx: PassContext, shelf: Shelf, id: string, channel: string): Promise<void> {
  const known = (await ctx.store.known(shelf, [id])).get(id);
  if (known === undefined || known.state === 'deleted') return;
  const last = (await ctx.lane.lastContent(ctx, shelf, [known])).get(id);
  const content: Content = {
    ...last,
    ...(shelf.stream === 'contacts' ? { list_memberships: [] } : {}),
    deleted_at: isoOf(ctx.clock.now()),
  };
  const reading: Reading = { id, hash: contentHash(content), version: known.version, state: 'deleted', content };
  await storePage(
    ctx,
    shelf,
    { readings: [reading], refused: [], next: null, sourceTime: null, total: null },
    { channel, walk: null, direct: true },
  );
}
