/** The ids of this API: whole numbers above nought, which travel as numbers and are text everywhere here. Pure. */
import { Unreadable } from '../reading/fields.ts';

const ID = /^[1-9]\d{0,14}$/u;

/** Tells text that is an id here. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** Reads an id. Throws Unreadable. */
export function numericId(value: unknown, field: string): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && isId(text)) return text;
  throw new Unreadable(`${field}: ${value === undefined || value === null || value === '' ? 'missing' : 'not an id'}`);
}

/** Reads an id that may be absent: null, nought and "" are. Throws Unreadable. */
export function optionalId(value: unknown, field: string): string | null {
  const none = value === undefined || value === null || value === '' || value === 0 || value === '0';
  return none ? null : numericId(value, field);
}
