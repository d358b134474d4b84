/**
 * What the store keeps about passes, as values: runs with their outcomes, and plans that a guard stopped.
 *
 * Shapes only.
 */
export type Outcome = 'done' | 'partial' | 'stopped' | 'failed';
export interface Run {
  readonly run: string;
  readonly sync: string;
  readonly command: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: Outcome | null;
  /** The summary line's numbers, as printed. */
  readonly summary: unknown;
}
export interface Stop {
  readonly hash: string;
  readonly run: string;
  readonly sync: string;
  readonly at: number;
  readonly detail: unknown;
  readonly releasedAt: number | null;
}
