/**
 * decide: judges everything that is pending as one plan, then lets the lane write it.
 *
 * The plan is streamed twice, once to judge and once to write, so that a million pending records need no more memory
 * than one batch. Its hash covers every line: a release lets exactly that plan through.
 */
import { textHash } from '../model/hash.ts';
import { judgePlan, type PlanTotals } from '../plan/guards.ts';
import type { Shelf } from '../store/rows.ts';
import type { PassContext } from './context.ts';
import type { Judged, PlanStep } from './lane.ts';

/** Stamps and unknown keys may change on everybody at once without a word about people; lists at home, as rows or as tags, come to everybody when they are first asked for. */
const UNREMARKABLE: ReadonlySet<string> = new Set([
  'updated_at',
  'update_source',
  'extra',
  'email_updated_at',
  'lists',
  'tags',
]);

/** Narrows a plan to some of its steps. */
export type Choose = (step: PlanStep) => boolean;
export const everything: Choose = () => true;

/** Judges all pending records of all streams; guards count people. */
export async function decideAll(
  ctx: PassContext,
  onSteps?: (steps: readonly PlanStep[]) => Promise<void>,
  choose = everything,
): Promise<Judged> {
  const totals = { destructive: 0, raised: 0, changed: 0 };
  let hash = textHash(ctx.sync.name);
  let steps = 0;
  for (const shelf of await shelves(ctx)) {
    for await (const batch of ctx.lane.decide(ctx, shelf)) {
      await ctx.keepLease();
      const chosen = batch.filter(choose);
      hash = chosen.reduce(hashed, hash);
      steps += chosen.filter((step) => step.action !== 'agree' && step.action !== 'skip').length;
      for (const step of chosen) count(totals, step);
      await onSteps?.(batch);
    }
  }
  const linked = await linkedPeople(ctx);
  return { stop: judgePlan({ ...totals, linked } satisfies PlanTotals, ctx.sync.guards), hash, steps };
}

/**
 * Writes what is pending: everything, or only explicit opt-outs while a guard holds the rest. `released`: a person let
 * exactly this plan through, so none of it may be left for a later pass, as none of a saved plan's lines may.
 */
export async function writeAll(
  ctx: PassContext,
  what: 'everything' | 'opt-outs',
  choose = everything,
  released = false,
): Promise<void> {
  for (const shelf of await shelves(ctx)) {
    if (what === 'opt-outs' && shelf.stream !== 'contacts') continue;
    for await (const batch of ctx.lane.decide(ctx, shelf)) {
      await ctx.keepLease();
      await ctx.lane.apply(ctx, shelf, batch.filter(choose), what === 'opt-outs');
      if (what === 'opt-outs') batch.forEach((step) => ctx.counting.put(step.recordId, 'skipped.guard'));
      ctx.emit({
        kind: 'progress',
        phase: 'write',
        stream: shelf.stream,
        done: ctx.counting.totals().applied,
        total: null,
      });
    }
  }
  if (what === 'everything') await ctx.lane.finish(ctx, released || choose !== everything);
}

/** What goes to the account follows from rows at home, which the primary's hash says nothing of: it is part of the plan itself. */
function hashed(hash: string, { stream, id, base, target, action, after }: PlanStep): string {
  const carried = action === 'edit' ? `\n${JSON.stringify(after)}` : '';
  return textHash(`${hash}${stream}\n${id}\n${base}\n${target}${carried}`);
}

function count(totals: { destructive: number; raised: number; changed: number }, step: PlanStep): void {
  if (step.stream !== 'contacts') return;
  if (step.raises) totals.raised += 1;
  // Guards count people, not lines.
  if (step.beside === true) return;
  if (step.destructive.length > 0) totals.destructive += 1;
  // Whom the source reports as deleted is no longer among the linked, so must not be counted against them.
  const living = step.base !== null && step.state !== 'deleted' && !step.optOut;
  if (living && step.changed.some((field) => !UNREMARKABLE.has(field))) totals.changed += 1;
}

async function linkedPeople(ctx: PassContext): Promise<number> {
  if (!ctx.sync.streams.includes('contacts')) return 0;
  return (await ctx.store.tallies(await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts'))).linked;
}

/** Names first, people last. */
async function shelves(ctx: PassContext): Promise<readonly Shelf[]> {
  const ordered = [...ctx.sync.streams].sort((a, b) => Number(a === 'contacts') - Number(b === 'contacts'));
  return Promise.all(ordered.map((stream) => ctx.store.shelf(ctx.sync.name, 'primary', stream)));
}
