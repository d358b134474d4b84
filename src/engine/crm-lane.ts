/**
 * crm-lane: the lane into a CRM whose people live in households: met, decided by the snapshots of both sides, carried out.
 *
 * The primary's pending records are the one queue: a contact that moved makes its people pending again. Explicit opt-outs
 * are carried out whatever a guard says of the rest (I3). Must never delete anything in the CRM, nor switch a flag on.
 */
import { pinAccount } from './account.ts';
import type { PassContext } from './context.ts';
import { leftovers, stepWith, type Leftovers } from './crm-leftovers.ts';
import { linkOf, operationOf, waitsOf, type CrmPayload } from './crm-operations.ts';
import { decidePeople, linkIn, type Crm } from './crm-people.ts';
import { hasWalked, readCrm } from './crm-read.ts';
import { submitToCrm } from './crm-submit.ts';
import { contentAt, findAt, lastContent, NO_LOAD, noRows } from './kept-contents.ts';
import type { Lane, PlanStep } from './lane.ts';
import { takeNewMapping } from './new-mapping.ts';
import type { Known, Pending, Shelf } from '../store/rows.ts';
import type { Reading } from '../model/record.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;
const FINGERPRINT = 'crm:fingerprint';

/** Makes the lane of a sync with a CRM. */
export function crmLane(crm: Crm): Lane {
  const { source, mapping, credential } = crm;
  return {
    kind: 'crm',
    ways: null,
    prepare: async (ctx) => {
      await pinAccount(ctx, { source, credential, marks: 'crm' });
      await takeNewMapping(ctx, FINGERPRINT);
    },
    read: (ctx: PassContext, whole) => readCrm(ctx, { source, reference: mapping.source }, whole),
    ...NO_LOAD,
    lastContent,
    decide: (ctx, shelf) => decide(ctx, crm, shelf),
    compareWith: (ctx, _shelf, readings, known) => compareWith(ctx, crm, readings, known),
    rows: noRows,
    inspect: async () => void (await source.identify(new AbortController().signal)),
    content: contentAt,
    find: findAt,
    apply: (ctx, shelf, steps, optOutsOnly) => apply(ctx, crm, shelf, steps, optOutsOnly),
    finish: () => Promise.resolve(),
  };
}

async function* decide(ctx: WorkContext, crm: Crm, shelf: Shelf): AsyncIterable<readonly PlanStep[]> {
  const left = await leftovers(ctx);
  const walked = await hasWalked(ctx);
  for (let after = 0; ;) {
    const batch = await ctx.store.pending(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.recordId;
    yield await decideBatch(ctx, crm, batch, left, walked);
  }
}

async function decideBatch(
  ctx: WorkContext,
  crm: Crm,
  batch: readonly Pending[],
  left: Leftovers,
  walked: boolean,
): Promise<readonly PlanStep[]> {
  const decided = await decidePeople(ctx, crm, batch);
  return decided.map((one) => stepWith(ctx, one, left.get(one.record.id) ?? [], walked));
}

async function compareWith(
  ctx: WorkContext,
  crm: Crm,
  readings: readonly Reading[],
  known: ReadonlyMap<string, Known>,
): Promise<readonly PlanStep[]> {
  const batch = readings.map((reading): Pending => {
    const { recordId = 0, agreed = null, readAt = 0 } = known.get(reading.id) ?? {};
    return { ...reading, recordId, agreed, readAt, content: JSON.stringify(reading.content) };
  });
  return decideBatch(ctx, crm, batch, await leftovers(ctx), await hasWalked(ctx));
}

async function apply(
  ctx: WorkContext,
  crm: Crm,
  shelf: Shelf,
  steps: readonly PlanStep[],
  optOutsOnly: boolean,
): Promise<void> {
  if (!optOutsOnly)
    await settleWithoutWriting(
      ctx,
      shelf,
      steps.filter(({ action }) => action !== 'update'),
    );
  const writes = steps
    .filter(({ action }) => action === 'update')
    .flatMap((step) => (optOutsOnly ? optOutOf(step) : [step]));
  if (writes.length > 0) {
    await ctx.store.intend(
      ctx.lease,
      ctx.run,
      writes.map((step) => operationOf(ctx, step)),
      NOTHING_ELSE,
    );
    // Those that wait were superseded with it; of those whose outcome nobody learnt the new one holds what is left to do.
    await endReplaced(ctx, writes, ['verifying']);
  }
  await submitToCrm(ctx, crm, optOutsOnly);
}
const NOTHING_ELSE = { waiting: [], settled: [], journal: [] };

/** Narrows a step to its opt-outs and their notes. */
function optOutOf(step: PlanStep): readonly PlanStep[] {
  const payload = step.payload as CrmPayload;
  const changes = payload.changes.filter(({ kind }) => kind === 'opt' || kind === 'note');
  return changes.length === 0 ? [] : [{ ...step, payload: { ...payload, changes, partly: true } satisfies CrmPayload }];
}

async function settleWithoutWriting(ctx: WorkContext, shelf: Shelf, steps: readonly PlanStep[]): Promise<void> {
  const payloadOf = (step: PlanStep): CrmPayload => step.payload as CrmPayload;
  for (const step of steps) {
    const { waits } = payloadOf(step);
    if (waits !== null) ctx.counting.put(step.recordId, waits === 'parked' ? 'parked' : 'skipped.unfinished');
  }
  const decided = steps.filter((step) => payloadOf(step).waits === null);
  if (decided.length === 0) return;
  await endReplaced(ctx, decided, ['pending', 'verifying', 'parked']);
  const links = await ctx.store.links(
    ctx.sync.name,
    'contacts',
    decided.map(({ id }) => id),
  );
  const kept = decided.filter((step) => payloadOf(step).agreed !== null);
  // What waits is told first: whoever is agreed on is not decided again, so that a kill in between would hide it.
  const waits = decided.map((step) => waitsOf(ctx, step.id, payloadOf(step)));
  await ctx.store.wait(
    ctx.lease,
    waits.flatMap(({ waiting }) => waiting),
    waits.flatMap(({ settled }) => settled),
  );
  await ctx.store.adopt(
    ctx.lease,
    kept.map((step) => {
      const { link, agreed } = payloadOf(step);
      const before = linkIn(links.get(step.id)?.secondaryId ?? '');
      return linkOf(
        { primaryId: step.id, link: link ?? before, agreed },
        { recordId: step.recordId, hash: step.target },
      );
    }),
    [],
  );
  const agreed = decided.map(({ recordId, target: hash }) => ({ recordId, hash }));
  await ctx.store.agree(ctx.lease, shelf, agreed, AGREED_ONLY);
  for (const step of decided) count(ctx, step);
}

const AGREED_ONLY = { dropContent: false, journal: [], waiting: [], settled: [], marks: {} };

function count(ctx: WorkContext, { recordId, action, reason }: PlanStep): void {
  if (action === 'conflict') ctx.counting.put(recordId, 'conflicts');
  else if (action === 'hold') ctx.counting.put(recordId, 'held');
  else ctx.counting.put(recordId, action === 'skip' ? `skipped.${reason}` : 'unchanged');
}

async function endReplaced(ctx: WorkContext, steps: readonly PlanStep[], states: readonly string[]): Promise<void> {
  const over = steps
    .flatMap((step) => (step.payload as CrmPayload).replaces)
    .filter(({ state }) => states.includes(state));
  if (over.length === 0) return;
  const outcomes = over.map(({ opId }) => ({ opId, to: 'superseded', reason: 'decided-anew', link: null }) as const);
  await ctx.store.settleOperations(ctx.lease, outcomes, []);
}
