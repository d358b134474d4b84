/**
 * crm-label-names: the names of the account's lists and tags and of the CRM's tags, once a pass, kept as the label book.
 *
 * What is kept is what plans are made of, so the same question gives the same answer when a plan is made, shown and
 * carried out. Names that cannot be read leave the book as it was: an opt-out must never wait for them (I3, T42). What
 * only people can mend is told by its exact name. Must never write to either side, nor decide about anybody.
 */
import type { CrmSource } from '../connector/crm.ts';
import { ConnectorError } from '../model/errors.ts';
import type { CrmTag } from '../model/crm.ts';
import type { AccountName, LabelTodo } from '../plan/crm-label-book.ts';
import { nextEdition, type LabelEdition } from '../plan/crm-label-editions.ts';
import type { CrmMapping } from '../plan/crm-mapping.ts';
import type { Store } from '../store/store.ts';
import { warn } from './context.ts';
import { LIST_NAMES } from './list-ids.ts';
import { readWhole } from './unread.ts';
import type { WorkContext } from './work-context.ts';

/** The mark under which the book is kept. */
const LABELS = 'crm:labels';
/** An account has at most 1,000 lists; of a name that is not read nothing is written. */
const MOST_PAGES = 40;
/** More are counted: `status` and `check` have them all. */
const MOST_TOLD = 10;

/** Where names are read: the account, and the CRM. */
export interface NameSources {
  readonly account: Pick<WorkContext['source'], 'snapshot'>;
  readonly crm: Pick<CrmSource, 'tags'>;
}

export interface LabelNames {
  readonly lists: readonly AccountName[];
  readonly tags: readonly AccountName[];
  readonly crmTags: readonly CrmTag[];
}

/** Tells whether lists or tags of the account stand at the CRM at all. */
export function hasLabels({ lists, tags }: Pick<CrmMapping, 'lists' | 'tags'>): boolean {
  return lists !== null || tags !== null;
}

/** Reads the names that a mapping needs. Throws ConnectorError. */
export async function readLabelNames(
  { account, crm }: NameSources,
  { lists, tags }: Pick<CrmMapping, 'lists' | 'tags'>,
  signal: AbortSignal,
  beforeEach: () => Promise<void> = () => Promise.resolve(),
): Promise<LabelNames> {
  const named = (stream: 'lists' | 'tags') => namesOf(account, stream, signal, beforeEach);
  return {
    lists: lists === null ? [] : await named('lists'),
    tags: tags === null ? [] : await named('tags'),
    crmTags: [lists, tags].some((rule) => rule?.as === 'tag') ? await crm.tags(signal) : [],
  };
}

async function namesOf(
  account: NameSources['account'],
  stream: 'lists' | 'tags',
  signal: AbortSignal,
  beforeEach: () => Promise<void>,
): Promise<readonly AccountName[]> {
  const names = new Map<string, string>();
  let from: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    await beforeEach();
    const page = readWhole(await account.snapshot(stream, from, signal));
    for (const { id, state, content } of page.readings) if (state !== 'deleted') names.set(id, String(content['name']));
    if (page.next === null) break;
    from = page.next;
  }
  return [...names].map(([id, name]) => ({ id, name }));
}

/** Reads the names anew, keeps the book, and tells what people have to mend; false: they could not be read. */
export async function keepLabels(ctx: WorkContext, crm: NameSources['crm'], mapping: CrmMapping): Promise<boolean> {
  if (!hasLabels(mapping)) return true;
  const before = await keptLabels(ctx);
  const names = await readOrWarn(ctx, crm, mapping);
  const now = names === null ? before : nextEdition(before, names, names.crmTags, mapping);
  if (names !== null && now !== null) {
    const kept = ((await ctx.store.mark(ctx.sync.name, LIST_NAMES)) ?? {}) as Readonly<Record<string, string>>;
    const lists = { ...kept, ...Object.fromEntries(names.lists.map(({ id, name }) => [id, name])) };
    const same = JSON.stringify([before, kept]) === JSON.stringify([now, lists]);
    if (!same) await ctx.store.setMarks(ctx.lease, { [LABELS]: now, [LIST_NAMES]: lists });
  }
  if (now !== null && now.todo.length > 0) warn(ctx, 'crm-labels-to-do', toldOf(now.todo, ctx.sync.secondary));
  return names !== null;
}

async function readOrWarn(ctx: WorkContext, crm: NameSources['crm'], mapping: CrmMapping): Promise<LabelNames | null> {
  try {
    return await readLabelNames({ account: ctx.source, crm }, mapping, ctx.signal, ctx.keepLease);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.errorClass === 'auth' || error.errorClass === 'bug') throw error;
    if (ctx.signal.aborted) throw error;
    warn(ctx, 'crm-labels-unread', { connection: error.facts.connection ?? null, code: error.code });
    return null;
  }
}

/** Gives the book as the last pass kept it; null: none did. */
export async function keptLabels({
  store,
  sync,
}: {
  readonly store: Pick<Store, 'mark'>;
  readonly sync: { readonly name: string };
}): Promise<LabelEdition | null> {
  return ((await store.mark(sync.name, LABELS)) ?? null) as LabelEdition | null;
}

/** Says in one line what people have to mend. */
export function toldOf(
  todo: readonly LabelTodo[],
  connection: string,
): Readonly<Record<string, string | number | null>> {
  const of = (reason: LabelTodo['reason']): string | null => {
    const names = todo.filter((one) => one.reason === reason).map(({ name }) => `"${name}"`);
    const more = names.length > MOST_TOLD ? ` and ${names.length - MOST_TOLD} more` : '';
    return names.length === 0 ? null : `${names.slice(0, MOST_TOLD).join(', ')}${more}`;
  };
  const [missing, ambiguous, shared, unfit] = [of('missing'), of('ambiguous'), of('two-for-one'), of('unfit')];
  return { connection, count: todo.length, missing, ambiguous, shared, unfit };
}
