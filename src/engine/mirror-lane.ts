/**
 * mirror-lane: the set-based lane into tables that Concord owns (docs/decisions/0005).
 *
 * The mirror's rows are the secondary's snapshot, so nothing is kept twice. Every write replaces whole records and is
 * repeatable: it is committed in the mirror first and agreed in the store after, and a kill in between only repeats it
 * (I5); what is agreed is never written again (I7). Must never write before the guards have judged the whole plan.
 */
import type { MirrorSide, MirrorWrite } from '../connector/side.ts';
import { contentHash } from '../model/hash.ts';
import { isoOf } from '../model/instant.ts';
import type { Content, Reading, RecordState } from '../model/record.ts';
import { mirrorStep } from '../plan/mirror-step.ts';
import type { JournalEntry, Known, Pending, Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import { beginLoad, endStrayLoad, finishLoad, isLoading, mayLoad } from './first-load.ts';
import type { WorkContext } from './work-context.ts';
import { nobody } from './kept-contents.ts';
import type { Lane, PlanStep } from './lane.ts';
import { LOAD_MARK, WRITES, takeMirror } from './mirror-owner.ts';

const BATCH = 500;
const NEVER_HELD_BACK = 'opt-outs-are-never-held-back';
const EVENTS = {
  insert: 'inserted',
  update: 'updated',
  delete: 'deleted',
  agree: 'agreed',
  hold: 'held',
  skip: 'skipped',
  conflict: 'conflict',
  unsubscribe: 'consent',
  edit: 'updated',
  create: 'inserted',
} as const;

/** Makes the lane of a mirror sync. */
export function mirrorLane(side: MirrorSide): Lane {
  return {
    kind: 'mirror',
    ways: null,
    memberWays: () => Promise.resolve(null),
    finish: () => Promise.resolve(),
    // A row that somebody changed there is written anew: the mirror is Concord's own.
    switchedOn: nobody,
    prepare: (ctx) => prepare(ctx, side),
    mayLoad: (ctx, shelf) => mayLoad(ctx, side, shelf),
    beginLoad: (ctx) => beginLoad(ctx, side),
    append: async (ctx, readings) => ({
      [LOAD_MARK]: await side.append(readings.map(({ id, state, content }) => writeOf(ctx, id, state, content))),
      [WRITES]: (await side.ledger()).writes,
    }),
    finishLoad: (ctx) => finishLoad(ctx, side),
    lastContent: (ctx, shelf, known) => lastContent(ctx, side, shelf, known),
    decide: (ctx, shelf) => decide(ctx, side, shelf),
    compareWith: (_ctx, shelf, readings, known) => compareWith(side, shelf, readings, known),
    rows: (_ctx, shelf) => rowsOf(side, shelf),
    inspect: (streams) => side.inspect(streams),
    content: async (_ctx, shelf, id) => (await side.read(shelf.stream, [id])).get(id) ?? null,
    find: async (_ctx, key) => (await side.findByAddress(key)).map((row) => row.id),
    apply: async (ctx, shelf, steps, optOutsOnly) =>
      optOutsOnly || (shelf.stream === 'contacts' && (await isLoading(ctx)))
        ? applyOptOuts(ctx, side, steps)
        : apply(ctx, side, shelf, steps),
  };
}

/** A plan creates nothing: a mirror that is not there yet reads as empty. */
async function prepare(ctx: WorkContext, side: MirrorSide): Promise<void> {
  await (ctx.mode === 'plan' ? side.inspect(ctx.sync.streams) : side.prepare(ctx.sync.streams));
  await takeMirror(ctx, side);
  if (ctx.mode === 'sync') await endStrayLoad(ctx, side);
}

/** What waits to be written is newer than the row. */
async function lastContent(
  ctx: WorkContext,
  side: MirrorSide,
  shelf: Shelf,
  known: readonly Known[],
): Promise<Map<string, Content>> {
  const ids = known.map((record) => record.id);
  const found = new Map(await side.read(shelf.stream, ids));
  for (const id of ids) {
    const content = (await ctx.store.record(shelf, id))?.content ?? null;
    if (content !== null) found.set(id, contentOf(content));
  }
  return found;
}

async function* decide(ctx: WorkContext, side: MirrorSide, shelf: Shelf): AsyncIterable<readonly PlanStep[]> {
  let after = 0;
  for (;;) {
    const batch = await ctx.store.pending(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.recordId;
    const rows = await side.read(
      shelf.stream,
      batch.map((record) => record.id),
    );
    yield batch.map((record) => stepOf(shelf, record, rows.get(record.id) ?? null));
  }
}

type Decidable = Pick<Pending, 'id' | 'recordId' | 'hash' | 'agreed' | 'state'>;

function stepOf(shelf: Shelf, record: Pending, row: Content | null): PlanStep {
  return decideOne(shelf, record, contentOf(record.content), row);
}

function decideOne(shelf: Shelf, record: Decidable, content: Content, row: Content | null): PlanStep {
  const { agreed, hash, state, id, recordId } = record;
  const at = row === null ? null : { content: row, hash: contentHash(row) };
  const step = mirrorStep({ stream: shelf.stream, agreed, hash, state, content, row: at });
  return {
    ...step,
    stream: shelf.stream,
    id,
    recordId,
    state,
    base: agreed,
    target: hash,
    before: row,
    after: content,
    payload: null,
  };
}

async function compareWith(
  side: MirrorSide,
  shelf: Shelf,
  readings: readonly Reading[],
  known: ReadonlyMap<string, Known>,
): Promise<PlanStep[]> {
  const rows = await side.read(
    shelf.stream,
    readings.map((reading) => reading.id),
  );
  return readings.map((reading) => {
    const { recordId = 0, agreed = null } = known.get(reading.id) ?? {};
    const row = rows.get(reading.id) ?? null;
    return decideOne(shelf, { ...reading, recordId, agreed: row === null ? null : agreed }, reading.content, row);
  });
}

async function* rowsOf(side: MirrorSide, shelf: Shelf): AsyncIterable<readonly string[]> {
  let after: string | null = null;
  for (;;) {
    const rows: readonly { id: string; content: Content }[] = await side.scan(shelf.stream, after, BATCH);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    yield rows.filter((row) => (row.content['deleted_at'] ?? null) === null).map((row) => row.id);
  }
}

async function apply(ctx: WorkContext, side: MirrorSide, shelf: Shelf, steps: readonly PlanStep[]): Promise<void> {
  const writes = steps.filter((step) => step.action !== 'agree');
  if (writes.length > 0)
    await side.write(
      shelf.stream,
      writes.map((step) => writeOf(ctx, step.id, step.state, step.after)),
    );
  const marks = writes.length === 0 ? {} : { [WRITES]: (await side.ledger()).writes };
  await ctx.store.agree(
    ctx.lease,
    shelf,
    steps.map((step) => ({ recordId: step.recordId, hash: step.target })),
    { dropContent: true, journal: steps.map((step) => journalOf(ctx, step)), waiting: [], settled: [], marks },
  );
  for (const step of steps)
    ctx.counting.put(step.recordId, step.state === 'held' ? 'held' : step.action === 'agree' ? 'unchanged' : 'applied');
}

/** Whoever is deleted says so in the mirror, with our time where the source's cannot be read. */
function writeOf({ clock }: WorkContext, id: string, state: RecordState, content: Content): MirrorWrite {
  const untold = state === 'deleted' && (content['deleted_at'] ?? null) === null;
  return { id, content, ...(untold ? { deletedAt: isoOf(clock.now()) } : {}) };
}

/** While a guard holds the plan back, or a first load is unfinished, explicit opt-outs are written all the same: consent columns only, agreed by nobody yet. */
async function applyOptOuts(ctx: WorkContext, side: MirrorSide, steps: readonly PlanStep[]): Promise<void> {
  const outs = steps.filter((step) => step.optOut && step.before !== null);
  if (outs.length === 0) return;
  await noteOnce(ctx, outs);
  await side.writeConsent(outs.map((step) => ({ id: step.id, content: step.after })));
}

/** On record before it is written, for afterwards the row would look as if nothing had been done; a kill in between must not put it there twice. */
async function noteOnce(ctx: WorkContext, outs: readonly PlanStep[]): Promise<void> {
  const entries: JournalEntry[] = [];
  for (const step of outs) {
    const [newest] = await ctx.store.journal(ctx.sync.name, step.stream, step.id, 1);
    if (newest?.rule !== NEVER_HELD_BACK)
      entries.push({ ...journalOf(ctx, step), event: 'consent', rule: NEVER_HELD_BACK });
  }
  if (entries.length > 0) await ctx.store.note(ctx.lease, entries);
}

/** A row found as it should be was written by a pass that died before it could say so, or by somebody else: on record either way (I19). */
function journalOf(ctx: WorkContext, step: PlanStep): JournalEntry {
  const consent = step.optOut || step.raises;
  return {
    run: ctx.run,
    stream: step.stream,
    id: step.id,
    event: consent ? 'consent' : EVENTS[step.action],
    rule: `primary-wins:${step.reason}`,
    before: pick(step.before, step.changed),
    after: step.before === null ? null : pick(step.after, step.changed),
    evidence: null,
  };
}

/** An insert is told by its own row; only what changed is worth keeping twice. */
function pick(content: Content | null, fields: readonly string[]): unknown {
  if (content === null) return null;
  return Object.fromEntries(fields.map((field) => [field, content[field] ?? null]));
}
