/**
 * optout-probe: does this account honour the opt-out window filter?
 *
 * The vendor's contract offers it, its staff deny it, and no recorded answer was found: so each account is asked, with
 * people whose opt-out is known, and asked again as time goes by. Pure; it judges answers and sends nothing.
 */
import { instantOf } from '../model/instant.ts';

export const PROBE_OUTCOMES = ['works', 'ignored', 'refused', 'blind', 'unproven'] as const;
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number];

export interface ProbeEvidence {
  /** Bound that was asked for, ISO text. */
  readonly after: string;
  /** Everybody the answer named, with the opt-out time it shows; null: shows none. */
  readonly answered: readonly { readonly id: string; readonly optOutDate: string | null }[];
  /** People known, by other channels, to have opted out after the bound and to be unsubscribed still. */
  readonly expected: readonly string[];
  /** False when reading stopped before the last page: an absence then proves nothing. */
  readonly complete: boolean;
}

/** Judges one answered window. A refusal never comes here: the caller knows it from the error. */
export function judgeWindow(evidence: ProbeEvidence): ProbeOutcome {
  const bound = instantOf(evidence.after) ?? -Infinity;
  const outside = evidence.answered.filter((row) => {
    const at = instantOf(row.optOutDate);
    return at === null || at < bound - 1000;
  });
  // Somebody who signed up again since may show no opt-out time: a few such rows are no proof, a majority is.
  if (outside.length * 2 > evidence.answered.length) return 'ignored';
  const named = new Set(evidence.answered.map((row) => row.id));
  if (evidence.expected.length === 0) return evidence.answered.length > 0 ? 'works' : 'unproven';
  if (evidence.expected.every((id) => named.has(id))) return 'works';
  return evidence.complete ? 'blind' : 'unproven';
}

/** A window is worth its call unless the account was found not to honour it. */
export function worthReading(outcome: ProbeOutcome): boolean {
  return outcome === 'works' || outcome === 'unproven';
}
