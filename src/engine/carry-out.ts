/**
 * carry-out: sends what table-carry decided, through door and outbox.
 *
 * Of an opt-out the baseline moves when the account was read back with it. Of an edit it does not move here at all: the
 * account's own answer about that person is still to come, and both sides then hold the same. Lists are agreed on with
 * the answer to the write, and not compared before a later one. Must never decide what is sent.
 */
import type { PeopleTarget } from '../connector/target.ts';
import type { Bucket } from './counting.ts';
import type { PlanStep } from './lane.ts';
import { listIds } from './list-ids.ts';
import { memberLink, type MemberBase } from './members-read.ts';
import { NOTHING_AGREED, type NewPersonPayload } from './new-people.ts';
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
  return step.action === 'unsubscribe' || step.action === 'edit' || step.action === 'create';
}

/** Writes at the primary, one request after the other, opt-outs first. */
export async function carryOut(ctx: WorkContext, target: PeopleTarget, steps: readonly PlanStep[]): Promise<void> {
  if (steps.length === 0) return;
  const known = steps.filter(({ action }) => action !== 'create');
  const made = await writesOfNew(
    ctx,
    steps.filter(({ action }) => action === 'create'),
  );
  await submitIntents(ctx, target, [...known.map((step) => writeOf(ctx, step)), ...made], hooks(ctx));
}

/** Nobody is made without the lists that they are to be on. */
async function writesOfNew(ctx: WorkContext, steps: readonly PlanStep[]): Promise<readonly PersonWrite[]> {
  const names = new Set(steps.flatMap((step) => (step.payload as NewPersonPayload).lists));
  const ids = await listIds(ctx, [...names]);
  if (ids === null) {
    for (const { recordId } of steps) ctx.counting.put(recordId, 'skipped.no-such-list');
    return [];
  }
  return steps.map((step): PersonWrite => {
    const { intent, secondaryId, evidence, lists } = step.payload as NewPersonPayload;
    const add = lists.flatMap((name) => ids.get(name) ?? []);
    return {
      id: step.id,
      secondaryId,
      recordId: step.recordId,
      recordHash: step.target,
      intent: { ...intent, lists: { add, remove: [] } },
      // Nothing is agreed by this: the account's own answer meets the row, as anybody's does who is met.
      baseline: NOTHING_AGREED,
      journal: [
        {
          run: ctx.run,
          stream: 'contacts',
          id: step.id,
          event: 'made',
          rule: step.reason,
          before: null,
          after: step.after,
          evidence: `the row in ${ctx.sync.secondary} says yes, and as evidence: ${evidence}`,
        },
      ],
      more: null,
    };
  });
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

interface CarryMore {
  readonly members: MemberBase;
}

function writeOf(ctx: WorkContext, step: PlanStep): PersonWrite {
  const { intent, secondaryId, base, members } = step.payload as CarryPayload;
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
          : `the ${members === null ? 'row' : 'rows'} in ${ctx.sync.secondary} ${members === null ? 'was' : 'were'} changed`,
      },
    ],
    more: members === null ? null : ({ members } satisfies CarryMore),
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
      const { operation, more } = payload as PersonPayload;
      const members = (more as CarryMore | null)?.members;
      if (operation === 'update' && members !== undefined) return memberLink(primaryId, secondaryId, members);
      if (operation !== 'unsubscribe') return null;
      return { stream: 'contacts', primaryId, secondaryId, baseline, agrees: null };
    },
    ended: ({ recordId }, end) => ctx.counting.put(recordId, BUCKETS[end]),
  };
}
