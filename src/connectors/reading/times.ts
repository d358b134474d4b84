/**
 * Every shape of date this API is known to send, brought to one: ISO 8601 UTC text.
 *
 * Seconds or any fraction, `Z` or an offset (`-05:00`, `-0500`), a bare date, and the anniversary forms. Digits of a
 * fraction are kept exactly, never rounded (T3). A text that names no instant gives null: the caller keeps it raw.
 * A time without zone is such a text. Pure.
 */

/** A date and time in its usual parts; group 7: fraction with its dot, 8: zone. */
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|z|[+-]\d{2}(?::?\d{2})?)$/;
const YEAR_FIRST = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const MONTH_FIRST = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/;

const ZERO = 48;
const DAYS_IN_MONTH = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Brings a date-time, or a bare date as it is, to canonical text; null when it is neither. */
export function utcText(text: string): string | null {
  if (isOrdinary(text)) return text;
  return isDate(text) ? text : slowUtcText(text);
}

/** Tells a bare, real date: `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return false;
  return realDate(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
}

/** Brings any of the eight anniversary forms to `YYYY-MM-DD`; null when it is none. */
export function dateText(text: string): string | null {
  if (isDate(text)) return text;
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) return padded(yearFirst[1], yearFirst[2], yearFirst[3]);
  const monthFirst = MONTH_FIRST.exec(text);
  return monthFirst === null ? null : padded(monthFirst[3], monthFirst[1], monthFirst[2]);
}

/** Compares canonical texts as instants: negative when `a` is earlier. A bare date counts from its midnight. */
export function compareTimes(a: string, b: string): number {
  const bySecond = secondsOf(a) - secondsOf(b);
  if (bySecond !== 0 && !Number.isNaN(bySecond)) return bySecond;
  const [left, right] = [fractionOf(a), fractionOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The form nearly every time has, `YYYY-MM-DDTHH:MM:SS[.digits]Z`, told without a regular expression or an allocation. */
function isOrdinary(text: string): boolean {
  const end = text.length - 1;
  if (end < 19 || end > 40 || text.charCodeAt(end) !== 90 || text.charCodeAt(10) !== 84) return false;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return false;
  if (end > 19 && (text.charCodeAt(19) !== 46 || end === 20 || digits(text, 20, end - 20) < 0)) return false;
  return (
    realDate(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)) &&
    realTime(digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2))
  );
}

function slowUtcText(text: string): string | null {
  const match = DATE_TIME.exec(text);
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', fraction = '', zone = ''] = match;
  if (!realDate(Number(year), Number(month), Number(day)) || !realTime(Number(hour), Number(minute), Number(second)))
    return null;
  const offset = offsetMinutes(zone);
  if (offset === null) return null;
  const utc = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  utc.setUTCMinutes(utc.getUTCMinutes() - offset);
  const whole = utc.toISOString();
  // Years beyond four digits have no canonical text here.
  return whole.length === 24 ? `${whole.slice(0, 19)}${fraction}Z` : null;
}

function offsetMinutes(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Reads digits as a number; -1 when one of them is none. Only its sign counts for long runs. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function realDate(year: number, month: number, day: number): boolean {
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > (DAYS_IN_MONTH[month] ?? 0)) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month !== 2 || day < 29 || leap;
}

function realTime(hour: number, minute: number, second: number): boolean {
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

function padded(year = '', month = '', day = ''): string | null {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDate(text) ? text : null;
}

function secondsOf(text: string): number {
  return Date.parse(text.length === 10 ? text : `${text.slice(0, 19)}Z`);
}

/** Digits compare as text once trailing zeros are gone. */
function fractionOf(text: string): string {
  return text.charAt(19) === '.' ? text.slice(20, -1).replace(/0+$/, '') : '';
}
