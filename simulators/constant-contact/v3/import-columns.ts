/**
 * import-columns: the columns that an import may have. Beside them there may be `cf:` and the name of a custom field.
 *
 * The contract misspells `home_country` as `home country`; both are taken.
 */
export const TEXTS = [
  ['first_name', 'firstName'],
  ['last_name', 'lastName'],
  ['job_title', 'jobTitle'],
  ['company_name', 'companyName'],
] as const;

export const PHONES = [
  ['phone', 'other'],
  ['home_phone', 'home'],
  ['work_phone', 'work'],
  ['mobile_phone', 'mobile'],
  ['other_phone', 'other'],
] as const;

/** A street address without a prefix is the one at home; one with a prefix comes after it. */
export const STREETS = [
  { prefix: '', kind: 'home' },
  { prefix: 'home_', kind: 'home' },
  { prefix: 'work_', kind: 'work' },
  { prefix: 'other_', kind: 'other' },
] as const;

const STREET_PARTS = ['street', 'street2', 'city', 'state', 'zip', 'country'];

export const NUMBER_COLUMNS: ReadonlySet<string> = new Set(['birthday_month', 'birthday_day']);

const COLUMNS: ReadonlySet<string> = new Set([
  'email',
  'sms_number',
  'sms_consent_date',
  'anniversary',
  'home country',
  ...NUMBER_COLUMNS,
  ...TEXTS.map(([column]) => column),
  ...PHONES.map(([column]) => column),
  ...STREETS.flatMap(({ prefix }) => STREET_PARTS.map((part) => prefix + part)),
]);

/** Tells whether an import may have a column. */
export function isColumn(name: string): boolean {
  return COLUMNS.has(name) || /^cf:./.test(name);
}
