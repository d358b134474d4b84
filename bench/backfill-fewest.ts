/**
 * The fewest requests that a backfill needs at the CRM: each person once, in batches, and what the contract has read.
 *
 * Pure arithmetic, from the vendor's page sizes and what the simulator counted, never from what Concord sent.
 */
import type { Fewest } from './day-fewest.ts';

/** What a pass met. */
export interface PassSeen {
  /** Contacts of the CRM that it shows as changed since the day before: its dates are days. */
  readonly moved: number;
  /** Who was asked for at least an hour ago and is not imported yet. */
  readonly waiting: number;
}
export interface BackfillSizes {
  /** Rows that people were submitted in. */
  readonly submitted: number;
  /** People in one submission. */
  readonly batch: number;
  readonly left: number;
  readonly renamed: number;
  /** People whose submission was not answered and whom the looks come to: a second request each. */
  readonly unsure: number;
  readonly passes: readonly PassSeen[];
  readonly days: number;
}

const CRM_PAGE = 1_000;
/** A pass looks for so many who wait, by the contract's table. */
const LOOKS = 10;

/** Counts them. */
export function fewestOfBackfill(sizes: BackfillSizes): Fewest {
  const { submitted, batch, left, renamed, unsure, passes, days } = sizes;
  return {
    'whose organisation it is, daily': days,
    // A last page that is full does not say that it is the last.
    'changes, in each pass': passes.reduce((sum, { moved }) => sum + Math.floor(moved / CRM_PAGE) + 1, 0),
    'people, in batches': Math.ceil(submitted / batch),
    'opt-outs: read, written, noted, read back': 4 * left,
    'names: read, written, read back': 3 * renamed,
    'people under review: looked for, a few in a pass': passes.reduce(
      (sum, one) => sum + Math.min(LOOKS, one.waiting),
      0,
    ),
    'whose submission was not answered: by address, too': unsure,
  };
}
