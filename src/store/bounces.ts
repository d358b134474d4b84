/**
 * The bounces' contract: from which addresses a mailing came back, as the reports of campaigns tell it.
 *
 * No facts of consent: nobody said anything. Whose address it was is kept as a keyed name alone, so that it is found by
 * asking for the address and tells nobody by itself. Must never decide what a code means.
 */
import type { Lease } from './rows.ts';

export interface Bounce {
  readonly matchKey: string;
  /** The source's own letter for the reason, documented or not. */
  readonly code: string;
  /** Source's time, ISO UTC text; null where it said none. */
  readonly at: string | null;
  /** When we read it, ms since 1970 by our clock. */
  readonly readAt: number;
  /** Of which campaign's activity it was told. */
  readonly report: string;
}

export interface Bounces {
  /** Keeps bounces and sets marks in one transaction; one that is known (address, code, time) stays as it was told first. */
  takeBounces(lease: Lease, bounces: readonly Bounce[], marks: Readonly<Record<string, unknown>>): Promise<void>;
  /** Reads what is known of these addresses in a sync, oldest first, those without a time before all; an address without any is left out. */
  bounces(sync: string, matchKeys: readonly string[]): Promise<ReadonlyMap<string, readonly Bounce[]>>;
}
