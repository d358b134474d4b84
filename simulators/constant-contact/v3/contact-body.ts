/**
 * contact-body: the bodies that write one contact, judged by the contract and turned into the world's words.
 *
 * Lengths, counts, words and forms are judged here; whether lists, tags, fields and choices exist, too. What the write does is
 * decided in the world.
 */
import { z } from 'zod';
import type { ContactInput, PlainInput } from '../../world/mutate/contact-input.ts';
import { KNOWN_PERMISSIONS, type FieldValue, type Source } from '../../world/types.ts';
import { readDay } from './anniversary.ts';
import { blankable, idText, idsOf, listOf, readOnly, required, textOf } from './body.ts';

export const SOURCE = z.enum(['Contact', 'Account']);
export const ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:."]{2,}$/;
const SMS_WORDS = ['explicit', 'unsubscribed', 'pending_confirmation', 'not_set'] as const;

/** A mail address of at most so many characters. */
export function addressText(most: number): z.ZodString {
  return textOf(most).regex(ADDRESS, 'is not a valid email address');
}

const whole = (least: number, most: number): z.ZodType<number | null> =>
  z
    .number()
    .int()
    .min(least)
    .max(most)
    .nullish()
    .transform((given) => given ?? null);

/** The reader of an anniversary. */
export const day = blankable(10).transform((text, context) => {
  const read = text === null ? null : readDay(text);
  if (text !== null && read === null) context.addIssue({ code: 'custom', message: 'is not a valid date' });
  return read;
});

export const PLAIN = {
  first_name: blankable(50),
  last_name: blankable(50),
  job_title: blankable(50),
  company_name: blankable(50),
  birthday_month: whole(1, 12),
  birthday_day: whole(1, 31),
  anniversary: day,
};

const choiceId = z
  .string()
  .regex(/^\d{1,9}$/, 'is not the id of a choice')
  .transform(Number);

export const customField = z
  .strictObject({
    custom_field_id: required(idText),
    value: textOf(255).nullish(),
    choice_ids: z.array(choiceId).optional(),
  })
  .transform((one): FieldValue => ({
    fieldId: one.custom_field_id,
    value: one.value ?? null,
    choiceIds: one.choice_ids ?? null,
  }));

export const street = z
  .strictObject({
    kind: required(z.enum(['home', 'work', 'other'])),
    street: blankable(255),
    city: blankable(50),
    state: blankable(50),
    postal_code: blankable(50),
    country: blankable(50),
    ...readOnly('street_address_id', 'created_at', 'updated_at'),
  })
  .transform(({ kind, street: line, city, state, postal_code: postalCode, country }) => ({
    kind,
    street: line,
    city,
    state,
    postalCode,
    country,
  }));

const phone = z
  .strictObject({
    phone_number: required(textOf(25).min(1)),
    kind: z.enum(['home', 'work', 'mobile', 'other']).default('other'),
    ...readOnly('phone_number_id', 'created_at', 'updated_at', 'create_source', 'update_source'),
  })
  .transform((one) => ({ number: one.phone_number, kind: one.kind }));

const note = z
  .strictObject({ note_id: idText.optional(), content: required(textOf(2000)), ...readOnly('created_at') })
  .transform((one) => ({ id: one.note_id ?? null, content: one.content }));

const smsConsent = z.strictObject({
  sms_consent_permission: required(z.enum(SMS_WORDS)),
  consent_type: required(z.literal('promotional_sms')),
  consent_medium_details: z.string().optional(),
});

const smsChannel = z
  .strictObject({
    full_sms_address: required(z.string().regex(/^\+\d{8,15}$/, 'is not a valid phone number')),
    sms_channel_consents: required(z.array(smsConsent).min(1)),
  })
  .transform((one) => ({
    number: one.full_sms_address,
    permission: one.sms_channel_consents[0]?.sms_consent_permission ?? ('not_set' as const),
  }));

const email = z
  .strictObject({
    address: required(addressText(80)),
    permission_to_send: z.enum(KNOWN_PERMISSIONS).optional(),
    opt_out_reason: textOf(255).nullish(),
    ...readOnly('created_at', 'updated_at', 'opt_in_source', 'opt_in_date', 'opt_out_source', 'opt_out_date'),
    ...readOnly('confirm_status'),
  })
  .transform((one) => ({
    address: one.address,
    permission: one.permission_to_send ?? null,
    reason: one.opt_out_reason ?? null,
  }));

const SHARED = {
  ...PLAIN,
  email_address: email.optional(),
  custom_fields: listOf(customField, 25).optional(),
  phone_numbers: listOf(phone, 3).optional(),
  street_addresses: listOf(street, 3).optional(),
  list_memberships: idsOf(50).optional(),
  taggings: idsOf(50).optional(),
  notes: listOf(note, 150).optional(),
  sms_channel: smsChannel.optional(),
  ...readOnly('contact_id', 'created_at', 'updated_at', 'deleted_at'),
};
type Shared = z.infer<z.ZodObject<typeof SHARED>>;

const hasWholeBirthday = (one: { birthday_month: number | null; birthday_day: number | null }): boolean =>
  (one.birthday_month === null) === (one.birthday_day === null);
const BIRTHDAY = { path: ['birthday_month'], message: 'must come together with birthday_day' };

export const CONTACT_POST = z
  .strictObject({ ...SHARED, create_source: required(SOURCE), ...readOnly('update_source') })
  .refine(hasWholeBirthday, BIRTHDAY)
  .refine((one) => [one.first_name, one.last_name].some((name) => name !== null) || hasChannel(one), {
    path: ['email_address'],
    message: 'is missing: one of first_name, last_name, email_address and sms_channel is needed',
  })
  .transform((one) => inputOf(one, one.create_source));

export const CONTACT_PUT = z
  .strictObject({ ...SHARED, update_source: required(SOURCE), ...readOnly('create_source') })
  .refine(hasWholeBirthday, BIRTHDAY)
  .transform((one) => inputOf(one, one.update_source));

function hasChannel(one: Pick<Shared, 'email_address' | 'sms_channel'>): boolean {
  return one.email_address !== undefined || one.sms_channel !== undefined;
}

/** Turns the plain fields of a body into the world's words. */
export function plainOf(one: z.infer<z.ZodObject<typeof PLAIN>>): PlainInput {
  return {
    firstName: one.first_name,
    lastName: one.last_name,
    jobTitle: one.job_title,
    companyName: one.company_name,
    birthdayMonth: one.birthday_month,
    birthdayDay: one.birthday_day,
    anniversary: one.anniversary,
  };
}

function inputOf(one: Shared, source: Source): ContactInput {
  return {
    source,
    plain: plainOf(one),
    email: one.email_address,
    lists: unique(one.list_memberships),
    tags: unique(one.taggings),
    sms: one.sms_channel,
    fields: one.custom_fields,
    phones: one.phone_numbers,
    addresses: one.street_addresses,
    notes: one.notes,
  };
}

function unique(ids: readonly string[] | undefined): readonly string[] | undefined {
  return ids === undefined ? undefined : [...new Set(ids)];
}
