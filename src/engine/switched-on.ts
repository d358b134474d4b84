/**
 * switched-on: rows of the user's table that say yes of people who are out at the primary (I1, T20).
 *
 * A no was known of them, and a row does not tell who switched it on: that is no opt-in of anybody, and goes nowhere. All
 * of them are one thing for a person to decide, named by who they are, however many. Must never write a row, nor
 * anything about consent.
 */
import type { TableSide } from '../connector/side.ts';
import { MAILABLE } from '../consent/standing.ts';
import { textHash } from '../model/hash.ts';
import { saysYes, type TableBase, type TableMapping } from '../plan/table-step.ts';
import type { Known, Link, Shelf } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { WorkContext } from './work-context.ts';

/** Why such rows wait for somebody. */
export const SWITCHED_ON = 'switched-on-at-home';
const BATCH = 500;
const MOST_TOLD = 100;

/** Finds the people, in the store's order. Who waits to be written is not among them: the pass decides about them. */
export async function* switchedOn(
  { store, sync }: { readonly store: Store; readonly sync: string },
  side: TableSide,
  mapping: TableMapping,
  shelf: Shelf,
): AsyncIterable<readonly Known[]> {
  if (mapping.consentColumn === null) return;
  for (let after = 0; ;) {
    const batch = await store.records(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.recordId;
    const out = batch.filter(({ state, agreed, hash }) => !MAILABLE.has(state) && agreed === hash);
    const links = await store.links(
      sync,
      'contacts',
      out.map(({ id }) => id),
    );
    const keys = [...links.values()].filter(isKnownOut).map(({ secondaryId }) => secondaryId);
    const rows = keys.length === 0 ? new Map<string, never>() : await side.readByKeys(keys);
    const found = out.filter(({ id }) => {
      const row = rows.get(links.get(id)?.secondaryId ?? '');
      return row !== undefined && saysYes(row, mapping);
    });
    yield found;
  }
}

/** A no of the row's owner that waits to be carried was known, too: taking it back brings nobody back whom the account does not mail. */
function isKnownOut({ baseline }: Link): boolean {
  const base = baseline?.fields['table'] as TableBase | undefined;
  return base?.consent === 0 || base?.outHere === true;
}

/** Tells a person of them, as one; other people than the last time are another thing. */
export async function tellSwitchedOn(ctx: WorkContext, side: TableSide, mapping: TableMapping): Promise<void> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  let [name, count] = ['', 0];
  for await (const batch of switchedOn({ store: ctx.store, sync: ctx.sync.name }, side, mapping, shelf)) {
    await ctx.keepLease();
    for (const { id } of batch) name = textHash(`${name}\n${id}`);
    count += batch.length;
  }
  const id = `rows:${name}`;
  const told = await ctx.store.waiting(ctx.sync.name, MOST_TOLD, { reason: SWITCHED_ON });
  const over = told.filter((one) => count === 0 || one.id !== id);
  if (count + over.length === 0) return;
  const detail = { why: `${count} people` };
  const waiting = { kind: 'conflict', stream: 'contacts', id, reason: SWITCHED_ON, detail, run: ctx.run } as const;
  await ctx.store.wait(
    ctx.lease,
    count === 0 ? [] : [waiting],
    over.map(({ stream, id: old, reason }) => ({ stream, id: old, reason })),
  );
}
