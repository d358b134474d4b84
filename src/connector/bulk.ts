/**
 * What a system promises that makes or changes many people in one job: limits, effects on consent, how a job is told apart.
 *
 * Interfaces only. The door judges every person by the declared effects, as it does for single operations. A job is
 * submitted once; its end is asked for. Must never promise anything about a single person: that is what reading is for.
 */
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { PersonIntent } from '../model/intent.ts';

/** How much goes into one job: far below where the system drops rows in silence. */
export interface JobLimits {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * How a job stands. `taken`: how many people the system says it took up, null where it does not say; `faults`: how many
 * of those it says it left out. `complete` false: it was cancelled, failed, or ran out of time.
 */
export type JobStanding =
  | { readonly kind: 'running' }
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'ended';
      readonly complete: boolean;
      readonly taken: number | null;
      readonly faults: number;
    };

export interface BulkTarget {
  readonly kind: string;
  readonly effects: ConsentEffects;
  readonly limits: JobLimits;
  /** Requests that send one job, and how many of its people one request reads back. */
  readonly calls: number;
  readonly readBack: number;
  /** Tells the bytes of a person's row; null where a job cannot make this person as wanted. Lists are judged at submission. */
  rowBytes(intent: PersonIntent): number | null;
  /** Submits once; gives the job's id. Throws ConnectorError, `unknown_outcome` when it may have been taken. */
  submit(intents: readonly PersonIntent[], lists: readonly string[], signal: AbortSignal): Promise<string>;
  /** Asks how jobs stand, `toldAtOnce` of them in one request. Throws ConnectorError. */
  standings(remoteIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, JobStanding>>;
  readonly toldAtOnce: number;
  /** Lists the ids of jobs of so many people that began between two times, ms since 1970; null: the list cannot tell. */
  find(people: number, from: number, until: number, signal: AbortSignal): Promise<readonly string[] | null>;
  /** Its ways to change lists and tags of many people. */
  readonly members: readonly MemberJobs[];
}

/** One way: what it does to everybody in it, and how many people and lists or tags go into one job. */
export interface MemberJobs {
  readonly what: 'lists' | 'tags';
  readonly how: 'add' | 'remove';
  readonly effects: ConsentEffects;
  readonly limits: { readonly people: number; readonly targets: number };
  /** Submits once; gives the job's id. Throws ConnectorError, `unknown_outcome` when it may have been taken. */
  submit(contactIds: readonly string[], targets: readonly string[], signal: AbortSignal): Promise<string>;
}
