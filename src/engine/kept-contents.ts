/**
 * kept-contents: what the account last said of people, where the other side is no mirror: the store keeps it.
 *
 * Reads only. Must never look at the other side: it tells what its own system says.
 */
import type { Content } from '../model/record.ts';
import type { Known, Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import type { Lane } from './lane.ts';
import type { WorkContext } from './work-context.ts';

/** Reads one record's content; null where none is kept. */
export const contentAt: Lane['content'] = async ({ store }, shelf, id) => {
  const content = (await store.record(shelf, id))?.content ?? null;
  return content === null ? null : contentOf(content);
};

/** Finds people by the match key of their address. */
export const findAt: Lane['find'] = async ({ store, sync }, key) =>
  (await store.findByMatchKey(await store.shelf(sync, 'primary', 'contacts'), [key])).map((record) => record.id);

/** Reads the content of several, by id. */
export async function lastContent(
  ctx: WorkContext,
  shelf: Shelf,
  known: readonly Known[],
): Promise<Map<string, Content>> {
  const found = new Map<string, Content>();
  for (const { id } of known) {
    const record = await ctx.store.record(shelf, id);
    if (record?.content) found.set(id, contentOf(record.content));
  }
  return found;
}

/** Rows without a counterpart are the other side's own: they are no difference. */
export async function* noRows(): AsyncIterable<readonly string[]> {}

/** Such a side has no rows of which somebody might have switched many on at once. */
export async function* nobody(): AsyncIterable<readonly Known[]> {}

function refuseLoad(): Promise<never> {
  return Promise.reject(new Error('only a mirror has a load lane'));
}

/** Such a side is written person by person from the first. */
export const NO_LOAD = {
  mayLoad: () => Promise.resolve(false),
  beginLoad: refuseLoad,
  append: refuseLoad,
  finishLoad: refuseLoad,
} satisfies Partial<Lane>;
