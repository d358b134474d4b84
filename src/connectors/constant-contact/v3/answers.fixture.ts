/**
 * Answers of Constant Contact V3 as its documentation and recorded responses describe them, written by hand; no real person.
 */
export const LIST_A = '07936f78-662a-11eb-af0a-fa163e56c9b0';
export const LIST_B = '1793dd08-662a-11eb-af0a-fa163e56c9b1';
export const TAG = 'e7ddac60-51da-11eb-b3a4-fa163e6b01c1';
export const CONTACT_ID = '1618ae62-4752-11e9-9c8a-fa163e6b01c1';

const FULL_CONTACT = {
  contact_id: CONTACT_ID,
  email_address: {
    address: 'debora.lang@example.org',
    permission_to_send: 'implicit',
    created_at: '2016-01-23T13:48:44.108Z',
    updated_at: '2016-03-03T10:53:04-05:00',
    opt_in_source: 'Account',
    opt_in_date: '2016-01-23T13:48:44Z',
    confirm_status: 'off',
  },
  first_name: 'Debora',
  last_name: 'Lang',
  job_title: 'Musician',
  company_name: 'Acme Corp.',
  birthday_month: 11,
  birthday_day: 24,
  anniversary: '2006-11-15',
  create_source: 'Account',
  update_source: 'Contact',
  created_at: '2016-01-23T13:48:44.108Z',
  updated_at: '2016-03-03T15:53:04.000+00:00',
  custom_fields: [
    { custom_field_id: 'd938260a-0000-11e9-a540-fa163e595123', value: 'blue' },
    { custom_field_id: 'a938260a-0000-11e9-a540-fa163e595123', value: 'b', choice_ids: [3, 1] },
  ],
  phone_numbers: [
    {
      phone_number_id: '2a6a5ed8-0000-11eb-af0a-fa163e56c9b0',
      phone_number: '555-1212',
      kind: 'home',
      created_at: '2016-01-23T13:48:44Z',
      updated_at: '2016-01-23T13:48:44Z',
      create_source: 'Account',
      update_source: 'Account',
    },
  ],
  street_addresses: [
    {
      street_address_id: '3b6a5ed8-0000-11eb-af0a-fa163e56c9b0',
      kind: 'home',
      street: '123 Kashmir Valley Road',
      city: 'Chicago',
      state: 'Illinois',
      postal_code: '60754',
      country: 'United States',
      created_at: '2016-01-23T13:48:44Z',
      updated_at: '2016-01-23T13:48:44Z',
    },
  ],
  list_memberships: [LIST_B, LIST_A],
  taggings: [TAG],
  notes: [
    { note_id: '4c6a5ed8-0000-11eb-af0a-fa163e56c9b0', created_at: '2016-01-23T13:48:44Z', content: 'Met in spring' },
  ],
  sms_channel: { sms_channel_id: '5d6a', sms_address: '7815551212', dial_code: '1', sms_channel_consents: [] },
};

/** A contact with every documented key, some of them replaced. */
export function fullContact(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...FULL_CONTACT, ...more };
}

/** The full contact with some keys of its address changed. */
export function contactWithEmail(email: Record<string, unknown>): Record<string, unknown> {
  return { ...FULL_CONTACT, email_address: { ...FULL_CONTACT.email_address, ...email } };
}

export const CONTACT_LIST = {
  list_id: LIST_A,
  name: 'Newsletter',
  favorite: true,
  created_at: '2016-01-23T13:48:44Z',
  updated_at: '2016-03-03T10:53:04-05:00',
  membership_count: 17,
};
export const CUSTOM_FIELD = {
  custom_field_id: 'a938260a-0000-11e9-a540-fa163e595123',
  label: 'Vehicle',
  name: 'vehicle',
  type: 'single_select',
  metadata: { display_type: 'dropdown', allow_negative: false },
  version: 2,
  choices: [
    { choice_id: 2, choice_label: 'Bus', display_order: 1 },
    { choice_id: 1, choice_label: 'Car', display_order: 2, deleted_at: '2024-05-01' },
  ],
  created_at: '2016-01-23T13:48:44Z',
  updated_at: '2016-01-23T13:48:44Z',
};
