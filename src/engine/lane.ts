/**
 * lane: how decided differences reach the secondary. Interface only.
 *
 * Three lanes exist: the mirror lane (set-based, its rows are the secondary's snapshot), the outbox lane (a table of the
 * user's, one operation a row) and the CRM lane (the CRM's own snapshot, one operation a person). All take their work from the store's pending records and end by agreeing in the store.
 */
import type { Content, Reading, RecordState, StreamName } from '../model/record.ts';
import type { MemberChange, MemberWays } from '../plan/cheapest-members.ts';
import type { Ways } from '../plan/cheapest.ts';
import type { GuardStop } from '../plan/guards.ts';
import type { Known, Shelf } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { CrmEstimate, CrmWork } from '../plan/crm-backfill.ts';
import type { WorkContext } from './work-context.ts';

/** One decided step, as `plan` shows it and a plan file keeps it. */
export interface PlanStep {
  readonly stream: StreamName;
  readonly id: string;
  readonly recordId: number;
  readonly state: RecordState;
  /** `unsubscribe`, `edit` and `create`: at the primary; every other action is one at the secondary. */
  readonly action:
    'insert' | 'update' | 'delete' | 'agree' | 'hold' | 'skip' | 'conflict' | 'unsubscribe' | 'edit' | 'create';
  readonly reason: string;
  /** Hash last agreed and hash to be agreed: a line of a saved plan is refused when either moved. */
  readonly base: string | null;
  readonly target: string;
  readonly before: Content | null;
  readonly after: Content;
  readonly changed: readonly string[];
  readonly destructive: readonly string[];
  readonly optOut: boolean;
  readonly raises: boolean;
  /** Requests that it costs at the primary; left out: none. */
  readonly calls?: number;
  /** Requests that it costs at the secondary; left out: none. */
  readonly callsThere?: number;
  /** A new person's bytes in a job at the primary; null: only a single request makes them. Left out: nobody new. */
  readonly rowBytes?: number | null;
  /** Lists and tags of a known person that a job at the primary could change too; left out: nothing that one could. */
  readonly members?: Omit<MemberChange, 'id'>;
  /** Another line of the plan is about the same person too, and counts for both at the guards. Left out: none is. */
  readonly beside?: true;
  /** Names of tags that stay at a household of which this person has left the lists. Left out: none. */
  readonly keptForOthers?: readonly string[];
  /** The lane's own; never shown. */
  readonly payload: unknown;
}

export interface Judged {
  readonly stop: GuardStop | null;
  readonly hash: string;
  readonly steps: number;
}

export interface Lane {
  readonly kind: 'mirror' | 'table' | 'crm';
  /** Makes the secondary ready; harmless to repeat. In `plan` mode it changes nothing outside. */
  prepare(ctx: WorkContext): Promise<void>;
  /**
   * Reads what is due of the secondary into the store, after the primary; `whole`: all of it. Left out: its rows are read
   * when something is decided. Tells whether all that was due could be read.
   */
  read?(ctx: WorkContext & { readonly lane: Lane }, whole: boolean): Promise<boolean>;
  /** True when a first load may be appended straight to the secondary: nothing agreed, secondary empty; or one is unfinished. */
  mayLoad(ctx: WorkContext, shelf: Shelf): Promise<boolean>;
  beginLoad(ctx: WorkContext): Promise<void>;
  /** Appends and commits; returns the marks that the page's transaction must set. */
  append(ctx: WorkContext, readings: readonly Reading[]): Promise<Readonly<Record<string, unknown>>>;
  finishLoad(ctx: WorkContext): Promise<void>;
  /** Content last agreed, for records whose content the store let go. */
  lastContent(ctx: WorkContext, shelf: Shelf, known: readonly Known[]): Promise<ReadonlyMap<string, Content>>;
  /** Decides all pending records of a stream, in record order. Nothing is written. */
  decide(ctx: WorkContext, shelf: Shelf): AsyncIterable<readonly PlanStep[]>;
  /** Decides freshly read records against the secondary as it stands, for `verify`. Nothing is written or stored. */
  compareWith(
    ctx: WorkContext,
    shelf: Shelf,
    readings: readonly Reading[],
    known: ReadonlyMap<string, Known>,
  ): Promise<readonly PlanStep[]>;
  /** Lists the secondary's rows that Concord wrote, living ones only, so that `verify` can find those the primary lacks. */
  rows(ctx: WorkContext, shelf: Shelf): AsyncIterable<readonly string[]>;
  /** Checks that the secondary is as the lane needs it; changes nothing. Throws ConnectorError. */
  inspect(streams: readonly StreamName[]): Promise<void>;
  /** Reads the record's content as last agreed, for `why`. */
  content(ctx: { readonly store: Store }, shelf: Shelf, id: string): Promise<Content | null>;
  /** Finds people by the address's match key: their primary ids. */
  find(ctx: { readonly store: Store; readonly sync: string }, key: string): Promise<readonly string[]>;
  /** The ways by which it makes new people at the primary; null: it makes none. */
  readonly ways: Ways | null;
  /** The ways by which it changes lists and tags of these people at the primary; null: it changes none. */
  memberWays(ctx: WorkContext, changes: readonly MemberChange[], oneRound: boolean): Promise<MemberWays | null>;
  /** Estimates what making people in the secondary takes, with everything else there; null: nobody is made. Left out: it counts no requests. */
  estimate?(ctx: WorkContext, work: CrmWork): Promise<CrmEstimate | null>;
  /** Ends a writing of everything: what was gathered by `apply` goes out; `oneRound`: all of it in this pass. */
  finish(ctx: WorkContext, oneRound: boolean): Promise<void>;
  /** Finds whom a row at home says yes of, though they are out at the primary and both had agreed on that. */
  switchedOn(at: { readonly store: Store; readonly sync: string }, shelf: Shelf): AsyncIterable<readonly Known[]>;
  /** Writes decided steps and agrees. `optOutsOnly`: a guard stopped the rest. */
  apply(ctx: WorkContext, shelf: Shelf, steps: readonly PlanStep[], optOutsOnly: boolean): Promise<void>;
}
