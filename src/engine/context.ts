/**
 * What the phases of one pass share: ports, contracts, and the pass's own account of what it saw.
 *
 * Holds no decision. Phases hand on stored rows, never objects of this context.
 */
import type { SourceConnector } from '../connector/source.ts';
import type { GuardLimits, GuardStop } from '../plan/guards.ts';
import type { Clock } from '../ports/clock.ts';
import type { Content, StreamName } from '../model/record.ts';
import type { Lease, Store } from '../store/store.ts';
import type { Counting } from './counting.ts';
import type { Lane } from './lane.ts';

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
  | { readonly kind: 'warning'; readonly warning: Warning };

export interface PassContext {
  readonly sync: SyncSpec;
  readonly run: string;
  readonly lease: Lease;
  readonly store: Store;
  readonly source: SourceConnector;
  readonly lane: Lane;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly counting: Counting;
  /** `plan` writes nothing but the store's snapshot and cursors. */
  readonly mode: 'plan' | 'sync';
  /** Changes when the signed-in identity may have: a hash of the credential. */
  readonly credential: string;
  readonly warnings: Warning[];
  /** Contacts of whom an OUT is known: loaded once, kept up to date by the phases. */
  readonly outs: Set<string>;
  /** Channels in a row that found no connection. */
  readonly health: { unreachable: number };
  /** What waits in this sync, by {@link waitKey}: loaded once, kept up to date by the phases. */
  readonly waits: Set<string>;
  readonly emit: (event: PassEvent) => void;
  /** Throws unless the lease outlasts a request; called before each. */
  readonly keepLease: () => Promise<void>;
}

/** Thrown by a phase when a guard or another account stops the pass: nothing more may be written but explicit opt-outs. */
export class PassStopped extends Error {
  override readonly name = 'PassStopped';
  readonly stop: GuardStop | { readonly reason: 'other-account'; readonly expected: string; readonly found: string };
  readonly hash: string;
  readonly stream: StreamName;
  constructor(stop: PassStopped['stop'], stream: StreamName, hash: string) {
    super(`stopped: ${stop.reason}`);
    this.stop = stop;
    this.stream = stream;
    this.hash = hash;
  }
}

/** Thrown when a pass must end early without harm. */
export class PassCut extends Error {
  override readonly name = 'PassCut';
  readonly code: string;
  readonly facts: Warning['facts'];
  constructor(code: string, facts: Warning['facts'] = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/** Records a warning once and tells listeners. */
export function warn(ctx: PassContext, code: string, facts: Warning['facts'] = {}): void {
  const warning = { code, facts };
  if (ctx.warnings.some((known) => JSON.stringify(known) === JSON.stringify(warning))) return;
  ctx.warnings.push(warning);
  ctx.emit({ kind: 'warning', warning });
}

export function waitKey(stream: StreamName, id: string, reason: string): string {
  return `${stream}\n${id}\n${reason}`;
}

/** Parses content that the store keeps as JSON text. */
export function contentOf(text: string): Content {
  return JSON.parse(text) as Content;
}
