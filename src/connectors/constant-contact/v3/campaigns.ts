/**
 * Answers about campaigns, as far as opt-outs need them: what was sent, its reports, and their rows. Pure.
 *
 * Where a row is doubtful it errs towards reading more: a campaign whose date is unreadable counts as just sent, and a
 * row of a report that cannot be understood is counted, so that its channel never looks silently complete.
 */
import type { ApiAnswer } from '../../../connector/wire.ts';
import type { BounceNotice, BouncePage, NoticePage, OptOutNotice, SentCampaign } from '../../../connector/source.ts';
import { isRecord } from '../../reading/fields.ts';
import { count, malformed, parseEnvelope } from './pages.ts';
import { isPathId } from './requests.ts';
import { compareTimes, utcText } from '../../reading/times.ts';

/** Roles of activities that are mailed; `permalink` is a web page. */
const MAILED_ROLES: ReadonlySet<string> = new Set(['primary_email', 'resend']);

/** Reads the campaigns sent at or after a time; stops paging once a page, newest first as promised, has passed it. */
export function parseSentCampaigns(
  answer: ApiAnswer,
  after: string,
  from: string | null,
): { readonly campaigns: readonly SentCampaign[]; readonly next: string | null } {
  const { raws, next } = parseEnvelope(answer, 'bulk_email_campaign_summaries', from);
  const sent = raws.flatMap((raw) => readCampaign(raw, after));
  const campaigns = sent.filter((campaign) => compareTimes(campaign.lastSent, after) >= 0);
  const newestFirst = sent.every(
    (campaign, at) => compareTimes(sent[at - 1]?.lastSent ?? campaign.lastSent, campaign.lastSent) >= 0,
  );
  const passed = newestFirst && campaigns.length < sent.length;
  return { campaigns, next: passed ? null : next };
}

/** A campaign without a date was not sent. */
function readCampaign(raw: unknown, after: string): readonly SentCampaign[] {
  if (!isRecord(raw)) return [];
  const campaignId = raw['campaign_id'];
  const date = raw['last_sent_date'];
  if (typeof campaignId !== 'string' || !isPathId(campaignId) || date === undefined || date === null || date === '')
    return [];
  const counts = raw['unique_counts'];
  const lastSent = (typeof date === 'string' ? utcText(date) : null) ?? after;
  return [{ campaignId, lastSent, optOuts: isRecord(counts) ? count(counts['optouts']) : null }];
}

/** Reads the ids of a campaign's mailed activities. */
export function parseReportIds(answer: ApiAnswer): readonly string[] {
  const activities = isRecord(answer.body) ? answer.body['campaign_activities'] : undefined;
  if (!Array.isArray(activities)) throw malformed('the campaign has no activities');
  return activities.flatMap((raw: unknown) => {
    if (!isRecord(raw)) return [];
    const id = raw['campaign_activity_id'];
    const role = raw['role'];
    const mailed = typeof role === 'string' && MAILED_ROLES.has(role.toLowerCase());
    return mailed && typeof id === 'string' && isPathId(id) ? [id] : [];
  });
}

/** Reads one page of an opt-out report. */
export function parseReport(answer: ApiAnswer, from: string | null): NoticePage {
  const { raws, next } = parseEnvelope(answer, 'tracking_activities', from);
  const notices = raws.flatMap(readNotice);
  return { notices, refused: raws.length - notices.length, next, sourceTime: answer.sourceTime };
}

/** A row of another kind, or without a contact, is no opt-out of anybody. */
function readNotice(raw: unknown): readonly OptOutNotice[] {
  if (!isRecord(raw)) return [];
  const contactId = raw['contact_id'];
  const kind = raw['tracking_activity_type'];
  if (typeof contactId !== 'string' || !isPathId(contactId)) return [];
  if (kind !== undefined && kind !== null && kind !== 'em_optouts') return [];
  const at = raw['created_time'];
  return [
    {
      contactId,
      address: textOf(raw['email_address']),
      at: typeof at === 'string' ? utcText(at) : null,
      reason: textOf(raw['opt_out_reason']),
    },
  ];
}

/** Reads one page of a bounce report. */
export function parseBounces(answer: ApiAnswer, from: string | null): BouncePage {
  const { raws, next } = parseEnvelope(answer, 'tracking_activities', from);
  const notices = raws.flatMap(readBounce);
  return { notices, refused: raws.length - notices.length, next };
}

/** A row of another kind, or one that does not say whose address it is or why, is no bounce of any address. */
function readBounce(raw: unknown): readonly BounceNotice[] {
  if (!isRecord(raw)) return [];
  const contactId = raw['contact_id'];
  const kind = raw['tracking_activity_type'];
  if (typeof contactId !== 'string' || !isPathId(contactId)) return [];
  if (kind !== undefined && kind !== null && kind !== 'em_bounces') return [];
  const address = textOf(raw['email_address']);
  const code = textOf(raw['bounce_code']);
  const at = raw['created_time'];
  return address === null || code === null
    ? []
    : [{ contactId, address, code, at: typeof at === 'string' ? utcText(at) : null }];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
