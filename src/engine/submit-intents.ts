/**
 * submit-intents: carries what a plan wants of people at a system that can be written: judged, intended, sent, read back.
 *
 * The door is asked here when the plan is made, and again in the transaction that claims each row (I1). `sending` is
 * stored before anything leaves; what was sent without a clear answer waits as `verifying` and is read back, past the
 * time in which a read may still miss it, before anybody decides about that person anew (I6). Explicit opt-outs go first
 * and may use the last of the day's budget (I3). Must never send what the door did not let pass in that transaction.
 */
import type { PeopleTarget, PersonOperation, SendResult } from '../connector/target.ts';
import type { DoorVerdict } from '../consent/door.ts';
import type { Contact } from '../model/contact.ts';
import { isErrorOf } from '../model/errors.ts';
import type { PersonIntent } from '../model/intent.ts';
import type { Content, Reading, SideName } from '../model/record.ts';
import type {
  Baseline,
  JournalEntry,
  LinkToStore,
  NewOperation,
  Operation,
  OperationOutcome,
  Waiting,
} from '../store/rows.ts';
import { waitKey } from './context.ts';
import { judgeWith, matchKeysOf } from './intent-door.ts';
import type { WorkContext } from './work-context.ts';

/** One person's write, as the plan wants it. */
export interface PersonWrite {
  /** The record's id in the outbox: the primary's. */
  readonly id: string;
  readonly secondaryId: string;
  /** Primary record and hash this was decided on. */
  readonly recordId: number;
  readonly recordHash: string;
  readonly intent: PersonIntent;
  readonly baseline: Baseline;
  /** Written when the operation is confirmed. */
  readonly journal: readonly JournalEntry[];
  /** JSON-able; handed back to the hooks with the operation, after a kill too. */
  readonly more: unknown;
  /** Waits until the way of all of a pass is chosen. */
  readonly gathered?: boolean;
}

/** The payload of an operation in the outbox. */
export interface PersonPayload {
  readonly operation: PersonOperation;
  readonly intent: PersonIntent;
  readonly more: unknown;
}

/**
 * How a write ended in this pass. `refused`: at the door; `moved`: decided anew by the next plan; `unknown`: a later pass
 * reads it back.
 */
export type WriteEnd = 'applied' | 'refused' | 'moved' | 'parked' | 'unknown';

/** Null: nothing is agreed on by it. */
export type Agreed = LinkToStore | null;

export interface SubmitHooks {
  /** Which side of the sync the target is. */
  readonly side: SideName;
  /**
   * Gives link and baseline that now hold. `partly`: only the opt-out was carried out, the rest of the intent was not,
   * so the record must stay pending. `reading` null: the person is not there any more.
   */
  agreed(operation: Operation, reading: Reading<Contact> | null, partly: boolean): Agreed | Promise<Agreed>;
  /** Gives links of other streams that the same answer justifies. Left out: there are none. */
  beside?(operation: Operation): Promise<readonly LinkToStore[]>;
  /** Gives the opt-out that has to be stated again, because a job may have undone it; null: none was undone. Left out: no job can. */
  undone?(operation: Operation, content: Content): PersonWrite | null;
  /** Told once for each write given, and for each operation that an earlier pass left. */
  ended(record: { readonly id: string; readonly recordId: number }, end: WriteEnd, reason: string | null): void;
}

const BATCH = 500;
/** Why a person's write waits for somebody. */
export const PARKED = 'people-write-refused';
/** What must not wait for a second look: somebody may be mailed who was not before. */
const ALARMING = new Set(['became-mailable', 'became-explicit']);

/** Chooses the operation for one person: an opt-out is carried out by itself, before and without anything else. */
export function operationFor(intent: PersonIntent): PersonOperation {
  if (intent.contactId === null) return 'create';
  if (intent.permission === 'unsubscribe') return 'unsubscribe';
  return intent.remove ? 'delete' : 'update';
}

/** Carries writes through door, outbox and target. Throws what ends a pass; what was intended is then decided anew. */
export async function submitIntents(
  ctx: WorkContext,
  target: PeopleTarget,
  writes: readonly PersonWrite[],
  hooks: SubmitHooks,
): Promise<void> {
  await intendAll(ctx, target, writes, hooks);
  for (;;) {
    const judge = (operation: Operation, facts: Parameters<typeof judgeWith>[2]): string | null => {
      const verdict = judgeOperation(target, operation, facts);
      return verdict.kind === 'refused' ? verdict.reason : null;
    };
    // One at a time: between the transaction that judges a row and its request lies nothing but that row.
    const { claimed, refused } = await ctx.store.claimJudged(ctx.lease, hooks.side, 1, judge);
    for (const one of refused) hooks.ended({ id: one.primaryId, recordId: one.recordId }, 'refused', one.reason);
    for (const one of claimed) await submitOne(ctx, target, one, hooks);
    if (claimed.length + refused.length === 0) return;
  }
}

/** Intends writes and sends nothing: who the door refuses now is not even intended. */
export async function intendAll(
  ctx: WorkContext,
  target: PeopleTarget,
  writes: readonly PersonWrite[],
  hooks: SubmitHooks,
): Promise<void> {
  for (let at = 0; at < writes.length; at += BATCH) await intend(ctx, target, writes.slice(at, at + BATCH), hooks);
}

async function intend(
  ctx: WorkContext,
  target: PeopleTarget,
  writes: readonly PersonWrite[],
  hooks: SubmitHooks,
): Promise<void> {
  const facts = await ctx.store.consent(writes.flatMap(({ intent }) => matchKeysOf(intent)));
  const operations: NewOperation[] = [];
  for (const write of writes) {
    const operation = operationFor(write.intent);
    const verdict = judgeWith(target.operations.get(operation)?.effects, write.intent, facts);
    if (verdict.kind === 'refused') hooks.ended(write, 'refused', verdict.reason);
    else operations.push(newOperation(write, operation, hooks.side));
  }
  if (operations.length > 0)
    await ctx.store.intend(ctx.lease, ctx.run, operations, { waiting: [], settled: [], journal: [] });
}

function newOperation(write: PersonWrite, operation: PersonOperation, side: SideName): NewOperation {
  const payload: PersonPayload = { operation, intent: write.intent, more: write.more };
  return {
    side,
    matchKeys: matchKeysOf(write.intent),
    gathered: write.gathered === true,
    stream: 'contacts',
    lane: write.intent.permission === 'unsubscribe' ? 'opt-out' : 'live',
    primaryId: write.id,
    secondaryId: write.secondaryId,
    recordId: write.recordId,
    recordHash: write.recordHash,
    payload,
    baseline: write.baseline,
    journal: write.journal,
  };
}

function judgeOperation(
  target: PeopleTarget,
  operation: Operation,
  facts: Parameters<typeof judgeWith>[2],
): DoorVerdict {
  const payload = operation.payload as PersonPayload;
  return judgeWith(target.operations.get(payload.operation)?.effects, payload.intent, facts);
}

async function submitOne(
  ctx: WorkContext,
  target: PeopleTarget,
  operation: Operation,
  hooks: SubmitHooks,
): Promise<void> {
  const { operation: name, intent } = operation.payload as PersonPayload;
  await ctx.keepLease();
  await ctx.store.sending(ctx.lease, [operation.opId]);
  const urgent = operation.lane === 'opt-out';
  // The claim was judged in its own transaction; what may be sent at all follows from the same facts.
  const facts = await ctx.store.consent(operation.matchKeys ?? []);
  const verdict = judgeOperation(target, operation, facts);
  if (verdict.kind === 'refused') return settle(ctx, operation, hooks, 'superseded', verdict.reason, 'refused');
  let result: SendResult;
  try {
    result = await target.send(name, intent, { mayMail: verdict.mayMail, urgent }, ctx.signal);
  } catch (error) {
    if (isErrorOf(error, 'unknown_outcome')) return settle(ctx, operation, hooks, 'verifying', error.code, 'unknown');
    // Any other class says that nothing was changed. An interruption says nothing: recovery will read back.
    if (isErrorOf(error, 'auth', 'forbidden', 'throttled', 'quota_exceeded', 'unavailable', 'not_ready'))
      await settle(ctx, operation, hooks, 'superseded', error.code, 'moved');
    throw error;
  }
  await settleResult(ctx, operation, hooks, result);
}

async function settleResult(
  ctx: WorkContext,
  operation: Operation,
  hooks: SubmitHooks,
  result: SendResult,
): Promise<void> {
  if (result.kind === 'written') return confirm(ctx, operation, hooks, result.reading);
  if (result.kind === 'moved') return settle(ctx, operation, hooks, 'superseded', 'moved', 'moved');
  const later = result.kind === 'differs' && !ALARMING.has(result.reason);
  // A read right after a write may still show what stood before (T17): it is read again later, and parked only then.
  if (later) return settle(ctx, operation, hooks, 'verifying', `${DIFFERS}${result.reason}`, 'unknown');
  await settle(ctx, operation, hooks, 'parked', result.reason, 'parked');
}

const DIFFERS = 'differs:';

async function confirm(
  ctx: WorkContext,
  operation: Operation,
  hooks: SubmitHooks,
  reading: Reading<Contact> | null,
): Promise<void> {
  const { operation: name, intent } = operation.payload as PersonPayload;
  const link = await hooks.agreed(operation, reading, name === 'unsubscribe' && wantsMore(intent));
  const waits = ctx.waits.has(waitKey('contacts', operation.primaryId, PARKED));
  const settled = waits ? [{ stream: 'contacts', id: operation.primaryId, reason: PARKED } as const] : [];
  const outcome: OperationOutcome = {
    opId: operation.opId,
    to: 'confirmed',
    reason: null,
    link,
    ...(await besideOf(operation, hooks)),
  };
  await ctx.store.settleOperations(ctx.lease, [outcome], [], settled);
  hooks.ended({ id: operation.primaryId, recordId: operation.recordId }, 'applied', null);
}

async function besideOf(operation: Operation, hooks: SubmitHooks): Promise<Pick<OperationOutcome, 'beside'>> {
  const beside = (await hooks.beside?.(operation)) ?? [];
  return beside.length === 0 ? {} : { beside };
}

function wantsMore({ fields, customFields, lists, tags, addressWas, remove }: PersonIntent): boolean {
  const changes = lists.add.length + lists.remove.length + tags.add.length + tags.remove.length;
  const values = Object.keys(fields).length + Object.keys(customFields).length;
  return changes + values > 0 || addressWas !== null || remove;
}

async function settle(
  ctx: WorkContext,
  operation: Operation,
  hooks: SubmitHooks,
  to: 'superseded' | 'verifying' | 'parked',
  reason: string,
  end: WriteEnd,
): Promise<void> {
  const waiting: Waiting[] = to === 'parked' ? [parkedBy(ctx, operation, reason)] : [];
  await ctx.store.settleOperations(ctx.lease, [{ opId: operation.opId, to, reason, link: null }], waiting);
  hooks.ended({ id: operation.primaryId, recordId: operation.recordId }, end, reason);
}

function parkedBy(ctx: WorkContext, { primaryId }: Operation, why: string): Waiting {
  return { kind: 'parked', stream: 'contacts', id: primaryId, reason: PARKED, detail: { why }, run: ctx.run };
}

/**
 * Begins a pass's writing: what an earlier one intended and did not send is decided anew, what it sent without learning
 * the outcome is read back. One that is too fresh to be seen stays as it is. Called before the plan is made.
 */
export async function settleEarlier(ctx: WorkContext, target: PeopleTarget, hooks: SubmitHooks): Promise<void> {
  for (;;) {
    const left = await ctx.store.operations(ctx.sync.name, 'pending', BATCH, hooks.side);
    if (left.length === 0) break;
    const outcomes = left.map(({ opId }) => ({ opId, to: 'superseded', reason: 'decided-anew', link: null }) as const);
    await ctx.store.settleOperations(ctx.lease, outcomes, []);
  }
  const count = (await ctx.store.countOperations(ctx.sync.name)).verifying ?? 0;
  for (const one of await ctx.store.operations(ctx.sync.name, 'verifying', count, hooks.side))
    await lookUpOne(ctx, target, one, hooks);
}

async function lookUpOne(
  ctx: WorkContext,
  target: PeopleTarget,
  operation: Operation,
  hooks: SubmitHooks,
): Promise<void> {
  const { operation: name, intent } = operation.payload as PersonPayload;
  await ctx.keepLease();
  const found = await target.lookUp(name, intent, ctx.signal);
  if (found.kind === 'done') return confirm(ctx, operation, hooks, found.reading);
  // Without a time nobody knows how fresh it is; a clock set back must not make it wait for ever.
  const age = operation.sentAt === null ? target.visibilityMs : Math.abs(ctx.clock.now() - operation.sentAt);
  if (age < target.visibilityMs) {
    hooks.ended({ id: operation.primaryId, recordId: operation.recordId }, 'unknown', operation.reason);
    return;
  }
  if (operation.reason?.startsWith(DIFFERS) === true)
    return settle(ctx, operation, hooks, 'parked', operation.reason, 'parked');
  await settle(ctx, operation, hooks, 'superseded', 'not-arrived', 'moved');
}
