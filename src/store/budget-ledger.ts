/**
 * The budget's contract, which the wire asks before each request and a store implements (I12).
 */

/** A window of requests that the vendor counts itself, usually an hour, as far as it is known. */
export interface VendorWindow {
  readonly quota: number;
  /** By the vendor's last word, less what left here since. */
  readonly remaining: number;
  /** Ms since 1970 by our clock. */
  readonly endsAt: number;
}
/** What an answer said of the vendor's window; null: nothing. */
export type WindowWord = { readonly [K in keyof VendorWindow]: VendorWindow[K] | null };

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
  /**
   * The same where the vendor counts a window itself and says what remains. `quota`: requests of a window until it has
   * said so; `kept`: how many of a window's requests are not for this one.
   */
  reserveInWindow(
    group: string,
    limits: {
      readonly perSecond: number;
      readonly quota: number;
      readonly lengthMs: number;
      readonly kept: (quota: number) => number;
    },
    at: { readonly now: number; readonly abandonAfterMs: number },
  ): Promise<Reservation>;
  /** Notes what the vendor said of its window. */
  noteWindow(group: string, told: WindowWord, now: number): Promise<void>;
  /** Tells what is known of a group's window; null before its first request. */
  window(group: string): Promise<VendorWindow | null>;
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
  /** This day, or this hour of the vendor's, is spent. `until`: the vendor's word if `exhaust` was told one, else null. */
  | { readonly kind: 'spent'; readonly day: string; readonly until: number | null };
