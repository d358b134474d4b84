/**
 * query: reads the query string of a call as strictly as the contract is written.
 *
 * An unknown parameter, a repeated one, a wrong type, a number out of range or a word outside an enumeration is answered 400 with
 * every fault named; nothing is ever corrected or ignored.
 */
import { z } from 'zod';
import { Refusal, type ErrorForm } from '../answer.ts';
import { readTime } from './times.ts';

export type RawQuery = ReadonlyMap<string, string>;

/** The query of a call that has no parameters. */
export const NO_QUERY = z.strictObject({});

/** Makes the reader of a `limit`. */
export function limit(most: number, usual: number): z.ZodType<number, string | undefined> {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'is not an integer')
    .transform(Number)
    .pipe(z.number().min(1, 'is out of range').max(most, 'is out of range'))
    .optional()
    .transform((given) => given ?? usual);
}

/** Makes the reader of a comma-separated list of words of an enumeration. */
export function csv<const T extends string>(
  words: readonly T[],
): z.ZodType<readonly T[] | undefined, string | undefined> {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(words)))
    .optional();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Tells whether text has the form of an id. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Makes the reader of a comma-separated list of ids. */
export function csvOfIds(most: number): z.ZodType<readonly string[] | undefined, string | undefined> {
  return z
    .string()
    .transform((text) => text.toLowerCase().split(','))
    .pipe(z.array(z.string().regex(UUID, 'is in an invalid format')).max(most, `has more than ${most} values`))
    .optional();
}

/** The reader of an instant. */
export const instant = z
  .string()
  .transform((text, context) => {
    const at = readTime(text);
    if (at === null) context.addIssue({ code: 'custom', message: 'is not an ISO-8601 date' });
    return at ?? 0;
  })
  .optional();

/** The reader of a boolean. */
export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

/** Reads a query string into single values; refuses a repeated name unless it may repeat. */
export function splitQuery(search: string, form: ErrorForm, mayRepeat: readonly string[] = []): RawQuery {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    const earlier = found.get(name);
    if (earlier !== undefined && !mayRepeat.includes(name)) throw badQuery([`${name} is given more than once`], form);
    found.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return found;
}

/** Reads the parameters of a call, or refuses them all at once. */
export function readQuery<T>(schema: z.ZodType<T>, raw: RawQuery, form: ErrorForm): T {
  const read = schema.safeParse(Object.fromEntries(raw));
  if (read.success) return read.data;
  throw badQuery(
    read.error.issues.map((issue) =>
      issue.code === 'unrecognized_keys' ? `${issue.keys.join(', ')} is not a known parameter` : wordIssue(issue),
    ),
    form,
  );
}

/** Makes the refusal of a query. */
export function badQuery(messages: readonly string[], form: ErrorForm): Refusal {
  return new Refusal(400, 'contacts.api.validation.error', messages.join(', '), form);
}

function wordIssue(issue: z.core.$ZodIssue): string {
  const said = issue.message.startsWith('is ') || issue.message.startsWith('has ');
  return `${String(issue.path[0] ?? 'query')} ${said ? issue.message : 'does not have a valid value'}`;
}
