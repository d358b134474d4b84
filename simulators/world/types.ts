/**
 * types: the things one Constant Contact account holds, in the simulator's own words.
 *
 * All of it is plain data; instants are milliseconds since 1970 and "nothing there" is null. How an API version shows a thing
 * (field names, time format, what is left out) is decided in the folder of that version, never here.
 */
export type Source = 'Contact' | 'Account';

/** A vendor word, or (only by a deliberate mutation) a word the vendor never documented. */
export type Permission = string;

export const KNOWN_PERMISSIONS = [
  'explicit',
  'implicit',
  'not_set',
  'pending_confirmation',
  'temp_hold',
  'unsubscribed',
] as const;

export interface EmailState {
  readonly address: string;
  readonly permission: Permission;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly optInSource: Source | null;
  readonly optInDate: number | null;
  readonly optOutSource: Source | null;
  readonly optOutDate: number | null;
  readonly optOutReason: string | null;
  readonly confirmStatus: 'pending' | 'confirmed' | 'off';
}

export interface SmsState {
  readonly channelId: string;
  readonly number: string;
  readonly permission: 'explicit' | 'unsubscribed' | 'pending_confirmation' | 'not_set';
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface FieldValue {
  readonly fieldId: string;
  readonly value: string | null;
  readonly choiceIds: readonly number[] | null;
}

export interface Phone {
  readonly id: string;
  readonly number: string;
  readonly kind: 'home' | 'work' | 'mobile' | 'other';
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StreetAddress {
  readonly id: string;
  readonly kind: 'home' | 'work' | 'other';
  readonly street: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Note {
  readonly id: string;
  readonly createdAt: number;
  readonly content: string;
}

/** What few filters look at: generated from the person's seed when asked for, stored only once changed. */
export interface Details {
  readonly fields: readonly FieldValue[];
  readonly phones: readonly Phone[];
  readonly addresses: readonly StreetAddress[];
  readonly notes: readonly Note[];
}

/** One contact. Never changed in place: each change makes a new one, so older ones can still be shown by faults and delays. */
export interface Person {
  readonly id: string;
  /** The number that the older API versions call the contact by. */
  readonly sequence: number;
  readonly seed: number;
  readonly email: EmailState | null;
  readonly sms: SmsState | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly jobTitle: string | null;
  readonly companyName: string | null;
  readonly birthdayMonth: number | null;
  readonly birthdayDay: number | null;
  readonly anniversary: string | null;
  readonly createSource: Source;
  readonly updateSource: Source | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
  readonly lists: readonly string[];
  readonly tags: readonly string[];
  readonly details: Details | null;
}

export interface List {
  readonly id: string;
  readonly sequence: number;
  readonly name: string;
  readonly description: string | null;
  readonly favorite: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deletedAt: number | null;
}

export interface Tag {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface FieldChoice {
  readonly id: number;
  readonly label: string;
  readonly order: number;
  readonly deletedAt: number | null;
}

export const FIELD_TYPES = [
  'string',
  'date',
  'datetime',
  'currency',
  'text_area',
  'number',
  'boolean',
  'single_select',
  'multi_select',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface CustomField {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  readonly type: FieldType;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly version: number | null;
  readonly choices: readonly FieldChoice[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A segment of this world holds the people of one list; its criteria text says so in the vendor's manner. */
export interface Segment {
  readonly id: number;
  readonly name: string;
  readonly listId: string;
  readonly createdAt: number;
  readonly editedAt: number;
  readonly deletedAt: number | null;
}

export type CampaignStatus = 'Draft' | 'Scheduled' | 'Executing' | 'Done' | 'Error' | 'Removed';
export const REPORT_KINDS = ['sends', 'opens', 'optouts', 'bounces'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** One row of a report, with the address and names as they were then. */
export interface ReportRow {
  readonly contactId: string;
  readonly address: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly at: number;
  readonly reason: string | null;
  readonly bounceCode: string | null;
  readonly device: string | null;
}

export interface CampaignActivity {
  readonly id: string;
  readonly role: 'primary_email' | 'permalink' | 'resend';
}

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly status: CampaignStatus;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastSentAt: number | null;
  readonly listIds: readonly string[];
  readonly activities: readonly CampaignActivity[];
  /** Rows of the primary activity, oldest first. */
  readonly reports: Readonly<Record<ReportKind, readonly ReportRow[]>>;
}

export interface Account {
  readonly encodedAccountId: string;
  readonly organizationName: string;
  readonly contactEmail: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly website: string;
  readonly countryCode: string;
  readonly stateCode: string;
  readonly timeZoneId: string;
  /** Whether people who sign up have to confirm by mail first. */
  readonly confirmedOptIn: boolean;
}

export interface Privilege {
  readonly id: number;
  readonly name: string;
}

export const ACTIVITY_STATES = ['initialized', 'processing', 'completed', 'cancelled', 'failed', 'timed_out'] as const;
export type ActivityState = (typeof ACTIVITY_STATES)[number];
export type Counts = Readonly<Record<string, number>>;

/** Bulk work that was asked for. */
export interface Activity {
  readonly id: string;
  readonly kind: string;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly sourceFileName: string | null;
  readonly counts: Counts;
  readonly errors: readonly string[];
  /** How it ended before its time; null where it did not. */
  readonly stopped: { readonly state: ActivityState; readonly at: number } | null;
}
