/**
 * sign-up-body: the flat body of a sign-up form. What is left out, blank or null is not said, so it stays.
 */
import { z } from 'zod';
import type { PlainInput } from '../../world/mutate/contact-input.ts';
import type { SignUp } from '../../world/mutate/sign-up.ts';
import { idsOf, listOf, required, textOf } from './body.ts';
import { addressText, customField, PLAIN, plainOf, street } from './contact-body.ts';

const smsConsent = z.strictObject({
  sms_consent_permission: required(z.enum(['explicit', 'unsubscribed', 'pending_confirmation', 'not_set'])),
  consent_type: required(z.literal('promotional_sms')),
  consent_medium_type: required(z.string()),
  consent_medium_url: required(z.string()),
  consent_medium_details: required(z.string()),
  advertised_frequency: z.number().int().optional(),
  advertised_interval: z.string().optional(),
});

const smsChannel = z
  .strictObject({
    sms_address: required(z.string().regex(/^\d{6,14}$/, 'is not a valid phone number')),
    dial_code: required(z.string().regex(/^\d{1,3}$/, 'is not a valid dial code')),
    country_code: required(z.string().length(2)),
    sms_channel_consents: required(z.array(smsConsent).min(1)),
  })
  .transform((one) => ({
    number: `+${one.dial_code}${one.sms_address}`,
    permission: one.sms_channel_consents[0]?.sms_consent_permission ?? ('not_set' as const),
  }));

export const SIGN_UP = z
  .strictObject({
    ...PLAIN,
    email_address: addressText(50).optional(),
    phone_number: textOf(25).min(1).optional(),
    list_memberships: required(idsOf(50, 1)),
    custom_fields: listOf(customField, 50).default([]),
    street_address: street.optional(),
    sms_channel: smsChannel.optional(),
  })
  .refine((one) => (one.birthday_month === null) === (one.birthday_day === null), {
    path: ['birthday_month'],
    message: 'must come together with birthday_day',
  })
  .refine((one) => one.email_address !== undefined || one.sms_channel !== undefined, {
    path: ['email_address'],
    message: 'is missing',
  })
  .transform((one): SignUp => ({
    address: one.email_address,
    sms: one.sms_channel,
    plain: saidOf(plainOf(one)),
    phone: one.phone_number,
    street: one.street_address,
    fields: one.custom_fields,
    lists: [...new Set(one.list_memberships)],
  }));

/** Keeps what was said. */
function saidOf(plain: PlainInput): Partial<PlainInput> {
  return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null));
}
