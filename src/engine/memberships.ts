/**
 * memberships: who is on which list goes into a table of the user's own and, where the file says so, from it.
 *
 * A row is written between two records of it in the store, so that a kill never makes a row of ours look like somebody
 * else's word. What goes to the account travels with the person's other edits and is agreed on when the account shows it.
 * Rows of people without a contact, and of lists without a name of their own, are left alone and counted. Must never
 * put anybody on a list because a row merely stands there.
 */
import { withoutRows } from '../compare/merge-memberships.ts';
import { contentHash } from '../model/hash.ts';
import type { SetChange } from '../model/intent.ts';
import type { Known, LinkToStore, Shelf } from '../store/rows.ts';
import { contentOf, warn } from './context.ts';
import type { PlanStep } from './lane.ts';
import { rememberLists, type ListBook } from './list-ids.ts';
import {
  memberLink,
  namesOf,
  readPeople,
  type Compared,
  type ContentOf,
  type MemberBase,
  type MemberPlace,
  type ReadPeople,
  type Subject,
} from './members-read.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;
const MOST = 10_000;

/** What the account is to change of one person's lists. */
export interface ListWant {
  readonly lists: SetChange;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What is agreed once the account was read back with it, where what was agreed on before is still that of this hash (null: nothing). */
  readonly agreed: MemberBase;
  readonly from: string | null;
}

interface MembersPayload {
  readonly memberRows: {
    readonly before: LinkToStore;
    readonly after: LinkToStore;
    readonly write: Compared['write'];
  };
}

/** Memberships in one table of the user's. */
export interface Memberships {
  readonly place: MemberPlace;
  readonly book: (ctx: WorkContext) => Promise<ListBook | null>;
}

/** Makes them over a table; the account's lists are asked for once in a pass. */
export function membershipsOf(place: MemberPlace): Memberships {
  return { place, book: rememberLists() };
}

/**
 * Finds what the account is to change, into `wants`; yields who is to be compared anew later, for their own row is gone
 * and took theirs along.
 */
export async function* findWants(
  ctx: WorkContext,
  lists: Memberships,
  shelf: Shelf,
  wants: Map<string, ListWant>,
): AsyncIterable<readonly PlanStep[]> {
  if (!lists.place.twoWay) return;
  for await (const { read, book } of readAll(ctx, lists, shelf)) {
    for (const one of read.compared) {
      const want = wantOf(one, book);
      if (want !== null) wants.set(one.subject.id, want);
    }
    const released = read.gone.flatMap(({ subject, key, base }) => {
      const next = { ...base, lists: withoutRows(base.lists) };
      return contentHash(next) === contentHash(base) ? [] : [agreeStep(subject, memberLink(subject.id, key, next))];
    });
    if (released.length > 0) yield released;
  }
}

/** Finds what the rows at home are to become, and what is agreed without a write. */
export async function* rowSteps(
  ctx: WorkContext,
  lists: Memberships,
  shelf: Shelf,
): AsyncIterable<readonly PlanStep[]> {
  let [rows, nameless, apart] = [0, 0, 0];
  // Before anything is written: what comes now is nobody's but ours.
  const total = await lists.place.members.count();
  let whole = false;
  for await (const { read, book } of readAll(ctx, lists, shelf)) {
    whole = true;
    rows += read.rows;
    nameless += read.nameless;
    apart += read.compared.reduce((sum, { merge }) => sum + merge.apart.length, 0);
    const steps = read.compared.flatMap((one) => rowStep(one, book) ?? []);
    if (steps.length > 0) yield steps;
  }
  const strangers = whole ? Math.max(0, total - rows) : 0;
  tellLeftAlone(ctx, { strangers, nameless, apart });
}

/** Finds what the account is to change of a few people, by their ids. */
export async function wantsOf(
  ctx: WorkContext,
  lists: Memberships,
  shelf: Shelf,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ListWant>> {
  const book = ids.length === 0 || !lists.place.twoWay ? null : await lists.book(ctx);
  if (book === null) return new Map();
  const subjects = [...(await ctx.store.known(shelf, ids)).values()].map(subjectOf);
  const waiting = await unanswered(ctx);
  const read = await readPeople(ctx, lists.place, book, subjects, { contentOf: storedIn(ctx, shelf), waiting });
  return new Map(
    read.compared.flatMap((one): [string, ListWant][] => {
      const want = wantOf(one, book);
      return want === null ? [] : [[one.subject.id, want]];
    }),
  );
}

/** Names the lists that rows at home give somebody who is not at the account yet; those that it does not have are left out. */
export async function listsAtHome(
  ctx: WorkContext,
  lists: Memberships,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const book = keys.length === 0 || !lists.place.twoWay ? null : await lists.book(ctx);
  if (book === null) return new Map();
  const rows = await lists.place.members.read(keys);
  return new Map([...rows].map(([key, names]) => [key, names.filter((name) => book.ids.has(name))]));
}

/** A plan is made twice, and people may have come in between: the last count holds. */
function tellLeftAlone(ctx: WorkContext, counts: { strangers: number; nameless: number; apart: number }): void {
  const before = ctx.warnings.findIndex(({ code }) => code === LEFT_ALONE);
  if (before >= 0) ctx.warnings.splice(before, 1);
  if (Object.values(counts).some((count) => count > 0)) warn(ctx, LEFT_ALONE, counts);
}
const LEFT_ALONE = 'memberships-left-alone';

interface Batch {
  readonly read: ReadPeople;
  readonly book: ListBook;
}

async function* readAll(ctx: WorkContext, lists: Memberships, shelf: Shelf): AsyncIterable<Batch> {
  const book = await lists.book(ctx);
  if (book === null) return;
  const waiting = await unanswered(ctx);
  for (let after = 0; ;) {
    await ctx.keepLease();
    const batch: readonly Known[] = await ctx.store.records(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return;
    after = last.recordId;
    const how = { contentOf: storedIn(ctx, shelf), waiting };
    yield { read: await readPeople(ctx, lists.place, book, batch.map(subjectOf), how), book };
  }
}

function storedIn(ctx: WorkContext, shelf: Shelf): ContentOf {
  return async (id) => {
    const content = (await ctx.store.record(shelf, id))?.content ?? null;
    return content === null ? null : contentOf(content);
  };
}

/** Of whom a write is on its way, nobody knows yet what stands there. */
export async function unanswered(ctx: WorkContext): Promise<ReadonlySet<string>> {
  const operations = await ctx.store.operations(ctx.sync.name, 'verifying', MOST, 'primary');
  return new Set(operations.map(({ primaryId }) => primaryId));
}

/** Gives what is compared of a record. */
export function subjectOf({ id, recordId, hash, agreed, state }: Known): Subject {
  return { id, recordId, hash, agreedHash: agreed, state };
}

/** Tells what the account is to change of one person's lists; null: nothing. */
export function wantOf({ subject, merge, base, stands }: Compared, book: ListBook): ListWant | null {
  const { add, remove } = merge.account;
  if (add.length + remove.length === 0) return null;
  const gone = new Set(remove);
  // Rows that are still to be written are not agreed on by what the account says.
  const kept = Object.entries(merge.before).filter(([id]) => !gone.has(id));
  const lists = Object.fromEntries([...kept, ...add.map((id) => [id, 'on' as const] as const)]);
  const names = (ids: readonly string[]): string[] => ids.map((id) => book.names.get(id) ?? id);
  const added = new Set(names(add));
  return {
    lists: { add, remove },
    before: [...stands.filter((name) => !added.has(name)), ...names(remove)].sort(),
    after: stands,
    agreed: { lists, names: namesOf(lists, book, base), until: subject.hash },
    from: base === null ? null : contentHash(base),
  };
}

/** Decides one person's rows; null: they are as agreed. */
export function rowStep(
  { subject, key, keyBefore, base, merge, write, stands, wanted }: Compared,
  book: ListBook,
): PlanStep | null {
  const until = null;
  const next: MemberBase = { lists: merge.agreed, names: namesOf(merge.agreed, book, base), until };
  // The key and the names stay those under which the rows stand until they are written: a kill before that must find them.
  const before: MemberBase = {
    lists: merge.before,
    names: { ...namesOf(merge.before, book, base), ...base?.names },
    until,
  };
  const after = memberLink(subject.id, key, next);
  if (write.add.length + write.remove.length === 0)
    return base !== null && contentHash(base) === after.baseline?.hash ? null : agreeStep(subject, after);
  return {
    ...stepOf(subject),
    action: 'update',
    reason: 'lists-differ',
    before: { lists: stands },
    after: { lists: wanted },
    changed: ['lists'],
    destructive: merge.table.remove.length > 0 ? ['list-removal'] : [],
    payload: {
      memberRows: { before: memberLink(subject.id, keyBefore, before), after, write },
    } satisfies MembersPayload,
  };
}

function agreeStep(subject: Subject, link: LinkToStore): PlanStep {
  const nothing = { add: [], remove: [] };
  return {
    ...stepOf(subject),
    action: 'agree',
    reason: 'lists-agree',
    before: null,
    after: {},
    changed: [],
    destructive: [],
    payload: { memberRows: { before: link, after: link, write: nothing } } satisfies MembersPayload,
  };
}

function stepOf({ id, recordId, hash, agreedHash, state }: Subject) {
  const common = { stream: 'contacts', id, recordId, state, base: agreedHash, target: hash } as const;
  return { ...common, optOut: false, raises: false };
}

/** Tells a step of memberships from the others. */
export function isOfMembers(step: PlanStep): boolean {
  return typeof step.payload === 'object' && step.payload !== null && 'memberRows' in step.payload;
}

/** Writes rows and keeps what is agreed. */
export async function applyRows(ctx: WorkContext, lists: Memberships, steps: readonly PlanStep[]): Promise<void> {
  if (steps.length === 0) return;
  const parts = steps.map((step) => ({ step, ...(step.payload as MembersPayload).memberRows }));
  const writes = parts.filter(({ step }) => step.action === 'update');
  await ctx.store.adopt(
    ctx.lease,
    parts.map(({ before }) => before),
    [],
  );
  if (writes.length === 0) return;
  const taken = await lists.place.members.write(writes.map(({ write }) => write));
  const written = writes.filter((_, at) => taken[at] === true);
  await ctx.store.adopt(
    ctx.lease,
    written.map(({ after }) => after),
    written.map(({ step }) => ({
      run: ctx.run,
      stream: 'contacts' as const,
      id: step.id,
      event: 'updated',
      rule: 'lists:lists-differ',
      before: step.before,
      after: step.after,
      evidence: null,
    })),
  );
  for (const { step } of written) ctx.counting.put(step.recordId, 'applied');
  if (written.length < writes.length) {
    warn(ctx, 'memberships-refused', { count: writes.length - written.length });
    writes.forEach(({ step }, at) => {
      if (taken[at] !== true) ctx.counting.put(step.recordId, 'skipped.list-row-refused');
    });
  }
}
