/**
 * contract: holds requests and answers against the vendor's own machine-readable contract (Swagger 2.0).
 *
 * It knows nothing of the simulator, so it can judge both sides. Reading is as strict as the contract allows: unknown query
 * parameters, words outside an enumeration (also in comma-separated lists), ranges, formats, and properties that a definition does
 * not have. Known faults of the contract are excused in contract-exceptions.ts, nowhere else.
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import * as formats from 'ajv-formats';
import { parse } from 'yaml';
import { CONTRACT_EXCEPTIONS } from './contract-exceptions.ts';

export interface Contract {
  /** Lists what is wrong with a request. */
  checkRequest(method: string, pathWithQuery: string): string[];
  /** Lists what is wrong with the body of a request. */
  checkBody(method: string, pathWithQuery: string, body: unknown): string[];
  /** Lists what is wrong with an answer; for errors, whether the status is declared. */
  checkAnswer(method: string, pathWithQuery: string, status: number, body: unknown): string[];
}

type Json = { readonly [key: string]: unknown };

interface Operation {
  readonly pattern: RegExp;
  readonly parameters: readonly Json[];
  readonly answers: Json;
}

/** Reads the contract in a file. */
export function openContract(specPath: string): Contract {
  const spec = asObject(parse(readFileSync(specPath, 'utf8')));
  const base = typeof spec['basePath'] === 'string' ? spec['basePath'] : '';
  const operations = readOperations(spec, base);
  const ajv = makeAjv(spec);
  const find = (method: string, path: string): Operation | undefined =>
    operations.get(method.toUpperCase())?.find((one) => one.pattern.test(path));
  const excuse = (kind: 'request' | 'answer', path: string, found: string[]): string[] =>
    found.filter((message) => !isExcused(kind, path.slice(base.length), message));
  return {
    checkRequest(method, pathWithQuery) {
      const [path = '', query = ''] = pathWithQuery.split('?');
      const operation = find(method, path);
      const found =
        operation === undefined ? ['no such operation'] : requestFaults(operation, new URLSearchParams(query));
      return excuse('request', path, found);
    },
    checkBody(method, pathWithQuery, body) {
      const [path = ''] = pathWithQuery.split('?');
      const operation = find(method, path);
      const found = operation === undefined ? ['no such operation'] : bodyFaults(ajv, operation, body);
      return excuse('request', path, found);
    },
    checkAnswer(method, pathWithQuery, status, body) {
      const [path = ''] = pathWithQuery.split('?');
      const operation = find(method, path);
      const found = operation === undefined ? ['no such operation'] : answerFaults(ajv, operation, status, body);
      return excuse('answer', path, found);
    },
  };
}

function isExcused(kind: 'request' | 'answer', path: string, message: string): boolean {
  return CONTRACT_EXCEPTIONS.some((one) => one.kind === kind && one.path.test(path) && one.message.test(message));
}

function readOperations(spec: Json, base: string): Map<string, Operation[]> {
  const found = new Map<string, Operation[]>();
  const paths = Object.entries(asObject(spec['paths']));
  const byFixedness = paths.toSorted(([a], [b]) => a.split('{').length - b.split('{').length);
  for (const [path, item] of byFixedness) {
    const shared = asList(asObject(item)['parameters']);
    const pattern = new RegExp(`^${base}${path.replace(/\{[^}]+\}/g, '[^/]+')}$`);
    for (const [method, operation] of Object.entries(asObject(item))) {
      if (method === 'parameters') continue;
      const parameters = [...shared, ...asList(asObject(operation)['parameters'])].map(asObject);
      const group = found.get(method.toUpperCase()) ?? [];
      group.push({ pattern, parameters, answers: asObject(asObject(operation)['responses']) });
      found.set(method.toUpperCase(), group);
    }
  }
  return found;
}

function requestFaults(operation: Operation, query: URLSearchParams): string[] {
  const known = new Map(
    operation.parameters.filter((one) => one['in'] === 'query').map((one) => [String(one['name']), one]),
  );
  const faults: string[] = [];
  for (const [name, value] of query) {
    const parameter = known.get(name);
    if (parameter === undefined) faults.push(`unknown query parameter: ${name}`);
    else faults.push(...valueFaults(parameter, value).map((fault) => `${name} ${fault}`));
    if (query.getAll(name).length > 1 && parameter?.['collectionFormat'] !== 'multi')
      faults.push(`${name} is repeated`);
  }
  for (const [name, parameter] of known)
    if (parameter['required'] === true && !query.has(name)) faults.push(`${name} is missing`);
  return faults;
}

/** Judges one value; an enumeration of a `csv` parameter is meant for each of its values. */
function valueFaults(parameter: Json, value: string): string[] {
  const schema = parameter['type'] === 'array' ? asObject(parameter['items']) : parameter;
  const words = parameter['format'] === 'csv' ? value.split(',') : [value];
  const allowed = schema['enum'];
  const faults: string[] = [];
  if (Array.isArray(allowed)) {
    faults.push(...words.filter((word) => !allowed.includes(word)).map((word) => `has the unknown word ${word}`));
  }
  const isNumber = schema['type'] === 'integer' || parameter['name'] === 'limit';
  if (isNumber) faults.push(...rangeFaults(schema, value));
  if (schema['type'] === 'boolean' && value !== 'true' && value !== 'false') faults.push('is not a boolean');
  if (schema['format'] === 'date-time' && !DATE_TIME.test(value)) faults.push('is not a date-time');
  return faults;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function rangeFaults(schema: Json, value: string): string[] {
  const number = Number(value);
  if (!Number.isInteger(number)) return ['is not an integer'];
  const least = Number(schema['minimum'] ?? schema['minLength'] ?? 1);
  const most = Number(schema['maximum'] ?? schema['maxLength'] ?? Infinity);
  return number < least || number > most ? [`is not within ${least} to ${most}`] : [];
}

function answerFaults(ajv: Ajv, operation: Operation, status: number, body: unknown): string[] {
  const declared = operation.answers[String(status)];
  if (declared === undefined) return [`undeclared status ${status}`];
  const schema = asObject(declared)['schema'];
  return schema === undefined ? [] : schemaFaults(ajv, asObject(schema), body);
}

function bodyFaults(ajv: Ajv, operation: Operation, body: unknown): string[] {
  const parameter = operation.parameters.find((one) => one['in'] === 'body');
  if (parameter === undefined) return body === undefined ? [] : ['a body where none is declared'];
  if (body === undefined) return parameter['required'] === true ? ['the body is missing'] : [];
  return schemaFaults(ajv, asObject(parameter['schema']), body);
}

function schemaFaults(ajv: Ajv, schema: Json, body: unknown): string[] {
  const reference = String(schema['$ref']).replace('#/definitions/', '');
  const validate: ValidateFunction | undefined = ajv.getSchema(`contract#/definitions/${reference}`);
  if (validate === undefined) return [`the contract lacks ${reference}`];
  if (validate(body) === true) return [];
  return (validate.errors ?? []).map((error) => {
    const extra: unknown = error.params['additionalProperty'];
    return `${error.instancePath} ${error.message ?? ''}${extra === undefined ? '' : `: ${JSON.stringify(extra)}`}`
      .trim()
      .replace(/^.*\/_links/, '_links');
  });
}

function makeAjv(spec: Json): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default.default(ajv);
  ajv.addFormat('int32', { type: 'number', validate: (n: number) => Number.isInteger(n) && Math.abs(n) <= 2 ** 31 });
  ajv.addSchema({ $id: 'contract', definitions: closeDefinitions(asObject(spec['definitions'])) });
  return ajv;
}

/** Makes every definition with properties refuse others, as the contract allows no more than it names. */
function closeDefinitions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeDefinitions);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'example' ? null : closeDefinitions(inner)]),
  );
  const hasProperties =
    typeof closed['properties'] === 'object' &&
    closed['type'] === 'object' &&
    closed['additionalProperties'] === undefined;
  return hasProperties ? { ...closed, additionalProperties: false } : closed;
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
