/**
 * One contact of an answer to the canonical contact.
 *
 * The version counts both clocks of this API: an unsubscribe moves the address's `updated_at` and not the contact's
 * (T18). What concerns consent or deletion is never refused for its form, it takes its strict meaning instead: an
 * unknown permission is held, an unreadable deletion date still deletes, and an opt-out known to the day counts until
 * that day's end, an opt-in from its start (I2, T19). Pure; must never put a value into a reason.
 */
import { knownState, stateOf } from '../../../consent/states.ts';
import type { Contact } from '../../../model/contact.ts';
import { contentHash } from '../../../model/hash.ts';
import type { Reading } from '../../../model/record.ts';
import { readAddresses, readCustomFields, readIds, readNotes, readPhones } from './contact-parts.ts';
import type { Json } from '../../reading/fields.ts';
import {
  date,
  integer,
  isRecord,
  Kept,
  keepUnknown,
  recordId,
  row,
  text,
  time,
  Unreadable,
  wholeObject,
} from '../../reading/fields.ts';
import { isDate } from '../../reading/times.ts';

const CONTACT_KEYS: ReadonlySet<string> = new Set(
  (
    'contact_id email_address first_name last_name job_title company_name birthday_month birthday_day anniversary ' +
    'create_source update_source created_at updated_at deleted_at custom_fields phone_numbers street_addresses ' +
    'list_memberships taggings notes sms_channel'
  ).split(' '),
);
const EMAIL_KEYS: ReadonlySet<string> = new Set(
  (
    'address permission_to_send created_at updated_at opt_in_source opt_in_date opt_out_source opt_out_date ' +
    'opt_out_reason confirm_status'
  ).split(' '),
);
const NO_EMAIL: Json = {};

/** Reads one contact. Throws Unreadable with the field's name. */
export function readContact(value: unknown): Reading<Contact> {
  const raw = row(value, 'contact');
  const id = recordId(raw['contact_id'], 'contact_id');
  const email = emailOf(raw);
  const kept = new Kept();
  keepUnknown(raw, CONTACT_KEYS, (key, more) => kept.put(key, more));
  keepUnknown(email, EMAIL_KEYS, (key, more) => kept.putIn('email_address', key, more));
  const content = contactContent(raw, email, kept);
  return {
    id,
    hash: contentHash(content),
    version: `${content.updated_at ?? ''}|${content.email_updated_at ?? ''}`,
    state: isDeleted(raw) ? 'deleted' : stateOf('v3', email['permission_to_send'], content.email_address !== null),
    content,
  };
}

/** Lays the contact out in the model's order; `extra` is last because reading the others may add to it. */
function contactContent(raw: Json, email: Json, kept: Kept): Contact {
  const keepTop = (key: string) => (bad: unknown) => kept.put(key, bad);
  return {
    email_address: text(email['address'], 'email_address.address'),
    permission_to_send: permission(email, kept),
    opt_in_source: text(email['opt_in_source'], 'email_address.opt_in_source'),
    opt_in_date: consentTime(email, 'opt_in_date', 'T00:00:00Z', kept),
    opt_out_source: text(email['opt_out_source'], 'email_address.opt_out_source'),
    opt_out_date: consentTime(email, 'opt_out_date', 'T23:59:59Z', kept),
    opt_out_reason: text(email['opt_out_reason'], 'email_address.opt_out_reason'),
    email_created_at: emailTime(email, 'created_at', kept),
    email_updated_at: emailTime(email, 'updated_at', kept),
    confirm_status: text(email['confirm_status'], 'email_address.confirm_status'),
    first_name: text(raw['first_name'], 'first_name'),
    last_name: text(raw['last_name'], 'last_name'),
    job_title: text(raw['job_title'], 'job_title'),
    company_name: text(raw['company_name'], 'company_name'),
    birthday_month: integer(raw['birthday_month'], 'birthday_month'),
    birthday_day: integer(raw['birthday_day'], 'birthday_day'),
    anniversary: date(raw['anniversary'], 'anniversary', keepTop('anniversary')),
    create_source: text(raw['create_source'], 'create_source'),
    update_source: text(raw['update_source'], 'update_source'),
    created_at: time(raw['created_at'], 'created_at', keepTop('created_at')),
    updated_at: time(raw['updated_at'], 'updated_at', keepTop('updated_at')),
    deleted_at: deletionTime(raw['deleted_at'], keepTop('deleted_at')),
    list_memberships: readIds(raw['list_memberships'], 'list_memberships'),
    taggings: readIds(raw['taggings'], 'taggings'),
    custom_fields: readCustomFields(raw['custom_fields'], kept),
    phone_numbers: readPhones(raw['phone_numbers'], kept),
    street_addresses: readAddresses(raw['street_addresses'], kept),
    notes: readNotes(raw['notes'], kept),
    sms_channel: wholeObject(raw['sms_channel'], 'sms_channel'),
    extra: kept.take(),
  };
}

/** A contact without an address (SMS only) has no `email_address`. */
function emailOf(raw: Json): Json {
  const email = raw['email_address'];
  if (email === undefined || email === null) return NO_EMAIL;
  if (isRecord(email)) return email;
  throw new Unreadable('email_address: not an object');
}

function permission(email: Json, kept: Kept): string | null {
  const raw = email['permission_to_send'];
  const known = knownState('v3', raw);
  if (known === null && raw !== undefined && raw !== null && raw !== '')
    kept.putIn('email_address', 'permission_to_send', raw);
  return known;
}

/** A consent time of any form: one that is no time is null, which in every comparison means out. */
function consentTime(email: Json, key: string, ofDay: string, kept: Kept): string | null {
  const raw = email[key];
  const known = typeof raw === 'string' ? emailTime(email, key, kept) : null;
  if (typeof raw !== 'string' && raw !== undefined && raw !== null) kept.putIn('email_address', key, raw);
  if (known === null || !isDate(known)) return known;
  kept.putIn('email_address', key, raw);
  return `${known}${ofDay}`;
}

function emailTime(email: Json, key: string, kept: Kept): string | null {
  return time(email[key], `email_address.${key}`, (bad) => kept.putIn('email_address', key, bad));
}

/** Anything but an absence deletes, readable or not. */
function isDeleted(raw: Json): boolean {
  const value = raw['deleted_at'];
  return value !== undefined && value !== null && value !== '' && value !== false;
}

function deletionTime(value: unknown, keep: (bad: unknown) => void): string | null {
  if (typeof value === 'string') return time(value, 'deleted_at', keep);
  if (value !== undefined && value !== null && value !== false) keep(value);
  return null;
}
