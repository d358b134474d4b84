/**
 * The operations of Virtuous CRM+ as its own collection shows them, to hold requests against.
 *
 * The collection has samples, not a schema: which parameters a query has, which keys a body has and of what kind. That is
 * all that is judged. A request that matches no operation is a fault.
 */
import { readFileSync } from 'node:fs';

export interface Sent {
  readonly method: string;
  /** With its query, from the root. */
  readonly path: string;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly { readonly name: string }[] | null;
  readonly requestBody: unknown;
}

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  '<string>': (value) => typeof value === 'string',
  '<dateTime>': (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  '<integer>': Number.isSafeInteger,
  '<double>': Number.isFinite,
  '<boolean>': (value) => typeof value === 'boolean',
  '<object>': (value) => isObject(value),
};

/** Reads the operations of a file; gives what is wrong with a request. */
export function openOperations(file: string): (sent: Sent) => readonly string[] {
  const { operations } = JSON.parse(readFileSync(file, 'utf8')) as { readonly operations: readonly Operation[] };
  return (sent) => {
    const [path = '', query = ''] = sent.path.split('?');
    const operation = operations.find((one) => one.method === sent.method && matches(one.path, path));
    if (operation === undefined) return ['is no operation of the collection'];
    const known = new Set((operation.query ?? []).map(({ name }) => name));
    const strangers = [...new URLSearchParams(query).keys()].filter((name) => !known.has(name));
    return [
      ...strangers.map((name) => `has no parameter ${name}`),
      ...(sent.body === undefined ? [] : faults(sent.body, operation.requestBody, 'body')),
    ];
  };
}

/** A literal segment wins over a named one only by its order in the collection: both must fit in number. */
function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, at) => part === given[at] || isParameter(part, given[at]))
  );
}

function isParameter(part: string, given = ''): boolean {
  return part.startsWith(':') && /^\d+$/u.test(given);
}

function faults(value: unknown, sample: unknown, at: string): readonly string[] {
  if (typeof sample === 'string') {
    const kind = KINDS[sample];
    return kind === undefined || kind(value) ? [] : [`${at} is no ${sample}`];
  }
  if (Array.isArray(sample)) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((one) => faults(one, sample[0], `${at}[]`));
  }
  if (!isObject(sample)) return sample === null ? [`${at} is not expected`] : [];
  if (!isObject(value)) return [`${at} is no object`];
  return Object.entries(value).flatMap(([key, inner]) =>
    key in sample ? faults(inner, sample[key], `${at}.${key}`) : [`${at} has no ${key}`],
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
