/** What lint cannot say: nothing but an adapter reads the present moment through `new Date()` or `Date()`. */
import { expect, test } from 'vitest';
import { listFiles, readText } from './checkout.ts';

const PRESENT = /\bnew Date\(\s*\)|(?<!new )(?<![\w.])Date\(\s*\)/;

function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

test('only adapters read the present moment', () => {
  const sources = listFiles().filter((file) => /^src\/(?!adapters\/).*(?<!\.test)\.ts$/.test(file));
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.filter((file) => PRESENT.test(code(readText(file))))).toEqual([]);
});

test.each(['const now = new Date();', 'const text = Date();', 'return new Date( ).getTime();'])(
  '`%s` would be seen',
  (line) => {
    expect(PRESENT.test(code(line))).toBe(true);
  },
);

test.each(['const then = new Date(ms);', '// new Date() is forbidden', 'type Key = keyof Date;', 'parseDate()'])(
  '`%s` is fine',
  (line) => {
    expect(PRESENT.test(code(line))).toBe(false);
  },
);
