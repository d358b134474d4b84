/**
 * member-outcomes: what became of the people of a job that changed lists or tags.
 *
 * Told by what is stored of them alone: who stands as wanted is done, whoever was read when a reading had to show it and
 * does not is decided anew, by themselves. A person who needs several jobs is confirmed with the last. Must never believe
 * what a job says of itself.
 */
import type { MemberJobs } from '../connector/bulk.ts';
import { contentHash } from '../model/hash.ts';
import { untouched, type PersonIntent, type SetChange } from '../model/intent.ts';
import type { Content } from '../model/record.ts';
import { JOB_MISSED } from '../model/outbox.ts';
import { VISIBILITY_MS } from '../rules/staleness.ts';
import type { Job } from '../store/job-rows.ts';
import type { JournalEntry, Known, Operation, OperationOutcome, Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import { readMarks } from './people-state.ts';
import { intentIn } from './refused.ts';
import type { PersonWrite, SubmitHooks } from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

/** What a job does to everybody in it. */
export type JobWork = Pick<MemberJobs, 'what' | 'how'> & { readonly targets: readonly string[] };

/** The name of a kind of job in the store. */
export function kindOf({ what, how }: Pick<JobWork, 'what' | 'how'>): string {
  return `${what}:${how}`;
}

/** Reads what a job does; null: it makes people. */
export function workOf({ kind, targets }: Job): JobWork | null {
  const [what = '', how = ''] = kind.split(':');
  if ((what !== 'lists' && what !== 'tags') || (how !== 'add' && how !== 'remove')) return null;
  return { what, how, targets };
}

/** Narrows an intent to the part that a job carries. */
export function partOf({ contactId, address, version }: PersonIntent, { what, how, targets }: JobWork): PersonIntent {
  const change: SetChange = { add: how === 'add' ? targets : [], remove: how === 'remove' ? targets : [] };
  return { ...untouched(contactId, address, version), [what]: change };
}

/** Tells whether somebody stands as the job was to make them. */
export function holds(content: Content, { what, how, targets }: JobWork): boolean {
  const stands = content[what === 'lists' ? 'list_memberships' : 'taggings'];
  if (!Array.isArray(stands)) return false;
  const ids = new Set<unknown>(stands);
  return targets.every((id) => ids.has(id) === (how === 'add'));
}

/** Tells whether somebody was read when a reading had to show what the job did. */
export function wasSeen(
  ctx: WorkContext,
  job: Job,
  { recordId }: Pick<Known, 'recordId'>,
  walkAt: number | null,
): boolean {
  return ctx.readBack.has(recordId) || (walkAt !== null && walkAt > (job.endedAt ?? walkAt) && isRipe(job, walkAt));
}

/** Tells whether a reading of this time has to show what a job did; a clock set back must not make it wait for ever. */
export function isRipe({ endedAt }: Pick<Job, 'endedAt'>, now: number): boolean {
  return endedAt !== null && Math.abs(now - endedAt) >= VISIBILITY_MS;
}

export interface BatchEnd {
  /** Those of whom nobody can tell yet are left out. */
  readonly outcomes: readonly OperationOutcome[];
  /** Opt-outs that the job may have undone: to be stated again before the outcomes are settled. */
  readonly undone: readonly PersonWrite[];
}

/** Tells what became of a batch. */
export async function memberOutcomes(
  ctx: WorkContext,
  hooks: SubmitHooks,
  job: Job,
  batch: readonly Operation[],
): Promise<BatchEnd> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const ids = batch.map(({ primaryId }) => primaryId);
  const known = await ctx.store.known(shelf, ids);
  const { walkAt } = await readMarks(ctx);
  const work = workOf(job);
  const outcomes: OperationOutcome[] = [];
  const inPart: JournalEntry[] = [];
  const undone: PersonWrite[] = [];
  for (const operation of batch) {
    const { opId, primaryId } = operation;
    const record = known.get(primaryId);
    const text = record === undefined ? null : await contentFor(ctx, shelf, record);
    const end = (to: OperationOutcome['to'], reason: string | null, link: OperationOutcome['link'] = null): void =>
      void outcomes.push({ opId, to, reason, link });
    if (work === null || record === undefined || text === null) {
      end('superseded', 'moved');
      continue;
    }
    const content = contentOf(text);
    const stands = holds(content, work);
    if (!stands && !wasSeen(ctx, job, record, walkAt)) continue;
    const again = kindOf(work) === 'lists:add' ? (hooks.undone?.(operation, content) ?? null) : null;
    if (again !== null) undone.push(again);
    if (!stands) end('superseded', JOB_MISSED);
    else if (isWhole(intentIn(operation), work)) end('confirmed', null, await hooks.agreed(operation, null, false));
    else {
      inPart.push(...operation.journal.map((entry) => ({ ...entry, rule: `${entry.rule}:${job.kind}` })));
      end('superseded', IN_PART);
    }
  }
  if (inPart.length > 0) await ctx.store.note(ctx.lease, inPart);
  return { outcomes, undone };
}

/** Whoever is deleted has nothing of it left. */
async function contentFor(ctx: WorkContext, shelf: Shelf, { id, state }: Known): Promise<string | null> {
  return state === 'deleted' ? null : ((await ctx.store.record(shelf, id))?.content ?? null);
}

/** One of several jobs that a person needs is done: the next pass decides what is left. */
const IN_PART = 'in-part';

function isWhole(intent: PersonIntent, work: JobWork): boolean {
  const { lists, tags } = partOf(intent, work);
  return (
    contentHash({ lists: sorted(intent.lists), tags: sorted(intent.tags) }) ===
    contentHash({ lists: sorted(lists), tags: sorted(tags) })
  );
}

function sorted({ add, remove }: SetChange): SetChange {
  return { add: [...add].sort(), remove: [...remove].sort() };
}
