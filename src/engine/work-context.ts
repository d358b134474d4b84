/**
 * What every phase and lane works with: ports, contracts, and the pass's own account of what it saw.
 *
 * Holds no decision. Phases hand on stored rows, never objects of this context.
 */
import type { SourceConnector } from '../connector/source.ts';
import type { StreamName } from '../model/record.ts';
import type { CrmEstimate } from '../plan/crm-backfill.ts';
import type { GuardLimits } from '../plan/guards.ts';
import type { Clock } from '../ports/clock.ts';
import type { KnownOuts, Lease } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Counting } from './counting.ts';

/** What a pass needs of a sync's configuration. */
export interface SyncSpec {
  readonly name: string;
  readonly primary: string;
  readonly secondary: string;
  readonly streams: readonly StreamName[];
  readonly reconcileMs: number;
  readonly guards: GuardLimits;
  /** Changes with mapping, filter and streams (T36). */
  readonly fingerprint: string;
}

/** Something a person should know that did not end the pass. Facts only; sentences are written in cli/. */
export interface Warning {
  readonly code: string;
  readonly facts: Readonly<Record<string, string | number | null>>;
}
export type PassEvent =
  | {
      readonly kind: 'progress';
      readonly phase: string;
      readonly stream: StreamName | null;
      readonly done: number;
      readonly total: number | null;
    }
  | { readonly kind: 'warning'; readonly warning: Warning }
  /** Told before the first write. */
  | { readonly kind: 'estimate'; readonly estimate: CrmEstimate };

export interface WorkContext {
  readonly sync: SyncSpec;
  readonly run: string;
  readonly lease: Lease;
  readonly store: Store;
  readonly source: SourceConnector;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly counting: Counting;
  /** `plan` writes nothing but the store's snapshot and cursors. */
  readonly mode: 'plan' | 'sync';
  /** Changes when the signed-in identity may have: a hash of the credential. */
  readonly credential: string;
  readonly warnings: Warning[];
  /** Contacts of whom an OUT is known: loaded once, kept up to date by the phases. */
  readonly outs: KnownOuts;
  /** Channels in a row that found no connection; whether the source said "not found" of something that must exist. */
  readonly health: { unreachable: number; deniesWhatExists: boolean };
  /** What waits in this sync, by {@link waitKey}: loaded once, kept up to date by the phases. */
  readonly waits: Set<string>;
  /** Record ids of people who were read to see what became of a job of theirs, when a reading had to show it. */
  readonly readBack: Set<number>;
  readonly emit: (event: PassEvent) => void;
  /** Throws unless the lease outlasts a request; called before each. */
  readonly keepLease: () => Promise<void>;
}
