/**
 * hours: how the hour of an organisation's CRM stands, by the vendor's last word and what left here since.
 *
 * Reads the store and asks nobody. Must never tell a figure as the vendor's that it has not told.
 */
import type { HourStatus } from '../cli/hour-results.ts';
import type { HourlyBudget } from '../config/config.ts';
import { keptOfHour } from '../http/budget-window.ts';
import type { VendorWindow } from '../store/budget-ledger.ts';
import type { Installation } from './installation.ts';

/** Tells each organisation's hour once, however many connections share it. */
export async function hours(
  { config, store }: Pick<Installation, 'config' | 'store'>,
  now: number,
): Promise<HourStatus[]> {
  const groups = new Map(
    config.syncs.flatMap(({ secondary }) =>
      secondary.connector === 'virtuous' ? [[secondary.budget.group, secondary.budget] as const] : [],
    ),
  );
  return Promise.all([...groups.values()].map(async (budget) => hourOf(budget, await store.window(budget.group), now)));
}

/** Judges one hour. One that is over is followed by a whole one, which begins with the next request. */
export function hourOf({ group, perHour, share }: HourlyBudget, window: VendorWindow | null, now: number): HourStatus {
  const quota = window?.quota ?? perHour;
  const running = window !== null && window.endsAt > now ? window : null;
  const remaining = running?.remaining ?? quota;
  const left = Math.max(0, remaining - keptOfHour(share, quota));
  return {
    group,
    perHour: quota,
    used: window === null ? null : quota - remaining,
    left,
    endsAt: running?.endsAt ?? null,
    pausedUntil: left === 0 ? (running?.endsAt ?? null) : null,
  };
}
