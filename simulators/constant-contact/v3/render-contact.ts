/**
 * render-contact: a contact as V3 shows it.
 *
 * What has no value is left out, subresources appear only when included, `deleted_at` is a date. A contact without an address has
 * no `email_address`. The form must not depend on anything but the person, the switches and what was included.
 */
import type { Switches } from '../../switches.ts';
import { detailsOf } from '../../world/details.ts';
import type { Details, EmailState, FieldValue, Person, Phone, SmsState, StreetAddress } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { dateOnly, timeWriter, type TimeWriter } from './times.ts';

export const INCLUDES = [
  'custom_fields',
  'list_memberships',
  'phone_numbers',
  'street_addresses',
  'taggings',
  'notes',
] as const;
export type Include = (typeof INCLUDES)[number];
export type Json = Record<string, unknown>;

/** Makes the function that shows contacts with the given subresources under the present switches. */
export function contactRenderer(world: World, includes: readonly Include[]): (person: Person) => Json {
  const switches = world.switches.current;
  const time = timeWriter(switches.timeFormat);
  const wanted = new Set<string>(includes);
  const needsDetails = includes.some((one) => one !== 'list_memberships' && one !== 'taggings');
  return (person) => {
    const shown = renderCore(person, switches, time);
    if (wanted.has('list_memberships')) shown['list_memberships'] = person.lists;
    if (wanted.has('taggings')) shown['taggings'] = person.tags;
    if (needsDetails) addDetails(shown, detailsOf(person, world.firstFields), wanted, world, time);
    if (person.sms !== null && switches.smsChannel) shown['sms_channel'] = renderSms(person.sms, person, time);
    if (switches.extraFields)
      Object.assign(shown, { contact_score: person.sequence % 100, x_internal: { shard: 3, flags: [] } });
    return shown;
  };
}

function renderCore(person: Person, switches: Switches, time: TimeWriter): Json {
  const shown: Json = { contact_id: person.id };
  if (person.email !== null) shown['email_address'] = renderEmail(person.email, oddWord(person, switches), time);
  if (person.firstName !== null) shown['first_name'] = person.firstName;
  if (person.lastName !== null) shown['last_name'] = person.lastName;
  if (person.jobTitle !== null) shown['job_title'] = person.jobTitle;
  if (person.companyName !== null) shown['company_name'] = person.companyName;
  if (person.birthdayMonth !== null) shown['birthday_month'] = person.birthdayMonth;
  if (person.birthdayDay !== null) shown['birthday_day'] = person.birthdayDay;
  if (person.anniversary !== null) shown['anniversary'] = person.anniversary;
  if (person.updateSource !== null) shown['update_source'] = person.updateSource;
  shown['create_source'] = person.createSource;
  shown['created_at'] = time(person.createdAt);
  shown['updated_at'] = time(person.updatedAt);
  if (person.deletedAt !== null) shown['deleted_at'] = dateOnly(person.deletedAt);
  return shown;
}

/** Tells the undocumented permission word this contact shows, if any: each seventh that is not unsubscribed. */
export function oddWord(person: Person, switches: Switches): string | null {
  if (switches.unknownPermission === null || person.email?.permission === 'unsubscribed') return null;
  return person.sequence % 7 === 0 ? switches.unknownPermission : null;
}

function renderEmail(email: EmailState, oddPermission: string | null, time: TimeWriter): Json {
  const shown: Json = { address: email.address, permission_to_send: oddPermission ?? email.permission };
  shown['created_at'] = time(email.createdAt);
  shown['updated_at'] = time(email.updatedAt);
  if (email.optInSource !== null) shown['opt_in_source'] = email.optInSource;
  if (email.optInDate !== null) shown['opt_in_date'] = time(email.optInDate);
  if (email.optOutSource !== null) shown['opt_out_source'] = email.optOutSource;
  if (email.optOutDate !== null) shown['opt_out_date'] = time(email.optOutDate);
  if (email.optOutReason !== null) shown['opt_out_reason'] = email.optOutReason;
  shown['confirm_status'] = email.confirmStatus;
  return shown;
}

function addDetails(shown: Json, details: Details, wanted: ReadonlySet<string>, world: World, time: TimeWriter): void {
  if (wanted.has('custom_fields')) {
    shown['custom_fields'] = details.fields.filter((one) => world.fields.has(one.fieldId)).map(renderValue);
  }
  if (wanted.has('phone_numbers')) shown['phone_numbers'] = details.phones.map((one) => renderPhone(one, time));
  if (wanted.has('street_addresses'))
    shown['street_addresses'] = details.addresses.map((one) => renderAddress(one, time));
  if (wanted.has('notes')) {
    shown['notes'] = details.notes.map((one) => ({
      note_id: one.id,
      created_at: time(one.createdAt),
      content: one.content,
    }));
  }
}

function renderValue(value: FieldValue): Json {
  const shown: Json = { custom_field_id: value.fieldId };
  if (value.value !== null) shown['value'] = value.value;
  if (value.choiceIds !== null) shown['choice_ids'] = value.choiceIds.map(String);
  return shown;
}

function renderPhone(phone: Phone, time: TimeWriter): Json {
  return {
    phone_number_id: phone.id,
    phone_number: phone.number,
    kind: phone.kind,
    created_at: time(phone.createdAt),
    updated_at: time(phone.updatedAt),
    create_source: 'Account',
    update_source: 'Account',
  };
}

function renderAddress(address: StreetAddress, time: TimeWriter): Json {
  const shown: Json = { street_address_id: address.id, kind: address.kind };
  if (address.street !== null) shown['street'] = address.street;
  if (address.city !== null) shown['city'] = address.city;
  if (address.state !== null) shown['state'] = address.state;
  if (address.postalCode !== null) shown['postal_code'] = address.postalCode;
  if (address.country !== null) shown['country'] = address.country;
  shown['created_at'] = time(address.createdAt);
  shown['updated_at'] = time(address.updatedAt);
  return shown;
}

function renderSms(sms: SmsState, person: Person, time: TimeWriter): Json {
  const consent: Json = {
    sms_consent_permission: sms.permission,
    consent_type: 'promotional_sms',
    opt_in_date: time(sms.createdAt),
    ...(sms.permission === 'unsubscribed' ? { opt_out_date: time(sms.updatedAt) } : {}),
    created_at: time(sms.createdAt),
    updated_at: time(sms.updatedAt),
  };
  return {
    sms_channel_id: sms.channelId,
    sms_address: sms.number,
    dial_code: '1',
    country_code: 'US',
    create_source: person.createSource,
    sms_channel_consents: [consent],
  };
}
