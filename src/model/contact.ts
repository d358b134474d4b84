/**
 * The canonical contact: Constant Contact V3's field names, whatever version or system a contact comes from.
 *
 * Decides which columns a contact has and in which order. Absent is null here, so that "absent", null and ""
 * from different answers hash alike. Must never parse a vendor's answer (the connectors do) nor decide anything.
 */
import type { Content } from './record.ts';

/** Scalar columns, in the order in which they are hashed and written. Times keep the source's instant as ISO 8601 UTC text. */
export const CONTACT_COLUMNS = [
  'email_address',
  'permission_to_send',
  'opt_in_source',
  'opt_in_date',
  'opt_out_source',
  'opt_out_date',
  'opt_out_reason',
  'email_created_at',
  'email_updated_at',
  'confirm_status',
  'first_name',
  'last_name',
  'job_title',
  'company_name',
  'birthday_month',
  'birthday_day',
  'anniversary',
  'create_source',
  'update_source',
  'created_at',
  'updated_at',
  'deleted_at',
] as const;
export type ContactColumn = (typeof CONTACT_COLUMNS)[number];

/** The columns that carry consent: the only ones an opt-out needs, written even while a guard stops all else. */
export const CONSENT_COLUMNS = [
  'permission_to_send',
  'opt_in_source',
  'opt_in_date',
  'opt_out_source',
  'opt_out_date',
  'opt_out_reason',
  'email_updated_at',
] as const satisfies readonly ContactColumn[];

export type ContactScalars = { readonly [K in ContactColumn]: string | number | null };

export interface ContactCustomField {
  readonly custom_field_id: string;
  readonly value: string | null;
  readonly choice_ids: readonly number[] | null;
}
export interface PhoneNumber {
  readonly phone_number_id: string;
  readonly phone_number: string | null;
  readonly kind: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
}
export interface StreetAddress {
  readonly street_address_id: string;
  readonly kind: string | null;
  readonly street: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postal_code: string | null;
  readonly country: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
}
export interface Note {
  readonly note_id: string;
  readonly content: string | null;
  readonly created_at: string | null;
}

/** `extra`: unknown keys of the answer with their values, null when there were none; `sms_channel` likewise whole. */
export interface Contact extends Content, ContactScalars {
  readonly list_memberships: readonly string[];
  readonly taggings: readonly string[];
  readonly custom_fields: readonly ContactCustomField[];
  readonly phone_numbers: readonly PhoneNumber[];
  readonly street_addresses: readonly StreetAddress[];
  readonly notes: readonly Note[];
  readonly sms_channel: Readonly<Record<string, unknown>> | null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}
