/**
 * table-lane: the outbox lane into a table of the user's own: link, decide, intend, submit, agree.
 *
 * Rows that Concord did not write are left alone; a row is found by its link, else by the address's match key. Must never
 * raise consent that the table's own system withdrew, nor write a row that moved since it was read.
 */
import type { TableRow, TableSide } from '../connector/side.ts';
import type { PeopleTarget } from '../connector/target.ts';
import { textHash } from '../model/hash.ts';
import type { Content, Reading } from '../model/record.ts';
import { destructionOf } from '../plan/destruction.ts';
import { tableStep, type TableBase, type TableMapping, type TableStep } from '../plan/table-step.ts';
import type { Known, Link, Pending, Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import type { WorkContext } from './work-context.ts';
import type { Lane, PlanStep } from './lane.ts';
import { type Carrier, createCarrier, dropParked, isCarried, settleCarried } from './carry-out.ts';
import { refusalOf, refusedThere } from './refused.ts';
import { carrySteps, EDITED, LEFT_THERE, overParked } from './table-carry.ts';
import { applyRows, findWants, isOfMembers, rowSteps, type ListWant, type Memberships } from './memberships.ts';
import { withLists } from './members-verify.ts';
import { contentAt, findAt, lastContent, NO_LOAD, noRows } from './kept-contents.ts';
import { takeNewMapping } from './new-mapping.ts';
import { newPeopleSteps } from './new-people.ts';
import { forgetRowsOf } from './rows-that-went.ts';
import { switchedOn, tellSwitchedOn } from './switched-on.ts';
import { anyAdrift, keysFor, readKeys, withoutOvertaken } from './table-keys.ts';
import { baselineOf, canonicalRow, type TablePayload } from './table-operations.ts';
import { applySteps } from './table-outbox.ts';
import { settleEarlier } from './table-read-back.ts';

const BATCH = 500;
const FINGERPRINT = 'table:fingerprint';

/** Makes the lane of a table sync; `carry`: where the table's own changes go; `lists`: rows that tell who is on which list. */
export function tableLane(
  side: TableSide,
  mapping: TableMapping,
  carry: PeopleTarget | null = null,
  lists: Memberships | null = null,
): Lane {
  const carrier = createCarrier(carry, mapping.creates?.lists.length ?? null);
  return {
    kind: 'table',
    ways: carrier.ways,
    memberWays: carrier.memberWays,
    prepare: (ctx) => prepare(ctx, side, mapping, carry, { lists, carrier }),
    ...NO_LOAD,
    lastContent,
    decide: (ctx, shelf) => decideBoth(ctx, { side, mapping, carry, lists }, shelf),
    compareWith: async (ctx, _shelf, readings, known) => {
      const steps = await compareWith(ctx, side, mapping, readings, known);
      return lists === null ? steps : withLists(ctx, lists, steps, readings, known);
    },
    rows: noRows,
    inspect: async () => {
      await side.inspect();
      await lists?.place.members.inspect();
    },
    content: contentAt,
    find: findAt,
    apply: async (ctx, shelf, steps, optOutsOnly) => {
      // What the table says was not said by the person to us: a guard holds it as it holds the rest (I10).
      if (!optOutsOnly) await carrier.apply(ctx, steps);
      const rest = steps.filter((step) => !isCarried(step) && !isOfMembers(step));
      if (lists !== null && !optOutsOnly) await forgetRowsOf(ctx, rest);
      await applySteps(ctx, side, mapping, shelf, rest, optOutsOnly);
      if (lists !== null && !optOutsOnly) await applyRows(ctx, lists, steps.filter(isOfMembers));
    },
    finish: async (ctx, oneRound) => {
      await carrier.finish(ctx, oneRound);
      await tellSwitchedOn(ctx, side, mapping);
    },
    switchedOn: (at, shelf) => switchedOn(at, side, mapping, shelf),
  };
}

interface TableParts {
  readonly side: TableSide;
  readonly mapping: TableMapping;
  readonly carry: PeopleTarget | null;
  readonly lists: Memberships | null;
}

async function* decideBoth(
  ctx: WorkContext,
  { side, mapping, carry, lists }: TableParts,
  shelf: Shelf,
): AsyncIterable<readonly PlanStep[]> {
  if (carry !== null) {
    const wants = new Map<string, ListWant>();
    if (lists !== null) yield* findWants(ctx, lists, shelf, wants);
    yield* carrySteps(ctx, side, mapping, shelf, carry, wants);
    yield* newPeopleSteps(ctx, side, mapping, shelf, carry, lists);
  }
  yield* decide(ctx, side, mapping, shelf);
  // Last, so that whoever came in this pass has a row of their own.
  if (lists !== null) yield* rowSteps(ctx, lists, shelf);
}

async function prepare(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  carry: PeopleTarget | null,
  { lists, carrier }: { readonly lists: Memberships | null; readonly carrier: Carrier },
): Promise<void> {
  carrier.begin();
  await side.inspect();
  await lists?.place.members.inspect();
  // A dry run leaves the outbox as it is.
  if (ctx.mode === 'sync') {
    if (carry !== null) await beginCarrying(ctx, side, mapping, carry, lists);
    await settleEarlier(ctx, side);
  }
  await takeNewMapping(ctx, FINGERPRINT);
}

async function beginCarrying(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  target: PeopleTarget,
  lists: Memberships | null,
): Promise<void> {
  await settleCarried(ctx, target);
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  await dropParked(ctx, await overParked(ctx, side, mapping, shelf, target, lists));
}

async function* decide(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  shelf: Shelf,
): AsyncIterable<readonly PlanStep[]> {
  let after = 0;
  let scanned = false;
  for (;;) {
    const batch = await ctx.store.pending(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.recordId;
    const linked = await linkedOf(ctx, batch);
    if (!scanned && (await anyAdrift(side, batch, linked.places))) {
      await readKeys(ctx, side);
      scanned = true;
    }
    yield await decideBatch(ctx, side, mapping, batch, linked);
  }
}

/** What was agreed on with whom, and those links whose rows are theirs still. */
interface Linked {
  readonly links: ReadonlyMap<string, Link>;
  readonly places: ReadonlyMap<string, Link>;
}

async function linkedOf(ctx: WorkContext, records: readonly { readonly id: string }[]): Promise<Linked> {
  const ids = records.map(({ id }) => id);
  const links = await ctx.store.links(ctx.sync.name, 'contacts', ids);
  return { links, places: await withoutOvertaken(ctx, links) };
}

async function decideBatch(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  batch: readonly Pending[],
  { links, places }: Linked,
): Promise<PlanStep[]> {
  const contents = new Map(batch.map((record) => [record.id, contentOf(record.content)]));
  const keys = await keysFor(ctx, side, batch, contents, places);
  const rows = await side.readByKeys([...new Set([...keys.values()].map((found) => found.key))]);
  return batch.map((record) => {
    const found = keys.get(record.id);
    const row = found === undefined ? null : (rows.get(found.key) ?? null);
    const link = links.get(record.id);
    const content = contents.get(record.id) ?? {};
    if (found?.takenBy !== undefined) return conflictStep(record, content, row, found.key);
    const base = (link?.baseline?.fields['table'] ?? null) as TableBase | null;
    const step = tableStep({ state: record.state, hash: record.hash, content, base, row, mapping });
    return planStep(mapping, record, content, row === null ? null : { key: found?.key ?? '', row }, step, base);
  });
}

async function compareWith(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  readings: readonly Reading[],
  known: ReadonlyMap<string, Known>,
): Promise<PlanStep[]> {
  const batch = readings.map((reading): Pending => {
    const { recordId = 0, agreed = null, readAt = 0 } = known.get(reading.id) ?? {};
    return { ...reading, recordId, agreed, readAt, content: JSON.stringify(reading.content) };
  });
  const steps = await decideBatch(ctx, side, mapping, batch, await linkedOf(ctx, readings));
  const refused = steps.some((step) => editsIn(step).length > 0) ? await refusedThere(ctx) : new Set<string>();
  return steps.map((step, at) => (step.action === 'agree' ? orEdit(step, batch[at], refused) : step));
}

function editsIn({ payload }: PlanStep): readonly string[] {
  return Object.keys((payload as Partial<TablePayload>).edits ?? {});
}

/** A row that needs nothing may hold an edit that the primary lacks. */
function orEdit(step: PlanStep, record: Pending | undefined, refused: ReadonlySet<string>): PlanStep {
  const changed = editsIn(step);
  if (changed.length === 0 || record === undefined) return step;
  const { edits, base } = step.payload as TablePayload;
  const left = base !== null && refused.has(refusalOf(step.id, baselineOf(base, false).hash, edits));
  return {
    ...step,
    action: 'edit',
    reason: left ? LEFT_THERE : EDITED,
    changed,
    before: { ...step.before, ...edits },
    after: contentOf(record.content),
  };
}

function planStep(
  mapping: TableMapping,
  record: Pending,
  content: Content,
  at: { key: string; row: TableRow } | null,
  step: TableStep,
  base: TableBase | null,
): PlanStep {
  const before = at === null ? null : canonicalRow(mapping, at.row);
  const payload: TablePayload = {
    write: { key: at?.key ?? null, set: step.set, expect: at?.row ?? null },
    agreed: step.agreed,
    base,
    secondaryId: String(step.set[mapping.key] ?? at?.key ?? ''),
    lost: step.lost,
    edits: step.edits,
  };
  return {
    stream: 'contacts',
    id: record.id,
    recordId: record.recordId,
    state: record.state,
    action: step.action === 'skip' ? 'skip' : step.heldOut && step.action === 'agree' ? 'hold' : step.action,
    reason: step.heldOut ? 'out-in-table' : step.reason,
    base: record.agreed,
    target: record.hash,
    before,
    after: { ...before, ...canonicalRow(mapping, step.set) },
    changed: Object.keys(canonicalRow(mapping, step.set)),
    destructive:
      at === null || record.state === 'deleted'
        ? []
        : destructionOf(before, { ...before, ...canonicalRow(mapping, step.set) }, record.state),
    optOut: step.optOut,
    raises: step.raises,
    payload,
  };
}

function conflictStep(record: Pending, content: Content, row: TableRow | null, key: string): PlanStep {
  return {
    stream: 'contacts',
    id: record.id,
    recordId: record.recordId,
    state: record.state,
    action: 'conflict',
    reason: 'row-taken',
    base: record.agreed,
    target: record.hash,
    before: row,
    after: content,
    changed: [],
    destructive: [],
    optOut: false,
    raises: false,
    payload: { row: textHash(key) },
  };
}
