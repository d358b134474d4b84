/**
 * The seam between the command line and the work: what the application can be asked, and nothing of how it does it.
 *
 * Implemented where the parts are put together. Commands call it and render what it answers; it must never print, read
 * arguments, or end the process. A pass that goes wrong is an answer (`outcome`); only what no pass can answer is thrown.
 */
import type { Config } from '../config/config.ts';
import type { StreamName } from '../model/record.ts';
import type { EvidencePage, ForgetResult } from './evidence-results.ts';
import type {
  ApplyItem,
  CheckStep,
  PassResult,
  PlanItem,
  ReleaseResult,
  StatusReport,
  VerifyItem,
  WhyStory,
} from './results.ts';
import type { ServeItem } from './serve-results.ts';
import type { Backfill } from './way-choice.ts';
import type { UndoItem } from './undo-results.ts';
import type { Decision, SettleResult, WaitingKind, WaitingList } from './waiting-results.ts';
import type { ConnectHow, ConnectItem } from './sign-in-results.ts';

/** How far a pass is; only ever for a progress display. */
export interface ProgressEvent {
  readonly sync: string;
  /** `reading`, `deciding`, `writing`, `verifying`, `waiting`, … */
  readonly phase: string;
  readonly stream: StreamName | null;
  readonly done: number;
  readonly total: number | null;
  /** What the pass is about to do in a CRM; left out: it is an ordinary step. */
  readonly backfill?: Backfill;
}

/** What comes with every long call. */
export interface Call {
  /** Aborted by the first signal: the call ends early and says `partial`. */
  readonly signal: AbortSignal;
  /** Never throws; cheap enough to be called for every page. */
  readonly progress: (event: ProgressEvent) => void;
}

export interface Application {
  /** Tries configuration, credentials, scopes, channels, schema, quota and clock, in this order; a failed step skips what needs it. */
  check(call: Call): AsyncIterable<CheckStep>;
  /** Detects and decides; changes nothing but the store's snapshot and cursors. The last item is the summary. */
  plan(sync: string, call: Call): AsyncIterable<PlanItem>;
  /** Runs one full pass. */
  sync(sync: string, call: Call): Promise<PassResult>;
  /** Runs passes by their schedules until the signal; `pass` runs one and must not throw. The first item tells what will run when. */
  serve(pass: (sync: string) => Promise<PassResult>, call: Call): AsyncIterable<ServeItem>;
  /** Carries out a saved plan, which is read twice; refuses each line whose base has moved. The last item is the result. */
  apply(sync: string, plan: () => AsyncIterable<PlanItem>, call: Call): AsyncIterable<ApplyItem>;
  /** Reads both sides completely and accounts for each difference. The last item is the summary. */
  verify(sync: string, call: Call): AsyncIterable<VerifyItem>;
  status(): Promise<StatusReport>;
  /** Tells the story of the people with this address; `list` asks why one is (not) in it. */
  why(email: string, list: string | null): Promise<WhyStory>;
  /** Gathers the proof of consent for this address. */
  evidence(email: string): Promise<EvidencePage>;
  /** Erases this person from the store; the opt-out goes on suppressing. */
  forget(email: string): Promise<ForgetResult>;
  /** Tells what would take back a run, and what nothing can; writes nothing. The last item is the summary, or why there is none. */
  undo(run: string): AsyncIterable<UndoItem>;
  /** Carries out what is reversible of such a plan, as a run of its own; the next pass carries it to the account. */
  applyUndo(run: string, call: Call): Promise<PassResult>;
  /** Lists what waits in these syncs, of these kinds. */
  waiting(syncs: readonly string[], kinds: readonly WaitingKind[]): Promise<WaitingList>;
  /** Takes a person's decision about one thing that waits, or (`id` null) about all to which it applies. */
  settle(sync: string, decision: Decision, id: string | null, call: Call): Promise<SettleResult>;
  /** Lets exactly the stopped plan with this hash through. */
  release(hash: string): Promise<ReleaseResult>;
  /** Signs a connection in, which `auth: { clientId }` must have; the last item says how it ended. */
  connect(connection: string, how: ConnectHow, call: Call): AsyncIterable<ConnectItem>;
  /** Moves every secret to a new data key under the present master key; tells how many connections that were. */
  rotateKeys(): Promise<number>;
  close(): Promise<void>;
}

/** Opens the store and everything else that the commands need. Throws StoreRefused. */
export type OpenApplication = (config: Config) => Promise<Application>;
