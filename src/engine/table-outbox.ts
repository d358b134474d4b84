/**
 * table-outbox: carries decided rows through the outbox: intended, leased, sent, confirmed.
 *
 * The user's database and the store are two files, so a kill between them leaves an operation `sending`; the next pass
 * reads the row back before anything is written again (I6). Explicit opt-outs have their own lane and go first (I3).
 */
import type { TableRow, TableSide, TableWrite } from '../connector/side.ts';
import { isErrorOf } from '../model/errors.ts';
import { contentHash } from '../model/hash.ts';
import type { LostValue } from '../compare/merge-fields.ts';
import type { TableBase, TableMapping } from '../plan/table-step.ts';
import type {
  JournalEntry,
  LinkToStore,
  NewOperation,
  Operation,
  OperationOutcome,
  Shelf,
  Waiting,
} from '../store/store.ts';
import { PassCut, type PassContext } from './context.ts';
import type { PlanStep } from './lane.ts';

const BATCH = 500;

export interface TablePayload {
  readonly write: TableWrite;
  readonly agreed: TableBase;
  /** What was agreed before: all that stays agreed when only consent is written. */
  readonly base: TableBase | null;
  /** Key under which the row stands once written. */
  readonly secondaryId: string;
  readonly lost: readonly LostValue[];
}

/** Writes decided steps: what needs no write is agreed at once, the rest goes through the outbox. */
export async function applySteps(
  ctx: PassContext,
  side: TableSide,
  mapping: TableMapping,
  shelf: Shelf,
  steps: readonly PlanStep[],
  optOutsOnly: boolean,
): Promise<void> {
  if (optOutsOnly) {
    const outs = steps
      .filter((step) => step.optOut && mapping.consentColumn !== null)
      .map((step) => consentOnly(mapping, step));
    await intendAndSubmit(ctx, side, outs, true);
    return;
  }
  await agreeWithoutWriting(ctx, shelf, steps);
  await intendAndSubmit(
    ctx,
    side,
    steps.filter((step) => step.action === 'insert' || step.action === 'update'),
    false,
  );
}

async function agreeWithoutWriting(ctx: PassContext, shelf: Shelf, steps: readonly PlanStep[]): Promise<void> {
  const adopted = steps.filter((step) => step.action === 'agree' || step.action === 'hold');
  const skipped = steps.filter((step) => step.action === 'skip');
  const conflicts = steps.filter((step) => step.action === 'conflict');
  if (adopted.length > 0)
    await ctx.store.adopt(
      ctx.lease,
      adopted.map((step) => linkOf(step, true)),
      [],
    );
  const waiting = [
    ...adopted.filter((step) => step.action === 'hold').map((step) => waitOf(ctx, step, 'held')),
    ...conflicts.map((step) => waitOf(ctx, step, 'conflict')),
  ];
  const settled = [...adopted, ...skipped]
    .filter((step) => step.action !== 'hold')
    .flatMap((step) =>
      ['out-in-table', 'row-taken', 'write-refused'].map((reason) => ({ stream: step.stream, id: step.id, reason })),
    );
  await ctx.store.agree(
    ctx.lease,
    shelf,
    skipped.map((step) => ({ recordId: step.recordId, hash: step.target })),
    {
      dropContent: false,
      journal: [],
      waiting,
      settled,
      marks: {},
    },
  );
  for (const step of adopted)
    ctx.counting.put(step.recordId, step.action === 'hold' || step.state === 'held' ? 'held' : 'unchanged');
  for (const step of skipped) ctx.counting.put(step.recordId, `skipped.${step.reason}`);
  for (const step of conflicts) ctx.counting.put(step.recordId, 'conflicts');
}

async function intendAndSubmit(
  ctx: PassContext,
  side: TableSide,
  steps: readonly PlanStep[],
  partly: boolean,
): Promise<void> {
  if (steps.length === 0) return;
  const operations = steps.map((step) => operationOf(ctx, step, partly));
  await ctx.store.intend(ctx.lease, ctx.run, operations, { waiting: [], settled: [], journal: [] });
  const seen = new Set<number>();
  const byId = new Map(steps.map((step) => [step.id, step]));
  for (;;) {
    const claimed = (await ctx.store.claim(ctx.lease, BATCH)).filter((operation) => !seen.has(operation.opId));
    if (claimed.length === 0) return;
    for (const operation of claimed) seen.add(operation.opId);
    await submit(ctx, side, claimed, byId, partly);
  }
}

async function submit(
  ctx: PassContext,
  side: TableSide,
  operations: readonly Operation[],
  steps: ReadonlyMap<string, PlanStep>,
  partly: boolean,
): Promise<void> {
  await ctx.store.sending(
    ctx.lease,
    operations.map((operation) => operation.opId),
  );
  await ctx.keepLease();
  const outcomes = await send(ctx, side, operations, partly);
  const refused = outcomes.filter((outcome) => outcome.to === 'parked');
  const waiting: Waiting[] = refused.flatMap((outcome) => {
    const operation = operations.find((candidate) => candidate.opId === outcome.opId);
    return operation === undefined
      ? []
      : [
          {
            kind: 'parked',
            stream: 'contacts',
            id: operation.primaryId,
            reason: 'write-refused',
            detail: { why: outcome.reason },
            run: ctx.run,
          } satisfies Waiting,
        ];
  });
  await ctx.store.settleOperations(ctx.lease, outcomes, waiting);
  outcomes.forEach((outcome, index) => countOutcome(ctx, operations[index], outcome, steps));
}

function countOutcome(
  ctx: PassContext,
  operation: Operation | undefined,
  outcome: OperationOutcome,
  steps: ReadonlyMap<string, PlanStep>,
): void {
  if (operation === undefined) return;
  const step = steps.get(operation.primaryId);
  const held = step?.reason === 'out-in-table' || step?.state === 'held';
  const written = held ? 'held' : 'applied';
  ctx.counting.put(
    operation.recordId,
    outcome.to === 'confirmed' ? written : outcome.to === 'parked' ? 'parked' : 'skipped.moved',
  );
}

/** Writes a batch; rows refused because another row of the batch still stood in their way are tried once more (address chains). */
async function send(
  ctx: PassContext,
  side: TableSide,
  operations: readonly Operation[],
  partly: boolean,
): Promise<OperationOutcome[]> {
  const payloads = operations.map((operation) => operation.payload as TablePayload);
  try {
    const results = [...(await side.write(payloads.map((payload) => payload.write)))];
    const again = results.flatMap((result, index) => (result.kind === 'refused' ? [index] : []));
    if (again.length > 0 && again.length < results.length) {
      const second = await side.write(
        again.map((index) => payloads[index]?.write).filter((write) => write !== undefined),
      );
      again.forEach((index, nth) => (results[index] = second[nth] ?? results[index] ?? { kind: 'moved' }));
    }
    return operations.map((operation, index) => outcomeOf(operation, results[index] ?? { kind: 'moved' }, partly));
  } catch (error) {
    if (!isErrorOf(error, 'unavailable')) throw error;
    await ctx.store.settleOperations(
      ctx.lease,
      operations.map(({ opId }) => ({ opId, to: 'pending', reason: 'busy', link: null })),
      [],
    );
    throw new PassCut('table-busy', { connection: ctx.sync.secondary });
  }
}

function outcomeOf(
  operation: Operation,
  result: { kind: 'written' | 'moved' } | { kind: 'refused'; reason: string },
  partly: boolean,
): OperationOutcome {
  if (result.kind === 'written')
    return { opId: operation.opId, to: 'confirmed', reason: null, link: linkOfOperation(operation, !partly) };
  if (result.kind === 'refused') return { opId: operation.opId, to: 'parked', reason: result.reason, link: null };
  return { opId: operation.opId, to: 'pending', reason: 'moved', link: null };
}

/** Reads back what an earlier pass sent without learning the outcome. */
export async function settleUnknown(ctx: PassContext, side: TableSide): Promise<void> {
  for (;;) {
    const unknown = await ctx.store.operations(ctx.sync.name, 'verifying', BATCH);
    if (unknown.length === 0) return;
    const rows = await side.readByKeys(unknown.map((operation) => (operation.payload as TablePayload).secondaryId));
    const outcomes = unknown.map((operation): OperationOutcome => {
      const { write, secondaryId } = operation.payload as TablePayload;
      const there = holds(rows.get(secondaryId), write.set);
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

function holds(row: TableRow | undefined, set: TableRow): boolean {
  return row !== undefined && Object.entries(set).every(([column, value]) => row[column] === value);
}

/** An operation that carried only consent while a guard held the rest does not settle its record. */
function isPartial(operation: Operation): boolean {
  return operation.baseline.fields['partly'] === true;
}

function operationOf(ctx: PassContext, step: PlanStep, partly: boolean): NewOperation {
  const payload = step.payload as TablePayload;
  return {
    stream: 'contacts',
    lane: step.optOut ? 'opt-out' : 'live',
    primaryId: step.id,
    recordId: step.recordId,
    recordHash: step.target,
    payload,
    baseline: baselineOf(payload.agreed, partly),
    secondaryId: payload.secondaryId,
    journal: [journalOf(ctx, step)],
  };
}

function baselineOf(agreed: TableBase, partly: boolean): { hash: string; fields: Record<string, unknown> } {
  return { hash: contentHash(agreed), fields: { table: agreed, ...(partly ? { partly: true } : {}) } };
}

function linkOfOperation(operation: Operation, agrees: boolean): LinkToStore {
  return {
    stream: 'contacts',
    primaryId: operation.primaryId,
    secondaryId: operation.secondaryId,
    baseline: operation.baseline,
    agrees: agrees ? { recordId: operation.recordId, hash: operation.recordHash } : null,
  };
}

function linkOf(step: PlanStep, agrees: boolean): LinkToStore {
  const payload = step.payload as TablePayload;
  return {
    stream: 'contacts',
    primaryId: step.id,
    secondaryId: payload.secondaryId,
    baseline: baselineOf(payload.agreed, false),
    agrees: agrees ? { recordId: step.recordId, hash: step.target } : null,
  };
}

function consentOnly(mapping: TableMapping, step: PlanStep): PlanStep {
  const payload = step.payload as TablePayload;
  const column = mapping.consentColumn ?? '';
  const agreed: TableBase = { fields: payload.base?.fields ?? {}, outHere: payload.agreed.outHere, consent: 0 };
  return {
    ...step,
    payload: {
      ...payload,
      agreed,
      secondaryId: payload.write.key ?? payload.secondaryId,
      write: { ...payload.write, set: { [column]: 0 } },
    },
  };
}

function journalOf(ctx: PassContext, step: PlanStep): JournalEntry {
  const { lost } = step.payload as TablePayload;
  const consent = step.optOut || step.raises;
  return {
    run: ctx.run,
    stream: 'contacts',
    id: step.id,
    event: consent ? 'consent' : step.action === 'insert' ? 'inserted' : 'updated',
    rule: `mapping:${step.reason}`,
    before:
      step.before === null
        ? null
        : Object.fromEntries(step.changed.map((field) => [field, step.before?.[field] ?? null])),
    after: Object.fromEntries(step.changed.map((field) => [field, step.after[field] ?? null])),
    evidence:
      lost.length === 0
        ? null
        : `replaced a value of the table's own in: ${lost.map((value) => value.field).join(', ')}`,
  };
}

function waitOf(ctx: PassContext, step: PlanStep, kind: 'held' | 'conflict'): Waiting {
  return { kind, stream: 'contacts', id: step.id, reason: step.reason, detail: null, run: ctx.run };
}
