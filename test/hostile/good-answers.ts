/** Well-formed answers to be spoilt, as the vendor's documentation describes them; nobody in them is real. */
import type { StreamName } from '../../src/model/record.ts';
import type { Json } from './door.ts';

const UUID = '1618ae62-4752-11e9-9c8a-fa163e6b01c1';
const AT = '2026-03-03T10:53:04-05:00';

export const RECORDS: Readonly<Record<StreamName, Json>> = {
  contacts: {
    contact_id: UUID,
    email_address: { address: 'ann@example.org', permission_to_send: 'unsubscribed', opt_out_date: AT, updated_at: AT },
    first_name: 'Ann',
    birthday_month: 11,
    birthday_day: 24,
    anniversary: '11/15/2006',
    created_at: AT,
    updated_at: AT,
    custom_fields: [{ custom_field_id: UUID, value: 'blue', choice_ids: [3, 1] }],
    phone_numbers: [{ phone_number_id: UUID, phone_number: '555-1212', kind: 'home', created_at: AT }],
    street_addresses: [{ street_address_id: UUID, kind: 'home', city: 'Utrecht', updated_at: AT }],
    list_memberships: [UUID, '1793dd08-662a-11eb-af0a-fa163e56c9b1'],
    taggings: [UUID],
    notes: [{ note_id: UUID, created_at: AT, content: 'called' }],
    sms_channel: { sms_channel_id: UUID, full_sms_address: '+31612345678', sms_channel_consents: [{ a: 1 }] },
  },
  lists: { list_id: UUID, name: 'News', favorite: true, created_at: AT, updated_at: AT, membership_count: 4 },
  tags: { tag_id: UUID, name: 'Donor', tag_source: 'Contact', created_at: AT, updated_at: AT },
  custom_fields: {
    custom_field_id: UUID,
    label: 'Colour',
    name: 'colour',
    type: 'single_select',
    metadata: { display_name: 'Colour' },
    choices: [{ choice_id: 1, choice_label: 'blue', display_order: 0 }],
    updated_at: AT,
  },
  segments: { segment_id: 7, name: 'Near', segment_criteria: { version: 1 }, created_at: AT, edited_at: AT },
};

export const CAMPAIGNS: Json = {
  bulk_email_campaign_summaries: [
    { campaign_id: UUID, last_sent_date: AT, unique_counts: { optouts: 3 } },
    { campaign_id: UUID, last_sent_date: '2025-03-03T10:53:04Z', unique_counts: { optouts: 0 } },
  ],
  _links: { next: { href: '/v3/reports?cursor=1' } },
};

export const REPORT: Json = {
  tracking_activities: [
    { contact_id: UUID, tracking_activity_type: 'em_optouts', created_time: AT, email_address: 'ann@example.org' },
    { contact_id: UUID, created_time: AT, opt_out_reason: 'too many' },
  ],
  _links: {},
};

export const ERRORS: readonly Json[] = [
  [{ error_key: 'contacts.api.validation.error', error_message: 'x' }],
  { error_key: 'quota_exceeded', error_message: 'x' },
  { error: 'invalid_grant', error_description: 'x' },
  [],
  null,
];
