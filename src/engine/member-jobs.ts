/**
 * member-jobs: changes lists and tags of known people at the primary, many in a job or each by themselves.
 *
 * The way is chosen when all of a pass are known and intended, by requests. Whoever needs several jobs is in one after
 * the other, over passes: what is left is found anew. Must never put anybody into a job whom the door does not let pass.
 */
import type { BulkTarget } from '../connector/bulk.ts';
import type { PeopleTarget } from '../connector/target.ts';
import { chooseMembers, type MemberChange, type MemberKind, type MemberWays } from '../plan/cheapest-members.ts';
import { sendJob } from './jobs.ts';
import { countMembers } from './member-counts.ts';
import { kindOf, partOf, type JobWork } from './member-outcomes.ts';
import { intentIn } from './refused.ts';
import { submitIntents, type SubmitHooks } from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

/** Says which ways a target has to change these people. */
export async function memberWaysOf(
  ctx: WorkContext,
  { operations, bulk }: PeopleTarget,
  changes: readonly MemberChange[],
  oneRound: boolean,
): Promise<MemberWays> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const { total } = await ctx.store.tallies(shelf);
  const page = ctx.source.members?.page ?? 1;
  const added = (what: MemberKind): readonly string[] => changes.flatMap((change) => change[what].add);
  const on =
    changes.length > 1 && total > page
      ? await countMembers(ctx, shelf, { lists: new Set(added('lists')), tags: new Set(added('tags')) })
      : () => 0;
  const jobs = ctx.source.members === null ? [] : (bulk?.members ?? []);
  const single = operations.get('update')?.calls ?? 0;
  return { single, jobs, toldAtOnce: bulk?.toldAtOnce ?? 1, page, everybody: total, on, oneRound };
}

/** Changes the people who were gathered, the cheapest way. */
export async function changeMembers(
  ctx: WorkContext,
  target: PeopleTarget,
  changes: readonly MemberChange[],
  oneRound: boolean,
  hooks: SubmitHooks,
): Promise<void> {
  const { bulk } = target;
  const { jobs, singles } = chooseMembers(changes, await memberWaysOf(ctx, target, changes, oneRound));
  for (const { ids, ...work } of bulk === null ? [] : jobs) {
    if (bulk !== null) await sendMembers(ctx, bulk, work, ids, hooks);
  }
  await ctx.store.ungather(ctx.lease, hooks.side, singles);
  await submitIntents(ctx, target, [], hooks);
}

async function sendMembers(
  ctx: WorkContext,
  { members }: BulkTarget,
  work: JobWork,
  ids: readonly string[],
  hooks: SubmitHooks,
): Promise<void> {
  const way = members.find(({ what, how }) => what === work.what && how === work.how);
  if (way === undefined) throw new Error('a job was chosen that the target does not have');
  const order = {
    kind: kindOf(work),
    effects: way.effects,
    targets: work.targets,
    intentOf: (operation: Parameters<typeof intentIn>[0]) => partOf(intentIn(operation), work),
    submit: (intents: readonly { readonly contactId: string | null }[], signal: AbortSignal) =>
      way.submit(
        intents.flatMap(({ contactId }) => contactId ?? []),
        work.targets,
        signal,
      ),
  };
  await sendJob(ctx, order, ids, hooks);
}
