/**
 * canary: the source's totals against our tallies, as a tripwire (T18).
 *
 * It finds nobody; it only says that something moved that no channel explained. Totals that contradict even a complete
 * walk are distrusted until the next daily one, so that a lying counter cannot cost a walk on each pass.
 */
import type { OptOutChannels } from '../connector/source.ts';
import { offsets, unexplained, type Counted, type Offsets } from '../rules/counts-canary.ts';
import type { Shelf } from '../store/rows.ts';
import { warn, type PassContext } from './context.ts';
import { writeMarks, type PeopleMarks } from './people-state.ts';

/** Names the totals that moved without explanation. Asked a second time before it says so: people move while we read. */
export async function unexplainedTotals(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  marks: PeopleMarks,
): Promise<readonly Counted[]> {
  if (marks.anchor === null) return [];
  const moved = unexplained(marks.anchor, await measure(ctx, shelf, channels));
  if (moved.length === 0 || marks.countsDistrusted) return [];
  const again = unexplained(marks.anchor, await measure(ctx, shelf, channels));
  if (again.length > 0) warn(ctx, 'totals-unexplained', { totals: again.join(', ') });
  return again;
}

/** Takes today's difference as the new zero. `contradicted`: the walk was made because of the totals; if they still disagree they are distrusted. */
export async function setAnchor(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  contradicted: PeopleMarks | null,
): Promise<void> {
  const now = await measure(ctx, shelf, channels);
  const distrusted = contradicted !== null && unexplained(contradicted.anchor, now).length > 0;
  if (distrusted) warn(ctx, 'totals-distrusted', {});
  await writeMarks(ctx, { anchor: now, countsDistrusted: distrusted });
}

async function measure(ctx: PassContext, shelf: Shelf, channels: OptOutChannels): Promise<Offsets> {
  await ctx.keepLease();
  const counts = await channels.counts(ctx.signal);
  return offsets(counts, (await ctx.store.tallies(shelf)).byState);
}
