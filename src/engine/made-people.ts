/**
 * made-people: what is agreed of somebody whom Concord made for a row, or a CRM's contact: that, as it was then.
 *
 * Between the making and the next reading the table's owner may have changed the row, or taken the person out. Measured by what was sent
 * that is an edit or an opt-out to be carried, never something that merely stood there when the two first met (I3, I8).
 * Must never change a link that is there, nor give a row to a second person.
 */
import { matchKey } from '../model/address.ts';
import { contentHash } from '../model/hash.ts';
import type { PersonIntent } from '../model/intent.ts';
import type { TableBase } from '../plan/table-step.ts';
import type { CrmBase } from '../plan/crm-mapping.ts';
import type { Baseline, LinkToStore, Operation, Shelf } from '../store/rows.ts';
import type { PlanStep } from './lane.ts';
import { NOTHING_AGREED } from './new-people.ts';
import { intentIn } from './refused.ts';
import type { PersonPayload, PersonWrite } from './submit-intents.ts';
import { baselineOf } from './table-operations.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;

/** What a making hands to whoever learns its outcome. */
export type MadeMore = { readonly made: TableBase } | { readonly crm: CrmBase };

/** What a plan's step and the side that wants somebody say of their making. */
export interface ToMake {
  readonly intent: PersonIntent;
  readonly secondaryId: string;
  /** Ids of the lists that they are put on. */
  readonly add: readonly string[];
  /** Why they may be made, in words. */
  readonly evidence: string;
  readonly more: MadeMore;
}

/** Makes the write of somebody new. */
export function writeOfNew(ctx: WorkContext, step: PlanStep, toMake: ToMake): PersonWrite {
  const { intent, secondaryId, add, evidence, more } = toMake;
  const { id, recordId, target: recordHash, reason: rule, after } = step;
  return {
    id,
    secondaryId,
    recordId,
    recordHash,
    intent: { ...intent, lists: { add, remove: [] } },
    // Agreed on when their id is known, with the link.
    baseline: NOTHING_AGREED,
    journal: [{ run: ctx.run, stream: 'contacts', id, event: 'made', rule, before: null, after, evidence }],
    more,
  };
}

/** Gives what is agreed by making somebody: the values that were sent, and their yes. */
export function agreedByMaking({ fields }: PersonIntent): TableBase {
  return { fields, consent: 1, outHere: false };
}

/** Gives the link of somebody made, by the id that they have now; null where they, or their row, are linked already. */
export async function linkOfMade(ctx: WorkContext, operation: Operation, id: string): Promise<LinkToStore | null> {
  const { more } = operation.payload as PersonPayload;
  const baseline = baselineIn(more as MadeMore | null);
  if (baseline === null) return null;
  const { secondaryId } = operation;
  const [people, rows] = [
    await ctx.store.links(ctx.sync.name, 'contacts', [id]),
    await ctx.store.linksBySecondary(ctx.sync.name, 'contacts', [secondaryId]),
  ];
  if (people.size + rows.size > 0) return null;
  return { stream: 'contacts', primaryId: id, secondaryId, baseline, agrees: null };
}

function baselineIn(more: MadeMore | null): Baseline | null {
  if (more === null) return null;
  if ('crm' in more) return { hash: contentHash(more.crm), fields: { crm: more.crm } };
  return 'made' in more ? baselineOf(more.made, false) : null;
}

/** Links everybody of the open jobs whom the reading has shown, before their rows are compared. */
export async function linkThoseMade(ctx: WorkContext): Promise<void> {
  // A dry run writes nothing.
  if (ctx.mode !== 'sync') return;
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  for (const { jobId } of await ctx.store.openJobs(ctx.sync.name)) {
    for (let after = 0; ;) {
      await ctx.keepLease();
      const batch = await ctx.store.jobOperations(ctx.sync.name, jobId, after, BATCH);
      const last = batch.at(-1);
      if (last === undefined) break;
      after = last.opId;
      const links = await linksOf(ctx, shelf, batch);
      if (links.length > 0) await ctx.store.adopt(ctx.lease, links, []);
    }
  }
}

async function linksOf(ctx: WorkContext, shelf: Shelf, batch: readonly Operation[]): Promise<readonly LinkToStore[]> {
  const byKey = new Map(batch.map((operation) => [matchKey(intentIn(operation).address), operation]));
  const keys = [...byKey.keys()].filter((key) => key !== null);
  const links: LinkToStore[] = [];
  for (const { id, matchKey: key, state } of await ctx.store.findByMatchKey(shelf, keys)) {
    const operation = byKey.get(key);
    const link = operation === undefined || state === 'deleted' ? null : await linkOfMade(ctx, operation, id);
    if (link !== null) links.push(link);
  }
  return links;
}
