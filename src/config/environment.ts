/**
 * `${NAME}` inside a scalar: replaced by an environment variable AFTER parsing, so a value can never change structure.
 *
 * Decides the syntax: `${NAME}` anywhere in a text value, `$${` for a literal `${`. Keys are left alone.
 * Must never put a variable's value into a problem.
 */
import type { Findings } from './findings.ts';
import type { KeyPath } from './problems.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Substituted {
  readonly value: unknown;
  /** Paths (as JSON) of the values that hold something from the environment. */
  readonly fromEnvironment: ReadonlySet<string>;
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/gu;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/u;

/** Replaces every reference in the text values of a parsed configuration. */
export function substituteEnvironment(value: unknown, env: Environment, findings: Findings): Substituted {
  const fromEnvironment = new Set<string>();
  const visit = (inner: unknown, path: KeyPath): unknown => {
    if (typeof inner === 'string') return replace(inner, path);
    if (Array.isArray(inner)) return inner.map((item, index) => visit(item, [...path, index]));
    if (inner === null || typeof inner !== 'object') return inner;
    const copy = Object.create(null) as Record<string, unknown>;
    for (const [key, member] of Object.entries(inner)) copy[key] = visit(member, [...path, key]);
    return copy;
  };
  const replace = (text: string, path: KeyPath): string =>
    text.replaceAll(REFERENCE, (whole: string, name: string | undefined) => {
      if (name === undefined) return '${';
      const found = lookUp(whole, name, env);
      fromEnvironment.add(JSON.stringify(path));
      if ('value' in found) return found.value;
      findings.add(path, found.fault, 'value');
      return '';
    });
  return { value: visit(value, []), fromEnvironment };
}

function lookUp(whole: string, name: string, env: Environment): { value: string } | { fault: string } {
  if (!whole.endsWith('}') || !NAME.test(name)) {
    return { fault: 'has "${" without a variable name and "}": write ${NAME}, or $${ for the characters themselves' };
  }
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) return { fault: `needs the environment variable ${name}, which is not set` };
  return value === '' ? { fault: `needs the environment variable ${name}, which is empty` } : { value };
}
