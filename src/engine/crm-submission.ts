/**
 * crm-submission: submits people to a CRM's review, and tells of each what became of that.
 *
 * A submission that was accepted, or that may have been, is never sent again, however long the review takes: nothing can
 * show that it is not there (I6). Whoever was submitted is held until they are met. Each of a batch ends known: held,
 * refused, or left for the next pass (I18).
 */
import type { CrmSent } from '../connector/crm.ts';
import { ConnectorError, isErrorOf } from '../model/errors.ts';
import type { Operation, OperationOutcome } from '../store/rows.ts';
import { waitKey } from './context.ts';
import { linkOf, payloadIn } from './crm-operations.ts';
import { REFUSED } from './crm-waits.ts';
import type { Crm } from './crm-people.ts';
import { IN_REVIEW, inReview, newPersonIn, submittedBase } from './crm-submitted.ts';
import type { WorkContext } from './work-context.ts';

/** `refused`: all of it, and nobody was made. An error: answered badly, and the next pass looks at it. */
export type MadeEnd = 'done' | 'refused' | Error;

/** Submits claimed people in one request. Throws what ends a pass. */
export async function submitAll(ctx: WorkContext, crm: Crm, operations: readonly Operation[]): Promise<MadeEnd> {
  // An interruption is heard here: after the next line nobody knows any more whether something left.
  await ctx.keepLease();
  await ctx.store.sending(
    ctx.lease,
    operations.map(({ opId }) => opId),
  );
  const answer = await ask(ctx, crm, operations);
  if (answer instanceof ConnectorError) {
    const failure: Error = answer;
    await leave(ctx, operations, answer.code, 'skipped.unfinished');
    if (isErrorOf(failure, 'unavailable', 'not_ready')) return failure;
    throw failure;
  }
  if (answer === 'unknown') await holdUnsure(ctx, operations);
  else if (answer.kind === 'accepted' || answer.kind === 'done') await hold(ctx, operations);
  else if (operations.length > 1) {
    await leave(ctx, operations, 'batch-refused', 'skipped.unfinished');
    return 'refused';
  } else {
    await park(ctx, operations, answer.kind === 'refused' ? answer.reason : answer.kind);
    return 'refused';
  }
  return 'done';
}

async function ask(
  { signal }: WorkContext,
  { target }: Crm,
  operations: readonly Operation[],
): Promise<CrmSent | 'unknown' | ConnectorError> {
  const people = operations.flatMap((operation) => newPersonIn(operation)?.person ?? []);
  const [person] = people;
  try {
    return person !== undefined && people.length === 1
      ? await target.send({ kind: 'submit', person }, { urgent: false }, signal)
      : await target.submitMany(people, signal);
  } catch (error) {
    if (isErrorOf(error, 'unknown_outcome')) return 'unknown';
    if (isErrorOf(error, 'rejected', 'refused_request', 'not_found', 'precondition'))
      return { kind: 'refused', reason: error.code };
    // An interruption says nothing: recovery finds it.
    if (!isErrorOf(error, 'auth', 'forbidden', 'throttled', 'quota_exceeded', 'unavailable', 'not_ready')) throw error;
    return error;
  }
}

/** They are asked for: from now on only the organisation decides. */
async function hold(ctx: WorkContext, operations: readonly Operation[]): Promise<void> {
  const outcomes = operations.map((operation): OperationOutcome => {
    const { opId, recordId, recordHash: hash } = operation;
    return { opId, to: 'confirmed', reason: null, link: waitingLink(ctx, operation, { recordId, hash }) };
  });
  await settle(ctx, operations, outcomes, false);
}

/** They may have been asked for. Who they are stands in their links before the operations end (I5). */
export async function holdUnsure(ctx: WorkContext, operations: readonly Operation[]): Promise<void> {
  await ctx.store.adopt(
    ctx.lease,
    operations.map((operation) => waitingLink(ctx, operation, null)),
    [],
  );
  const outcomes = operations.map(({ opId }) => ({ opId, to: 'superseded', reason: 'no-answer', link: null }) as const);
  await settle(ctx, operations, outcomes, true);
}

function waitingLink(
  { clock }: WorkContext,
  operation: Operation,
  settles: { readonly recordId: number; readonly hash: string } | null,
): ReturnType<typeof linkOf> {
  const { primaryId } = operation;
  const { agreed } = payloadIn(operation);
  const person = newPersonIn(operation)?.person;
  const base = person === undefined ? agreed : submittedBase(agreed, person, clock.now());
  return linkOf({ primaryId, link: null, agreed: base }, settles);
}

async function settle(
  ctx: WorkContext,
  operations: readonly Operation[],
  outcomes: readonly OperationOutcome[],
  unsure: boolean,
): Promise<void> {
  const waiting = operations.map(({ primaryId }) => inReview(ctx, primaryId, unsure));
  const settled = operations.map(({ primaryId: id }) => ({ stream: 'contacts', id, reason: REFUSED }) as const);
  await ctx.store.settleOperations(ctx.lease, outcomes, waiting, settled);
  for (const { recordId, primaryId } of operations) {
    ctx.waits.add(waitKey('contacts', primaryId, IN_REVIEW));
    ctx.counting.put(recordId, 'held');
  }
}

/** Nothing of them has arrived: they are decided anew. */
export async function leave(
  ctx: WorkContext,
  operations: readonly Operation[],
  reason: string,
  bucket: `skipped.${string}`,
): Promise<void> {
  const outcomes = operations.map(({ opId }) => ({ opId, to: 'superseded', reason, link: null }) as const);
  await ctx.store.settleOperations(ctx.lease, outcomes, []);
  for (const { recordId } of operations) ctx.counting.put(recordId, bucket);
}

/** The CRM said no to this very person. */
export async function park(ctx: WorkContext, operations: readonly Operation[], why: string): Promise<void> {
  const { run, store, lease } = ctx;
  const outcomes = operations.map(({ opId }) => ({ opId, to: 'parked', reason: why, link: null }) as const);
  const waiting = operations.map(
    ({ primaryId: id }) => ({ kind: 'parked', stream: 'contacts', id, reason: REFUSED, detail: { why }, run }) as const,
  );
  await store.settleOperations(lease, outcomes, waiting);
  for (const { recordId } of operations) ctx.counting.put(recordId, 'parked');
}
