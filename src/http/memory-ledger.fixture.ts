/**
 * A budget ledger in memory, for tests of the wire: counts each day, never lets more than the limit through.
 */
import type { BudgetLedger, Reservation } from '../store/budget-ledger.ts';

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
    settle: async (slot) => void settled.push(slot),
    spent: async (_group, day) => days.get(day) ?? 0,
    exhaust: async (_group, day, until) => void exhausted.push({ day, until }),
  };
}
