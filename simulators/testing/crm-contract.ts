/**
 * crm-contract: holds calls and answers of the CRM against the vendor's published operations (one example of each answer).
 *
 * It knows nothing of the simulator. An example says which properties there are and of what type; all must be there, and no other. It
 * says nothing of null, so null passes wherever one thing stands. What the publication has wrong is excused in crm-contract-exceptions.ts,
 * nowhere else.
 */
import { readFileSync } from 'node:fs';
import { CRM_CONTRACT_EXCEPTIONS } from './crm-contract-exceptions.ts';

export interface CrmContract {
  /** Lists what is wrong with the query of a call. */
  checkQuery(method: string, pathWithQuery: string): string[];
  /** Lists what is wrong with the body of a call: keys that the publication does not name, and values of other types. */
  checkBody(method: string, pathWithQuery: string, body: unknown): string[];
  /** Lists what is wrong with an answer; a body of undefined is an empty one. */
  checkAnswer(method: string, pathWithQuery: string, status: number, body: unknown): string[];
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly type: string }[];
  readonly requestBody: unknown;
  readonly responses: readonly { readonly status: number | null; readonly body: unknown }[];
}

/** Reads the published operations in a file. */
export function openCrmContract(specPath: string): CrmContract {
  const { operations } = JSON.parse(readFileSync(specPath, 'utf8')) as { operations: readonly Operation[] };
  const patterns = operations
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .toSorted((a, b) => named(a.operation.path) - named(b.operation.path));
  const find = (method: string, path: string): Operation | undefined =>
    patterns.find((one) => one.operation.method === method && one.pattern.test(path))?.operation;
  const judge = (
    kind: 'request' | 'answer',
    method: string,
    pathWithQuery: string,
    faults: (operation: Operation, query: URLSearchParams) => string[],
  ): string[] => {
    const [path = '', query = ''] = pathWithQuery.split('?');
    const operation = find(method, path);
    const found = operation === undefined ? ['no such operation'] : faults(operation, new URLSearchParams(query));
    const call = `${method} ${path}`;
    return found.filter(
      (text) =>
        !CRM_CONTRACT_EXCEPTIONS.some((one) => one.kind === kind && one.call.test(call) && one.message.test(text)),
    );
  };
  return {
    checkQuery: (method, path) => judge('request', method, path, queryFaults),
    checkBody: (method, path, body) =>
      judge('request', method, path, (operation) => faultsOf(operation.requestBody, body, 'body', false)),
    checkAnswer: (method, path, status, body) =>
      judge('answer', method, path, (operation) => answerFaults(operation, status, body)),
  };
}

function named(path: string): number {
  return path.split(/[:{]/).length;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:[A-Za-z]+|\{[A-Za-z]+\}/g, '[^/]+')}$`);
}

function queryFaults({ query }: Operation, asked: URLSearchParams): string[] {
  return [...asked].flatMap(([name, value]) => {
    const known = query.find((one) => one.name === name);
    if (known === undefined) return [`unknown query parameter: ${name}`];
    if (known.type === 'integer' && !/^\d+$/.test(value)) return [`${name} is not an integer`];
    return known.type === 'boolean' && !/^(true|false)$/.test(value) ? [`${name} is not a boolean`] : [];
  });
}

function answerFaults({ responses }: Operation, status: number, body: unknown): string[] {
  // An answer without a status in the publication is that of success.
  const declared = responses.filter((one) => (one.status ?? 200) === status);
  if (declared.length === 0) return [`undeclared status ${status}`];
  const fits = declared.map((one) => faultsOf(one.body, body, '', true));
  return fits.find((faults) => faults.length === 0) ?? fits[0] ?? [];
}

/** Compares a value with an example; `whole` asks for every property of it. */
function faultsOf(example: unknown, value: unknown, at: string, whole: boolean): string[] {
  if (example === null) return value === undefined || at !== '' || !whole ? [] : [`${at || 'body'} should be empty`];
  if (typeof example === 'string') return scalarFaults(example, value, at);
  if (Array.isArray(example)) return listFaults(example, value, at, whole);
  if (value === null && at !== '') return [];
  if (typeof example === 'object') return objectFaults(example as Json, value, at, whole);
  return value === null || typeof value === typeof example ? [] : [`${at} is not a ${typeof example}`];
}

type Json = Readonly<Record<string, unknown>>;

function listFaults(example: readonly unknown[], value: unknown, at: string, whole: boolean): string[] {
  if (value === null && !whole) return [];
  if (!Array.isArray(value)) return [`${at || 'body'} is not a list`];
  return example.length === 0 ? [] : value.flatMap((one) => faultsOf(example[0], one, `${at}[]`, whole));
}

function objectFaults(example: Json, value: unknown, at: string, whole: boolean): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at || 'body'} is not an object`];
  const has = value as Json;
  const extra = Object.keys(has).filter((key) => !(key in example));
  const missing = whole ? Object.keys(example).filter((key) => !(key in has)) : [];
  const inside = Object.keys(has)
    .filter((key) => key in example)
    .flatMap((key) => faultsOf(example[key], has[key], `${at}.${key}`, whole));
  return [
    ...extra.map((key) => `${at}.${key} is not published`),
    ...missing.map((key) => `${at}.${key} is missing`),
    ...inside,
  ];
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z?$/;

const IS: Readonly<Record<string, (value: unknown) => boolean>> = {
  '<object>': (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  '<integer>': (value) => value === null || Number.isInteger(value),
  '<double>': (value) => value === null || typeof value === 'number',
  '<boolean>': (value) => value === null || typeof value === 'boolean',
  '<dateTime>': (value) => value === null || (typeof value === 'string' && DATE_TIME.test(value)),
};

function scalarFaults(example: string, value: unknown, at: string): string[] {
  const isFit = IS[example] ?? ((one: unknown) => one === null || typeof one === 'string');
  return isFit(value) ? [] : [`${at || 'body'} is not ${example}`];
}
