/**
 * people-state: what the opt-out channels remember between passes, as marks of the store.
 *
 * Decides only the marks' names and forms. Every field is optional in the store: an empty store means "never".
 */
import type { KnownCampaign } from '../rules/cadence.ts';
import type { Offsets } from '../rules/counts-canary.ts';
import type { ProbeOutcome } from '../rules/optout-probe.ts';
import type { PassContext } from './context.ts';

export interface PeopleMarks {
  /** When each was last done, ms by our clock; null: never. */
  readonly walkAt: number | null;
  readonly sweepAt: number | null;
  readonly identityAt: number | null;
  readonly campaignSearchAt: number | null;
  readonly campaigns: readonly KnownCampaign[];
  readonly probe: { readonly outcome: ProbeOutcome; readonly at: number } | null;
  readonly anchor: Offsets | null;
  /** The totals contradict even a complete walk: they are not believed until the next one. */
  readonly countsDistrusted: boolean;
  readonly account: { readonly id: string; readonly name: string | null; readonly credential: string } | null;
}

const KEYS = {
  walkAt: null,
  sweepAt: null,
  identityAt: null,
  campaignSearchAt: null,
  campaigns: [],
  probe: null,
  anchor: null,
  countsDistrusted: false,
  account: null,
} as const satisfies PeopleMarks;

/** Reads all marks of a sync's people. */
export async function readMarks(ctx: Pick<PassContext, 'store' | 'sync'>): Promise<PeopleMarks> {
  const entries = await Promise.all(
    Object.entries(KEYS).map(async ([key, empty]) => [
      key,
      (await ctx.store.mark(ctx.sync.name, `people:${key}`)) ?? empty,
    ]),
  );
  return Object.fromEntries(entries) as PeopleMarks;
}

/** Stores some marks in one transaction. */
export async function writeMarks(ctx: PassContext, marks: Partial<PeopleMarks>): Promise<void> {
  await ctx.store.setMarks(ctx.lease, prefixed(marks));
}

/** Names marks as the store keeps them, for a transaction that sets more than marks. */
export function prefixed(marks: Partial<PeopleMarks>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(marks).map(([key, value]) => [`people:${key}`, value]));
}
