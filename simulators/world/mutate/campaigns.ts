/**
 * campaigns: mailings are made, sent and removed. Sending writes the rows of its reports at the present instant; it mails
 * nobody, and only people who may be mailed get a row.
 */
import { makeCampaign, makeRow } from '../build-campaigns.ts';
import type { Campaign, Person, ReportRow } from '../types.ts';
import type { Change, World } from '../world.ts';
import { findCampaign } from './find.ts';
import { MutationError, type Op } from './operations.ts';

/** Makes a draft campaign. */
export function createCampaign(world: World, op: Op<'createCampaign'>): Change[] {
  if ([...world.campaigns.values()].some((one) => one.name === op.name)) {
    throw new MutationError(`a campaign is already called ${op.name}`);
  }
  const campaign = makeCampaign(world.random, op.name, op.list_ids, world.clock.now());
  world.campaigns.set(campaign.id, campaign);
  return [world.commit('campaign.created', facts(campaign))];
}

/** Sends a campaign to the mailable people of its lists, or to all of them where it has none. */
export function sendCampaign(world: World, op: Op<'sendCampaign'>): Change[] {
  const campaign = findCampaign(world, op.campaign_id);
  const now = world.clock.now();
  const audience = [...world.people.values()].filter((person) => isReached(person, campaign.listIds));
  const sends = audience.map((person) => makeRow(person, now)).filter((row) => row !== null);
  const some = (share: number, more: Partial<ReportRow>): ReportRow[] =>
    sends.filter(() => world.random.chance(share)).map((row) => ({ ...row, ...more }));
  const reports = {
    sends: [...campaign.reports.sends, ...sends],
    opens: [...campaign.reports.opens, ...some(op.opens, { device: 'mobile' })],
    bounces: [...campaign.reports.bounces, ...some(op.bounces, { bounceCode: 'B' })],
    optouts: campaign.reports.optouts,
  };
  world.campaigns.set(campaign.id, { ...campaign, status: 'Done', updatedAt: now, lastSentAt: now, reports });
  return [world.commit('campaign.sent', { ...facts(campaign), sends: sends.length })];
}

/** Removes a campaign; listings still show it. */
export function removeCampaign(world: World, op: Op<'removeCampaign'>): Change[] {
  const campaign = findCampaign(world, op.campaign_id);
  world.campaigns.set(campaign.id, { ...campaign, status: 'Removed', updatedAt: world.clock.now() });
  return [world.commit('campaign.removed', facts(campaign))];
}

function isReached(person: Person, listIds: readonly string[]): boolean {
  const permission = person.email?.permission;
  if (person.deletedAt !== null || (permission !== 'explicit' && permission !== 'implicit')) return false;
  return listIds.length === 0 || person.lists.some((id) => listIds.includes(id));
}

function facts(campaign: Campaign): Record<string, unknown> {
  const primary = campaign.activities.find((one) => one.role === 'primary_email');
  return { campaign_id: campaign.id, campaign_activity_id: primary?.id, name: campaign.name };
}
