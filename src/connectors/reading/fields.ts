/**
 * Narrow, hand-written checks on parsed JSON: this runs for every field of every contact, so nothing general here.
 *
 * Decides what may be coerced (only what loses nothing) and what makes a record unreadable. A reason names the field,
 * never the value (I20). Keys that could reach a prototype are read by nobody and kept by nobody (C7).
 */
import { sortKeys } from '../../model/hash.ts';
import { dateText, utcText } from './times.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Thrown inside a parser for a record that cannot be read; caught where the record becomes a refusal. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Deeper than any documented value by far; what is nested deeper is refused before anything recurses into it. */
const DEEPEST = 32;
const HOSTILE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Collects what has no column: unknown keys, and the raw form of what could not be understood. */
export class Kept {
  #extra: Record<string, unknown> | null = null;

  /** Keeps a value under a key; a key that could reach a prototype is left out. */
  put(key: string, value: unknown): void {
    if (HOSTILE.has(key)) return;
    this.#extra ??= {};
    this.#extra[key] = clean(value, 0, key);
  }

  /** Keeps a value under a path of two or three keys, such as one row of a sub-resource. */
  putIn(outer: string, key: string, value: unknown): void {
    if (HOSTILE.has(key) || HOSTILE.has(outer)) return;
    this.#extra ??= {};
    const inner = Object.hasOwn(this.#extra, outer) ? this.#extra[outer] : undefined;
    const group: Record<string, unknown> = isRecord(inner) ? inner : {};
    group[key] = clean(value, 0, outer);
    this.#extra[outer] = group;
  }

  /** Gives everything kept, keys sorted deep; null when there was nothing. */
  take(): Record<string, unknown> | null {
    return this.#extra === null ? null : (sortKeys(this.#extra) as Record<string, unknown>);
  }
}

/** Tells a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Copies a whole sub-object with sorted keys, hostile keys left out; null for absent and for empty. */
export function wholeObject(value: unknown, field: string): Record<string, unknown> | null {
  if (value === undefined || value === null) return null;
  if (!isRecord(value)) throw new Unreadable(`${field}: not an object`);
  const copy = sortKeys(clean(value, 0, field)) as Record<string, unknown>;
  return Object.keys(copy).length === 0 ? null : copy;
}

/** Keeps every key of an object that is not among the known ones. */
export function keepUnknown(raw: Json, known: ReadonlySet<string>, keep: (key: string, value: unknown) => void): void {
  for (const key in raw) if (!known.has(key) && !HOSTILE.has(key)) keep(key, raw[key]);
}

/** Reads text; absent, null and "" are null. A whole number is taken as its digits. */
export function text(value: unknown, field: string): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new Unreadable(`${field}: not text`);
}

/** Reads a whole number, also from its digits. */
export function integer(value: unknown, field: string): number | null {
  if (value === undefined || value === null || value === '') return null;
  const number = typeof value === 'string' && /^(0|-?[1-9]\d{0,15})$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new Unreadable(`${field}: not a whole number`);
}

/** Reads a truth value, also from its word. */
export function truth(value: unknown, field: string): boolean | null {
  if (value === undefined || value === null || value === '') return null;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new Unreadable(`${field}: not true or false`);
}

/** Reads an id: text that is not empty, not long, and free of spaces and controls. */
export function recordId(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 64 && isVisibleAscii(value)) return value;
  throw new Unreadable(`${field}: ${value === undefined || value === null || value === '' ? 'missing' : 'not an id'}`);
}

function isVisibleAscii(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < 0x21 || code > 0x7e) return false;
  }
  return true;
}

/** Reads a time as canonical text; one that cannot be understood is null here and handed to `keep` as it came. */
export function time(value: unknown, field: string, keep: (raw: unknown) => void): string | null {
  const raw = text(value, field);
  if (raw === null) return null;
  const utc = utcText(raw);
  if (utc === null) keep(raw);
  return utc;
}

/** Reads a date in any of its forms; one that cannot be understood is null here and handed to `keep` as it came. */
export function date(value: unknown, field: string, keep: (raw: unknown) => void): string | null {
  const raw = text(value, field);
  if (raw === null) return null;
  const day = dateText(raw) ?? utcText(raw);
  if (day === null) keep(raw);
  return day;
}

/** Reads an array; absent and null are empty. */
export function rows(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === undefined || value === null) return [];
  throw new Unreadable(`${field}: not a list`);
}

/** Reads one row of a sub-resource. */
export function row(value: unknown, field: string): Json {
  if (isRecord(value)) return value;
  throw new Unreadable(`${field}: not a list of objects`);
}

/** Copies a JSON value without hostile keys; refuses what is nested too deep to be walked safely. */
function clean(value: unknown, depth: number, field: string): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEEPEST) throw new Unreadable(`${HOSTILE.has(field) ? 'a field' : field}: nested too deep`);
  if (Array.isArray(value)) return value.map((inner) => clean(inner, depth + 1, field));
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) if (!HOSTILE.has(key)) copy[key] = clean(inner, depth + 1, field);
  return copy;
}
