/**
 * crm-read: reads a CRM's contacts into the store: all of them daily, changes on each pass, and each that went missing.
 *
 * The same rules as for the primary: a cursor holds the source's own time (I4), a walk may span several passes (T11), and
 * who is missing from a listing is read one by one (I9). A contact that is not found is not deleted: it may be archived or
 * merged (T29). Must never write to the CRM.
 */
import type { CrmPage, CrmSource } from '../connector/crm.ts';
import { isoOf } from '../model/instant.ts';
import { isDue } from '../rules/cadence.ts';
import { nextCursor } from '../rules/next-cursor.ts';
import type { Known, Shelf, Walk } from '../store/rows.ts';
import { runChannel } from './channels.ts';
import { readSince } from './changes.ts';
import { PassCut, type PassContext } from './context.ts';
import { storeContacts, storeCrmPage, storeGoneContact } from './crm-page.ts';
import { enumerate } from './enumerate.ts';
import { LIVING, confirmMissing } from './missing.ts';
import type { WorkContext } from './work-context.ts';

const WALKED_AT = 'crm:walkAt';
/** A request each: a flood of hints must not eat the hour, and the changes of a pass show the rest. */
const HINTS_A_PASS = 100;

/** A CRM to be read. `reference`: under which name the primary's ids stand there. */
export interface CrmToRead {
  readonly source: CrmSource;
  readonly reference: string;
}

/** Reads what is due; `whole`: everybody, whatever is due. Tells whether all of it could be read. */
export async function readCrm(ctx: PassContext, crm: CrmToRead, whole = false): Promise<boolean> {
  const shelf = await crmShelf(ctx);
  if (!(await hasWalked(ctx))) return (await runChannel(ctx, 'crm-walk', () => firstWalk(ctx, shelf, crm))) === 'read';
  const hints = await runChannel(ctx, 'crm-hints', () => readHints(ctx, shelf, crm));
  const changes = await runChannel(ctx, 'crm-changes', () =>
    readSince(ctx, shelf, {
      channel: 'changes',
      fetch: (since, from) => crm.source.changes(since, from, ctx.signal),
      store: storeCrmPage(crm.reference),
    }),
  );
  const walked = await reconcileIfDue(ctx, shelf, crm, whole);
  return hints === 'read' && changes === 'read' && walked;
}

/**
 * Reads the contacts of which the CRM itself said that they moved (I16): what stands is what a fresh read shows. A hint is
 * forgotten after that was stored, so a kill reads it again; polling finds the same, only later.
 */
async function readHints(ctx: PassContext, shelf: Shelf, crm: CrmToRead): Promise<void> {
  for (const { hintId, recordId } of await ctx.store.hints(ctx.sync.secondary, HINTS_A_PASS)) {
    await readContact(ctx, shelf, crm, recordId);
    await ctx.store.settleHints([hintId]);
  }
}

/** Gives the shelf that holds the CRM's contacts. */
export function crmShelf({ store, sync }: Pick<PassContext, 'store' | 'sync'>): Promise<Shelf> {
  return store.shelf(sync.name, 'secondary', 'contacts');
}

/** Tells whether the CRM was ever read completely: before that nobody may be taken for missing from it. */
export async function hasWalked(ctx: Pick<PassContext, 'store' | 'sync'>): Promise<boolean> {
  return (await ctx.store.cursor(await crmShelf(ctx), 'changes')) !== null;
}

/** Walks everything once; the cursor starts where the walk began: edits made meanwhile are read next (T12). */
async function firstWalk(ctx: PassContext, shelf: Shelf, crm: CrmToRead): Promise<void> {
  const walk = await walkAll(ctx, shelf, crm);
  const { startedSource, startedAt } = walk;
  const { total } = await ctx.store.tallies(shelf);
  if (total === 0 && (walk.total ?? 0) > 0) {
    await close(ctx, walk, {});
    throw new PassCut('listing-empty', { stream: 'contacts', total: walk.total });
  }
  const start = nextCursor({ startedSource, startedAt, newestSeen: null, previous: null });
  // Where the source tells no time, a day before our start is read again: late, never lost (I4).
  await close(ctx, walk, { changes: start ?? isoOf(startedAt - 24 * 3_600_000) });
}

/** A complete read that is due, or was interrupted, is carried out; one that fails is due again in the next pass. */
async function reconcileIfDue(ctx: PassContext, shelf: Shelf, crm: CrmToRead, whole: boolean): Promise<boolean> {
  const last = (await ctx.store.mark(ctx.sync.name, WALKED_AT)) as number | null;
  const open = await ctx.store.findWalk(shelf, 'complete');
  if (!whole && open === null && !isDue(last, ctx.sync.reconcileMs, ctx.clock.now())) return true;
  let confirmed = false;
  const result = await runChannel(ctx, 'crm-walk', async () => {
    const walk = await walkAll(ctx, shelf, crm);
    confirmed = await confirmMissing(ctx, shelf, walk, LIVING, readMissing(crm));
    await close(ctx, walk, {});
  });
  return result === 'read' && confirmed;
}

async function walkAll(ctx: PassContext, shelf: Shelf, { source, reference }: CrmToRead): Promise<Walk> {
  const { walk } = await enumerate(ctx, shelf, {
    kind: 'complete',
    channel: 'crm-walk',
    since: null,
    fetch: (from) => source.snapshot(from, ctx.signal),
    store: storeCrmPage(reference),
  });
  return walk;
}

/** A walk that was resumed is as old as its beginning. */
async function close(ctx: PassContext, walk: Walk, cursors: Readonly<Record<string, string>>): Promise<void> {
  await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors, marks: { [WALKED_AT]: walk.startedAt }, journal: [] });
}

function readMissing(crm: CrmToRead) {
  return (ctx: PassContext, shelf: Shelf, { id }: Pick<Known, 'id'>): Promise<unknown> =>
    readContact(ctx, shelf, crm, id);
}

/** Reads one contact directly and stores what it is now. `keep`: told what a change that is sent next may be laid over. */
export async function readContact(
  ctx: WorkContext,
  shelf: Shelf,
  { source, reference }: CrmToRead,
  id: string,
  keep: (stands: unknown) => void = () => undefined,
): Promise<'found' | 'gone' | 'refused'> {
  await ctx.keepLease();
  const answer = await source.readOne(id, ctx.signal);
  if (answer.kind === 'found') keep(answer.stands);
  if (answer.kind === 'gone') await storeGoneContact(ctx, shelf, id, reference);
  else {
    const found = answer.kind === 'found';
    const page: CrmPage = {
      readings: found ? [answer.reading] : [],
      refused: found ? [] : [{ id, reason: answer.reason }],
      next: null,
      sourceTime: found ? answer.sourceTime : null,
      total: null,
    };
    await storeContacts(ctx, shelf, page, { walk: null, direct: true, source: reference });
  }
  return answer.kind;
}
