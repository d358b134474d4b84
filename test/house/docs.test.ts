/** Code in the documents compiles: every `ts` block of README.md and docs/ is checked by the compiler as a file of its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, readText, root } from './checkout.ts';

interface Block {
  /** Where it stands, such as `README.md:12`. */
  readonly at: string;
  readonly code: string;
}

/** Finds the blocks of one language. Imports in them are relative to the document. */
function blocksOf(document: string, text: string, language: string): readonly Block[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return [...text.matchAll(fence)].map(({ 1: code = '', index }) => ({
    at: `${document}:${text.slice(0, index).split('\n').length}`,
    code: code.replaceAll(
      /(from\s+['"])(\.{1,2}\/[^'"]+)/g,
      (_, start: string, path: string) => start + join(root, dirname(document), path),
    ),
  }));
}

/** Compiles blocks with the project's own settings and returns the compiler's complaints, by place. */
function complaints(blocks: readonly Block[]): string {
  if (blocks.length === 0) return '';
  mkdirSync(join(root, 'tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, 'tmp/docs-'));
  try {
    const names = blocks.map(({ at }) => `${at.replaceAll(/[^\w]/g, '_')}.ts`);
    for (const [n, { code }] of blocks.entries()) writeFileSync(join(folder, names[n] ?? ''), `export {};\n${code}`);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.json', include: [], files: names }),
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [compiler, '-p', folder], { cwd: folder, encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every ts block in the documents compiles', () => {
  const documents = listFiles().filter(
    (file) => file.endsWith('.md') && (posix.dirname(file) === '.' || file.startsWith('docs/')),
  );
  expect(documents.length).toBeGreaterThan(0);
  expect(complaints(documents.flatMap((file) => blocksOf(file, readText(file), 'ts')))).toBe('');
});

test('a block that does not compile is reported with its place', () => {
  const text =
    "A text.\n\n```ts\nimport type { Clock } from '../src/ports/clock.ts';\nexport const now: Clock['now'] = () => 'noon';\n```\n";
  const found = complaints(blocksOf('docs/example.md', text, 'ts'));
  expect(found).toContain('docs_example_md_3.ts');
  expect(found).toContain("'string' is not assignable to type 'number'");
});

test('a block with imports relative to its document compiles', () => {
  const text =
    "```ts\nimport type { Clock } from '../src/ports/clock.ts';\nexport const now: Clock['now'] = () => 0;\n```\n";
  expect(complaints(blocksOf('docs/example.md', text, 'ts'))).toBe('');
});
