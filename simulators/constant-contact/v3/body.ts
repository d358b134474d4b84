/**
 * body: reads the JSON body of a call as strictly as the contract is written.
 *
 * Another media type is 415, what is no JSON object is 400, and a body that does not fit is 400 with every fault named in the
 * vendor's words. Keys that only the resource has (ids, times) are passed over, because a client may send back what it read; any
 * other key follows a switch.
 */
import { z } from 'zod';
import type { Switches } from '../../switches.ts';
import { Refusal, type ErrorForm } from '../answer.ts';
import { isUuid } from './query.ts';

export interface RawBody {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Refuses a body for its values. */
export function badBody(messages: readonly string[]): Refusal {
  return new Refusal(400, 'contacts.api.validation.error', messages.join(', '));
}

/** Reads a body by a schema. */
export function readBody<T>(schema: z.ZodType<T>, body: RawBody, switches: Switches): T {
  const read = schema.safeParse(parseJson(body));
  if (read.success) return read.data;
  const faults = read.error.issues.flatMap((issue) => wordIssue(issue));
  const serious = switches.unknownKeys === 'ignored' ? faults.filter((one) => !one.isUnknownKey) : faults;
  if (serious.length > 0) throw badBody(serious.map((one) => one.message));
  return schema.parse(without(parseJson(body), read.error.issues));
}

/** Reads a body as JSON, whatever it holds. */
export function parseJson(body: RawBody, form: ErrorForm = 'array'): unknown {
  if (!/^application\/json\s*(;|$)/i.test(body.type)) {
    throw new Refusal(415, 'unsupported_media_type', 'Content-Type must be application/json', form);
  }
  try {
    return JSON.parse(body.bytes.toString('utf8'));
  } catch {
    throw new Refusal(400, 'contacts.api.validation.error', 'The request body is not well-formed JSON', form);
  }
}

interface WordedFault {
  readonly message: string;
  readonly isUnknownKey: boolean;
}

function wordIssue(issue: z.core.$ZodIssue): WordedFault[] {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      message: `${path === '' ? '' : `${path}.`}${key} is not a known property`,
      isUnknownKey: true,
    }));
  }
  const name = path === '' ? 'request body' : path;
  const isMissing = issue.message === MISSING;
  const said = issue.message.startsWith('is ') || issue.message.startsWith('has ') || issue.message.startsWith('must ');
  const words = isMissing
    ? [`${name} is missing`, `${name} does not have a valid value`]
    : [`${name} ${said ? issue.message : 'does not have a valid value'}`];
  return words.map((message) => ({ message, isUnknownKey: false }));
}

const MISSING = 'is missing';

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** Takes out the keys that a schema does not know. */
function without(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const copy: unknown = structuredClone(value);
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    let at: unknown = copy;
    for (const step of issue.path) at = isRecord(at) ? at[String(step)] : undefined;
    if (isRecord(at)) for (const key of issue.keys) delete at[key];
  }
  return copy;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Makes a property required, in the vendor's words. */
export function required<T extends z.ZodType>(schema: T): z.ZodPreprocess<T, unknown> {
  return z.preprocess((value, context) => {
    if (value !== undefined && value !== null) return value;
    context.addIssue({ code: 'custom', message: MISSING });
    return z.NEVER;
  }, schema);
}

/** Text of at most so many characters. */
export function textOf(most: number): z.ZodString {
  return z.string().max(most, `has more than ${most} characters`);
}

/** Text that may be left out, left blank or null, all of which are nothing. */
export function blankable(most: number): z.ZodType<string | null> {
  return textOf(most)
    .nullish()
    .transform((text) => (text === undefined || text === '' ? null : text));
}

/** An id, in lower case. */
export const idText = z
  .string()
  .refine(isUuid, 'is in an invalid format')
  .transform((text) => text.toLowerCase());

/** At least so many ids and at most so many. */
export function idsOf(most: number, least = 0): z.ZodType<string[]> {
  return listOf(idText, most, least);
}

/** A list of at least so many things and at most so many. */
export function listOf<T>(item: z.ZodType<T>, most: number, least = 0): z.ZodType<T[]> {
  return z.array(item).min(least, `has fewer than ${least} values`).max(most, `has more than ${most} values`);
}

/** Keys that a resource shows and a writer may send back; they are passed over. */
export function readOnly<const K extends string>(...keys: K[]): Record<K, z.ZodOptional<z.ZodUnknown>> {
  return Object.fromEntries(keys.map((key) => [key, z.unknown().optional()])) as Record<K, z.ZodOptional<z.ZodUnknown>>;
}
