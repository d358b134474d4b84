/**
 * sms: what a contact's SMS channel says about consent, as facts of the medium `sms`.
 *
 * Pure. They belong to the telephone number and never count for e-mail, nor do e-mail's for them. The source names nobody
 * who gave or took this consent, so the maker is unknown: an IN frees from nothing, for a flag that nobody known switched
 * on is no IN (T20). A word that nobody documented, or a channel that cannot be read, holds (I2).
 */
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import { isoOf, instantOf } from '../model/instant.ts';
import type { Reading } from '../model/record.ts';
import type { ReadBy } from './standing.ts';
import { SMS_STATES } from './states.ts';

/** Fewest and most digits of a number in international form (ITU-T E.164 has at most 15). */
const DIGITS = /^\d{7,15}$/;

export const SAID = 'SMS consent in a contact reading; the source names nobody who gave or took it';
export const NOT_UNDERSTOOD = 'SMS consent in a contact reading that nobody documented';

/** One consent that a contact's channel tells. */
export interface SmsConsent {
  readonly fact: ConsentFact['fact'] | null;
  /** The source's time, ISO UTC text; null where it told none that can be read. */
  readonly at: string | null;
}

/** Names a telephone number as a match key: `tel:+` and its digits; null for one that is not in international form. */
export function numberKey(channel: Contact['sms_channel']): string | null {
  if (channel === null) return null;
  const { full_sms_address: full, sms_address: local, dial_code: code } = channel;
  const text = [full, local].find((one): one is string => typeof one === 'string' && one.trim().startsWith('+'));
  const number = text ?? (isText(code) && isText(local) ? `${code}${local}` : null);
  const digits = number?.replaceAll(/[\s().+-]/g, '') ?? '';
  return DIGITS.test(digits) ? `tel:+${digits}` : null;
}

/** Reads what a channel says. A channel without any consent says nothing. */
export function smsConsentsOf(channel: Contact['sms_channel']): readonly SmsConsent[] {
  const consents = channel?.['sms_channel_consents'];
  if (consents === undefined || consents === null) return [];
  if (!Array.isArray(consents)) return [{ fact: 'hold', at: null }];
  return consents.map((one: unknown) => (isObject(one) ? consentOf(one) : { fact: 'hold', at: null }));
}

function consentOf(one: Readonly<Record<string, unknown>>): SmsConsent {
  const state = SMS_STATES.get(one['sms_consent_permission']);
  if (state === undefined || one['consent_type'] !== 'promotional_sms')
    return { fact: 'hold', at: timeOf(one['updated_at']) };
  if (state === 'unsubscribed') return { fact: 'out', at: timeOf(one['opt_out_date']) };
  if (state === 'explicit') return { fact: 'in', at: timeOf(one['opt_in_date']) };
  return { fact: null, at: null };
}

/**
 * Reads the SMS facts in a contact's reading that are not on record: every OUT and hold, and the INs of a number or a
 * contact that was out or on hold.
 */
export function smsFactsOf(
  { id, content }: Reading<Contact>,
  onRecord: readonly ConsentFact[],
  by: ReadBy,
): readonly ConsentFact[] {
  const matchKey = numberKey(content.sms_channel);
  const known = onRecord.filter(({ medium }) => medium === 'sms');
  const wasOut = known.some(({ fact }) => fact !== 'in');
  const about = { ...by, contactId: id, matchKey, medium: 'sms', scope: 'all', actor: 'unknown' } as const;
  return smsConsentsOf(content.sms_channel).flatMap(({ fact, at }): ConsentFact[] => {
    if (fact === null || (fact === 'in' && !wasOut)) return [];
    if (known.some((one) => one.fact === fact && one.at === at && one.matchKey === matchKey)) return [];
    return [{ ...about, fact, at, evidence: fact === 'hold' ? NOT_UNDERSTOOD : SAID }];
  });
}

function timeOf(value: unknown): string | null {
  const instant = typeof value === 'string' ? instantOf(value) : null;
  return instant === null ? null : isoOf(instant);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
