/**
 * opt-outs: the channels that see what an ordinary incremental read cannot (product §3.2, T18).
 *
 * The window filter (after its probe), the campaigns' reports, and the sweeps of whole sets. Each brings facts; none is
 * trusted alone. Must never make anybody mailable: it stores readings, and the ledger's rule lowers them.
 */
import type { OptOutChannels, OptOutNotice } from '../connector/source.ts';
import { matchKey } from '../model/address.ts';
import type { ConsentFact } from '../model/consent.ts';
import { isErrorOf } from '../model/errors.ts';
import { contentHash } from '../model/hash.ts';
import { instantOf, isoOf } from '../model/instant.ts';
import { REPORT_SOMETIMES_MS, campaignSearchDue, dueCampaigns, isDue, type KnownCampaign } from '../rules/cadence.ts';
import type { PageToStore, Shelf, Waiting } from '../store/rows.ts';
import { runChannel } from './channels.ts';
import { type PassContext, waitKey } from './context.ts';
import { enumerate } from './enumerate.ts';
import { readDirectly } from './missing.ts';
import { prefixed, type PeopleMarks } from './people-state.ts';
import { storePage } from './store-page.ts';

/** Everybody one sweep no longer shows is read directly, unless they are so many that the listing is not believed. */
const MAX_LEFT = 500;
const REPORTED = 'opt-out-reported';
const REPORTS = 'campaign-reports';
/** After so many reports that are down the others would be as well. */
const MAX_REPORTS_DOWN = 3;
const EMPTY_PAGE: Omit<PageToStore, 'readAt'> = {
  takes: [],
  seen: [],
  walk: null,
  cursors: {},
  marks: {},
  facts: [],
  waiting: [],
  settled: [],
  journal: [],
};

/** Reads everyone unsubscribed, or everyone deleted; who has left that set is read directly. Returns false when the listing is not believed. */
export async function sweep(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  which: 'unsubscribed' | 'deleted',
): Promise<boolean> {
  const { walk } = await enumerate(ctx, shelf, {
    kind: which,
    channel: `${which}-sweep`,
    since: null,
    fetch: (from) => channels.sweep(which, from, ctx.signal),
  });
  const left = await ctx.store.unseen(shelf, walk.walkId, [which], MAX_LEFT);
  const believable = left.count <= 20 || (left.count <= MAX_LEFT && left.count * 2 <= left.distinctSeen + left.count);
  if (believable) for (const record of left.first) await readDirectly(ctx, shelf, record, `left-${which}`);
  await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
  return believable;
}

/** Finds campaigns, then reads the opt-out reports that are due. A report or search that is down holds up no other. */
export async function readReports(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  marks: PeopleMarks,
): Promise<void> {
  const now = ctx.clock.now();
  let campaigns = marks.campaigns;
  const search = campaignSearchDue(campaigns, marks.campaignSearchAt, now);
  const find = async (): Promise<void> => void (campaigns = await findCampaigns(ctx, channels, marks.campaigns, now));
  const searched = search && (await runChannel(ctx, REPORTS, find)) === 'read';
  const due = new Set(dueCampaigns(campaigns, now).map((campaign) => campaign.campaignId));
  const kept: KnownCampaign[] = [];
  let down = 0;
  for (const campaign of campaigns) {
    if (now - campaign.lastSent > REPORT_SOMETIMES_MS) continue;
    const wanted = due.has(campaign.campaignId) && down < MAX_REPORTS_DOWN;
    const read = wanted ? await readCampaign(ctx, shelf, channels, campaign) : null;
    if (wanted && read === null) down += 1;
    kept.push(read === null ? campaign : { ...read, lastRead: now });
  }
  await ctx.store.setMarks(ctx.lease, prefixed({ campaigns: kept, ...(searched ? { campaignSearchAt: now } : {}) }));
}

/** Reads a campaign's reports; null where one of them could not be read. */
async function readCampaign(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  campaign: KnownCampaign,
): Promise<KnownCampaign | null> {
  let { reportIds } = campaign;
  const result = await runChannel(ctx, REPORTS, async () => {
    if (reportIds.length === 0) reportIds = await askReportIds(ctx, channels, campaign.campaignId);
    for (const reportId of reportIds) await readReport(ctx, shelf, channels, reportId);
  });
  return result === 'read' ? { ...campaign, reportIds } : null;
}

async function askReportIds(
  ctx: PassContext,
  channels: OptOutChannels,
  campaignId: string,
): Promise<readonly string[]> {
  await ctx.keepLease();
  return channels.reportIds(campaignId, ctx.signal);
}

async function findCampaigns(
  ctx: PassContext,
  channels: OptOutChannels,
  known: readonly KnownCampaign[],
  now: number,
): Promise<KnownCampaign[]> {
  const byId = new Map(known.map((campaign) => [campaign.campaignId, campaign]));
  const after = isoOf(now - REPORT_SOMETIMES_MS);
  let from: string | null = null;
  for (let pages = 0; pages < 50; pages += 1) {
    await ctx.keepLease();
    const answer = await channels.sentCampaigns(after, from, ctx.signal);
    for (const sent of answer.campaigns) {
      const lastSent = instantOf(sent.lastSent);
      if (lastSent === null || now - lastSent > REPORT_SOMETIMES_MS) continue;
      const before = byId.get(sent.campaignId);
      // A resend adds an activity: its reports are asked for anew.
      const resent = before === undefined || before.lastSent !== lastSent;
      byId.set(
        sent.campaignId,
        resent ? { campaignId: sent.campaignId, lastSent, reportIds: [], lastRead: before?.lastRead ?? null } : before,
      );
    }
    if (answer.next === null) break;
    from = answer.next;
  }
  return [...byId.values()];
}

/** Reads a report newest first until a page brings nothing new, and everybody it names who is not known as out. */
async function readReport(ctx: PassContext, shelf: Shelf, channels: OptOutChannels, reportId: string): Promise<void> {
  let from: string | null = null;
  const seen = new Set<string>();
  for (let pages = 0; pages < 2000; pages += 1) {
    await ctx.keepLease();
    const answer = await channels.report(reportId, from, ctx.signal);
    const fresh = await newNotices(ctx, answer.notices);
    await takeNotices(ctx, shelf, fresh, reportId);
    if (answer.next === null || fresh.length === 0 || seen.has(answer.next)) return;
    seen.add(answer.next);
    from = answer.next;
  }
}

async function newNotices(ctx: PassContext, notices: readonly OptOutNotice[]): Promise<OptOutNotice[]> {
  const known = await ctx.store.facts(ctx.sync.name, [...new Set(notices.map((notice) => notice.contactId))]);
  const keys = new Set(
    known.filter((fact) => fact.channel === 'campaign-report').map((fact) => `${fact.contactId} ${fact.at}`),
  );
  return notices.filter((notice) => !keys.has(`${notice.contactId} ${notice.at}`));
}

async function takeNotices(
  ctx: PassContext,
  shelf: Shelf,
  notices: readonly OptOutNotice[],
  reportId: string,
): Promise<void> {
  if (notices.length === 0) return;
  const readAt = ctx.clock.now();
  const facts: ConsentFact[] = notices.map((notice) => ({
    contactId: notice.contactId,
    matchKey: notice.address === null ? null : matchKey(notice.address),
    fact: 'out',
    channel: 'campaign-report',
    actor: 'person',
    at: notice.at,
    readAt,
    evidence: `report ${reportId}`,
    run: ctx.run,
  }));
  const known = await ctx.store.known(
    shelf,
    notices.map((notice) => notice.contactId),
  );
  const unsettled = [...new Set(notices.map((notice) => notice.contactId))].filter((id) => {
    const state = known.get(id)?.state;
    return state !== 'unsubscribed' && state !== 'deleted';
  });
  // Facts and the list of whom to read are durable before anybody is read: a kill in between loses nobody.
  const waiting: Waiting[] = unsettled.map((id) => ({
    kind: 'held',
    stream: 'contacts',
    id,
    reason: REPORTED,
    detail: null,
    run: ctx.run,
  }));
  await ctx.store.storePage(ctx.lease, shelf, { ...EMPTY_PAGE, readAt, facts, waiting });
  for (const fact of facts) ctx.outs.add(fact.contactId);
  for (const id of unsettled) await settleReported(ctx, shelf, id);
}

/** Finishes what an earlier pass was told by a report and could not settle. */
export async function settleLeftovers(ctx: PassContext, shelf: Shelf): Promise<void> {
  for (const key of ctx.waits) {
    const [stream, id, reason] = key.split('\n');
    if (stream === 'contacts' && id !== undefined && reason === REPORTED) await settleReported(ctx, shelf, id);
  }
}

/** Reads a reported person; where that fails or cannot be understood, the OUT is laid over what was last known: it must not wait. */
async function settleReported(ctx: PassContext, shelf: Shelf, id: string): Promise<void> {
  if (!(await isReadable(ctx, shelf, id))) return overlayLast(ctx, shelf, id);
  await ctx.store.wait(ctx.lease, [], [{ stream: 'contacts', id, reason: REPORTED }]);
  ctx.waits.delete(waitKey('contacts', id, REPORTED));
}

async function isReadable(ctx: PassContext, shelf: Shelf, id: string): Promise<boolean> {
  try {
    return (await readDirectly(ctx, shelf, { id }, 'campaign-report')) !== 'refused';
  } catch (error) {
    if (!isErrorOf(error, 'unavailable', 'not_ready', 'throttled', 'forbidden', 'refused_request')) throw error;
    return false;
  }
}

async function overlayLast(ctx: PassContext, shelf: Shelf, id: string): Promise<void> {
  const known = (await ctx.store.known(shelf, [id])).get(id);
  const content = known === undefined ? undefined : (await ctx.lane.lastContent(ctx, shelf, [known])).get(id);
  if (known === undefined || content === undefined) return;
  const reading = { id, hash: contentHash(content), version: known.version, state: known.state, content };
  await storePage(
    ctx,
    shelf,
    { readings: [reading], refused: [], next: null, sourceTime: null, total: null },
    { channel: 'campaign-report', walk: null, direct: true },
  );
}

/** True when the daily sweeps are due. */
export function sweepsDue(marks: PeopleMarks, reconcileMs: number, now: number): boolean {
  return isDue(marks.sweepAt, reconcileMs, now);
}
