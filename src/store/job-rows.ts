/**
 * Rows of jobs, as the store's contract gives and takes them. Shapes only.
 */
import type { SideName } from '../model/record.ts';

/** One request that carries many operations, whose end is told later. `sent`: nobody knows yet whether it was taken. */
export type JobState = 'sent' | 'running' | 'ended' | 'over';
export interface Job {
  readonly jobId: number;
  readonly kind: string;
  readonly state: JobState;
  /** The system's own id; null: its answer was never read. */
  readonly remoteId: string | null;
  readonly run: string;
  /** Ids of the lists or tags that it is about; none: it makes people. */
  readonly targets: readonly string[];
  readonly people: number;
  /** By our clock: before the request left, and when its end was learned. */
  readonly submittedAt: number;
  readonly endedAt: number | null;
  /** What it said of itself at its end. */
  readonly detail: unknown;
}
/** The pending operations of these records, to go out in one job. */
export interface JobToBegin {
  readonly run: string;
  readonly kind: string;
  readonly side: SideName;
  readonly targets?: readonly string[];
  readonly primaryIds: readonly string[];
}
export interface JobMove {
  readonly jobId: number;
  readonly state: JobState;
  readonly remoteId?: string;
  readonly detail?: unknown;
}
/** What a job means for a person: it is under way with them, or it ended without them and nothing went through since. */
export type InJob = 'open' | 'missed';
