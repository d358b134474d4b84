/**
 * crm-agree: ends what needs no write into a CRM: agreed on, held or in conflict, and told to whoever has to know.
 *
 * What waits is told before anything is agreed on: whoever is agreed on is not decided again until a side moves, so that a
 * kill in between would hide it. Must never write to the CRM.
 */
import type { OutboxState } from '../model/outbox.ts';
import type { Shelf } from '../store/rows.ts';
import { endRefused } from './crm-carry.ts';
import { keptJournal, linkOf, type CrmPayload } from './crm-operations.ts';
import { waitsOf } from './crm-waits.ts';
import { linkIn } from './crm-link.ts';
import type { PlanStep } from './lane.ts';
import type { WorkContext } from './work-context.ts';

/** Puts on record what a kill would else make another's word: labels that are to be ours, values that go to the account. */
export async function putOnRecord(ctx: WorkContext, steps: readonly PlanStep[]): Promise<void> {
  const due = steps.filter((step) => payloadOf(step).before !== null);
  if (due.length === 0) return;
  const links = await ctx.store.links(
    ctx.sync.name,
    'contacts',
    due.map(({ id }) => id),
  );
  await ctx.store.adopt(
    ctx.lease,
    due.map((step) => {
      const { link, before: agreed } = payloadOf(step);
      return linkOf({ primaryId: step.id, link: link ?? linkIn(links.get(step.id)?.secondaryId ?? ''), agreed }, null);
    }),
    [],
  );
}

const AGREED_ONLY = { dropContent: false, journal: [], waiting: [], settled: [], marks: {} };

/** Agrees decided steps that write nothing; one that waits for an earlier operation stays as it is. */
export async function agreeWithoutWriting(ctx: WorkContext, shelf: Shelf, steps: readonly PlanStep[]): Promise<void> {
  for (const step of steps) {
    const { waits } = payloadOf(step);
    if (waits !== null) ctx.counting.put(step.recordId, waits === 'parked' ? 'parked' : 'skipped.unfinished');
  }
  const decided = steps.filter((step) => payloadOf(step).waits === null);
  if (decided.length === 0) return;
  await keepSubmitted(ctx, decided);
  await endReplaced(ctx, decided, ['pending', 'verifying', 'parked']);
  await endRefused(
    ctx,
    decided.filter(settles).map(({ id }) => id),
  );
  const waits = decided.map((step) => waitsOf(ctx, step.id, payloadOf(step)));
  await ctx.store.wait(
    ctx.lease,
    waits.flatMap(({ waiting }) => waiting),
    waits.flatMap(({ settled }) => settled),
  );
  await adoptAll(ctx, decided);
  const agreed = decided.filter(settles).map(({ recordId, target: hash }) => ({ recordId, hash }));
  await ctx.store.agree(ctx.lease, shelf, agreed, AGREED_ONLY);
  for (const step of decided) count(ctx, step);
}

/** What alone says that somebody was submitted may be an operation that ends here: their link has to say so before. */
async function keepSubmitted(ctx: WorkContext, decided: readonly PlanStep[]): Promise<void> {
  const links = decided.flatMap((step) => {
    const { agreed, replaces } = payloadOf(step);
    const sole = agreed?.submitted !== undefined && replaces.length > 0;
    return sole ? [linkOf({ primaryId: step.id, link: null, agreed }, null)] : [];
  });
  if (links.length > 0) await ctx.store.adopt(ctx.lease, links, []);
}

/** Whoever is met nowhere keeps the link that they had. */
async function adoptAll(ctx: WorkContext, decided: readonly PlanStep[]): Promise<void> {
  const ids = decided.map(({ id }) => id);
  const links = await ctx.store.links(ctx.sync.name, 'contacts', ids);
  const kept = decided.filter((step) => payloadOf(step).agreed !== null);
  await ctx.store.adopt(
    ctx.lease,
    kept.map((step) => {
      const { link, agreed } = payloadOf(step);
      const before = linkIn(links.get(step.id)?.secondaryId ?? '');
      const settled = settles(step) ? { recordId: step.recordId, hash: step.target } : null;
      return linkOf({ primaryId: step.id, link: link ?? before, agreed }, settled);
    }),
    kept.flatMap((step) => keptJournal(ctx, step)),
  );
}

function count(ctx: WorkContext, { recordId, action, reason, state }: PlanStep): void {
  if (action === 'conflict') ctx.counting.put(recordId, 'conflicts');
  else if (action === 'hold' || state === 'held') ctx.counting.put(recordId, 'held');
  else ctx.counting.put(recordId, action === 'skip' ? `skipped.${reason}` : 'unchanged');
}

/** Ends earlier operations that these steps replace. */
export async function endReplaced(
  ctx: WorkContext,
  steps: readonly PlanStep[],
  states: readonly OutboxState[],
): Promise<void> {
  const over = steps.flatMap((step) => payloadOf(step).replaces).filter(({ state }) => states.includes(state));
  if (over.length === 0) return;
  const outcomes = over.map(({ opId }) => ({ opId, to: 'superseded', reason: 'decided-anew', link: null }) as const);
  await ctx.store.settleOperations(ctx.lease, outcomes, []);
}

function settles(step: PlanStep): boolean {
  return payloadOf(step).settles;
}

function payloadOf(step: PlanStep): CrmPayload {
  return step.payload as CrmPayload;
}
