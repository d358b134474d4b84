/**
 * Every request this connector makes, as pure values.
 *
 * Contacts are always asked for with an explicit status: without one the documentation and the vendor's staff disagree
 * about what is left out. Ids become part of a path only in the form that ids have here (C6).
 */
import type { ApiRequest } from '../../../connector/wire.ts';
import type { StreamName } from '../../../model/record.ts';

/** All sub-resources that the contract still names; `sms_channel` was dropped as a value and comes by itself or not at all. */
export const INCLUDE = 'custom_fields,list_memberships,phone_numbers,street_addresses,taggings,notes';

/** The largest page of contacts. */
export const PAGE_SIZE = '500';
const CONTACTS = { limit: PAGE_SIZE, include: INCLUDE, include_count: 'true' };
/** What each path is called, and the largest page it serves. */
const LISTINGS: Readonly<Record<StreamName, readonly [path: string, query: Readonly<Record<string, string>>]>> = {
  contacts: ['/contacts', { status: 'all', ...CONTACTS }],
  lists: ['/contact_lists', { status: 'all', limit: PAGE_SIZE, include_count: 'true' }],
  tags: ['/contact_tags', { limit: PAGE_SIZE }],
  custom_fields: ['/contact_custom_fields', { limit: '100' }],
  segments: ['/segments', { limit: '1000' }],
};

/** Tells an id that may stand in a path. */
export function isPathId(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id);
}

/** Follows a next link; everything the first request asked for rides in its cursor, but for how it is sent and read. */
export function buildNext(link: string, { apart, urgent }: ApiRequest): ApiRequest {
  return {
    method: 'GET',
    link,
    ...(apart === undefined ? {} : { apart }),
    ...(urgent === undefined ? {} : { urgent }),
  };
}

/** A walk meets mostly contacts that have not changed: they need not be parsed. */
const CONTACTS_APART = { array: 'contacts', first: 'contact_id' };

/** Asks for the first page of a whole stream, deleted records included where the API shows them. */
export function buildListing(stream: StreamName): ApiRequest {
  const [path, query] = LISTINGS[stream];
  return { method: 'GET', path, query, ...(stream === 'contacts' ? { apart: CONTACTS_APART } : {}) };
}

/** Asks for contacts whose details changed; opt-outs are not among them (T18). */
export function buildChanges(since: string): ApiRequest {
  return { method: 'GET', path: '/contacts', query: { status: 'all', updated_after: since, ...CONTACTS } };
}

/** Asks for contacts that opted out after a time, if this account honours the filter. */
export function buildWindow(after: string): ApiRequest {
  return { method: 'GET', path: '/contacts', query: { status: 'all', optout_after: after, ...CONTACTS }, urgent: true };
}

/** Asks for everyone in one state. */
export function buildSweep(status: 'unsubscribed' | 'deleted'): ApiRequest {
  return { method: 'GET', path: '/contacts', query: { status, ...CONTACTS }, apart: CONTACTS_APART };
}

/** Asks for the people who are on a list, or bear a tag. */
export function buildMembers(what: 'lists' | 'tags', id: string): ApiRequest {
  return { method: 'GET', path: '/contacts', query: { status: 'all', [what]: id, ...CONTACTS } };
}

/** Asks for one record by its id. */
export function buildOne(stream: StreamName, id: string): ApiRequest {
  const path = `${LISTINGS[stream][0]}/${id}`;
  return stream === 'contacts' ? { method: 'GET', path, query: { include: INCLUDE } } : { method: 'GET', path };
}

/** Asks for the totals by consent state. */
export function buildCounts(): ApiRequest {
  return { method: 'GET', path: '/contacts/counts' };
}

/** Asks whose account this is. Without that nothing else may be read, opt-outs included. */
export function buildAccount(): ApiRequest {
  return { method: 'GET', path: '/account/summary', urgent: true };
}

/** Asks what the signed-in user may do. */
export function buildPrivileges(): ApiRequest {
  return { method: 'GET', path: '/account/user/privileges' };
}

/** Asks for the campaigns that were sent, newest first. */
export function buildSentCampaigns(): ApiRequest {
  const path = '/reports/summary_reports/email_campaign_summaries';
  return { method: 'GET', path, query: { limit: PAGE_SIZE }, urgent: true };
}

/** Asks for a campaign's activities. */
export function buildCampaign(campaignId: string): ApiRequest {
  return { method: 'GET', path: `/emails/${campaignId}`, urgent: true };
}

/** Asks for the newest bounces of one activity, whatever their code: no opt-outs, so nothing is reserved for them. */
export function buildBounceReport(activityId: string): ApiRequest {
  const path = `/reports/email_reports/${activityId}/tracking/bounces`;
  return { method: 'GET', path, query: { limit: PAGE_SIZE } };
}

/** Asks for the newest opt-outs of one activity. */
export function buildOptOutReport(activityId: string): ApiRequest {
  const path = `/reports/email_reports/${activityId}/tracking/optouts`;
  return { method: 'GET', path, query: { limit: PAGE_SIZE }, urgent: true };
}
