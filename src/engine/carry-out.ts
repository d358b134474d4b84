/**
 * carry-out: sends what table-carry decided, through door and outbox.
 *
 * Of an opt-out the baseline moves when the account was read back with it. Of an edit it does not move here at all: the
 * account's own answer about that person is still to come, and both sides then hold the same. Must never decide what is
 * sent.
 */
import type { PeopleTarget } from '../connector/target.ts';
import type { Bucket } from './counting.ts';
import type { PlanStep } from './lane.ts';
import {
  PARKED,
  settleEarlier,
  submitIntents,
  type PersonPayload,
  type PersonWrite,
  type SubmitHooks,
  type WriteEnd,
} from './submit-intents.ts';
import type { Operation } from '../store/rows.ts';
import type { CarryPayload } from './table-carry.ts';
import { baselineOf } from './table-operations.ts';
import type { WorkContext } from './work-context.ts';

/** Tells a step at the primary from those of the table. */
export function isCarried(step: PlanStep): boolean {
  return step.action === 'unsubscribe' || step.action === 'edit';
}

/** Writes at the primary, one request after the other, opt-outs first. */
export async function carryOut(ctx: WorkContext, target: PeopleTarget, steps: readonly PlanStep[]): Promise<void> {
  if (steps.length === 0) return;
  const writes = steps.map((step) => writeOf(ctx, step));
  await submitIntents(ctx, target, writes, hooks(ctx));
}

/** Reads back what an earlier pass sent without learning the outcome; what it did not send is found again. */
export async function settleCarried(ctx: WorkContext, target: PeopleTarget): Promise<void> {
  await settleEarlier(ctx, target, hooks(ctx));
}

/** Ends what is parked and nothing asks for any more: nobody has to look at it. */
export async function dropParked(ctx: WorkContext, over: readonly Operation[]): Promise<void> {
  if (over.length === 0) return;
  await ctx.store.settleOperations(
    ctx.lease,
    over.map(({ opId }) => ({ opId, to: 'superseded', reason: 'not-wanted-any-more', link: null })),
    [],
    over.map(({ primaryId }) => ({ stream: 'contacts', id: primaryId, reason: PARKED })),
  );
}

function writeOf(ctx: WorkContext, step: PlanStep): PersonWrite {
  const { intent, secondaryId, base } = step.payload as CarryPayload;
  const consent = step.action === 'unsubscribe';
  return {
    id: step.id,
    secondaryId,
    recordId: step.recordId,
    recordHash: step.target,
    intent,
    baseline: baselineOf(consent ? { ...base, consent: 0, outHere: true } : base, false),
    journal: [
      {
        run: ctx.run,
        stream: 'contacts',
        id: step.id,
        event: consent ? 'consent' : 'updated',
        rule: step.reason,
        before: step.before,
        after: step.after,
        evidence: consent
          ? `the row in ${ctx.sync.secondary} says no, where both had agreed on yes`
          : `the row in ${ctx.sync.secondary} was changed`,
      },
    ],
    more: null,
  };
}

const BUCKETS: Readonly<Record<WriteEnd, Bucket>> = {
  applied: 'applied',
  refused: 'skipped.refused',
  moved: 'skipped.moved',
  parked: 'parked',
  unknown: 'skipped.unfinished',
};

function hooks(ctx: WorkContext): SubmitHooks {
  return {
    side: 'primary',
    agreed: ({ primaryId, secondaryId, baseline, payload }) => {
      if ((payload as PersonPayload).operation !== 'unsubscribe') return null;
      return { stream: 'contacts', primaryId, secondaryId, baseline, agrees: null };
    },
    ended: ({ recordId }, end) => ctx.counting.put(recordId, BUCKETS[end]),
  };
}
