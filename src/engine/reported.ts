/**
 * reported: what it means for a person that a campaign's report names them.
 *
 * The OUT is durable and laid over what was last known before anybody is read: whatever cuts the pass short (a kill, the
 * quota, a contact that cannot be read), they are out. The direct read that follows brings what the report lacks, a
 * later opt-in among it. Must never make anybody mailable: the ledger's rule decides.
 */
import type { OptOutNotice } from '../connector/source.ts';
import { matchKey } from '../model/address.ts';
import type { ConsentFact } from '../model/consent.ts';
import { isErrorOf } from '../model/errors.ts';
import { contentHash } from '../model/hash.ts';
import type { PageToStore, Shelf, Waiting } from '../store/rows.ts';
import { type PassContext, waitKey } from './context.ts';
import { readDirectly } from './missing.ts';
import { storePage } from './store-page.ts';

/** Why somebody waits whom a report named and nobody has read since. */
export const REPORTED = 'opt-out-reported';
const EMPTY_PAGE: Omit<PageToStore, 'readAt' | 'marks'> = {
  takes: [],
  seen: [],
  walk: null,
  cursors: {},
  facts: [],
  waiting: [],
  settled: [],
  journal: [],
};

/** Leaves out what is on record already. */
export async function newNotices(ctx: PassContext, notices: readonly OptOutNotice[]): Promise<OptOutNotice[]> {
  const known = await ctx.store.facts(ctx.sync.name, [...new Set(notices.map((notice) => notice.contactId))]);
  const keys = new Set(
    known.filter((fact) => fact.channel === 'campaign-report').map((fact) => `${fact.contactId} ${fact.at}`),
  );
  return notices.filter((notice) => !keys.has(`${notice.contactId} ${notice.at}`));
}

/** Takes up a page of new notices; `marks` are set in the transaction that makes them durable. */
export async function takeNotices(
  ctx: PassContext,
  shelf: Shelf,
  notices: readonly OptOutNotice[],
  reportId: string,
  marks: PageToStore['marks'],
): Promise<void> {
  if (notices.length === 0) return;
  const readAt = ctx.clock.now();
  const facts = notices.map((notice): ConsentFact => factOf(ctx, notice, readAt, reportId));
  const ids = [...new Set(notices.map((notice) => notice.contactId))];
  const known = await ctx.store.known(shelf, ids);
  const unsettled = ids.filter((id) => {
    const state = known.get(id)?.state;
    return state !== 'unsubscribed' && state !== 'deleted';
  });
  // Facts and the list of whom to read are durable before anybody is read: a kill in between loses nobody.
  const waiting = unsettled.map((id): Waiting => ({
    kind: 'held',
    stream: 'contacts',
    id,
    reason: REPORTED,
    detail: null,
    run: ctx.run,
  }));
  await ctx.store.storePage(ctx.lease, shelf, { ...EMPTY_PAGE, readAt, marks, facts, waiting });
  for (const { contactId, matchKey: key } of facts) {
    ctx.outs.add(contactId);
    if (key !== null) ctx.outs.add(key);
  }
  await settleReported(ctx, shelf, unsettled);
}

function factOf(ctx: PassContext, notice: OptOutNotice, readAt: number, reportId: string): ConsentFact {
  return {
    contactId: notice.contactId,
    matchKey: notice.address === null ? null : matchKey(notice.address),
    medium: 'email',
    scope: 'all',
    sync: ctx.sync.name,
    side: 'primary',
    fact: 'out',
    channel: 'campaign-report',
    actor: 'person',
    at: notice.at,
    readAt,
    evidence: `report ${reportId}`,
    run: ctx.run,
  };
}

/** Finishes what an earlier pass was told by a report and could not settle. */
export async function settleLeftovers(ctx: PassContext, shelf: Shelf): Promise<void> {
  const ids = [...ctx.waits].flatMap((key) => {
    const [stream, id, reason] = key.split('\n');
    return stream === 'contacts' && id !== undefined && reason === REPORTED ? [id] : [];
  });
  await settleReported(ctx, shelf, ids);
}

/**
 * Lays the OUT over everybody, then reads them. Once the quota is gone nobody else is read: they are out, and wait. Whoever
 * is told under another address than they had is read first: what was last known would put the OUT on an address that may
 * be somebody else's by now (T28).
 */
async function settleReported(ctx: PassContext, shelf: Shelf, ids: readonly string[]): Promise<void> {
  const moved = await movedSince(ctx, shelf, ids);
  await overlayLast(
    ctx,
    shelf,
    ids.filter((id) => !moved.has(id)),
  );
  for (const [at, id] of ids.entries()) {
    const end = await tryRead(ctx, shelf, id);
    const unread = end === 'read' ? [] : end === 'unread' ? [id] : ids.slice(at);
    await overlayLast(
      ctx,
      shelf,
      unread.filter((one) => moved.has(one)),
    );
    if (end === 'quota') return;
    if (end === 'unread') continue;
    await ctx.store.wait(ctx.lease, [], [{ stream: 'contacts', id, reason: REPORTED }]);
    ctx.waits.delete(waitKey('contacts', id, REPORTED));
  }
}

async function tryRead(ctx: PassContext, shelf: Shelf, id: string): Promise<'read' | 'unread' | 'quota'> {
  try {
    return (await readDirectly(ctx, shelf, { id }, 'campaign-report')) === 'refused' ? 'unread' : 'read';
  } catch (error) {
    if (isErrorOf(error, 'quota_exceeded')) return 'quota';
    if (!isErrorOf(error, 'unavailable', 'not_ready', 'throttled', 'forbidden', 'refused_request')) throw error;
    return 'unread';
  }
}

/** Finds whom a report names under another address than the one that was last known. */
async function movedSince(ctx: PassContext, shelf: Shelf, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const facts = await ctx.store.facts(ctx.sync.name, ids);
  const told = Map.groupBy(
    facts.filter(({ channel }) => channel === 'campaign-report'),
    ({ contactId }) => contactId,
  );
  const known = await ctx.store.known(shelf, ids);
  const contents = await ctx.lane.lastContent(ctx, shelf, [...known.values()]);
  return new Set(
    ids.filter((id) => {
      const address = contents.get(id)?.['email_address'];
      const keys = (told.get(id) ?? []).flatMap((fact) => fact.matchKey ?? []);
      return typeof address === 'string' && keys.length > 0 && !keys.includes(matchKey(address) ?? '');
    }),
  );
}

/** Stores what was last known of these people once more: settled, the OUT now overrules it. Costs no request. */
async function overlayLast(ctx: PassContext, shelf: Shelf, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = await ctx.store.known(shelf, ids);
  if (known.size === 0) return;
  const contents = await ctx.lane.lastContent(ctx, shelf, [...known.values()]);
  const readings = [...known.values()].flatMap(({ id, version, state }) => {
    const content = contents.get(id);
    return content === undefined ? [] : [{ id, hash: contentHash(content), version, state, content }];
  });
  await storePage(
    ctx,
    shelf,
    { readings, refused: [], next: null, sourceTime: null, total: null },
    { channel: 'campaign-report', walk: null, direct: true },
  );
}
