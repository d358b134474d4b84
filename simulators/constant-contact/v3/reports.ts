/**
 * reports: rows of what people did with a mailing, and the summaries of all mailings.
 *
 * Rows are keyed on the campaign activity, newest first, without a date filter and without an id of their own; address and names
 * are those of then. Errors are bare objects. Campaigns that were never sent have no report.
 */
import { z } from 'zod';
import { REPORT_KINDS, type Campaign, type ReportKind, type ReportRow } from '../../world/types.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { pageOf } from './paging.ts';
import { isUuid, limit, readQuery } from './query.ts';
import type { Json } from './render-contact.ts';
import { dateOnly, timeWriter, type TimeWriter } from './times.ts';

const BOUNCE_CODES = ['B', 'D', 'F', 'S', 'V', 'X', 'Z'] as const;
const ROWS_QUERY = z.strictObject({ limit: limit(500, 500) });
const BOUNCES_QUERY = z.strictObject({
  limit: limit(500, 500),
  bounce_code: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(BOUNCE_CODES)))
    .optional(),
});
const SUMMARIES_QUERY = z.strictObject({ limit: limit(500, 50) });

function listRows(call: Call, kind: ReportKind): Reply {
  const walk = call.cursors.read(call.raw, ['limit', 'bounce_code'], call.form);
  const query = readQuery(kind === 'bounces' ? BOUNCES_QUERY : ROWS_QUERY, walk.raw, call.form);
  const campaign = findReported(call);
  const codes = 'bounce_code' in query ? (query.bounce_code as readonly string[] | undefined) : undefined;
  const isEmpty = call.world.switches.current.trackers === 'empty';
  const rows = (isEmpty ? [] : campaign.reports[kind])
    .filter((row) => codes === undefined || codes.includes(row.bounceCode ?? ''))
    .toSorted((a, b) => b.at - a.at);
  const time = timeWriter(call.world.switches.current.timeFormat, true);
  const render = (row: ReportRow): Json => renderRow(call, kind, row, time);
  return pageOf(call, walk, { key: 'tracking_activities', rows, limit: query.limit, render });
}

function findReported(call: Call): Campaign {
  const id = call.id.toLowerCase();
  if (!isUuid(id)) throw notFound('campaign_activity_id is in an invalid format');
  for (const campaign of call.world.campaigns.values()) {
    const isReported =
      campaign.lastSentAt !== null && campaign.activities.some((one) => one.id === id && one.role !== 'permalink');
    if (isReported) return campaign;
  }
  throw notFound('campaign_activity_id does not exist');
}

function renderRow(call: Call, kind: ReportKind, row: ReportRow, time: TimeWriter): Json {
  const person = call.world.people.get(row.contactId);
  const shown: Json = {
    contact_id: row.contactId,
    campaign_activity_id: call.id.toLowerCase(),
    tracking_activity_type: `em_${kind}`,
    email_address: row.address,
  };
  if (row.firstName !== null) shown['first_name'] = row.firstName;
  if (row.lastName !== null) shown['last_name'] = row.lastName;
  if (kind === 'opens' && row.device !== null) shown['device_type'] = row.device;
  if (kind === 'optouts' && row.reason !== null) shown['opt_out_reason'] = row.reason;
  if (kind === 'bounces') {
    shown['bounce_code'] = row.bounceCode ?? 'X';
    shown['current_email_address'] = person?.email?.address ?? row.address;
  }
  shown['created_time'] = time(row.at);
  if (person?.deletedAt) shown['deleted_at'] = dateOnly(person.deletedAt);
  return shown;
}

function listSummaries(call: Call): Reply {
  const walk = call.cursors.read(call.raw, ['limit'], call.form);
  const query = readQuery(SUMMARIES_QUERY, walk.raw, call.form);
  const rows = [...call.world.campaigns.values()]
    .filter((campaign) => campaign.lastSentAt !== null)
    .toSorted((a, b) => (b.lastSentAt ?? 0) - (a.lastSentAt ?? 0));
  const time = timeWriter(call.world.switches.current.timeFormat, true);
  const render = (campaign: Campaign): Json => renderSummary(campaign, time);
  return pageOf(call, walk, {
    key: 'bulk_email_campaign_summaries',
    rows,
    limit: query.limit,
    render,
    more: percents(rows),
  });
}

function renderSummary(campaign: Campaign, time: TimeWriter): Json {
  const { sends, opens, optouts, bounces } = campaign.reports;
  return {
    campaign_id: campaign.id,
    campaign_type: 'NEWSLETTER',
    last_sent_date: time(campaign.lastSentAt ?? 0),
    unique_counts: {
      sends: sends.length,
      opens: opens.length,
      clicks: 0,
      forwards: 0,
      optouts: optouts.length,
      abuse: 0,
      bounces: bounces.length,
      not_opened: sends.length - opens.length - bounces.length,
    },
  };
}

function percents(campaigns: readonly Campaign[]): Json {
  const sum = (kind: ReportKind): number => campaigns.reduce((total, one) => total + one.reports[kind].length, 0);
  const share = (kind: ReportKind): number => Math.round((1000 * sum(kind)) / Math.max(1, sum('sends'))) / 10;
  const open = share('opens');
  const aggregate = {
    click: 0,
    open,
    did_not_open: 100 - open,
    bounce: share('bounces'),
    unsubscribe: share('optouts'),
  };
  return { aggregate_percents: aggregate };
}

function notFound(message: string): Refusal {
  return new Refusal(404, 'not_found', message, 'object');
}

const COMMON = {
  scopes: ['campaign_data'],
  privilege: 'ui:campaign:metrics',
  form: 'object',
  collection: true,
} as const;

/** The calls that read reports. */
export const REPORT_ROUTES: readonly Route[] = [
  ...REPORT_KINDS.map((kind) => ({
    ...COMMON,
    path: `/reports/email_reports/{id}/tracking/${kind}`,
    ...(kind === 'bounces' ? { mayRepeat: ['bounce_code'] } : {}),
    handle: (call: Call) => listRows(call, kind),
  })),
  { ...COMMON, path: '/reports/summary_reports/email_campaign_summaries', handle: listSummaries },
];
