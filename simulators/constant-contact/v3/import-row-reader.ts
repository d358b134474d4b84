/**
 * import-row-reader: judges one row of an import and turns it into the world's words.
 *
 * A row is taken, or can be corrected by hand (a bad address, a bad date, nothing to know the contact by), or is in error (too long,
 * too many, no such custom field, a phone number from abroad). A faulty row is left out as a whole; the rest goes on. What a blank
 * cell means is not known: a switch lets it clear the field.
 */
import type { DetailsInput, PlainInput } from '../../world/mutate/contact-input.ts';
import type { ImportRow, StreetParts } from '../../world/mutate/import-row.ts';
import type { CustomField, FieldValue } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { readDay } from './anniversary.ts';
import { ADDRESS } from './contact-body.ts';
import { PHONES, STREETS, TEXTS } from './import-columns.ts';

export type Cells = ReadonlyMap<string, string>;
export type SmsPermission = 'explicit' | 'not_set';
export type ReadRow =
  { readonly kind: 'row'; readonly row: ImportRow } | { readonly kind: 'correctable' | 'error'; readonly why: string };

const MOST_FIELDS = 25;
const MOST_PARTS = 3;

/** Stops the reading of a row. */
class RowFault extends Error {
  override readonly name = 'RowFault';
  readonly kind: 'correctable' | 'error';

  constructor(kind: 'correctable' | 'error', why: string) {
    super(why);
    this.kind = kind;
  }
}

/** Reads a row; `sms` is the permission given for all numbers of the import. */
export function readRow(world: World, cells: Cells, sms: SmsPermission | null): ReadRow {
  const blanks = world.switches.current.importBlank;
  const said = blanks === 'cleared' ? cells : new Map([...cells].filter(([, value]) => value !== ''));
  try {
    return { kind: 'row', row: rowOf(world, said, sms) };
  } catch (error) {
    if (error instanceof RowFault) return { kind: error.kind, why: error.message };
    throw error;
  }
}

function rowOf(world: World, cells: Cells, sms: SmsPermission | null): ImportRow {
  const address = blankAsNull(cells.get('email'));
  const number = blankAsNull(cells.get('sms_number'));
  if (address === null && number === null) throw new RowFault('correctable', 'no email address');
  if (address !== null && !ADDRESS.test(address)) throw new RowFault('correctable', 'invalid email address');
  if (address !== null) checkLength('email', address, 50);
  return {
    address,
    sms: number === null ? null : { number: smsNumber(number), permission: smsPermission(cells, sms) },
    plain: plainOf(cells),
    phones: phonesOf(cells),
    streets: streetsOf(cells),
    fields: fieldsOf(world, cells),
  };
}

function plainOf(cells: Cells): Partial<PlainInput> {
  const plain: Record<string, string | number | null> = {};
  for (const [column, name] of TEXTS) {
    const value = cells.get(column);
    if (value === undefined) continue;
    checkLength(column, value, 50);
    plain[name] = blankAsNull(value);
  }
  const [month, day] = [cells.get('birthday_month'), cells.get('birthday_day')];
  if ((month === undefined) !== (day === undefined) || (month === '') !== (day === '')) {
    throw new RowFault('correctable', 'invalid birthday');
  }
  if (month !== undefined && day !== undefined) {
    plain['birthdayMonth'] = birthday(month, 12);
    plain['birthdayDay'] = birthday(day, 31);
  }
  const anniversary = cells.get('anniversary');
  if (anniversary !== undefined) plain['anniversary'] = anniversary === '' ? null : dayOf(anniversary, 'anniversary');
  return plain;
}

function birthday(text: string, most: number): number | null {
  if (text === '') return null;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new RowFault('correctable', 'invalid birthday');
}

function dayOf(text: string, column: string): string {
  const read = readDay(text);
  if (read === null) throw new RowFault('correctable', `invalid ${column}`);
  return read;
}

function phonesOf(cells: Cells): NonNullable<DetailsInput['phones']> {
  const phones = PHONES.flatMap(([column, kind]) => {
    const number = cells.get(column);
    if (number === undefined) return [];
    checkLength(column, number, 50);
    if (/^\s*(\+(?!1)|00)/.test(number)) throw new RowFault('error', 'international phone number');
    return [{ number, kind }];
  });
  if (phones.filter((one) => one.number !== '').length > MOST_PARTS) throw new RowFault('error', 'too many phones');
  return [...new Map(phones.map((one) => [one.kind, one])).values()];
}

function streetsOf(cells: Cells): StreetParts[] {
  const found = new Map<StreetParts['kind'], StreetParts>();
  for (const { prefix, kind } of STREETS) {
    const parts: Record<string, string | null> = {};
    const lines = [cells.get(`${prefix}street`), cells.get(`${prefix}street2`)].filter((one) => one !== undefined);
    for (const line of lines) checkLength(`${prefix}street`, line, 255);
    if (lines.length > 0) parts['street'] = blankAsNull(lines.join(' ').trim());
    for (const [column, name] of PARTS) {
      const value = cells.get(prefix + column) ?? cells.get(`${prefix}${column}`.replace('_', ' '));
      if (value === undefined) continue;
      checkLength(prefix + column, value, 50);
      parts[name] = blankAsNull(value);
    }
    if (Object.keys(parts).length > 0) found.set(kind, { ...found.get(kind), ...parts, kind });
  }
  return [...found.values()];
}

const PARTS = [
  ['city', 'city'],
  ['state', 'state'],
  ['zip', 'postalCode'],
  ['country', 'country'],
] as const;

function fieldsOf(world: World, cells: Cells): FieldValue[] {
  const columns = [...cells].filter(([column]) => column.startsWith('cf:'));
  if (columns.length > MOST_FIELDS) throw new RowFault('error', 'too many custom fields');
  const fields = [...world.fields.values()];
  return columns.map(([column, value]) => {
    const field = fields.find((one) => one.name === column.slice(3));
    if (field === undefined) throw new RowFault('error', 'unknown custom field');
    checkLength(column, value, 255);
    return valueOf(field, value);
  });
}

function valueOf(field: CustomField, text: string): FieldValue {
  if (text === '') return { fieldId: field.id, value: null, choiceIds: null };
  const value = (of: string): FieldValue => ({ fieldId: field.id, value: of, choiceIds: null });
  switch (field.type) {
    case 'single_select':
    case 'multi_select': {
      const choice = field.choices.find((one) => one.label === text && one.deletedAt === null);
      if (choice === undefined) throw new RowFault('error', 'unknown choice');
      return { fieldId: field.id, value: null, choiceIds: [choice.id] };
    }
    case 'date':
      return value(field.version === 2 ? dayOf(text, 'date') : text);
    case 'number':
    case 'currency':
      if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RowFault('error', 'invalid number');
      return value(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new RowFault('error', 'invalid boolean');
      return value(text);
    case 'string':
    case 'text_area':
    case 'datetime':
      return value(text);
  }
}

function smsNumber(text: string): string {
  if (!/^(\d{10}|\d{3}-\d{3}-\d{4})$/.test(text)) throw new RowFault('error', 'invalid SMS number');
  return `+1${text.replaceAll('-', '')}`;
}

/** An explicit permission counts only with the day it was given on. */
function smsPermission(cells: Cells, sms: SmsPermission | null): SmsPermission {
  const date = blankAsNull(cells.get('sms_consent_date'));
  if (date !== null) dayOf(date, 'sms_consent_date');
  return sms === 'explicit' && date !== null ? 'explicit' : 'not_set';
}

function checkLength(column: string, value: string, most: number): void {
  if (value.length > most) throw new RowFault('error', `${column} is too long`);
}

function blankAsNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
