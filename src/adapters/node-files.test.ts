/** Private files are private from their first byte, and there is never half of one. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNodeFiles } from './node-files.ts';

let folder = '';
const files = createNodeFiles('test');
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('I20: a private file has mode 0600 while it is written and afterwards', async () => {
  const sink = await files.createPrivate(at('a'), { replace: false });
  await sink.write('one\n');
  expect(readdirSync(folder).map((name) => statSync(at(name)).mode & 0o777)).toEqual([0o600]);
  expect(await files.exists(at('a'))).toBe(false);
  await sink.write('two\n');
  await sink.finish();
  expect(readdirSync(folder)).toEqual(['a']);
  expect(statSync(at('a')).mode & 0o777).toBe(0o600);
  expect(await files.readText(at('a'))).toBe('one\ntwo\n');
});

test('what was discarded leaves nothing behind', async () => {
  const sink = await files.createPrivate(at('a'), { replace: false });
  await sink.write('half');
  await sink.discard();
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that exists is not replaced, not even one that appeared meanwhile', async () => {
  const sink = await files.createPrivate(at('a'), { replace: false });
  writeFileSync(at('a'), 'mine');
  await expect(files.createPrivate(at('a'), { replace: false })).rejects.toMatchObject({ code: 'exists' });
  await expect(sink.finish()).rejects.toMatchObject({ code: 'exists' });
  expect(readFileSync(at('a'), 'utf8')).toBe('mine');
  expect(readdirSync(folder)).toEqual(['a']);
});

test('replacing also narrows the mode', async () => {
  writeFileSync(at('a'), 'old', { mode: 0o644 });
  const sink = await files.createPrivate(at('a'), { replace: true });
  await sink.write('new');
  await sink.finish();
  expect(readFileSync(at('a'), 'utf8')).toBe('new');
  expect(statSync(at('a')).mode & 0o777).toBe(0o600);
});

test('lines are read whole, across chunks and with or without a last line break', async () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index} ${'ü'.repeat(40)}`);
  writeFileSync(at('a'), lines.join('\n'));
  expect(await Array.fromAsync(files.readLines(at('a')))).toEqual(lines);
});

test.each([
  ['missing', 'nowhere'],
  ['missing', 'a-file/below'],
  ['failed', '.'],
  ['not-text', 'bytes'],
])('%s: %s', async (code, name) => {
  writeFileSync(at('a-file'), '');
  writeFileSync(at('bytes'), Buffer.from([0xc3, 0x28]));
  await expect(files.readText(at(name))).rejects.toMatchObject({ name: 'FileError', code });
});

test('lines of a file that is not there are an error, too', async () => {
  await expect(Array.fromAsync(files.readLines(at('nowhere')))).rejects.toMatchObject({ code: 'missing' });
});
