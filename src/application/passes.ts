/**
 * passes: sync, plan and apply, each one session over the same phases.
 *
 * Decides what of a pass each command runs. A plan reads and decides; apply writes only the lines of a saved plan whose
 * base is still what it was.
 */
import type { Call } from '../cli/application.ts';
import type { ApplyItem, PassResult, PlanItem, PlanLine, PlanSummary } from '../cli/results.ts';
import type { WayChoice } from '../cli/way-choice.ts';
import type { Sync } from '../config/config.ts';
import { addWork, NO_WORK } from '../engine/crm-estimate.ts';
import { decideAll } from '../engine/decide.ts';
import type { Judged, PlanStep } from '../engine/lane.ts';
import { attempt, runPass } from '../engine/pass.ts';
import type { CrmEstimate } from '../plan/crm-backfill.ts';
import { chooseMembers, type MemberChange, type MemberWays } from '../plan/cheapest-members.ts';
import { chooseCheapest, type NewPerson, type Ways } from '../plan/cheapest.ts';
import type { SessionEnd } from '../engine/session.ts';
import { endingOf, inSession } from './frame.ts';
import type { Installation } from './installation.ts';
import { specOf } from './parts.ts';
import { LineSet } from './line-set.ts';
import { streamed } from './streamed.ts';
import { underReview } from './under-review.ts';

/** Runs one full pass. */
export async function runSync(at: Installation, sync: Sync, call: Call): Promise<PassResult> {
  return resultOf(at, sync, await inSession(at, sync, call, 'sync', 'sync', (ctx) => runPass(ctx)));
}

/** Says how a session ended as a pass does. */
export async function resultOf(at: Installation, sync: Sync, session: SessionEnd): Promise<PassResult> {
  const { summary } = session;
  const waiting = await at.store.countWaiting(sync.name);
  return {
    ...endingOf(sync, session),
    ...summary,
    run: session.owner === null ? summary.run : null,
    waiting: { parked: waiting.parked, conflicts: waiting.conflict },
    disagreeing: waiting.alarm,
  };
}

/** Detects and decides; changes nothing but the store's snapshot and cursors. */
export function makePlan(at: Installation, sync: Sync, call: Call): AsyncIterable<PlanItem> {
  return streamed(async (emit) => {
    const told = new Told(sync.name);
    let ways: Ways | null = null;
    let memberWays: MemberWays | null = null;
    let backfill: CrmEstimate | null = null;
    let judged: Judged = { stop: null, hash: '', steps: 0 };
    const session = await inSession(at, sync, call, 'plan', 'plan', async (ctx) => {
      ways = ctx.lane.ways;
      const end = await runPass(ctx);
      if (end.outcome === 'failed') return end;
      const cut = await attempt(ctx, async () => {
        judged = await decideAll(ctx, async (steps) => {
          for (const line of told.take(steps)) await emit(line);
        });
        backfill = (await ctx.lane.estimate?.(ctx, told.work)) ?? null;
        if (told.changes.length > 0) memberWays = await ctx.lane.memberWays(ctx, told.changes, judged.stop !== null);
      });
      return end.outcome === 'done' ? (cut ?? end) : end;
    });
    const { actions, reasons, calls, work, people, changes } = told;
    const choices = {
      newPeople: newPeopleOf(people, ways),
      memberships: membershipsOf(changes, memberWays),
      backfill,
      underReview: await underReview(at.store, sync.name),
    };
    await emit(planSummary(sync, session, judged, { actions, reasons, calls, callsThere: work.calls, ...choices }));
  });
}

/** What a plan's lines add up to. */
class Told {
  readonly #sync: string;
  readonly actions: Partial<Record<PlanLine['action'], number>> = {};
  readonly reasons: Record<string, number> = {};
  readonly people: NewPerson[] = [];
  readonly changes: MemberChange[] = [];
  calls = 0;
  work = NO_WORK;

  constructor(sync: string) {
    this.#sync = sync;
  }

  /** Adds steps; gives their lines. */
  *take(steps: readonly PlanStep[]): Iterable<PlanLine> {
    this.work = addWork(this.work, steps);
    for (const step of steps) {
      const line = lineOf(this.#sync, step);
      if (line === null) continue;
      this.actions[line.action] = (this.actions[line.action] ?? 0) + 1;
      this.reasons[line.reason] = (this.reasons[line.reason] ?? 0) + 1;
      this.calls += step.calls ?? 0;
      if (step.rowBytes !== undefined) this.people.push({ id: step.id, bytes: step.rowBytes });
      if (step.members !== undefined) this.changes.push({ id: step.id, ...step.members });
      yield line;
    }
  }
}

function planSummary(
  sync: Sync,
  session: SessionEnd,
  judged: Judged,
  found: Pick<PlanSummary, 'actions' | 'reasons' | 'newPeople' | 'memberships' | 'backfill' | 'underReview'> & {
    readonly calls: number;
    readonly callsThere: number;
  },
): PlanSummary {
  const { summary } = session;
  const { calls: others, callsThere, ...told } = found;
  const calls = others + (told.newPeople?.calls ?? 0) + (told.memberships?.calls ?? 0);
  return {
    kind: 'summary',
    ...endingOf(sync, session),
    sync: sync.name,
    run: session.owner === null ? summary.run : null,
    hash: judged.hash,
    fingerprint: specOf(sync).fingerprint,
    read: summary.read,
    unchanged: summary.unchanged,
    ...told,
    // A database on this machine is written without a request.
    cost: {
      ...(calls > 0 ? { [sync.primary.name]: calls } : {}),
      [sync.secondary.name]: told.backfill?.calls ?? callsThere,
    },
    requests: summary.requests,
    guard: judged.stop,
    agree: judged.steps === 0 && !session.attention && !isReplaced(session) && summary.outcome === 'done',
    durationMs: summary.durationMs,
  };
}

/** Chooses as the pass would: the same planner, given the same people. */
function newPeopleOf(people: readonly NewPerson[], ways: Ways | null): WayChoice | null {
  if (ways === null || people.length === 0) return null;
  const { singles, jobs, ...choice } = chooseCheapest(people, ways);
  return { ...choice, singles: singles.length, jobs: jobs.length };
}

function membershipsOf(changes: readonly MemberChange[], ways: MemberWays | null): WayChoice | null {
  if (ways === null || changes.length === 0) return null;
  const { singles, jobs: _now, jobsInAll, ...choice } = chooseMembers(changes, ways);
  return { ...choice, singles: singles.length, jobs: jobsInAll };
}

/** Lines are decided against the mirror that was agreed with; another one in its place is written whole. */
function isReplaced({ warnings }: SessionEnd): boolean {
  return warnings.some(({ code }) => code === 'mirror-replaced');
}

/**
 * Carries out a saved plan, line by line against what stands now. The plan is read twice, before and after, and never held.
 */
export function applyPlan(
  at: Installation,
  sync: Sync,
  plan: () => AsyncIterable<PlanItem>,
  call: Call,
): AsyncIterable<ApplyItem> {
  return streamed(async (emit) => {
    const wanted = await readPlan(plan());
    const current = wanted.fingerprint === specOf(sync).fingerprint;
    const choose = ({ stream, id, target, base }: PlanStep): boolean =>
      current && wanted.lines.find(lineKey(stream, id, { primary: target, secondary: base }));
    const session = await inSession(at, sync, call, 'sync', 'apply', (ctx) => runPass(ctx, choose));
    const reason = current ? 'base-moved' : 'mapping-changed';
    for await (const item of plan()) {
      if (item.kind !== 'line' || !isWritten(item)) continue;
      const { stream, id, base } = item;
      if (!wanted.lines.wasFound(lineKey(stream, id, base)))
        await emit({ kind: 'refused', sync: sync.name, stream, id, reason });
    }
    await emit({ kind: 'result', result: await resultOf(at, sync, session) });
  });
}

async function readPlan(plan: AsyncIterable<PlanItem>): Promise<{ lines: LineSet; fingerprint: string }> {
  const lines = new LineSet();
  let fingerprint = '';
  for await (const item of plan) {
    if (item.kind === 'summary') fingerprint = item.fingerprint;
    else if (isWritten(item)) lines.add(lineKey(item.stream, item.id, item.base));
  }
  return { lines, fingerprint };
}

function isWritten({ action }: PlanLine): boolean {
  return action !== 'held' && action !== 'parked' && action !== 'conflict';
}

function lineKey(stream: string, id: string, { primary, secondary }: PlanLine['base']): string {
  return `${stream}\n${id}\n${primary}\n${secondary}`;
}

const ACTIONS: Readonly<Record<PlanStep['action'], PlanLine['action'] | null>> = {
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  hold: 'held',
  conflict: 'conflict',
  unsubscribe: 'consent',
  edit: 'update',
  create: 'insert',
  agree: null,
  skip: null,
};

/** Tags belong to a household: they stay while another of it is on the list. */
const KEPT = 'tags kept for others';

/** Words one step as a line; null where nothing would be written and nothing waits. */
function lineOf(sync: string, step: PlanStep): PlanLine | null {
  const kept = (step.keptForOthers ?? []).length > 0;
  const action = ACTIONS[step.action] ?? (kept && step.action === 'agree' ? 'adopt' : null);
  if (action === null) return null;
  return {
    kind: 'line',
    sync,
    stream: step.stream,
    id: step.id,
    secondaryId: step.before === null ? null : step.id,
    action: step.action === 'update' && (step.optOut || step.raises) ? 'consent' : action,
    lane: step.optOut || step.action === 'unsubscribe' ? 'opt-out' : 'live',
    reason: action === 'adopt' ? 'kept-for-others' : step.reason,
    changes: [
      ...step.changed.map((field) => ({
        field,
        before: step.before?.[field] ?? null,
        after: step.after[field] ?? null,
      })),
      // What stays although this person has left it is shown, too.
      ...(kept ? [{ field: KEPT, before: step.keptForOthers, after: step.keptForOthers }] : []),
    ],
    base: { primary: step.target, secondary: step.base },
  };
}
