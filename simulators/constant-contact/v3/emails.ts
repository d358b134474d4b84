/**
 * emails: reading campaigns and their activities.
 *
 * The listing shows removed campaigns too, has no activities in it, and may write the status in another case than a single read.
 * Activities write theirs in upper case.
 */
import { z } from 'zod';
import type { Campaign, CampaignActivity } from '../../world/types.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { pageOf } from './paging.ts';
import { csv, instant, isUuid, limit, readQuery } from './query.ts';
import type { Json } from './render-contact.ts';
import { timeWriter } from './times.ts';

const ACTIVITY_INCLUDES = [
  'physical_address_in_footer',
  'permalink_url',
  'html_content',
  'document_properties',
] as const;
const QUERY = z.strictObject({ limit: limit(500, 50), before_date: instant, after_date: instant });
const ONE_QUERY = z.strictObject({});
const ACTIVITY_QUERY = z.strictObject({ include: csv(ACTIVITY_INCLUDES) });
const KNOWN = Object.keys(QUERY.shape);

function listCampaigns(call: Call): Reply {
  const walk = call.cursors.read(call.raw, KNOWN, call.form);
  const query = readQuery(QUERY, walk.raw, call.form);
  const { after_date: from = -Infinity, before_date: to = Infinity } = query;
  const rows = [...call.world.campaigns.values()]
    .filter((campaign) => campaign.updatedAt >= from && campaign.updatedAt <= to)
    .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  const render = (campaign: Campaign): Json => renderCampaign(call, campaign, 'list');
  return pageOf(call, walk, { key: 'campaigns', rows, limit: query.limit, render });
}

function readCampaign(call: Call): Reply {
  readQuery(ONE_QUERY, call.raw, call.form);
  const campaign = isUuid(call.id) ? call.world.campaigns.get(call.id.toLowerCase()) : undefined;
  if (campaign === undefined) throw new Refusal(404, 'not_found', 'campaign_id does not exist');
  const campaign_activities = campaign.activities.map((one) => ({ campaign_activity_id: one.id, role: one.role }));
  return { status: 200, body: { ...renderCampaign(call, campaign, 'single'), campaign_activities } };
}

function renderCampaign(call: Call, campaign: Campaign, where: 'list' | 'single'): Json {
  const switches = call.world.switches.current;
  const time = timeWriter(switches.timeFormat, true);
  const upper =
    switches.campaignStatusCase === 'upper' || (switches.campaignStatusCase === 'mixed' && where === 'single');
  return {
    campaign_id: campaign.id,
    name: campaign.name,
    type: 'NEWSLETTER',
    type_code: 10,
    current_status: upper ? campaign.status.toUpperCase() : campaign.status,
    created_at: time(campaign.createdAt),
    updated_at: time(campaign.updatedAt),
    ...(switches.extraFields ? { is_smart: false } : {}),
  };
}

function readActivity(call: Call): Reply {
  const query = readQuery(ACTIVITY_QUERY, call.raw, call.form);
  const id = call.id.toLowerCase();
  for (const campaign of call.world.campaigns.values()) {
    const activity = campaign.activities.find((one) => one.id === id);
    if (activity !== undefined)
      return { status: 200, body: renderActivity(call, campaign, activity, query.include ?? []) };
  }
  throw new Refusal(404, 'not_found', 'campaign_activity_id does not exist');
}

function renderActivity(call: Call, campaign: Campaign, activity: CampaignActivity, includes: readonly string[]): Json {
  const { account } = call.world;
  const shown: Json = {
    campaign_activity_id: activity.id,
    campaign_id: campaign.id,
    role: activity.role,
    contact_list_ids: campaign.listIds,
    current_status: campaign.status.toUpperCase(),
    format_type: 5,
    from_email: account.contactEmail,
    from_name: account.organizationName,
    reply_to_email: account.contactEmail,
    subject: campaign.subject,
    preheader: '',
  };
  if (includes.includes('html_content')) shown['html_content'] = '<html><body>[[trackingImage]]</body></html>';
  if (includes.includes('permalink_url')) shown['permalink_url'] = `https://conta.example/${activity.id.slice(0, 8)}`;
  if (includes.includes('physical_address_in_footer')) {
    const organization_name = account.organizationName;
    shown['physical_address_in_footer'] = {
      address_line1: '1 Main St',
      country_code: account.countryCode,
      organization_name,
    };
  }
  if (includes.includes('document_properties'))
    shown['document_properties'] = { letter_format: 'HTML', greeting_name_type: 'N' };
  return shown;
}

const COMMON = { scopes: ['campaign_data'], privilege: 'campaign:read', form: 'array' } as const;

/** The calls that read campaigns. */
export const EMAIL_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/emails', collection: true, handle: listCampaigns },
  { ...COMMON, path: '/emails/activities/{id}', collection: false, handle: readActivity },
  { ...COMMON, path: '/emails/{id}', collection: false, handle: readCampaign },
];
