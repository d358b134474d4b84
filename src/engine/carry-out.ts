/**
 * carry-out: sends what table-carry decided, through door and outbox.
 *
 * Of an opt-out and of an edit the baseline moves when the account was read back with it. Lists are agreed on with
 * the answer to the write, and not compared before a later one. Must never decide what is sent.
 */
import type { PeopleTarget } from '../connector/target.ts';
import { MAILABLE } from '../consent/standing.ts';
import { untouched } from '../model/intent.ts';
import type { Content, RecordState } from '../model/record.ts';
import type { MemberChange, MemberWays } from '../plan/cheapest-members.ts';
import type { NewPerson, Ways } from '../plan/cheapest.ts';
import type { Bucket } from './counting.ts';
import { hasFields, linkOfEdit, linkOfLists, type ListsMore } from './edit-agreed.ts';
import { accountJobs, followJobs, makeNew, waysOf } from './jobs.ts';
import type { PlanStep } from './lane.ts';
import { listIds } from './list-ids.ts';
import { agreedByMaking, linkOfMade, writeOfNew } from './made-people.ts';
import { changeMembers, memberWaysOf } from './member-jobs.ts';
import type { NewPersonPayload } from './new-people.ts';
import {
  intendAll,
  PARKED,
  settleEarlier,
  submitIntents,
  type PersonPayload,
  type PersonWrite,
  type SubmitHooks,
  type WriteEnd,
} from './submit-intents.ts';
import type { Operation } from '../store/rows.ts';
import type { CarryPayload } from './table-carry.ts';
import { baselineOf } from './table-operations.ts';
import type { WorkContext } from './work-context.ts';

/** Tells a step at the primary from those of the table. */
export function isCarried(step: PlanStep): boolean {
  return step.action === 'unsubscribe' || step.action === 'edit' || step.action === 'create';
}

/** People whose way is chosen when all are known. */
interface Gathered {
  readonly people: NewPerson[];
  readonly changes: MemberChange[];
}

/**
 * Writes at the primary what is wanted of people it knows, one request after the other, opt-outs first. Who is new, and
 * whose lists alone are to change, is only intended: gives them.
 */
async function carryOut(ctx: WorkContext, target: PeopleTarget, steps: readonly PlanStep[]): Promise<Gathered> {
  const known = steps.filter(({ action, members }) => action !== 'create' && members === undefined);
  if (known.length > 0)
    await submitIntents(
      ctx,
      target,
      known.map((step) => writeOf(ctx, step)),
      hooks(ctx),
    );
  const made = await writesOfNew(
    ctx,
    steps.filter(({ action }) => action === 'create'),
  );
  const changed = steps.filter(({ members }) => members !== undefined);
  const writes = [...made, ...changed.map((step) => writeOf(ctx, step))];
  await intendAll(
    ctx,
    target,
    writes.map((write) => ({ ...write, gathered: true })),
    hooks(ctx),
  );
  const bytes = new Map(steps.map(({ id, rowBytes = null }) => [id, rowBytes]));
  return {
    people: made.map(({ id }) => ({ id, bytes: bytes.get(id) ?? null })),
    changes: changed.flatMap(changeIn),
  };
}

/** What a job could change of a step's person. */
export function changeIn({ id, members }: PlanStep): readonly MemberChange[] {
  return members === undefined ? [] : [{ id, ...members }];
}

/** What a lane writes at the primary in one pass. */
export interface Carrier {
  /** The ways by which new people are made; null: none are. */
  readonly ways: Ways | null;
  /** The ways by which lists of these people are changed; null: none are. */
  readonly memberWays: (
    ctx: WorkContext,
    changes: readonly MemberChange[],
    oneRound: boolean,
  ) => Promise<MemberWays | null>;
  /** Forgets what an earlier pass gathered and did not send: the plan finds them again. */
  begin(): void;
  apply(ctx: WorkContext, steps: readonly PlanStep[]): Promise<void>;
  /** Accounts for those of earlier jobs, then changes the lists and makes the new people of this pass. */
  readonly finish: (ctx: WorkContext, oneRound: boolean) => Promise<void>;
}

/** Makes the carrier of a lane; `lists`: how many lists new people are to be on, null: none are made. */
export function createCarrier(target: PeopleTarget | null, lists: number | null): Carrier {
  // What the plan's batches put into the outbox, in the order of the plan: how they are made is chosen for all at once.
  let gathered = nobody();
  return {
    ways: target === null || lists === null ? null : waysOf(target, lists),
    memberWays: async (ctx, changes, oneRound) =>
      target === null ? null : memberWaysOf(ctx, target, changes, oneRound),
    begin: () => {
      gathered = nobody();
    },
    apply: async (ctx, steps) => {
      if (target === null) return;
      const { people, changes } = await carryOut(ctx, target, steps.filter(isCarried));
      gathered.people.push(...people);
      gathered.changes.push(...changes);
    },
    finish: async (ctx, oneRound) => {
      const { people, changes } = gathered;
      gathered = nobody();
      if (target === null) return;
      await accountJobs(ctx, target, hooks(ctx));
      if (changes.length > 0) await changeMembers(ctx, target, changes, oneRound, hooks(ctx));
      if (people.length > 0) await makeNew(ctx, target, people, lists ?? 0, hooks(ctx));
    },
  };
}

function nobody(): Gathered {
  return { people: [], changes: [] };
}

/** Nobody is made without the lists that they are to be on. */
async function writesOfNew(ctx: WorkContext, steps: readonly PlanStep[]): Promise<readonly PersonWrite[]> {
  const names = new Set(steps.flatMap((step) => (step.payload as NewPersonPayload).lists));
  const ids = await listIds(ctx, [...names]);
  if (ids === null) {
    for (const { recordId } of steps) ctx.counting.put(recordId, 'skipped.no-such-list');
    return [];
  }
  return steps.map((step) => {
    const { intent, secondaryId, evidence: said, lists } = step.payload as NewPersonPayload;
    const add = lists.flatMap((name) => ids.get(name) ?? []);
    const evidence = `the row in ${ctx.sync.secondary} says yes, and as evidence: ${said}`;
    return writeOfNew(ctx, step, { intent, secondaryId, add, evidence, more: { made: agreedByMaking(intent) } });
  });
}

/** Reads back what an earlier pass sent without learning the outcome; what it did not send is found again. */
export async function settleCarried(ctx: WorkContext, target: PeopleTarget): Promise<void> {
  await settleEarlier(ctx, target, hooks(ctx));
  await followJobs(ctx, target, hooks(ctx));
}

/** Ends what is parked and nothing asks for any more: nobody has to look at it. */
export async function dropParked(ctx: WorkContext, over: readonly Operation[]): Promise<void> {
  if (over.length === 0) return;
  await ctx.store.settleOperations(
    ctx.lease,
    over.map(({ opId }) => ({ opId, to: 'superseded', reason: 'not-wanted-any-more', link: null })),
    [],
    over.map(({ primaryId }) => ({ stream: 'contacts', id: primaryId, reason: PARKED })),
  );
}

/** What an operation at the primary keeps for its answer. */
interface CarryMore extends ListsMore {
  readonly optedIn: CarryPayload['optedIn'];
  /** An opt-out that is stated again: what both sides agreed on stays. */
  readonly again?: true;
}

function writeOf(ctx: WorkContext, step: PlanStep): PersonWrite {
  const { intent, secondaryId, base, members, membersFrom, optedIn } = step.payload as CarryPayload;
  const consent = step.action === 'unsubscribe';
  return {
    id: step.id,
    secondaryId,
    recordId: step.recordId,
    recordHash: step.target,
    intent,
    baseline: baselineOf(consent ? { ...base, consent: 0, outHere: true } : base, false),
    journal: [
      {
        run: ctx.run,
        stream: 'contacts',
        id: step.id,
        event: consent ? 'consent' : 'updated',
        rule: step.reason,
        before: step.before,
        after: step.after,
        evidence: consent
          ? `the row in ${ctx.sync.secondary} says no, where both had agreed on yes`
          : `the ${members === null ? 'row' : 'rows'} in ${ctx.sync.secondary} ${members === null ? 'was' : 'were'} changed`,
      },
    ],
    more: { members, membersFrom, optedIn } satisfies CarryMore,
  };
}

/** What becomes of a record by how its write ended. */
export const BUCKETS: Readonly<Record<WriteEnd, Bucket>> = {
  applied: 'applied',
  refused: 'skipped.refused',
  moved: 'skipped.moved',
  parked: 'parked',
  unknown: 'skipped.unfinished',
};

function hooks(ctx: WorkContext): SubmitHooks {
  return {
    side: 'primary',
    agreed: async (operationOfIt, reading) => {
      const { primaryId, secondaryId, baseline, payload } = operationOfIt;
      const { operation, more } = payload as PersonPayload;
      const { again = false } = (more ?? {}) as Partial<CarryMore>;
      if (operation === 'create') return reading === null ? null : linkOfMade(ctx, operationOfIt, reading.id);
      if (operation === 'update' && !hasFields(operationOfIt)) return linkOfLists(ctx, operationOfIt);
      if (operation === 'update') return reading === null ? null : linkOfEdit(ctx, operationOfIt);
      if (operation !== 'unsubscribe' || again) return null;
      return { stream: 'contacts', primaryId, secondaryId, baseline, agrees: null };
    },
    beside: async (operation) => {
      const link = hasFields(operation) ? await linkOfLists(ctx, operation) : null;
      return link === null ? [] : [link];
    },
    undone: (operation, content) => undoneOptOut(ctx, operation, content),
    ended: ({ recordId }, end) => ctx.counting.put(recordId, BUCKETS[end]),
  };
}

/**
 * Only who may be mailed goes onto a list. Whoever the account opted in anew since that was decided had opted out in
 * between, and nobody knows whether a person or the job lifted that: in doubt they are out.
 */
function undoneOptOut(ctx: WorkContext, operation: Operation, content: Content): PersonWrite | null {
  const { intent, more } = operation.payload as PersonPayload;
  const { optedIn = null } = (more ?? {}) as Partial<CarryMore>;
  const now = content['opt_in_date'] ?? null;
  const { permission_to_send: permission = null, opt_in_source: by } = content;
  if (!MAILABLE.has(String(permission) as RecordState) || by !== 'Account' || now === null || now === optedIn)
    return null;
  const { contactId, address, version } = intent;
  const reason = 'opted out while a job put them on a list';
  return {
    ...operation,
    id: operation.primaryId,
    intent: { ...untouched(contactId, address, version), permission: 'unsubscribe', actor: 'account', reason },
    journal: [
      {
        run: ctx.run,
        stream: 'contacts',
        id: operation.primaryId,
        event: 'consent',
        rule: 'undone-by-job',
        before: { permission_to_send: permission },
        after: { permission_to_send: 'unsubscribed' },
        evidence: 'the account opted them in anew while a job of ours put them on a list',
      },
    ],
    more: { members: null, membersFrom: null, optedIn: now, again: true } satisfies CarryMore,
    gathered: false,
  };
}
