/**
 * table-outbox: carries decided rows through the outbox: intended, leased, sent, confirmed.
 *
 * The user's database and the store are two files, so a kill between them leaves an operation `sending`; the next pass
 * reads the row back before anything is written again (I6). Explicit opt-outs have their own lane and go first (I3).
 */
import type { TableSide } from '../connector/side.ts';
import { isErrorOf } from '../model/errors.ts';
import type { TableMapping } from '../plan/table-step.ts';
import type { Operation, OperationOutcome, Shelf, Waiting, WaitingKey } from '../store/rows.ts';
import { PassCut, waitKey } from './context.ts';
import type { WorkContext } from './work-context.ts';
import type { PlanStep } from './lane.ts';
import { consentOnly, linkOf, linkOfOperation, operationOf, waitOf, type TablePayload } from './table-operations.ts';
import { lowerAhead, lowerBeside, lowerRefused } from './table-lowering.ts';

const BATCH = 500;
const HELD_OUT = 'out-in-table';
const REASONS = [HELD_OUT, 'row-taken', 'write-refused'] as const;

/** Writes decided steps: what needs no write is agreed at once, the rest goes through the outbox. */
export async function applySteps(
  ctx: WorkContext,
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
    await lowerBeside(ctx, side, mapping, steps);
    await lowerAhead(ctx, side, mapping, steps);
    await intendAndSubmit(ctx, side, mapping, outs, true);
    return;
  }
  await agreeWithoutWriting(ctx, shelf, steps);
  await lowerBeside(ctx, side, mapping, steps);
  await intendAndSubmit(
    ctx,
    side,
    mapping,
    steps.filter((step) => step.action === 'insert' || step.action === 'update'),
    false,
  );
}

async function agreeWithoutWriting(ctx: WorkContext, shelf: Shelf, steps: readonly PlanStep[]): Promise<void> {
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
  const settled = [...adopted, ...skipped].flatMap((step) => overWith(ctx, step.id, step.action === 'hold'));
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
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
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
    await submit(ctx, side, mapping, claimed, { steps: byId, partly });
  }
}

interface Submission {
  readonly steps: ReadonlyMap<string, PlanStep>;
  /** Consent alone, while a guard holds the rest. */
  readonly partly: boolean;
}

async function submit(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  operations: readonly Operation[],
  { steps, partly }: Submission,
): Promise<void> {
  await ctx.store.sending(
    ctx.lease,
    operations.map((operation) => operation.opId),
  );
  await ctx.keepLease();
  const outcomes = await send(ctx, side, operations, partly);
  const withOutcome = operations.flatMap((operation, index) => {
    const outcome = outcomes[index];
    return outcome === undefined ? [] : [{ operation, outcome, step: steps.get(operation.primaryId) }];
  });
  const refused = withOutcome.filter(({ outcome }) => outcome.to === 'parked');
  await lowerRefused(
    ctx,
    side,
    mapping,
    refused.map(({ operation }) => operation),
  );
  const written = withOutcome.filter(({ outcome }) => outcome.to === 'confirmed' && !partly);
  const heldOut = written.flatMap(({ step }) => (step?.reason === HELD_OUT ? [waitOf(ctx, step, 'held')] : []));
  const waiting = [...refused.map(({ operation, outcome }) => refusal(ctx, operation, outcome)), ...heldOut];
  const settled = written.flatMap(({ operation, step }) =>
    overWith(ctx, operation.primaryId, step?.reason === HELD_OUT),
  );
  await ctx.store.settleOperations(ctx.lease, outcomes, waiting, settled);
  outcomes.forEach((outcome, index) => countOutcome(ctx, operations[index], outcome, steps));
}

function refusal(ctx: WorkContext, operation: Operation, outcome: OperationOutcome): Waiting {
  const detail = { why: outcome.reason };
  return { kind: 'parked', stream: 'contacts', id: operation.primaryId, reason: 'write-refused', detail, run: ctx.run };
}

/** Names what a person no longer waits for once written or agreed. Only what is known to wait is looked at: few. */
function overWith(ctx: WorkContext, id: string, heldOut: boolean): WaitingKey[] {
  return REASONS.filter((reason) => !(heldOut && reason === HELD_OUT))
    .filter((reason) => ctx.waits.has(waitKey('contacts', id, reason)))
    .map((reason) => ({ stream: 'contacts', id, reason }));
}

function countOutcome(
  ctx: WorkContext,
  operation: Operation | undefined,
  outcome: OperationOutcome,
  steps: ReadonlyMap<string, PlanStep>,
): void {
  if (operation === undefined) return;
  const step = steps.get(operation.primaryId);
  const held = step?.reason === HELD_OUT || step?.state === 'held';
  const written = held ? 'held' : 'applied';
  ctx.counting.put(
    operation.recordId,
    outcome.to === 'confirmed' ? written : outcome.to === 'parked' ? 'parked' : 'skipped.moved',
  );
}

/** Writes a batch; rows refused because another row of the batch still stood in their way are tried once more (address chains). */
async function send(
  ctx: WorkContext,
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
    // Nobody knows whether it was committed: the next pass reads the rows before it decides anything about them (I6).
    await ctx.store.settleOperations(
      ctx.lease,
      operations.map(({ opId }) => ({ opId, to: 'verifying', reason: 'unavailable', link: null })),
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
