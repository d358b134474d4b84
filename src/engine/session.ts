/**
 * session: the frame around a pass: one owner at a time, a run on record, an account of it at the end.
 *
 * A second pass of the same sync waits up to 30 s and then ends `partial`, naming the owner (product §3.9). The lease
 * outlasts any request that is started under it. Must never leave a lease behind that could be given back.
 */
import { LeaseLost } from '../model/errors.ts';
import type { SourceConnector } from '../connector/source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Lease, Owner } from '../store/rows.ts';
import type { Outcome } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';
import { waitKey, type PassContext } from './context.ts';
import type { PassEvent, SyncSpec } from './work-context.ts';
import { Counting, type Totals } from './counting.ts';
import type { Lane } from './lane.ts';
import type { PassEnd } from './pass.ts';
import { REPORTED } from './reported.ts';

/** Longer than one request may take, so that no request outlives the lease it was started under (I14). */
export const LEASE_MS = 45_000;
const WAIT_FOR_OWNER_MS = 30_000;
const ASK_AGAIN_MS = 1000;
const HEAR_MS = 250;
const MOST_WAITING = 20_000;

export interface SessionPorts {
  readonly store: Store;
  readonly source: SourceConnector;
  readonly lane: Lane;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly owner: Owner;
  readonly signal: AbortSignal;
  readonly credential: string;
  readonly emit: (event: PassEvent) => void;
  /** Requests on the wire so far, by connection. */
  readonly requests: () => Readonly<Record<string, number>>;
}

/** The machine-readable end of a pass: product §5's line, without its formatting. */
export interface PassSummary extends Totals {
  readonly sync: string;
  readonly run: string;
  readonly outcome: Outcome;
  readonly requests: Readonly<Record<string, number>>;
  readonly durationMs: number;
}
export interface SessionEnd {
  readonly summary: PassSummary;
  readonly end: PassEnd;
  readonly warnings: PassContext['warnings'];
  /** Something is parked, in conflict, or channels disagree about somebody. */
  readonly attention: boolean;
  /** Set when another owner held the sync. */
  readonly owner: Owner | null;
}

/** Runs `work` as the sync's only owner and keeps its account. */
export async function runSession(
  ports: SessionPorts,
  sync: SyncSpec,
  mode: PassContext['mode'],
  command: string,
  work: (ctx: PassContext) => Promise<PassEnd>,
): Promise<SessionEnd> {
  const startedAt = ports.clock.now();
  const run = ports.ids.next();
  const answer = await takeLease(ports, sync.name);
  if ('heldBy' in answer) return busy(ports, sync, run, startedAt, answer.heldBy);
  const ctx = await openContext(ports, sync, mode, run, answer.lease);
  const beat = ports.clock.every(LEASE_MS / 3, () => void ctx.keepLease().catch(() => undefined));
  try {
    await ports.store.startRun(ctx.lease, run, command);
    await ports.store.recover(ctx.lease);
    const end = await work(ctx);
    return await finish(ports, ctx, end, startedAt);
  } finally {
    beat[Symbol.dispose]();
    await ports.store.releaseLease(answer.lease).catch(ignoreLost);
  }
}

async function finish(ports: SessionPorts, ctx: PassContext, end: PassEnd, startedAt: number): Promise<SessionEnd> {
  const summary = summarise(ports, ctx.sync, ctx.run, end.outcome, ctx.counting.totals(), startedAt);
  await ports.store
    .endRun(ctx.lease, ctx.run, end.outcome, { ...summary, cause: end.cause?.code ?? null, warnings: ctx.warnings })
    .catch(ignoreLost);
  const waiting = await ports.store.countWaiting(ctx.sync.name);
  const attention = waiting.parked + waiting.conflict + waiting.alarm > 0;
  return { summary, end, warnings: ctx.warnings, attention, owner: null };
}

/** Takes a sync, waiting for its owner as long as a pass does. */
export async function takeLease(
  ports: Pick<SessionPorts, 'store' | 'clock' | 'owner' | 'signal'>,
  sync: string,
): Promise<{ readonly lease: Lease } | { readonly heldBy: Owner }> {
  const until = ports.clock.now() + WAIT_FOR_OWNER_MS;
  for (;;) {
    const answer = await ports.store.acquireLease(sync, ports.owner, LEASE_MS);
    if (answer.kind === 'yours') return { lease: answer.lease };
    if (ports.clock.now() >= until || ports.signal.aborted) return { heldBy: answer.owner };
    await ports.clock.sleep(ASK_AGAIN_MS, ports.signal).catch(() => undefined);
  }
}

async function openContext(
  ports: SessionPorts,
  sync: SyncSpec,
  mode: PassContext['mode'],
  run: string,
  lease: Lease,
): Promise<PassContext> {
  // Whom a report named is never crowded out by what waits longer.
  const waiting = [
    ...(await ports.store.waiting(sync.name, MOST_WAITING, { reason: REPORTED })),
    ...(await ports.store.waiting(sync.name, MOST_WAITING)),
  ];
  // What an earlier pass found out about a channel is on record; the alarm ends with that pass.
  const over = waiting.filter((row) => row.kind === 'alarm' && row.reason === 'window-blind');
  if (over.length > 0)
    await ports.store.wait(
      lease,
      [],
      over.map(({ stream, id, reason }) => ({ stream, id, reason })),
    );
  return {
    ...ports,
    sync,
    mode,
    run,
    lease,
    counting: new Counting(),
    warnings: [],
    health: { unreachable: 0, deniesWhatExists: false },
    outs: await ports.store.knownOuts(sync.name),
    waits: new Set(waiting.map((row) => waitKey(row.stream, row.id, row.reason))),
    readBack: new Set(),
    keepLease: leaseKeeper(ports, lease),
  };
}

/** Renews the lease when it is time, and lets go of the processor now and then. */
function leaseKeeper({ clock, signal, store }: SessionPorts, lease: Lease): () => Promise<void> {
  let renewedAt = clock.now();
  let heardAt = clock.elapsed();
  return async () => {
    if (clock.elapsed() - heardAt > HEAR_MS) {
      // Work on files alone never waits: without this neither a signal nor a timer would be heard before its end.
      await clock.sleep(0);
      heardAt = clock.elapsed();
    }
    if (signal.aborted) throw signal.reason;
    if (clock.now() - renewedAt < LEASE_MS / 4) return;
    await store.renewLease(lease, LEASE_MS);
    renewedAt = clock.now();
  };
}

function busy(ports: SessionPorts, sync: SyncSpec, run: string, startedAt: number, owner: Owner): SessionEnd {
  const summary = summarise(ports, sync, run, 'partial', new Counting().totals(), startedAt);
  const facts = { owner: `${owner.host}, process ${owner.pid}`, sync: sync.name };
  return {
    summary,
    end: { outcome: 'partial', cause: { code: 'other-owner', facts }, stopHash: null },
    warnings: [],
    attention: false,
    owner,
  };
}

function summarise(
  ports: SessionPorts,
  sync: SyncSpec,
  run: string,
  outcome: Outcome,
  totals: Totals,
  startedAt: number,
): PassSummary {
  return {
    sync: sync.name,
    run,
    outcome,
    ...totals,
    requests: ports.requests(),
    durationMs: ports.clock.now() - startedAt,
  };
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof LeaseLost)) throw error;
}
