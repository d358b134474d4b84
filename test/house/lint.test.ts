/** The lint rules fire where they should: each forbidden line is put into an empty checkout with our configuration. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from './checkout.ts';

const forbidden: readonly (readonly [file: string, code: string, rule: string])[] = [
  ['src/engine/any.ts', 'export function f(x: any): unknown { return x; }', 'no-explicit-any'],
  [
    'src/engine/floating.ts',
    'async function g(): Promise<void> {}\nexport function f(): void { g(); }',
    'no-floating-promises',
  ],
  ['src/engine/default.ts', 'export default 1;', 'no-default-export'],
  ['src/engine/console.ts', 'console.log(1);', 'no-console'],
  ['src/engine/now.ts', 'export const now = Date.now();', 'no-restricted-properties'],
  ['src/engine/chance.ts', 'export const chance = Math.random();', 'no-restricted-properties'],
  ['src/engine/timer.ts', 'export function f(g: () => void): void { setTimeout(g, 1); }', 'no-restricted-globals'],
  ['src/engine/interval.ts', 'export function f(g: () => void): void { setInterval(g, 1); }', 'no-restricted-globals'],
  ['src/engine/fetch.ts', "export const answer = await fetch('http://127.0.0.1');", 'no-restricted-globals'],
  [
    'src/engine/uuid.ts',
    "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();",
    'no-restricted-imports',
  ],
  ['src/engine/typed.ts', "import { Stats } from 'node:fs';\nexport type S = Stats;", 'consistent-type-imports'],
  ['src/engine/long.ts', 'export {};\n'.repeat(301), 'max-lines'],
  ['src/engine/tall.ts', `export function f(): void {\n${'  f();\n'.repeat(41)}}`, 'max-lines-per-function'],
  ['src/engine/only.test.ts', "import { test } from 'vitest';\ntest.only('x', () => {});", 'no-focused-tests'],
];
const allowed: readonly (readonly [file: string, code: string])[] = [
  ['src/adapters/now.ts', 'export const now = Date.now();'],
  ['src/adapters/timer.ts', 'export function f(g: () => void): void { setTimeout(g, 1); }'],
  ['bench/now.ts', 'export const now = Date.now();'],
];

describe('lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-lint-'));
  let report = new Map<string, string>();

  beforeAll(() => {
    for (const file of ['.oxlintrc.json', 'tsconfig.json']) copyFileSync(join(root, file), join(folder, file));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, code] of [...forbidden, ...allowed]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    report = lint(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(forbidden)('%s is refused', (file, _code, rule) => {
    expect(report.get(file) ?? '').toContain(rule);
  });

  test.each(allowed)('%s is allowed', (file) => {
    expect(report.get(file) ?? '').not.toContain('no-restricted');
  });
});

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

/** Runs the linter and gathers the rules that fired in each file. */
function lint(folder: string): Map<string, string> {
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--format=json'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
  const rules = new Map<string, string>();
  for (const { filename, code } of diagnostics) rules.set(filename, `${rules.get(filename) ?? ''} ${code}`);
  return rules;
}
