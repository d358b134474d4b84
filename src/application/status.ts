/**
 * status: what the store knows, without a single request: freshness, what waits, budgets, how long opt-outs took.
 *
 * Decides the answer to "are we safe to send?": no, while an opt-out is unwritten, a pass is overdue or stopped, or
 * channels disagree about somebody. Must never read a side or a source.
 */
import type { BudgetStatus, ChannelStatus, Notice, StatusReport, StreamStatus, SyncStatus } from '../cli/results.ts';
import type { Sync } from '../config/config.ts';
import type { Warning } from '../engine/work-context.ts';
import { readMarks, type PeopleMarks } from '../engine/people-state.ts';
import { instantOf, isoOf } from '../model/instant.ts';
import { worthReading } from '../rules/optout-probe.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Run } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';
import { crmToDo } from './crm-to-do.ts';
import { hours } from './hours.ts';
import type { Installation } from './installation.ts';
import { connectionStatuses } from './sign-in-status.ts';
import { specOf } from './parts.ts';
import { underReview } from './under-review.ts';

const DAY_MS = 24 * 3_600_000;
const MOST_SHOWN = 20;
const MOST_COUNTED = 1000;

/** Reports on all syncs and budgets. */
export async function reportStatus(at: Installation): Promise<StatusReport> {
  const now = at.ports.clock.now();
  const syncs = await Promise.all(at.config.syncs.map((sync) => syncStatus(at, sync, now)));
  return {
    at: now,
    syncs,
    connections: await connectionStatuses(at),
    budgets: await budgets(at, now),
    hours: await hours(at, now),
  };
}

async function syncStatus(at: Installation, sync: Sync, now: number): Promise<SyncStatus> {
  const { store } = at;
  const spec = specOf(sync);
  const runs = await store.runs(sync.name, 50);
  const marks = await readMarks({ store, sync: spec });
  const shelf = await store.shelf(sync.name, 'primary', 'contacts');
  const waiting = await store.countWaiting(sync.name);
  const passes = runs.filter((run) => run.command === 'sync');
  const fresh = passes.find((run) => run.outcome === 'done')?.endedAt ?? null;
  const stops = (await store.stops(sync.name, MOST_SHOWN)).map((stop) => ({ ...stop, reason: reasonOf(stop.detail) }));
  // Opt-outs whose record still waits to be agreed with the other side.
  const unwritten =
    ((await store.tallies(shelf)).pendingByState.unsubscribed ?? 0) + (await uncarried(store, sync.name));
  const because = whyNotSafe({
    fresh,
    last: passes[0] ?? null,
    unwritten,
    alarms: waiting.alarm,
    overdueMs: spec.reconcileMs,
    now,
  });
  return {
    sync: sync.name,
    lastRun: passes[0] ?? null,
    freshAt: fresh,
    reconciledAt: marks.walkAt,
    reconcileDueAt: marks.walkAt === null ? null : marks.walkAt + spec.reconcileMs,
    streams: await Promise.all(spec.streams.map((stream) => streamStatus(store, sync.name, stream))),
    channels: channelsOf(marks, passes[0] ?? null),
    outbox: await store.countOperations(sync.name),
    waiting,
    underReview: await underReview(store, sync.name),
    first: await firstWaiting(store, sync.name),
    optOutDelay: delayOf(await store.newestOuts(shelf, 1000), now),
    optOutsUnwritten: unwritten,
    stops: stops.map(({ hash, at: when, reason, releasedAt }) => ({ hash, at: when, reason, releasedAt })),
    safe: because.length === 0,
    because,
    toDo: await crmToDo(at, sync),
  };
}

/** Opt-outs on their way to the account that are not known to have arrived: it would go on mailing these people. */
async function uncarried(store: Store, sync: string): Promise<number> {
  const states = ['pending', 'leased', 'sending', 'verifying', 'parked'] as const;
  const found = await Promise.all(states.map((state) => store.operations(sync, state, MOST_COUNTED, 'primary')));
  return found.flat().filter(({ lane }) => lane === 'opt-out').length;
}

async function firstWaiting(store: Store, sync: string): Promise<SyncStatus['first']> {
  const rows = await store.waiting(sync, MOST_SHOWN);
  return rows.map(({ kind, stream, id, reason, since }) => ({ kind, stream, id, reason, since }));
}

async function streamStatus(store: Store, sync: string, stream: StreamStatus['stream']): Promise<StreamStatus> {
  const { total, pending, byState } = await store.tallies(await store.shelf(sync, 'primary', stream));
  return { stream, records: total, pending, states: byState };
}

function channelsOf(marks: PeopleMarks, last: Run | null): ChannelStatus[] {
  const troubles = troublesOf(last);
  const reports = marks.campaigns.reduce<number | null>(
    (latest, { lastRead }) => (lastRead !== null && lastRead > (latest ?? 0) ? lastRead : latest),
    marks.campaignSearchAt,
  );
  const counts = marks.countsDistrusted ? 'useless' : marks.anchor === null ? 'unproven' : 'working';
  const states: readonly (readonly [channel: string, state: ChannelStatus['state'], at: number | null, as?: string])[] =
    [
      ['optout-window', marks.probe === null ? 'unproven' : stateOf(marks.probe.outcome), marks.probe?.at ?? null],
      ['counts', counts, null],
      ['campaign-reports', marks.campaignSearchAt === null ? 'unproven' : 'working', reports],
      ['sweeps', marks.sweepAt === null ? 'unproven' : 'working', marks.sweepAt, 'unsubscribed-sweep'],
      ['complete walk', marks.walkAt === null ? 'unproven' : 'working', marks.walkAt, 'walk'],
    ];
  return states.map(([channel, state, at, as = channel]) => ({
    channel,
    state: troubles.get(as) ?? state,
    lastReadAt: at,
  }));
}

const TROUBLES: Readonly<Record<string, 'refused' | 'down'>> = { 'channel-refused': 'refused', 'channel-down': 'down' };

/** What the last pass was warned of, by channel. */
function troublesOf(last: Run | null): ReadonlyMap<unknown, 'refused' | 'down'> {
  const warnings: unknown = (last?.summary as { warnings?: unknown } | null | undefined)?.warnings;
  const found = new Map<unknown, 'refused' | 'down'>();
  for (const warning of Array.isArray(warnings) ? (warnings as readonly Warning[]) : []) {
    const trouble = TROUBLES[warning.code];
    if (trouble !== undefined) found.set(warning.facts['channel'], trouble);
  }
  return found;
}

function stateOf(outcome: NonNullable<PeopleMarks['probe']>['outcome']): ChannelStatus['state'] {
  if (outcome === 'works') return 'working';
  return worthReading(outcome) ? 'unproven' : outcome === 'refused' ? 'refused' : 'useless';
}

/**
 * From the source's own time of an opt-out until we had it, over the last day. First loads tell of old ones: left out.
 * One opt-out that several channels told counts for its person once, by the first of them.
 */
function delayOf(outs: readonly ConsentFact[], now: number): SyncStatus['optOutDelay'] {
  const recent = outs.filter((out) => out.channel !== 'walk' && now - (instantOf(out.at) ?? -Infinity) <= DAY_MS);
  const people = [...Map.groupBy(recent, (out) => out.contactId).values()];
  const delays = people.map((told) => Math.min(...told.map(delayOfOne))).sort((a, b) => a - b);
  const longest = delays.at(-1);
  if (longest === undefined) return null;
  return { people: delays.length, medianMs: delays[Math.floor(delays.length / 2)] ?? longest, longestMs: longest };
}

function delayOfOne(out: ConsentFact): number {
  return Math.max(0, out.readAt - (instantOf(out.at) ?? out.readAt));
}

interface Standing {
  readonly fresh: number | null;
  readonly last: Run | null;
  readonly unwritten: number;
  readonly alarms: number;
  readonly overdueMs: number;
  readonly now: number;
}

function whyNotSafe({ fresh, last, unwritten, alarms, overdueMs, now }: Standing): Notice[] {
  const found: Notice[] = [];
  const say = (code: string, facts: Notice['facts']): void => void found.push({ level: 'warning', code, facts });
  if (fresh === null) say('never-synced', {});
  else if (now - fresh > overdueMs) say('pass-overdue', { since: isoOf(fresh) });
  if (last !== null && last.outcome !== 'done' && last.outcome !== null)
    say('last-pass-not-done', { outcome: last.outcome });
  if (unwritten > 0) say('opt-outs-unwritten', { count: unwritten });
  if (alarms > 0) say('channels-disagree', { count: alarms });
  return found;
}

function reasonOf(detail: unknown): string {
  const reason = (detail as { reason?: unknown } | null)?.reason;
  return typeof reason === 'string' ? reason : 'unknown';
}

async function budgets(at: Installation, now: number): Promise<BudgetStatus[]> {
  const day = isoOf(now).slice(0, 10);
  const groups = new Map(at.config.syncs.map(({ primary }) => [primary.budget.group, primary.budget]));
  return Promise.all(
    [...groups.values()].map(async ({ group, perDay, perSecond }) => ({
      group,
      day,
      spent: await at.store.spent(group, day),
      perDay,
      perSecond,
      exhaustedUntil: null,
    })),
  );
}
