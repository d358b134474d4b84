/**
 * undo-table: carries out the reversible part of an inverse plan: old values go back into the user's table.
 *
 * Through the same outbox as any row, against the row that was looked at, and judged by the guards as one plan. What was
 * agreed stays agreed: the value that went back is then the table's own edit, which a pass carries to the primary. Must
 * never touch consent, nor write to the primary.
 */
import type { TableRow, TableSide } from '../connector/side.ts';
import { contentHash, textHash } from '../model/hash.ts';
import { destructionOf } from '../plan/destruction.ts';
import { judgePlan } from '../plan/guards.ts';
import type { TableBase, TableMapping } from '../plan/table-step.ts';
import type { Known, Shelf } from '../store/rows.ts';
import { PassStopped } from './context.ts';
import type { PlanStep } from './lane.ts';
import type { TablePayload } from './table-operations.ts';
import { applySteps } from './table-outbox.ts';
import { settleEarlier } from './table-read-back.ts';
import type { WorkContext } from './work-context.ts';

/** One person's values that are to go back, and the row as it was looked at. */
export interface Undoable {
  readonly record: Known;
  readonly secondaryId: string;
  readonly row: TableRow;
  readonly base: TableBase;
  /** By their canonical names. */
  readonly values: Readonly<Record<string, string | number | null>>;
}
export interface UndoWork {
  readonly side: TableSide;
  readonly mapping: TableMapping;
  readonly shelf: Shelf;
  /** The run that is undone. */
  readonly run: string;
  /** Finds what is to go back, as it stands now; asked twice. */
  readonly find: () => AsyncIterable<readonly Undoable[]>;
}

/** Judges the whole, then writes it. Throws PassStopped. */
export async function undoInTable(ctx: WorkContext, work: UndoWork): Promise<void> {
  const { side, mapping, shelf } = work;
  await settleEarlier(ctx, side);
  await judge(ctx, work);
  for await (const found of work.find()) {
    await ctx.keepLease();
    ctx.counting.take(found.map(({ record }) => record.recordId));
    const steps = found.map((one) => stepOf(work, one));
    await applySteps(ctx, side, mapping, shelf, steps, false);
  }
}

async function judge(ctx: WorkContext, work: UndoWork): Promise<void> {
  const totals = { destructive: 0, raised: 0, changed: 0 };
  let hash = textHash(`${ctx.sync.name}\nundo\n${work.run}`);
  for await (const found of work.find()) {
    for (const one of found) {
      const step = stepOf(work, one);
      totals.changed += 1;
      if (step.destructive.length > 0) totals.destructive += 1;
      hash = textHash(`${hash}${step.id}\n${contentHash(one.row)}\n${contentHash(one.values)}`);
    }
  }
  const { linked } = await ctx.store.tallies(work.shelf);
  const stop = judgePlan({ ...totals, linked }, ctx.sync.guards);
  if (stop !== null && !(await ctx.store.isReleased(ctx.sync.name, hash)))
    throw new PassStopped(stop, 'contacts', hash);
}

function stepOf({ mapping, run }: UndoWork, { record, secondaryId, row, base, values }: Undoable): PlanStep {
  const columns = Object.entries(mapping.columns);
  const before = Object.fromEntries(columns.map(([field, column]) => [field, row[column] ?? null]));
  const after = { ...before, ...values };
  const set = Object.fromEntries(
    Object.entries(values).map(([field, value]) => [mapping.columns[field] ?? field, value]),
  );
  const payload: TablePayload = {
    write: { key: secondaryId, set, expect: row },
    agreed: base,
    base,
    secondaryId,
    lost: [],
    edits: {},
  };
  return {
    stream: 'contacts',
    id: record.id,
    recordId: record.recordId,
    state: record.state,
    action: 'update',
    reason: `undo-of-${run}`,
    base: record.agreed,
    // What is pending stays pending: nothing is agreed on by this that was not before.
    target: record.agreed ?? '',
    before,
    after,
    changed: Object.keys(values),
    destructive: destructionOf(before, after, record.state),
    optOut: false,
    raises: false,
    payload,
  };
}
