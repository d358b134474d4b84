/**
 * Runs a zod schema over one part of the file and words its issues: what is wrong, and what would be right.
 *
 * Decides the sentences; what is expected comes from the schemas' descriptions. Must never put a value into a sentence.
 */
import { z } from 'zod';
import type { Findings } from './findings.ts';
import type { KeyPath } from './problems.ts';
import { suggest, suggestText } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Checks one part; on any problem reports it and gives null. */
export function checkPart<T>(schema: z.ZodType<T>, value: unknown, path: KeyPath, findings: Findings): T | null {
  const result = schema.safeParse(value, { error: wordIssue });
  if (result.success) return result.data;
  reportAll(result.error.issues, path, findings);
  return null;
}

/** Unknown keys first: a misspelled key must not be called missing as well. */
function reportAll(issues: readonly Issue[], base: KeyPath, findings: Findings): void {
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
  const others = issues.filter((issue) => issue.code !== 'unrecognized_keys');
  for (const issue of [...unknown, ...others]) report(issue, base, findings);
}

function report(issue: Issue, base: KeyPath, findings: Findings): void {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ');
    for (const key of issue.keys) {
      findings.add([...path, key], `is not known here; ${suggestText(key, known)}`);
      const meant = suggest(key, known);
      if (meant !== null) findings.excuse([...path, meant]);
    }
    return;
  }
  const branch = issue.code === 'invalid_union' ? intendedBranch(issue.errors) : undefined;
  if (branch === undefined) findings.add(path, issue.message, issue.code === 'invalid_key' ? 'key' : 'value');
  else reportAll(branch, path, findings);
}

/** Of a union's alternatives, the one whose kind of value was written: only its inside is wrong. */
function intendedBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
}

/** For unknown keys the "message" is the list of known ones, which only the schema at hand can tell. */
function wordIssue(issue: RawIssue): string {
  if (issue.code === 'unrecognized_keys') return knownKeys(issue.inst).join(' ');
  const schema: unknown = Object.hasOwn(issue, 'schema') ? issue['schema'] : issue.inst;
  const named = issue.code === 'invalid_key' && schema instanceof z.ZodRecord;
  const expected = describe(named ? schema.keyType : schema);
  if (issue.input === undefined) return expected === null ? 'is missing' : `is missing; expected ${expected}`;
  const near = typeof issue.input === 'string' ? nearValue(issue.input, issue) : null;
  const hint = near === null ? '' : `; did you mean "${near}"?`;
  return `${faultOf(issue)}${expected === null ? '' : `; expected ${expected}`}${hint}`;
}

function faultOf(issue: RawIssue): string {
  if (issue.code === 'invalid_key') return 'is no name that can be used';
  if (issue.code !== 'invalid_type') return 'is not right';
  if (issue.input === null) return 'is empty';
  return `is ${kindOf(issue.input)}`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block of keys';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'true or false' : 'a number';
}

function nearValue(input: string, issue: RawIssue): string | null {
  if (issue.code !== 'invalid_value' || !Array.isArray(issue['values'])) return null;
  return suggest(input, issue['values'].map(String));
}

function knownKeys(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (!(schema instanceof z.ZodRecord)) return [];
  const { keyType } = schema;
  const named = keyType instanceof z.ZodUnion ? keyType.options : [keyType];
  return named.flatMap((type) => (type instanceof z.ZodEnum ? type.options.map(String) : []));
}

function describe(schema: unknown): string | null {
  return schema instanceof z.ZodType ? (schema.description ?? null) : null;
}
