/**
 * crm-newcomers: makes people whom a CRM does not have, last of all, many in one request where people are submitted.
 *
 * Decided once more right before, then intended, judged in the claiming transaction (I1) and `sending` before anything
 * leaves. Must never make anybody while something live waits, nor before the CRM was read completely.
 */
import type { Pending } from '../store/rows.ts';
import { UNDECIDED } from './counting.ts';
import { endReplaced } from './crm-agree.ts';
import { createOne } from './crm-create.ts';
import { leftovers, stepWith } from './crm-leftovers.ts';
import { operationOf } from './crm-operations.ts';
import { decidePeople, type Crm } from './crm-people.ts';
import { hasWalked } from './crm-read.ts';
import { judgeAll } from './crm-submit.ts';
import { submitAll, type MadeEnd } from './crm-submission.ts';
import { newPersonIn, type Leftovers } from './crm-submitted.ts';
import type { PlanStep } from './lane.ts';
import type { WorkContext } from './work-context.ts';

/** More than any pass leaves. */
const MOST = 20_000;
/** After so many requests in a row that are answered badly the others would only wait as long. */
const GIVE_UP_AFTER = 3;
const NOTHING_ELSE = { waiting: [], settled: [], journal: [] };

/** Whom a pass is to make in a CRM. */
export class Newcomers {
  #ids: string[] = [];

  /** Lets go of what an earlier pass intended and did not send: it is decided anew, and comes after everything live. */
  async begin({ store, sync, lease }: WorkContext): Promise<void> {
    this.#ids = [];
    const waiting = await store.operations(sync.name, 'pending', MOST, 'secondary');
    const outcomes = waiting
      .filter((one) => newPersonIn(one) !== null)
      .map(({ opId }) => ({ opId, to: 'superseded', reason: 'decided-anew', link: null }) as const);
    if (outcomes.length > 0) await store.settleOperations(lease, outcomes, []);
  }

  /** Remembers who is to be made, until everything live is done. */
  wait({ counting }: WorkContext, steps: readonly PlanStep[]): void {
    for (const { action, id, recordId } of steps) {
      if (action !== 'insert') continue;
      this.#ids.push(id);
      counting.put(recordId, UNDECIDED);
    }
  }

  /** Makes them. Throws what ends a pass: whoever is left is pending and comes with the next. */
  async make(ctx: WorkContext, crm: Crm): Promise<void> {
    const ids = this.#ids.splice(0);
    if (ids.length === 0) return;
    const left = await leftovers(ctx);
    let size = crm.mapping.create === 'transaction' ? crm.target.submitRows : 1;
    for (let at = 0, down = 0; at < ids.length;) {
      const some = ids.slice(at, at + size);
      at += some.length;
      const end = await makeSome(ctx, crm, some, left);
      down = end instanceof Error ? down + 1 : 0;
      // One person who is always answered badly holds up nobody else (I17); where many are, all would be.
      if (end instanceof Error && down >= GIVE_UP_AFTER) throw end;
      if (end !== 'refused' || some.length === 1) continue;
      let bad = 0;
      for (const id of some) if ((await makeSome(ctx, crm, [id], left)) === 'refused') bad += 1;
      // It was not one of them: this CRM takes no batch.
      if (bad === 0) size = 1;
    }
  }
}

async function makeSome(ctx: WorkContext, crm: Crm, ids: readonly string[], left: Leftovers): Promise<MadeEnd> {
  await ctx.keepLease();
  const steps = await decideAnew(ctx, crm, ids, left);
  if (steps.length === 0) return 'done';
  const operations = steps.map((step) => operationOf(ctx, step));
  await ctx.store.intend(ctx.lease, ctx.run, operations, NOTHING_ELSE);
  await endReplaced(ctx, steps, ['verifying', 'parked']);
  const { claimed, refused } = await ctx.store.claimJudged(ctx.lease, 'secondary', ids.length, (operation, facts) => {
    const change = newPersonIn(operation);
    return change === null ? 'not-new' : judgeAll(crm, [change], facts);
  });
  for (const { recordId } of refused) ctx.counting.put(recordId, 'skipped.refused');
  const [first] = claimed;
  if (first === undefined) return 'done';
  return newPersonIn(first)?.kind === 'create' ? createOne(ctx, crm, first) : submitAll(ctx, crm, claimed);
}

/** Decides people as both sides stand now; whoever is not to be made any more is left to the next pass. */
async function decideAnew(
  ctx: WorkContext,
  crm: Crm,
  ids: readonly string[],
  left: Leftovers,
): Promise<readonly PlanStep[]> {
  const { store, sync, counting } = ctx;
  const shelf = await store.shelf(sync.name, 'primary', 'contacts');
  const batch: Pending[] = [];
  for (const id of ids) {
    const record = await store.record(shelf, id);
    if (record !== null && record.content !== null) batch.push({ ...record, content: record.content });
  }
  const walked = await hasWalked(ctx);
  const decided = await decidePeople(ctx, crm, batch, left);
  const steps = decided.map((one) => stepWith(ctx, crm.target, one, left.get(one.record.id) ?? [], walked));
  for (const { action, recordId } of steps) if (action !== 'insert') counting.put(recordId, 'skipped.moved');
  return steps.filter(({ action }) => action === 'insert');
}
