/**
 * opt-outs: the channels that see what an ordinary incremental read cannot (product §3.2, T18).
 *
 * The window filter (after its probe), the campaigns' reports, and the sweeps of whole sets. Each brings facts; none is
 * trusted alone. Must never make anybody mailable: it stores readings, and the ledger's rule lowers them.
 */
import type { OptOutChannels, OptOutNotice } from '../connector/source.ts';
import { instantOf, isoOf } from '../model/instant.ts';
import { REPORT_SOMETIMES_MS, campaignSearchDue, dueCampaigns, type KnownCampaign } from '../rules/cadence.ts';
import type { Shelf } from '../store/rows.ts';
import { runChannel } from './channels.ts';
import type { PassContext } from './context.ts';
import { enumerate } from './enumerate.ts';
import { readSuspects } from './missing.ts';
import { prefixed, type PeopleMarks } from './people-state.ts';
import { readNewestFirst } from './report-pages.ts';
import { newNotices, takeNotices } from './reported.ts';

/** Everybody one sweep no longer shows is read directly, unless they are so many that the listing is not believed. */
const MAX_LEFT = 500;
const REPORTS = 'campaign-reports';
/** After so many reports that are down the others would be as well. */
export const MAX_REPORTS_DOWN = 3;

/** Reads everyone unsubscribed, or everyone deleted; who has left that set is read directly. Tells when that reading began; null when the listing is not believed. */
export async function sweep(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  which: 'unsubscribed' | 'deleted',
): Promise<number | null> {
  const { walk } = await enumerate(ctx, shelf, {
    kind: which,
    channel: `${which}-sweep`,
    since: null,
    fetch: (from) => channels.sweep(which, from, ctx.signal),
  });
  const left = await ctx.store.unseen(shelf, walk.walkId, [which], MAX_LEFT);
  const believable = left.count <= 20 || (left.count <= MAX_LEFT && left.count * 2 <= left.distinctSeen + left.count);
  if (believable) await readSuspects(ctx, shelf, left.first, `left-${which}`);
  await ctx.store.closeWalk(ctx.lease, walk.walkId, { cursors: {}, marks: {}, journal: [] });
  return believable ? walk.startedAt : null;
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

function readReport(ctx: PassContext, shelf: Shelf, channels: OptOutChannels, reportId: string): Promise<void> {
  return readNewestFirst<OptOutNotice>(ctx, {
    unfinished: `people:unfinishedReport:${reportId}`,
    page: (from) => channels.report(reportId, from, ctx.signal),
    fresh: (notices) => newNotices(ctx, notices),
    take: (notices, marks) => takeNotices(ctx, shelf, notices, reportId, marks),
  });
}
