/**
 * contact-input: what a writer may say about a contact, in the world's words, after an API version has judged its form.
 *
 * A subresource that is undefined was not sent and stays; one that is there replaces the whole set. Plain fields are always there:
 * null clears. Nothing here is known to fit the world's rules of consent; those are decided in consent-rules.ts.
 */
import type { FieldValue, Phone, Source, StreetAddress } from '../types.ts';

export interface PlainInput {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly jobTitle: string | null;
  readonly companyName: string | null;
  readonly birthdayMonth: number | null;
  readonly birthdayDay: number | null;
  readonly anniversary: string | null;
}

export interface EmailInput {
  readonly address: string;
  readonly permission: string | null;
  readonly reason: string | null;
}

export type PhoneInput = Pick<Phone, 'number' | 'kind'>;
export type StreetInput = Pick<StreetAddress, 'kind' | 'street' | 'city' | 'state' | 'postalCode' | 'country'>;

export interface NoteInput {
  readonly id: string | null;
  readonly content: string;
}

export interface SmsInput {
  readonly number: string;
  readonly permission: 'explicit' | 'unsubscribed' | 'pending_confirmation' | 'not_set';
}

export interface DetailsInput {
  readonly fields: readonly FieldValue[] | undefined;
  readonly phones: readonly PhoneInput[] | undefined;
  readonly addresses: readonly StreetInput[] | undefined;
  readonly notes: readonly NoteInput[] | undefined;
}

export interface ContactInput extends DetailsInput {
  readonly source: Source;
  readonly plain: PlainInput;
  readonly email: EmailInput | undefined;
  readonly lists: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
  readonly sms: SmsInput | undefined;
}
