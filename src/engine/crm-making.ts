/**
 * crm-making: makes people of the CRM at the account, the cheapest way, and links them where they live in the CRM.
 *
 * The link is stored with the answer, or as soon as the account shows whom a job made, before they are compared: they are
 * met there, never submitted back. It holds what was agreed by the making, so that an opt-out or an edit in the CRM
 * between is carried and not taken for what merely stood there (I3, I8). Must never put anybody on a list that they left.
 */
import type { PeopleTarget } from '../connector/target.ts';
import { CUSTOM_FIELD } from '../plan/crm-fields.ts';
import type { CrmBase, CrmMapping } from '../plan/crm-mapping.ts';
import { dropParked } from './carry-out.ts';
import { carryHooks } from './crm-carry.ts';
import {
  isStillWanted,
  judgeContacts,
  newFromCrmSteps,
  type NewFromCrmPayload,
  type Wanted,
} from './crm-new-people.ts';
import { linkIn, linkText } from './crm-link.ts';
import { crmShelf } from './crm-read.ts';
import { accountJobs, followJobs, makeNew, waysOf } from './jobs.ts';
import type { PlanStep } from './lane.ts';
import { listIds } from './list-ids.ts';
import { listsLeftBy } from './list-leavers.ts';
import { writeOfNew } from './made-people.ts';
import { intentIn, parkedAtPrimary } from './refused.ts';
import { intendAll, type PersonWrite } from './submit-intents.ts';
import type { NewPerson, Ways } from '../plan/cheapest.ts';
import type { WorkContext } from './work-context.ts';

/** Makes people in one pass. */
export class Making {
  readonly #target: PeopleTarget;
  readonly #lists: number;
  #people: NewPerson[] = [];

  constructor(target: PeopleTarget, lists: number) {
    this.#target = target;
    this.#lists = lists;
  }

  get ways(): Ways {
    return waysOf(this.#target, this.#lists);
  }

  /** Finds whom it is to make. */
  decide(ctx: WorkContext, mapping: CrmMapping): AsyncIterable<readonly PlanStep[]> {
    return newFromCrmSteps(ctx, mapping, this.#target);
  }

  /** Asks how the jobs of earlier passes stand; before anything is read. */
  async begin(ctx: WorkContext): Promise<void> {
    this.#people = [];
    await followJobs(ctx, this.#target, carryHooks(ctx));
  }

  /** Intends whom a part of the plan wants. */
  async gather(ctx: WorkContext, steps: readonly PlanStep[]): Promise<void> {
    const made = steps.filter(({ action }) => action === 'create');
    if (made.length === 0) return;
    const people = await peopleOf(ctx, made);
    const intended = people.map(({ write }) => ({ ...write, gathered: true }));
    await intendAll(ctx, this.#target, intended, carryHooks(ctx));
    this.#people.push(...people.map(({ write: { id }, bytes }) => ({ id, bytes })));
  }

  /** Accounts for those of earlier jobs, and makes those of this pass. */
  async finish(ctx: WorkContext, mapping: CrmMapping): Promise<void> {
    const people = this.#people.splice(0);
    await accountJobs(ctx, this.#target, carryHooks(ctx));
    await endUnwanted(ctx, mapping);
    if (people.length > 0) await makeNew(ctx, this.#target, people, this.#lists, carryHooks(ctx));
  }
}

/** Nobody is made without the lists that they are to be on, nor put on one that they left (T24). */
async function peopleOf(
  ctx: WorkContext,
  steps: readonly PlanStep[],
): Promise<readonly { readonly write: PersonWrite; readonly bytes: number | null }[]> {
  const payloads = steps.map(({ payload }) => payload as NewFromCrmPayload);
  const ids = await listIds(ctx, [...new Set(payloads.flatMap(({ lists }) => lists))]);
  const left = await listsLeftBy(
    ctx,
    steps.map(({ id }, at) => ({ id, matchKey: payloads[at]?.wanted.key ?? null })),
  );
  return steps.flatMap((step) => {
    const { wanted, lists } = step.payload as NewFromCrmPayload;
    const named = lists.flatMap((name) => ids?.get(name) ?? []);
    const all = [...new Set([...named, ...wanted.intent.lists.add])];
    const add = all.filter((id) => left.get(step.id)?.has(id) !== true);
    // A job puts everybody in it on the same lists.
    const bytes = add.length < all.length ? null : (step.rowBytes ?? null);
    if (ids !== null && add.length > 0) return [{ write: writeOf(ctx, step, wanted, add), bytes }];
    ctx.counting.put(step.recordId, ids === null ? 'skipped.no-such-list' : 'skipped.left-the-list');
    return [];
  });
}

function writeOf(ctx: WorkContext, step: PlanStep, wanted: Wanted, add: readonly string[]): PersonWrite {
  const { intent, link } = wanted;
  const evidence = `the flag in ${ctx.sync.secondary} is on, and as evidence: ${wanted.evidence}`;
  const more = { crm: agreedByMaking(wanted) };
  return writeOfNew(ctx, step, { intent, secondaryId: linkText(link), add, evidence, more });
}

/** The values that were sent, and a yes of both. */
function agreedByMaking({ intent, key, link }: Wanted): CrmBase {
  const { fields, customFields } = intent;
  const custom = Object.entries(customFields).map(([id, value]) => [CUSTOM_FIELD + id, value] as const);
  const sent = Object.fromEntries(
    [...Object.entries(fields), ...custom].map(([field, value]) => [field, value === null ? null : String(value)]),
  );
  return {
    address: key,
    flags: link.emailId === null ? {} : { [link.emailId]: { address: key, flag: 'in' } },
    noted: null,
    fields: sent,
    written: [],
    stored: {},
    // The account may keep them in a form of its own.
    sent: Object.fromEntries(Object.entries(sent).map(([field, value]) => [field, [value]])),
    labels: null,
  };
}

/** Ends what the account refused and no contact asks for any more. */
async function endUnwanted(ctx: WorkContext, mapping: CrmMapping): Promise<void> {
  const parked = (await parkedAtPrimary(ctx)).filter((operation) => intentIn(operation).contactId === null);
  if (parked.length === 0) return;
  const shelf = await crmShelf(ctx);
  const over = [];
  for (const operation of parked) {
    const record = await ctx.store.record(shelf, linkIn(operation.secondaryId)?.contactId ?? '');
    const content = record?.content ?? null;
    const [judged] =
      record === null || content === null ? [] : await judgeContacts(ctx, mapping, [{ ...record, content }]);
    if (!isStillWanted(judged?.found, { ...intentIn(operation), lists: { add: [], remove: [] } })) over.push(operation);
  }
  await dropParked(ctx, over);
}
