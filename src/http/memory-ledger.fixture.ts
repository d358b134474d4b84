/**
 * A budget ledger in memory, for tests of the wire: counts each day, never lets more than the limit through.
 */
import type { BudgetLedger, Reservation, VendorWindow, WindowWord } from '../store/budget-ledger.ts';

export interface MemoryLedger extends BudgetLedger {
  readonly reservations: readonly { readonly days: readonly string[]; readonly slot: number }[];
  readonly settled: readonly number[];
  readonly exhausted: readonly { readonly day: string; readonly until: number }[];
  /** Answers the next reservations from a script before counting on its own. */
  script(...answers: readonly Reservation[]): void;
}

/** Makes an empty ledger; `counted` are requests that were counted before. */
export function createMemoryLedger(counted: Readonly<Record<string, number>> = {}): MemoryLedger {
  const days = new Map(Object.entries(counted));
  let window: VendorWindow | null = null;
  const scripted: Reservation[] = [];
  const reservations: { days: readonly string[]; slot: number }[] = [];
  const settled: number[] = [];
  const exhausted: { day: string; until: number }[] = [];
  return {
    reservations,
    settled,
    exhausted,
    script: (...answers) => void scripted.push(...answers),
    reserve: async (_group, limits, at) => {
      const next = scripted.shift();
      if (next !== undefined && next.kind !== 'go') return next;
      for (const day of at.days) {
        const word = exhausted.find((one) => one.day === day && at.now < one.until);
        if (word !== undefined) return { kind: 'spent', day, until: word.until };
        if ((days.get(day) ?? 0) >= limits.perDay) return { kind: 'spent', day, until: null };
      }
      for (const day of at.days) days.set(day, (days.get(day) ?? 0) + 1);
      reservations.push({ days: at.days, slot: reservations.length });
      return { kind: 'go', slot: reservations.length - 1 };
    },
    reserveInWindow: async (_group, limits, { now }) => {
      const { quota, remaining, endsAt } = standing(window, limits, now);
      if (remaining <= limits.kept(quota)) return { kind: 'spent', day: 'this hour', until: endsAt };
      window = { quota, remaining: remaining - 1, endsAt };
      reservations.push({ days: [], slot: reservations.length });
      return { kind: 'go', slot: reservations.length - 1 };
    },
    noteWindow: async (_group, told, now) => void (window = noted(window, told, now)),
    window: async () => window,
    settle: async (slot) => void settled.push(slot),
    spent: async (_group, day) => days.get(day) ?? 0,
    exhaust: async (_group, day, until) => void exhausted.push({ day, until }),
  };
}

function noted(window: VendorWindow | null, told: WindowWord, now: number): VendorWindow {
  const known = window ?? { quota: 0, remaining: 0, endsAt: now };
  return {
    quota: told.quota ?? known.quota,
    remaining: told.remaining ?? known.remaining,
    endsAt: told.endsAt ?? known.endsAt,
  };
}

function standing(
  window: VendorWindow | null,
  limits: { readonly quota: number; readonly lengthMs: number },
  now: number,
): VendorWindow {
  if (window !== null && window.endsAt > now) return window;
  const quota = window?.quota ?? limits.quota;
  return { quota, remaining: quota, endsAt: now + limits.lengthMs };
}
