/**
 * crm-estimate: what a plan costs at a CRM, and how many hours that takes of what is ours of each: told before it starts.
 *
 * Counts the steps of a plan as they come. Must never write, nor ask a system.
 */
import { estimateBackfill, type BackfillPace, type CrmEstimate, type CrmWork } from '../plan/crm-backfill.ts';
import type { CrmMapping } from '../plan/crm-mapping.ts';
import type { PlanStep } from './lane.ts';

/** Somebody who is made directly is looked for twice (by address in two requests), made, and read. */
const CALLS_TO_CREATE = 5;

/** Adds steps to what is known of a plan. */
export function addWork(work: CrmWork, steps: readonly PlanStep[]): CrmWork {
  const made = steps.filter(({ action }) => action === 'insert').length;
  const met = steps.filter(({ action }) => action === 'update').length;
  const calls = steps.reduce((sum, step) => sum + (isCarriedOut(step) ? (step.callsThere ?? 0) : 0), 0);
  return { made: work.made + made, met: work.met + met, calls: work.calls + calls };
}
function isCarriedOut({ action }: PlanStep): boolean {
  return action !== 'skip' && action !== 'agree';
}
export const NO_WORK: CrmWork = { made: 0, met: 0, calls: 0 };

/** Estimates all of it; null where nobody is to be made: nothing of it is a backfill then. */
export function estimateWork(
  { made, met, calls }: CrmWork,
  { create }: Pick<CrmMapping, 'create'>,
  submitRows: number,
  pace: Omit<BackfillPace, 'live'>,
): CrmEstimate | null {
  if (made === 0) return null;
  const direct = create === 'direct';
  const costs = {
    find: 0,
    readAll: calls,
    bringIntoStep: 0,
    make: direct ? CALLS_TO_CREATE : 1,
    batch: direct ? null : submitRows,
  };
  return { made, met, ...estimateBackfill({ people: made + met, met }, costs, { ...pace, live: 0 }) };
}
