/** docs/proof.md is true: what it claims has tests that bear the id, and a planted bug that one of them catches. */
import { describe, expect, test } from 'vitest';
import { loadBugs } from '../../scripts/planted/load-bugs.ts';
import { listFiles, readText } from './checkout.ts';

const DOCUMENT = 'docs/proof.md';
const ROW = /^\| ([ITC]\d+) +\|[^|]+\| (.+?) +\|$/gm;

const rows = [...readText(DOCUMENT).matchAll(ROW)].map(([, id = '', cell = '']) => ({
  id,
  files: [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
}));
const files = new Set(listFiles());
const bugs = await loadBugs();

/** Tells whether a test's or suite's name bears the id: in a text, not in a comment. */
function bears(text: string, id: string): boolean {
  const name = new RegExp(`(['"\`])[^'"\`]*\\b${id}\\b`);
  return text.split('\n').some((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && name.test(line));
}

describe('the table of what is claimed', () => {
  test('is read, and names each id once', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  test.each(rows)('$id is in the name of a test of each file it names', ({ id, files: named }) => {
    expect(named.filter((file) => !files.has(file) || !bears(readText(file), id))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });

  test.each(rows)('$id has a planted bug', ({ id }) => {
    expect(bugs.filter(({ name }) => name.startsWith(`${id}-`))).not.toEqual([]);
  });

  test('a name is no comment, and T1 is not T18', () => {
    expect(bears("test('T18: x', () => {", 'T1')).toBe(false);
    expect(bears("// 'T1'", 'T1')).toBe(false);
    expect(bears("describe('I4 T1: x', () => {", 'T1')).toBe(true);
  });
});
