/**
 * What a plan says of the way by which many people would be written, as plain facts.
 *
 * Part of what the application answers; see results.ts.
 */

/** The way chosen for many people. `because`: why somebody goes alone; null: nobody does. */
export interface WayChoice {
  readonly people: number;
  readonly singles: number;
  readonly jobs: number;
  readonly calls: number;
  readonly callsOneByOne: number;
  readonly because: string | null;
}

/** What making people in a CRM takes, with everything else there, where requests are counted by the hour. */
export interface Backfill {
  /** People who are to be made. */
  readonly made: number;
  /** People who are there and are written to. */
  readonly met: number;
  /** `batch`: many in one request. */
  readonly way: 'single' | 'batch';
  readonly calls: number;
  readonly callsOneByOne: number;
  /** Null: nothing of an hour is left over for it. */
  readonly hours: number | null;
  readonly callsPerHour: number;
}

/** People who were submitted to a CRM and wait for its review; null in its place: nobody is. */
export interface UnderReview {
  readonly people: number;
  /** When the longest waiting was submitted. */
  readonly since: number;
}
