/**
 * list-ids: lists are named at home and have ids at the primary; which is which?
 *
 * A name that no living list has, or that two have, is nobody's: it is never guessed. Must never write.
 */
import { ConnectorError } from '../model/errors.ts';
import { warn } from './context.ts';
import { readWhole } from './unread.ts';
import type { WorkContext } from './work-context.ts';

const MOST_LIST_PAGES = 20;

/** The primary's living lists whose names are their own. */
export interface ListBook {
  readonly names: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, string>;
}

/** Finds the ids of lists by their names; null, with a warning that names it, where one is not there or not only one. */
export async function listIds(ctx: WorkContext, names: readonly string[]): Promise<ReadonlyMap<string, string> | null> {
  if (names.length === 0) return new Map();
  const { ids } = await readLists(ctx);
  const odd = names.find((name) => !ids.has(name));
  if (odd === undefined) return ids;
  warn(ctx, 'no-such-list', { list: odd });
  return null;
}

/**
 * Makes a reader that asks once in a pass. Null, with a warning, where the primary does not tell: memberships can wait,
 * opt-outs cannot.
 */
export function rememberLists(): (ctx: WorkContext) => Promise<ListBook | null> {
  let known: { readonly run: string; readonly book: ListBook | null } | null = null;
  return async (ctx) => {
    if (known?.run !== ctx.run) known = { run: ctx.run, book: await readOrWarn(ctx) };
    return known.book;
  };
}

async function readOrWarn(ctx: WorkContext): Promise<ListBook | null> {
  try {
    const book = await readLists(ctx);
    if (ctx.mode === 'sync') await keepNames(ctx, book);
    return book;
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.errorClass === 'bug' || ctx.signal.aborted) throw error;
    warn(ctx, 'lists-not-read', { connection: ctx.sync.primary });
    return null;
  }
}

/** The mark under which names are kept, by list id: for a person who asks later. */
export const LIST_NAMES = 'lists:names';

/** Lists that are gone keep the name that they had: somebody may have left them. */
async function keepNames({ store, sync, lease }: WorkContext, { names }: ListBook): Promise<void> {
  const before = ((await store.mark(sync.name, LIST_NAMES)) ?? {}) as Readonly<Record<string, string>>;
  const after = { ...before, ...Object.fromEntries(names) };
  if (JSON.stringify(after) !== JSON.stringify(before)) await store.setMarks(lease, { [LIST_NAMES]: after });
}

/** Reads the primary's living lists. */
export async function readLists(
  ctx: Pick<WorkContext, 'signal' | 'keepLease'> & { readonly source: Pick<WorkContext['source'], 'snapshot'> },
): Promise<ListBook> {
  const byName = new Map<string, string[]>();
  let from: string | null = null;
  for (let pages = 0; pages < MOST_LIST_PAGES; pages += 1) {
    await ctx.keepLease();
    const page = readWhole(await ctx.source.snapshot('lists', from, ctx.signal));
    for (const { id, state, content } of page.readings) {
      if (state === 'deleted') continue;
      const name = String(content['name']);
      byName.set(name, [...(byName.get(name) ?? []).filter((other) => other !== id), id]);
    }
    if (page.next === null) break;
    from = page.next;
  }
  const single = [...byName].flatMap(([name, [id, ...others]]): [string, string][] =>
    id === undefined || others.length > 0 ? [] : [[name, id]],
  );
  return { ids: new Map(single), names: new Map(single.map(([name, id]) => [id, name])) };
}
