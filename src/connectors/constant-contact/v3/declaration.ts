/**
 * What this connector is: its host, scopes, budget and streams. Data only; the code beside it acts on none of it.
 */
import type { StreamCapabilities } from '../../../connector/source.ts';
import type { StreamName } from '../../../model/record.ts';

export const CONSTANT_CONTACT_V3_BASE_URL = 'https://api.cc.email/v3';

/** `offline_access` gives a refresh token; campaigns and their reports are needed for opt-outs. */
export const CONSTANT_CONTACT_V3_SCOPES = ['account_read', 'contact_data', 'campaign_data', 'offline_access'] as const;

/** User privileges without which a part is not answered, whatever the scopes. */
export const CONSTANT_CONTACT_V3_PRIVILEGES = [
  { privilege: 'contacts:read', without: 'contacts, tags, custom fields' },
  { privilege: 'contacts:lists:read', without: 'lists, segments' },
  { privilege: 'account:read', without: 'the account' },
  { privilege: 'campaign:read', without: 'the opt-outs of campaigns' },
  { privilege: 'ui:campaign:metrics', without: 'the opt-outs of campaigns' },
] as const;

/** Needed besides by a sync that writes to the account. */
export const CONSTANT_CONTACT_V3_WRITE_PRIVILEGES = [
  { privilege: 'contacts:write', without: 'opt-outs of your table, carried to the account' },
] as const;

/** The vendor's limits for one API key, over all accounts behind it. */
export const CONSTANT_CONTACT_V3_BUDGET = { perSecond: 4, perDay: 10_000 } as const;

/** Contacts and lists are listed with their deleted ones; tags, fields and segments only vanish. */
export const CONSTANT_CONTACT_V3_STREAMS: ReadonlyMap<StreamName, StreamCapabilities> = new Map([
  ['contacts', { changes: 'incremental', removals: 'reported' }],
  ['lists', { changes: 'snapshot-only', removals: 'reported' }],
  ['tags', { changes: 'snapshot-only', removals: 'by-absence' }],
  ['custom_fields', { changes: 'snapshot-only', removals: 'by-absence' }],
  ['segments', { changes: 'snapshot-only', removals: 'by-absence' }],
] as const satisfies readonly (readonly [StreamName, StreamCapabilities])[]);
