/**
 * members-verify: how the rows of memberships stand against a fresh reading of the account.
 *
 * Decides by the same merge as a pass. Must never write, nor count as a difference what is left alone.
 */
import type { Reading } from '../model/record.ts';
import type { Known } from '../store/rows.ts';
import type { PlanStep } from './lane.ts';
import { rowStep, subjectOf, unanswered, wantOf, type ListWant, type Memberships } from './memberships.ts';
import { readPeople } from './members-read.ts';
import { EDITED } from './table-carry.ts';
import type { WorkContext } from './work-context.ts';

/** Adds differences of lists to steps that found none in the people themselves. */
export async function withLists(
  ctx: WorkContext,
  lists: Memberships,
  steps: readonly PlanStep[],
  readings: readonly Reading[],
  known: ReadonlyMap<string, Known>,
): Promise<readonly PlanStep[]> {
  const differ = await compareReadings(ctx, lists, readings, known);
  return steps.map((step): PlanStep => {
    const { want = null, row = null } = differ.get(step.id) ?? {};
    if (step.action !== 'agree') return step;
    if (want === null) return row ?? step;
    const [before, after] = [{ lists: want.after }, { lists: want.before }];
    return { ...step, action: 'edit', reason: EDITED, changed: ['lists'], before, after };
  });
}

async function compareReadings(
  ctx: WorkContext,
  lists: Memberships,
  readings: readonly Reading[],
  known: ReadonlyMap<string, Known>,
): Promise<ReadonlyMap<string, { readonly want: ListWant | null; readonly row: PlanStep | null }>> {
  const book = await lists.book(ctx);
  if (book === null) return new Map();
  const contents = new Map(readings.map(({ id, content }) => [id, content]));
  const subjects = readings.flatMap((reading) => {
    const record = known.get(reading.id);
    return record === undefined ? [] : [subjectOf({ ...record, hash: reading.hash, state: reading.state })];
  });
  const waiting = await unanswered(ctx);
  const read = await readPeople(ctx, lists.place, book, subjects, {
    contentOf: (id) => Promise.resolve(contents.get(id) ?? null),
    waiting,
  });
  return new Map(
    read.compared.map((one) => {
      const row = rowStep(one, book);
      return [one.subject.id, { want: wantOf(one, book), row: row?.action === 'update' ? row : null }];
    }),
  );
}
