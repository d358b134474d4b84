/**
 * guards: does a plan stop before its first write?
 *
 * Pure. A plan stops when its destructive steps are at least `atLeast` AND more than `percent` of the linked records,
 * when it would make many people mailable, or when every linked record changed (I10). Explicit opt-outs are never
 * counted and never held back. A guard is judged anew on each pass; a released plan hash lets exactly that plan through.
 */
export interface GuardLimits {
  readonly percent: number;
  readonly atLeast: number;
}
export const DEFAULT_LIMITS: GuardLimits = { percent: 5, atLeast: 20 };

export interface PlanTotals {
  /** Records agreed at least once, deleted ones left out. */
  readonly linked: number;
  /** Records with at least one destructive step. */
  readonly destructive: number;
  /** Records that would become mailable and were not. */
  readonly raised: number;
  /** Linked records with any change in a known field. */
  readonly changed: number;
}
export type GuardReason = 'destructive' | 'opt-in' | 'every-record' | 'vanished';
export interface GuardStop {
  readonly reason: GuardReason;
  readonly count: number;
  readonly linked: number;
}

/** Judges a plan's totals; null lets it through. */
export function judgePlan(totals: PlanTotals, limits: GuardLimits): GuardStop | null {
  const { linked } = totals;
  if (exceeds(totals.destructive, linked, limits)) return { reason: 'destructive', count: totals.destructive, linked };
  // Mass opt-in has no setting that switches it off (T20): the stricter of ours and the user's limits holds.
  const strict = {
    percent: Math.min(limits.percent, DEFAULT_LIMITS.percent),
    atLeast: Math.min(limits.atLeast, DEFAULT_LIMITS.atLeast),
  };
  if (exceeds(totals.raised, linked, strict)) return { reason: 'opt-in', count: totals.raised, linked };
  if (linked >= limits.atLeast && linked > 0 && totals.changed >= linked)
    return { reason: 'every-record', count: totals.changed, linked };
  return null;
}

/** Judges how many linked records a complete listing did not show, before any of them is read directly (I9). */
export function judgeVanished(vanished: number, linked: number, limits: GuardLimits): GuardStop | null {
  return exceeds(vanished, linked, limits) ? { reason: 'vanished', count: vanished, linked } : null;
}

function exceeds(count: number, linked: number, limits: GuardLimits): boolean {
  return count > 0 && count >= limits.atLeast && count * 100 > linked * limits.percent;
}
