/**
 * crm-carry: opt-outs of the CRM on their way to the primary.
 *
 * A flag tells no time and nobody's name, so it is the account that unsubscribes there, and a guard may hold many at once
 * (I10): the flag itself is off already. The baseline moves when the account was read back with it; until then each pass
 * finds again what the one before could not carry. Must never raise consent, nor decide who is carried.
 */
import type { PeopleTarget } from '../connector/target.ts';
import type { CrmContact } from '../model/crm.ts';
import type { PersonIntent } from '../model/intent.ts';
import type { CrmBase } from '../plan/crm-mapping.ts';
import { BUCKETS, dropParked } from './carry-out.ts';
import { baselineOf } from './crm-operations.ts';
import { linkText } from './crm-link.ts';
import type { Decided } from './crm-people.ts';
import type { PlanStep } from './lane.ts';
import { linkOfMade } from './made-people.ts';
import { parkedAtPrimary } from './refused.ts';
import {
  PARKED,
  settleEarlier,
  submitIntents,
  type PersonPayload,
  type PersonWrite,
  type SubmitHooks,
} from './submit-intents.ts';
import { waitKey } from './context.ts';
import type { WorkContext } from './work-context.ts';

interface CarryPayload {
  readonly intent: PersonIntent;
  readonly secondaryId: string;
  readonly agreed: CrmBase | null;
}

/** Makes the plan's line of an opt-out that goes to the primary: by itself, before anything else of that person. */
export function carryStep(
  { record, content, input, step }: Decided,
  intent: PersonIntent,
  target: PeopleTarget,
): PlanStep {
  return {
    stream: 'contacts',
    id: record.id,
    recordId: record.recordId,
    state: record.state,
    action: 'unsubscribe',
    reason: 'opted-out-in-crm',
    base: record.agreed,
    target: record.hash,
    before: { permission_to_send: content['permission_to_send'] ?? null },
    after: { permission_to_send: 'unsubscribed' },
    changed: ['permission_to_send'],
    destructive: step.destructive,
    optOut: false,
    raises: false,
    calls: target.operations.get('unsubscribe')?.calls ?? 0,
    payload: {
      intent,
      secondaryId: linkText(step.link ?? input.link),
      agreed: withoutWithdrawn(step.agreed, input.households),
    } satisfies CarryPayload,
  };
}

/** Once carried, both agree that the address is out: the account's own answer about the person is still to come. */
function withoutWithdrawn(agreed: CrmBase | null, households: readonly CrmContact[]): CrmBase | null {
  if (agreed === null) return null;
  const emails = households.flatMap(({ individuals }) => individuals.flatMap((individual) => individual.emails));
  const off = new Set(emails.filter((email) => email.opted_in === false).map(({ id }) => id));
  const flags = Object.entries(agreed.flags).map(([id, entry]) => [
    id,
    off.has(id) ? { ...entry, flag: 'out' } : entry,
  ]);
  return { ...agreed, flags: Object.fromEntries(flags) as CrmBase['flags'] };
}

/** Sends opt-outs to the primary, one request after the other. */
export async function carryToPrimary(
  ctx: WorkContext,
  target: PeopleTarget,
  steps: readonly PlanStep[],
): Promise<void> {
  if (steps.length === 0) return;
  const writes = steps.map((step): PersonWrite => {
    const { intent, secondaryId, agreed } = step.payload as CarryPayload;
    return {
      id: step.id,
      secondaryId,
      recordId: step.recordId,
      recordHash: step.target,
      intent,
      baseline: baselineOf(agreed),
      journal: [
        {
          run: ctx.run,
          stream: 'contacts',
          id: step.id,
          event: 'consent',
          rule: step.reason,
          before: step.before,
          after: step.after,
          evidence: `the flag in ${ctx.sync.secondary} is off, where both had agreed on yes`,
        },
      ],
      more: null,
    };
  });
  await submitIntents(ctx, target, writes, carryHooks(ctx));
}

/** Reads back what an earlier pass sent to the primary without learning the outcome; what it did not send is found again. */
export function settleCarried(ctx: WorkContext, target: PeopleTarget): Promise<void> {
  return settleEarlier(ctx, target, carryHooks(ctx));
}

/** Ends what the primary refused and the CRM does not ask for any more. */
export async function endRefused(ctx: WorkContext, ids: readonly string[]): Promise<void> {
  const refused = new Set(ids.filter((id) => ctx.waits.has(waitKey('contacts', id, PARKED))));
  if (refused.size === 0) return;
  await dropParked(
    ctx,
    (await parkedAtPrimary(ctx)).filter(({ primaryId }) => refused.has(primaryId)),
  );
}

/** Says what is agreed on by what was carried: opt-outs at once, edits when the account shows them, who was made by their link. */
export function carryHooks(ctx: WorkContext): SubmitHooks {
  return {
    side: 'primary',
    agreed: (operation, reading) => {
      const { primaryId, secondaryId, baseline, payload } = operation;
      const { operation: name } = payload as PersonPayload;
      if (name === 'create') return reading === null ? null : linkOfMade(ctx, operation, reading.id);
      if (name !== 'unsubscribe') return null;
      return { stream: 'contacts', primaryId, secondaryId, baseline, agrees: null };
    },
    ended: ({ recordId }, end) => ctx.counting.put(recordId, BUCKETS[end]),
  };
}
