/**
 * table-read-back: what became of writes to a user's table whose outcome nobody learnt (I6).
 *
 * Reads only, then settles. A row that bears the wanted values is no proof by itself where its key was to change: that
 * address may be another person's row, as after a swap, and two people must never be taken for one (T28).
 */
import type { TableRow, TableSide, TableWrite } from '../connector/side.ts';
import type { Operation, OperationOutcome } from '../store/rows.ts';
import { linkOfOperation, type TablePayload } from './table-operations.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;

/** Ends what an earlier pass left in the outbox: what it sent is read back, what it did not send is decided anew. */
export async function settleEarlier(ctx: WorkContext, side: TableSide): Promise<void> {
  await settleUnknown(ctx, side);
  await dropLeftovers(ctx);
}

async function settleUnknown(ctx: WorkContext, side: TableSide): Promise<void> {
  for (;;) {
    const unknown = await ctx.store.operations(ctx.sync.name, 'verifying', BATCH, null);
    if (unknown.length === 0) return;
    const payloads = unknown.map((operation) => operation.payload as TablePayload);
    const keys = payloads.flatMap(({ write, secondaryId }) => [write.key ?? secondaryId, secondaryId]);
    const rows = await side.readByKeys([...new Set(keys)]);
    const cameFrom = new Map(payloads.filter(changesKey).map(({ write, secondaryId }) => [secondaryId, write.key]));
    const outcomes = unknown.map((operation, at): OperationOutcome => {
      const there = isWritten(payloads[at], rows, cameFrom);
      return {
        opId: operation.opId,
        to: there ? 'confirmed' : 'pending',
        reason: null,
        link: there ? linkOfOperation(operation, !isPartial(operation)) : null,
      };
    });
    await ctx.store.settleOperations(ctx.lease, outcomes, []);
  }
}

/** What an earlier pass intended and could not do is decided anew: its record is pending still, its base may have moved (I13). */
async function dropLeftovers(ctx: WorkContext): Promise<void> {
  for (;;) {
    const left = await ctx.store.operations(ctx.sync.name, 'pending', BATCH, null);
    if (left.length === 0) return;
    await ctx.store.settleOperations(
      ctx.lease,
      left.map(({ opId }) => ({ opId, to: 'superseded', reason: 'decided-anew', link: null })),
      [],
    );
  }
}

function changesKey({ write, secondaryId }: TablePayload): boolean {
  return write.key !== null && write.key !== secondaryId;
}

function isWritten(
  payload: TablePayload | undefined,
  rows: ReadonlyMap<string, TableRow>,
  cameFrom: ReadonlyMap<string, string | null>,
): boolean {
  if (payload === undefined) return false;
  const { write, secondaryId } = payload;
  const row = rows.get(secondaryId);
  if (!holds(row, write.set)) return false;
  return !changesKey(payload) || (holds(row, { ...write.expect, ...write.set }) && hasLeft(write, rows, cameFrom));
}

/**
 * The row stands under its old key no more: nobody does, or somebody who came there in the same batch after it left, and so on along a
 * chain of addresses. A chain that comes back to where it began is a swap, and that no table takes.
 */
function hasLeft(
  { key }: TableWrite,
  rows: ReadonlyMap<string, TableRow>,
  cameFrom: ReadonlyMap<string, string | null>,
): boolean {
  for (let left = key; left !== null && rows.has(left);) {
    left = cameFrom.get(left) ?? key;
    if (left === key) return false;
  }
  return true;
}

function holds(row: TableRow | undefined, set: TableRow): boolean {
  return row !== undefined && Object.entries(set).every(([column, value]) => row[column] === value);
}

/** An operation that carried only consent while a guard held the rest does not settle its record. */
function isPartial(operation: Operation): boolean {
  return operation.baseline.fields['partly'] === true;
}
