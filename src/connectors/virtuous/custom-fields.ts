/**
 * Custom fields in every shape this API has for them: `{name, value, displayName}`, the older `{dataType, name, value}`,
 * and a map by name; and the two shapes in which they are written. Values travel as text. Pure.
 */
import { sortKeys } from '../../model/hash.ts';
import type { Json } from '../reading/fields.ts';
import { isRecord, Unreadable } from '../reading/fields.ts';

/** Names that could reach a prototype: no field bears one (C7). */
const HOSTILE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads custom fields by name; a value that is no text, number or truth is handed to `keep`. Throws Unreadable. */
export function readFields(
  value: unknown,
  keep: (name: string, raw: unknown) => void,
): Readonly<Record<string, string | null>> {
  const found: [string, string | null][] = [];
  for (const [name, raw] of pairs(value)) {
    if (HOSTILE.has(name)) continue;
    const text = valueText(raw);
    if (text === undefined) keep(name, raw);
    else found.push([name, text]);
  }
  return sortKeys(Object.fromEntries(found)) as Record<string, string | null>;
}

function pairs(value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined || value === null) return [];
  if (isRecord(value)) return Object.entries(value);
  if (!Array.isArray(value)) throw new Unreadable('customFields: neither a list nor an object');
  return value.map((one: unknown) => {
    const name = isRecord(one) ? one['name'] : undefined;
    if (!isRecord(one) || typeof name !== 'string' || name === '')
      throw new Unreadable('customFields: one has no name');
    return [name, one['value']] as const;
  });
}

/** Undefined: a value of no simple kind. */
function valueText(raw: unknown): string | null | undefined {
  if (raw === undefined || raw === null || raw === '') return null;
  if (typeof raw === 'string') return raw;
  if (typeof raw === 'boolean') return raw ? 'True' : 'False';
  return typeof raw === 'number' && Number.isFinite(raw) ? String(raw) : undefined;
}

/** The fields as a PUT wants them: all that stand there, in their order, with the changes laid over; empty text clears. */
export function fieldRows(stands: unknown, set: Readonly<Record<string, string | null>>): readonly Json[] {
  const values = new Map<string, unknown>(pairs(stands));
  for (const [name, value] of Object.entries(set)) values.set(name, value);
  return [...values].map(([name, value]) => ({ name, value: valueText(value) ?? '' }));
}
