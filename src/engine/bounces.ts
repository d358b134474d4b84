/**
 * bounces: from which addresses recent mailings came back, read from the campaigns' reports into the store.
 *
 * Every row is kept, whatever its code: which codes end a permission is the mapping's to say, and may change. Whoever has
 * such an address is put in doubt before the row is stored: a kill between the two decides somebody anew for nothing. A
 * bounce is no word of the person, so the ledger never hears of it. Must never decide, nor write to either side.
 */
import type { BounceNotice, OptOutChannels } from '../connector/source.ts';
import { matchKey } from '../model/address.ts';
import { dueBounces, type KnownCampaign } from '../rules/cadence.ts';
import type { Bounce } from '../store/bounces.ts';
import { runChannel } from './channels.ts';
import type { PassContext } from './context.ts';
import { MAX_REPORTS_DOWN } from './opt-outs.ts';
import { readMarks } from './people-state.ts';
import { readNewestFirst } from './report-pages.ts';

const CHANNEL = 'bounce-reports';
/** When each campaign's bounces were last read, ms by our clock. */
const READ_AT = 'people:bouncesRead';

/** Reads the bounce reports that are due. `ends`: codes that end a permission. One that is down holds up no other. */
export async function readBounces(ctx: PassContext, ends: readonly string[]): Promise<void> {
  const channels = ctx.source.optOuts;
  if (channels === null || ends.length === 0) return;
  const { campaigns } = await readMarks(ctx);
  const before = ((await ctx.store.mark(ctx.sync.name, READ_AT)) ?? {}) as Readonly<Record<string, number>>;
  const now = ctx.clock.now();
  // Of a campaign that nobody knows any more nothing is read.
  const read = new Map(campaigns.flatMap(({ campaignId: id }) => (before[id] === undefined ? [] : [[id, before[id]]])));
  let down = 0;
  // What its reports are is asked by the channel of opt-outs; until that was answered there is nothing to read.
  for (const campaign of dueBounces(campaigns, before, now).filter(({ reportIds }) => reportIds.length > 0)) {
    if (down >= MAX_REPORTS_DOWN) return;
    const result = await runChannel(ctx, CHANNEL, () => readCampaign(ctx, channels, campaign, ends));
    if (result !== 'read') down += 1;
    else await ctx.store.setMarks(ctx.lease, { [READ_AT]: Object.fromEntries(read.set(campaign.campaignId, now)) });
  }
}

async function readCampaign(
  ctx: PassContext,
  channels: OptOutChannels,
  { reportIds }: KnownCampaign,
  ends: readonly string[],
): Promise<void> {
  for (const reportId of reportIds)
    await readNewestFirst<BounceNotice>(ctx, {
      unfinished: `people:unfinishedBounces:${reportId}`,
      page: (from) => channels.bounces(reportId, from, ctx.signal),
      fresh: (notices) => newBounces(ctx, notices),
      take: (notices, marks) => take(ctx, notices, { reportId, ends, marks }),
    });
}

async function newBounces(ctx: PassContext, notices: readonly BounceNotice[]): Promise<readonly BounceNotice[]> {
  const known = await ctx.store.bounces(ctx.sync.name, [...new Set(notices.flatMap(({ address }) => keyOf(address)))]);
  return notices.filter(({ address, code, at }) =>
    keyOf(address).some((key) => !(known.get(key) ?? []).some((one) => one.code === code && one.at === at)),
  );
}

async function take(
  ctx: PassContext,
  notices: readonly BounceNotice[],
  { reportId, ends, marks }: { reportId: string; ends: readonly string[]; marks: Readonly<Record<string, unknown>> },
): Promise<void> {
  if (notices.length === 0) return;
  const readAt = ctx.clock.now();
  const bounces = notices.flatMap(({ address, code, at }) =>
    keyOf(address).map((key): Bounce => ({ matchKey: key, code, at, readAt, report: reportId })),
  );
  await doubtWhoHas(ctx, [...new Set(bounces.filter(({ code }) => ends.includes(code)).map((one) => one.matchKey))]);
  await ctx.store.takeBounces(ctx.lease, bounces, marks);
}

/** The address decides who is meant: a contact that has another one by now did not bounce (T27). */
async function doubtWhoHas(ctx: PassContext, keys: readonly string[]): Promise<void> {
  const people = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const items = (await ctx.store.findByMatchKey(people, keys))
    .filter(({ agreed, hash }) => agreed === hash)
    .map(({ recordId, hash }) => ({ recordId, hash, content: null }));
  if (items.length > 0) await ctx.store.doubt(ctx.lease, people, items);
}

function keyOf(address: string): readonly string[] {
  const key = matchKey(address);
  return key === null ? [] : [key];
}
