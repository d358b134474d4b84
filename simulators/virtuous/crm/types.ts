/**
 * types: what a CRM holds, as plain values that are replaced and never changed in place.
 *
 * A contact is a household, organization or foundation; its people are individuals, whose e-mails and telephones are methods
 * (virtuous-crm §4, §5). Addresses, references and tags belong to the contact, never to one of its people (§6). Instants are
 * milliseconds; null is "nothing there".
 */
export interface Stamp {
  readonly createdAt: number;
  readonly createdBy: string;
  readonly modifiedAt: number;
  readonly modifiedBy: string;
}

export interface Method extends Stamp {
  readonly id: number;
  readonly type: string;
  readonly value: string;
  readonly isOptedIn: boolean;
  readonly isPrimary: boolean;
  readonly archived: boolean;
}

export interface Profile {
  readonly prefix: string | null;
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly suffix: string | null;
  readonly gender: string | null;
  readonly birthMonth: number | null;
  readonly birthDay: number | null;
  readonly birthYear: number | null;
  readonly approximateAge: number | null;
  readonly isDeceased: boolean;
  readonly deceasedDate: string | null;
  readonly passion: string | null;
  readonly avatarUrl: string | null;
}

export interface Individual extends Stamp, Profile {
  readonly id: number;
  readonly isPrimary: boolean;
  readonly isSecondary: boolean;
  readonly methods: readonly Method[];
  readonly fields: Fields;
}

export interface Place {
  readonly label: string | null;
  readonly address1: string | null;
  readonly address2: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postal: string | null;
  readonly country: string | null;
  readonly startMonth: number | null;
  readonly startDay: number | null;
  readonly endMonth: number | null;
  readonly endDay: number | null;
}

export interface Address extends Stamp, Place {
  readonly id: number;
  readonly isPrimary: boolean;
  readonly archived: boolean;
}

export interface Reference {
  readonly source: string;
  readonly id: string;
}

/** A tag on a contact; `id` is that of the join. */
export interface ContactTag extends Stamp {
  readonly id: number;
  readonly tagId: number;
}

export interface Head {
  readonly contactType: string;
  readonly isPrivate: boolean;
  readonly name: string;
  readonly informalName: string | null;
  readonly description: string | null;
  readonly website: string | null;
  readonly maritalStatus: string | null;
  readonly anniversaryMonth: number | null;
  readonly anniversaryDay: number | null;
  readonly anniversaryYear: number | null;
  readonly originSegmentId: number | null;
}

/** Custom field values by the field's name; all are text. */
export type Fields = Readonly<Record<string, string>>;

export interface Contact extends Stamp, Head {
  readonly id: number;
  readonly mergedInto: number | null;
  readonly archivedAt: number | null;
  readonly archiveReason: string | null;
  readonly addresses: readonly Address[];
  readonly individuals: readonly Individual[];
  readonly references: readonly Reference[];
  readonly tags: readonly ContactTag[];
  readonly fields: Fields;
}

export interface Tag {
  readonly id: number;
  readonly name: string;
  readonly group: string;
}

export interface Note extends Stamp {
  readonly id: number;
  readonly contactId: number;
  readonly type: string;
  readonly note: string;
  readonly noteAt: number;
  readonly important: boolean;
  readonly isPrivate: boolean;
}

export type DataType = 'Text' | 'List' | 'DateTime' | 'Boolean';

export interface FieldDefinition {
  readonly of: 'contact' | 'individual';
  readonly dataType: DataType;
  /** The name to write under. */
  readonly name: string;
  readonly displayName: string;
  readonly options: readonly string[];
  readonly createdAt: number;
}

export const EMAIL_TYPES = ['Home Email', 'Work Email', 'Other Email'] as const;
export const PHONE_TYPES = ['Home Phone', 'Mobile Phone', 'Work Phone', 'Other Phone'] as const;
/** As recorded of one organization (virtuous-crm §5); there is no plain "Email". */
export const METHOD_TYPES: readonly string[] = [
  ...EMAIL_TYPES,
  ...PHONE_TYPES,
  'Fax',
  'Facebook',
  'Twitter',
  'LinkedIn',
  'Skype',
  'Web',
  'Other',
];
export const CONTACT_TYPES = [
  { parentType: 'Household', type: 'Household' },
  { parentType: 'Organization', type: 'Organization' },
  { parentType: 'Organization', type: 'Church' },
  { parentType: 'Foundation', type: 'Foundation' },
] as const;
export const NOTE_TYPES = [
  'General',
  'Call',
  'Text Message',
  'Letter',
  'Direct Mail',
  'Social Media',
  'Email',
  'In Person',
  'Event',
  'Alert',
  'Thank You',
] as const;

/** Tells what kind of channel a type of method is: one of each kind is an individual's primary. */
export function kindOf(type: string): 'email' | 'phone' | 'other' {
  if ((EMAIL_TYPES as readonly string[]).includes(type)) return 'email';
  return (PHONE_TYPES as readonly string[]).includes(type) ? 'phone' : 'other';
}

/** Tells the form in which two texts of a method are the same: case and outer spaces do not count. */
export function methodKey(value: string): string {
  return value.trim().toLowerCase();
}
