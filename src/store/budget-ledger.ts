/**
 * The budget's contract, which the wire asks before each request and a store implements (I12).
 */

/** Slots of a budget group, shared by all processes on this store. */
export interface BudgetLedger {
  /**
   * Counts one request before it is sent. The slot stays taken until `settle` plus one second (the request may arrive
   * any time in between), or `abandonAfterMs` when its process died. `days`: the UTC dates it counts for, one or two.
   */
  reserve(
    group: string,
    limits: { readonly perSecond: number; readonly perDay: number },
    at: { readonly now: number; readonly days: readonly string[]; readonly abandonAfterMs: number },
  ): Promise<Reservation>;
  settle(slot: number, now: number): Promise<void>;
  /** Requests counted for a group on a UTC date. */
  spent(group: string, day: string): Promise<number>;
  /** Says that the vendor told us a day's quota is gone, whatever we counted. */
  exhaust(group: string, day: string, until: number): Promise<void>;
}
export type Reservation =
  | { readonly kind: 'go'; readonly slot: number }
  /** Ask again at `until` (ms). */
  | { readonly kind: 'wait'; readonly until: number }
  /** This day is spent. `until`: the vendor's word if `exhaust` was told one, else null. */
  | { readonly kind: 'spent'; readonly day: string; readonly until: number | null };
