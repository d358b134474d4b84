/**
 * crm-lane: the lane into a CRM whose people live in households: met, decided by the snapshots of both sides, carried out.
 *
 * The primary's pending records are the one queue: a contact that moved makes its people pending again. Explicit opt-outs
 * are carried out whatever a guard says of the rest (I3). Must never delete anything in the CRM, nor switch a flag on.
 */
import type { PeopleTarget } from '../connector/target.ts';
import { pinAccount } from './account.ts';
import { isCarried } from './carry-out.ts';
import { runChannel } from './channels.ts';
import type { PassContext } from './context.ts';
import { readBounces } from './bounces.ts';
import { agreeWithoutWriting, endReplaced, putOnRecord } from './crm-agree.ts';
import { carryStep, carryToPrimary, settleCarried } from './crm-carry.ts';
import { carryEdits, differenceOf, leftThere, stepsWithEdit, type LeftThere } from './crm-edit.ts';
import { estimateWork } from './crm-estimate.ts';
import { leftovers, stepWith } from './crm-leftovers.ts';
import { Making } from './crm-making.ts';
import { MappingNow } from './crm-mapping-now.ts';
import { Newcomers } from './crm-newcomers.ts';
import { lookForSubmitted } from './crm-looks.ts';
import { operationOf, type CrmPayload } from './crm-operations.ts';
import { decidePeople, type Crm } from './crm-people.ts';
import { hasWalked, readCrm } from './crm-read.ts';
import { submitToCrm } from './crm-submit.ts';
import type { Leftovers } from './crm-submitted.ts';
import { contentAt, findAt, lastContent, NO_LOAD, nobody, noRows } from './kept-contents.ts';
import type { Lane, PlanStep } from './lane.ts';
import { linkThoseMade } from './made-people.ts';
import type { Known, Pending, Shelf } from '../store/rows.ts';
import type { Reading } from '../model/record.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;

/** Makes the lane of a sync with a CRM; `carry`: where the CRM's own opt-outs go. */
export function crmLane(crm: Omit<Crm, 'carries' | 'settles'>, carry: PeopleTarget | null = null): Lane {
  const { source, credential } = crm;
  const newcomers = new Newcomers();
  const making = makingOf(crm, carry);
  const mapping = new MappingNow(crm, carry !== null);
  return {
    kind: 'crm',
    ways: making?.ways ?? null,
    memberWays: () => Promise.resolve(null),
    prepare: async (ctx) => {
      await pinAccount(ctx, { source, credential, marks: 'crm' });
      // A dry run leaves the outbox as it is.
      if (ctx.mode === 'sync') await begin(ctx, carry, { newcomers, making });
      await mapping.take(ctx);
    },
    read: (ctx: PassContext, whole) => read(ctx, crm, mapping, whole),
    ...NO_LOAD,
    lastContent,
    decide: async function* (ctx, shelf) {
      yield* decideBoth(ctx, { crm: await mapping.crm(ctx), carry }, shelf, making);
    },
    compareWith: async (ctx, _shelf, readings, known) =>
      compareWith(ctx, { crm: await mapping.crm(ctx), carry }, readings, known),
    rows: noRows,
    inspect: async () => void (await source.identify(new AbortController().signal)),
    content: contentAt,
    find: findAt,
    // A flag that was switched on is one person's conflict: what the CRM says is in the store.
    switchedOn: nobody,
    apply: async (ctx, shelf, steps, optOutsOnly) => {
      await applyBoth(ctx, { crm: await mapping.crm(ctx), carry }, shelf, steps, optOutsOnly);
      newcomers.wait(ctx, optOutsOnly ? [] : steps);
      await making?.gather(ctx, optOutsOnly ? [] : steps);
    },
    estimate: async (_ctx, work) =>
      crm.pace === undefined ? null : estimateWork(work, crm.mapping, crm.target.submitRows, await crm.pace()),
    // After everything that is live.
    finish: async (ctx) => {
      await newcomers.make(ctx, await mapping.crm(ctx));
      await making?.finish(ctx, (await mapping.crm(ctx)).mapping);
    },
  };
}

interface Makers {
  readonly newcomers: Newcomers;
  readonly making: Making | null;
}

/** What earlier passes sent is followed, and what they did not send is let go: the plan finds it again. */
async function begin(ctx: WorkContext, carry: PeopleTarget | null, { newcomers, making }: Makers): Promise<void> {
  if (carry !== null) await settleCarried(ctx, carry);
  await newcomers.begin(ctx);
  await making?.begin(ctx);
}

/** Who makes people of the CRM at the account; null: nobody does. */
function makingOf({ mapping }: Omit<Crm, 'carries' | 'settles'>, carry: PeopleTarget | null): Making | null {
  return carry === null || mapping.creates === null ? null : new Making(carry, mapping.creates.lists.length);
}

/** What earlier passes left on either side. */
interface BeforeNow {
  readonly left: Leftovers;
  readonly there: LeftThere;
  readonly walked: boolean;
}

async function beforeNow(ctx: WorkContext): Promise<BeforeNow> {
  return { left: await leftovers(ctx), there: await leftThere(ctx), walked: await hasWalked(ctx) };
}

async function read(
  ctx: PassContext,
  crm: Omit<Crm, 'carries' | 'settles'>,
  now: MappingNow,
  whole: boolean,
): Promise<boolean> {
  const { source, mapping } = crm;
  // Opt-outs of the CRM first: a bounce is nobody's word, and a spent quota must not keep one from being read.
  const wasRead = await now.read(ctx, () => readCrm(ctx, { source, reference: mapping.source }, whole));
  if (ctx.mode === 'sync') await runChannel(ctx, 'in-review', () => lookForSubmitted(ctx, crm));
  await readBounces(ctx, mapping.consent === null ? [] : mapping.bounceCodes);
  return wasRead;
}

interface Both {
  readonly crm: Crm;
  readonly carry: PeopleTarget | null;
}

/** People whom both have, and then those of the CRM alone. */
async function* decideBoth(
  ctx: WorkContext,
  both: Both,
  shelf: Shelf,
  making: Making | null,
): AsyncIterable<readonly PlanStep[]> {
  if (making !== null) await linkThoseMade(ctx);
  yield* decide(ctx, both, shelf);
  if (making !== null) yield* making.decide(ctx, both.crm.mapping);
}

async function* decide(ctx: WorkContext, both: Both, shelf: Shelf): AsyncIterable<readonly PlanStep[]> {
  const left = await beforeNow(ctx);
  for (let after = 0; ;) {
    const batch = await ctx.store.pending(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.recordId;
    yield (await decideBatch(ctx, both, batch, left)).flat();
  }
}

async function decideBatch(
  ctx: WorkContext,
  { crm, carry }: Both,
  batch: readonly Pending[],
  { left, there, walked }: BeforeNow,
): Promise<readonly (readonly PlanStep[])[]> {
  const decided = await decidePeople(ctx, crm, batch, left);
  return decided.map((one) => {
    const { unsubscribe } = one.step;
    if (unsubscribe !== null && carry !== null) return [carryStep(one, unsubscribe, carry)];
    const step = settlingAs(crm, stepWith(ctx, crm.target, one, left.get(one.record.id) ?? [], walked));
    return carry === null ? [step] : stepsWithEdit(one, step, carry, there);
  });
}

function settlingAs({ settles }: Crm, step: PlanStep): PlanStep {
  return settles ? step : { ...step, payload: { ...(step.payload as CrmPayload), settles } satisfies CrmPayload };
}

async function compareWith(
  ctx: WorkContext,
  both: Both,
  readings: readonly Reading[],
  known: ReadonlyMap<string, Known>,
): Promise<readonly PlanStep[]> {
  const batch = readings.map((reading): Pending => {
    const { recordId = 0, agreed = null, readAt = 0 } = known.get(reading.id) ?? {};
    return { ...reading, recordId, agreed, readAt, content: JSON.stringify(reading.content) };
  });
  const { crm, carry } = both;
  const { left, there, walked } = await beforeNow(ctx);
  return (await decidePeople(ctx, crm, batch, left)).map((one) => {
    const { unsubscribe } = one.step;
    if (unsubscribe !== null && carry !== null) return carryStep(one, unsubscribe, carry);
    const step = stepWith(ctx, crm.target, one, left.get(one.record.id) ?? [], walked);
    return carry === null ? step : differenceOf(one, step, carry, there);
  });
}

async function applyBoth(
  ctx: WorkContext,
  { crm, carry }: Both,
  shelf: Shelf,
  steps: readonly PlanStep[],
  optOutsOnly: boolean,
): Promise<void> {
  const at = (action: PlanStep['action']): readonly PlanStep[] => steps.filter((step) => step.action === action);
  // A flag was not switched off by the person before our eyes: a guard holds it as it holds the rest (I10).
  const to = optOutsOnly ? null : carry;
  if (to !== null) await carryToPrimary(ctx, to, at('unsubscribe'));
  const rest = steps.filter((step) => !isCarried(step) && step.action !== 'insert');
  await apply(ctx, crm, shelf, rest, optOutsOnly);
  if (to !== null) await carryEdits(ctx, to, at('edit'));
}

async function apply(
  ctx: WorkContext,
  crm: Crm,
  shelf: Shelf,
  steps: readonly PlanStep[],
  optOutsOnly: boolean,
): Promise<void> {
  if (!optOutsOnly) {
    await putOnRecord(ctx, steps);
    await agreeWithoutWriting(
      ctx,
      shelf,
      steps.filter(({ action }) => action !== 'update'),
    );
  }
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

/** Narrows a step to its opt-outs and their notes. What was deduced, such as from a bounce, waits for the guard (I10). */
function optOutOf(step: PlanStep): readonly PlanStep[] {
  if (step.destructive.includes('inferred-opt-out')) return [];
  const payload = step.payload as CrmPayload;
  const changes = payload.changes.filter(({ kind }) => kind === 'opt' || kind === 'note');
  return changes.length === 0
    ? []
    : [{ ...step, payload: { ...payload, changes, before: null, partly: true } satisfies CrmPayload }];
}
