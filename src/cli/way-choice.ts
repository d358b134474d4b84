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
