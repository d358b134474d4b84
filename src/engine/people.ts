/**
 * people: reads the contacts of one side by every channel that is due, and compares the channels.
 *
 * Decides order and cadence: cheap channels on each pass, sweeps and the complete walk daily, and at once when the
 * channels disagree or the totals moved without explanation. Which single channel is dead or lying must not matter.
 */
import type { OptOutChannels } from '../connector/source.ts';
import { isoOf } from '../model/instant.ts';
import { nextCursor } from '../rules/next-cursor.ts';
import { isDue } from '../rules/cadence.ts';
import type { Shelf, Walk } from '../store/rows.ts';
import { readSince } from './changes.ts';
import { runChannel } from './channels.ts';
import { readBackJobs } from './read-back.ts';
import { setAnchor, unexplainedTotals } from './canary.ts';
import { PassCut, warn, type PassContext } from './context.ts';
import { enumerate } from './enumerate.ts';
import type { IdSet } from '../model/id-set.ts';
import { loadedIds } from './loaded-ids.ts';
import { LIVING, confirmMissing } from './missing.ts';
import { readReports, sweep } from './opt-outs.ts';
import { readMarks, writeMarks, type PeopleMarks } from './people-state.ts';
import { settleLeftovers } from './reported.ts';
import { settleUnreadable } from './unreadable.ts';
import { crossCheck, probeWindow, readWindowChannel, type WindowSeen } from './probe.ts';

/** What the channels that know of news brought, and what was known before them. */
export interface News {
  readonly marks: PeopleMarks;
  readonly window: WindowSeen | null;
  readonly whole: boolean;
}

/** Reads who left and who changed since the last pass; null before the first load, which has no "since". */
export async function readNews(ctx: PassContext): Promise<News | null> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  await settleLeftovers(ctx, shelf);
  return (await ctx.store.cursor(shelf, 'changes')) === null ? null : newsOf(ctx, shelf);
}

/** Reads all else that is due of contacts. Returns false when something that was due could not be read. */
export async function readPeople(ctx: PassContext, early: News | null): Promise<boolean> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  if (early === null) await firstLoad(ctx, shelf);
  const { marks, window, whole } = early ?? (await newsOf(ctx, shelf));
  const explained = await explainTotals(ctx, shelf, marks, window);
  if (early === null) await anchorTotals(ctx, shelf, null);
  const walked = early === null || (await reconcileIfDue(ctx, shelf, explained));
  return whole && walked;
}

async function newsOf(ctx: PassContext, shelf: Shelf): Promise<News> {
  const marks = await readMarks(ctx);
  // Whatever ends this pass later, a spent quota above all, these opt-outs are known and will be written (I3).
  const window = await readNamedOptOuts(ctx, shelf, marks);
  const changes = await runChannel(ctx, 'changes', () =>
    readSince(ctx, shelf, {
      channel: 'changes',
      fetch: (since, from) => ctx.source.changes('contacts', since, from, ctx.signal),
    }),
  );
  return { marks, window, whole: changes === 'read' };
}

/** Walks everything once. The cursors start where the walk began: edits made meanwhile are read next (T12). */
async function firstLoad(ctx: PassContext, shelf: Shelf): Promise<void> {
  const load = ctx.mode === 'sync' && (await ctx.lane.mayLoad(ctx, shelf));
  if (load) await ctx.lane.beginLoad(ctx);
  // A plan that goes on with an interrupted load's walk appends nothing, and must not search what was appended.
  else await ctx.store.finishAppend(ctx.lease, shelf);
  const walk = await walkAll(ctx, shelf, load ? await loadedIds(ctx, shelf) : null);
  if (load) await ctx.store.finishAppend(ctx.lease, shelf);
  if (load) await ctx.lane.finishLoad(ctx);
  await refuseEmpty(ctx, shelf, walk);
  await confirmMissing(ctx, shelf, walk, LIVING);
  await closeFirst(ctx, shelf, walk);
  const { total } = await ctx.store.tallies(shelf);
  // Rows that a shifting page order hid are found by walking once more: only the totals can tell that there are any.
  if (walk.total !== null && total < walk.total) {
    const again = await walkAll(ctx, shelf, null);
    await ctx.store.closeWalk(ctx.lease, again.walkId, { cursors: {}, marks: {}, journal: [] });
  }
}

/** A first listing that counts people and shows nobody is no listing: no cursor may start from it (I4). */
async function refuseEmpty(ctx: PassContext, shelf: Shelf, walk: Walk): Promise<void> {
  const { total } = await ctx.store.tallies(shelf);
  if (total > 0 || walk.total === null || walk.total === 0) return;
  await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
  throw new PassCut('listing-empty', { stream: shelf.stream, total: walk.total });
}

async function closeFirst(ctx: PassContext, shelf: Shelf, walk: Walk): Promise<void> {
  const { total } = await ctx.store.tallies(shelf);
  const start = nextCursor({
    startedSource: walk.startedSource,
    startedAt: walk.startedAt,
    newestSeen: null,
    previous: null,
  });
  // Where the source tells no time, a day before our start is read again: late, never lost (I4).
  const cursor = start ?? isoOf(walk.startedAt - 24 * 3_600_000);
  await ctx.store.closeWalk(ctx.lease, walk.walkId, {
    cursors: { changes: cursor, window: cursor },
    // A load of several days is as old as its beginning: both are then due at once.
    marks: { 'people:walkAt': walk.startedAt, 'people:sweepAt': walk.startedAt },
    journal: [
      {
        run: ctx.run,
        stream: 'contacts',
        id: null,
        event: 'loaded',
        rule: 'first-load',
        before: null,
        after: { records: total },
        evidence: 'complete walk',
      },
    ],
  });
}

async function walkAll(ctx: PassContext, shelf: Shelf, load: IdSet | null): Promise<Walk> {
  const { walk, resumed } = await enumerate(ctx, shelf, {
    kind: 'complete',
    channel: 'walk',
    since: null,
    fetch: (from) => ctx.source.snapshot('contacts', from, ctx.signal),
    use: load === null ? {} : { load },
  });
  if (!resumed) await settleUnreadable(ctx, shelf);
  return walk;
}

/** Reads the channels that name who left: cheap ones, on each pass, before all other reading. Returns what the window said. */
async function readNamedOptOuts(ctx: PassContext, shelf: Shelf, marks: PeopleMarks): Promise<WindowSeen | null> {
  const channels = ctx.source.optOuts;
  if (channels === null) return null;
  let seen: WindowSeen | null = null;
  await runChannel(ctx, 'optout-window', async () => {
    seen = await readWindowChannel(ctx, shelf, channels, marks);
  });
  await runChannel(ctx, 'campaign-reports', () => readReports(ctx, shelf, channels, marks));
  return seen;
}

/** Holds the totals against what was read; sweeps when due or when something does not add up. Returns true when the totals are explained. */
async function explainTotals(
  ctx: PassContext,
  shelf: Shelf,
  marks: PeopleMarks,
  seen: WindowSeen | null,
): Promise<boolean> {
  const channels = ctx.source.optOuts;
  if (channels === null) return true;
  let explained = await totalsExplained(ctx, shelf, channels, marks);
  const daily = isDue(marks.sweepAt, ctx.sync.reconcileMs, ctx.clock.now());
  if (daily || !explained) {
    await sweepBoth(ctx, shelf, channels);
    explained = await totalsExplained(ctx, shelf, channels, marks);
  }
  await crossCheck(ctx, shelf, seen, marks);
  // An unproven window is asked again as soon as somebody is known to be out: the first answer that proves anything counts.
  if (daily || marks.probe === null || marks.probe.outcome === 'unproven') {
    await runChannel(ctx, 'optout-window', () => probeIfProvable(ctx, shelf, channels, daily));
  }
  return explained;
}

async function probeIfProvable(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  daily: boolean,
): Promise<void> {
  const marks = await readMarks(ctx);
  const provable = (await ctx.store.newestOuts(shelf, 1)).length > 0;
  if (marks.probe === null || daily || provable) await probeWindow(ctx, shelf, channels, marks);
}

async function totalsExplained(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  marks: PeopleMarks,
): Promise<boolean> {
  let moved: readonly string[] = [];
  await runChannel(ctx, 'counts', async () => {
    moved = await unexplainedTotals(ctx, shelf, channels, marks);
  });
  return moved.length === 0;
}

/** A sweep that was resumed is as old as its beginning: people who left meanwhile may stand on pages read before. */
async function sweepBoth(ctx: PassContext, shelf: Shelf, channels: OptOutChannels): Promise<void> {
  const begun: number[] = [];
  for (const which of ['unsubscribed', 'deleted'] as const) {
    await runChannel(ctx, `${which}-sweep`, async () => {
      const at = await sweep(ctx, shelf, channels, which);
      if (at === null) warn(ctx, 'sweep-not-believed', { which });
      else begun.push(at);
    });
  }
  if (begun.length === 2) await writeMarks(ctx, { sweepAt: Math.min(...begun) });
}

/** Walks everything when it is due, when even the sweeps did not explain the totals, or when that is how jobs are read back. */
async function reconcileIfDue(ctx: PassContext, shelf: Shelf, explained: boolean): Promise<boolean> {
  const marks = await readMarks(ctx);
  const open = await ctx.store.findWalk(shelf, 'complete');
  const due = open !== null || isDue(marks.walkAt, ctx.sync.reconcileMs, ctx.clock.now());
  if (!due && explained && !(await readBackJobs(ctx, shelf))) return true;
  let confirmed = false;
  const result = await runChannel(ctx, 'walk', async () => void (confirmed = await reconcile(ctx, shelf)));
  if (result !== 'read') return false;
  await anchorTotals(ctx, shelf, due ? null : marks);
  return confirmed;
}

async function reconcile(ctx: PassContext, shelf: Shelf): Promise<boolean> {
  const walk = await walkAll(ctx, shelf, null);
  const confirmed = await confirmMissing(ctx, shelf, walk, LIVING);
  await ctx.store.closeWalk(ctx.lease, walk.walkId, {
    cursors: {},
    // A walk that was resumed is as old as its beginning, like a sweep: its first pages are from then.
    marks: { 'people:walkAt': walk.startedAt },
    journal: [],
  });
  return confirmed;
}

/** After a complete walk, what still differs between the source's totals and ours is the new zero. */
async function anchorTotals(ctx: PassContext, shelf: Shelf, contradicted: PeopleMarks | null): Promise<void> {
  const channels = ctx.source.optOuts;
  if (channels !== null) await runChannel(ctx, 'counts', () => setAnchor(ctx, shelf, channels, contradicted));
}
