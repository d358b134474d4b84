/** What is looked at before a parser gets the text: a bomb costs no more than counting up to the bound. */
import { describe, expect, test } from 'vitest';
import { loadConfig } from './load.ts';
import { ConfigError } from './problems.ts';
import { findExcess } from './yaml-bounds.ts';

function problemsOf(text: string): readonly string[] {
  try {
    loadConfig(text, { env: {}, file: 'c.yaml' });
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const line = (depth: number, indent: number): string => `${' '.repeat(indent)}k${depth}:`;
const block = (depth: number): string => Array.from({ length: depth }, (_, at) => line(at, at)).join('\n');

describe('C7: a configuration that would cost too much is refused before it is parsed, with its place', () => {
  test.each([
    ['brackets', '['.repeat(50_000), 'c.yaml:1:33: is nested too deeply: more than 32 levels'],
    ['braces below a key', `a:\n  ${'{a: '.repeat(20_000)}`, 'c.yaml:2:127: is nested too deeply: more than 32 levels'],
    ['items in items', '- '.repeat(50_000), 'c.yaml:1:65: is nested too deeply: more than 32 levels'],
    ['keys of keys', '? '.repeat(50_000), 'c.yaml:1:65: is nested too deeply: more than 32 levels'],
    ['values without keys', ': '.repeat(50_000), 'c.yaml:1:65: is nested too deeply: more than 32 levels'],
    ['lines that go further and further in', block(60), 'c.yaml:33:33: is nested too deeply: more than 32 levels'],
    ['a list without end', `a: [${'b, '.repeat(40_000)}c]`, /^c\.yaml:1:\d+: holds more than 60,000 words and signs/],
    ['items without end', '- a\n'.repeat(60_000), /^c\.yaml:\d{5}:\d: holds more than 60,000 words and signs/],
  ])('%s', (_, text, expected) => {
    const said = problemsOf(text);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
  });

  test('32 levels of either kind are not refused for their depth', () => {
    for (const text of ['['.repeat(32), '- '.repeat(31) + 'x', block(32)]) expect(findExcess(text)).toBeNull();
    for (const text of ['['.repeat(33), '- '.repeat(33) + 'x', block(33)])
      expect(findExcess(text)?.message).toMatch(/32 levels/);
  });

  test('what was closed or left again is not counted', () => {
    expect(findExcess('a: [[b], [c]]\n'.repeat(500))).toBeNull();
    expect(findExcess('a:\n  b:\n    - c: d\n      e: f\n'.repeat(500))).toBeNull();
  });

  test('text in quotes, in blocks and in comments holds no levels', () => {
    const many = '[{- '.repeat(100);
    for (const text of [
      `a: "${many}"`,
      `a: '${many}'`,
      `a: |\n  ${many}\n  ${many}\nb: 1`,
      `# ${many}\na: b`,
      `a: b${many}`,
    ])
      expect(findExcess(text), text.slice(0, 12)).toBeNull();
  });

  test('60,000 words and signs pass, one more does not', () => {
    const lines = (count: number): string => '\n'.repeat(count);
    expect(findExcess(lines(59_990))).toBeNull();
    expect(findExcess(lines(60_001))?.message).toMatch(/60,000/);
  });
});
