/**
 * counts-canary: have the source's totals moved in a way that what we read does not explain?
 *
 * Totals and our own tallies may differ by a constant (the vendor does not say whom it counts), so their difference is
 * anchored after a complete walk, and only a change of that difference is news. Pure.
 */
import type { PeopleCounts } from '../connector/source.ts';
import type { RecordState } from '../model/record.ts';

export const COUNTED = ['explicit', 'implicit', 'pending', 'unsubscribed'] as const;
export type Counted = (typeof COUNTED)[number];
export type Offsets = Readonly<Partial<Record<Counted, number>>>;

const STATE_OF: Readonly<Record<Counted, RecordState>> = {
  explicit: 'explicit',
  implicit: 'implicit',
  pending: 'pending_confirmation',
  unsubscribed: 'unsubscribed',
};

/** Measures source minus ours for each figure the source told. */
export function offsets(counts: PeopleCounts, ours: Readonly<Partial<Record<RecordState, number>>>): Offsets {
  const out: Partial<Record<Counted, number>> = {};
  for (const name of COUNTED) {
    const theirs = counts[name];
    if (theirs !== null) out[name] = theirs - (ours[STATE_OF[name]] ?? 0);
  }
  return out;
}

/** Names the figures whose difference moved since the anchor. Without an anchor nothing is unexplained. */
export function unexplained(anchor: Offsets | null, now: Offsets): readonly Counted[] {
  if (anchor === null) return [];
  return COUNTED.filter((name) => anchor[name] !== undefined && now[name] !== undefined && anchor[name] !== now[name]);
}
