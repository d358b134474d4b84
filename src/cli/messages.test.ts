/** Every code has a sentence that names what it is about and what to do, and none shows what it must not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ConnectorError, ERROR_CLASSES, LeaseLost, StoreRefused } from '../model/errors.ts';
import type { ErrorClass } from '../model/errors.ts';
import { FileError } from '../ports/files.ts';
import { explain, noticeOf } from './messages.ts';
import { CLASS_SENTENCES, CODE_SENTENCES } from './sentences.ts';

const CLASSES = Object.keys(ERROR_CLASSES) as ErrorClass[];

test.each(CLASSES)('an error of class %s names its connection, its answer and its code', (errorClass) => {
  const facts = { connection: 'cc', status: 418, request: 'GET /contacts', vendorKey: 'contacts.teapot' };
  const sentence = explain(noticeOf(new ConnectorError('CC_ANY', errorClass, 'message-canary', facts)));
  for (const part of ['Connection cc', '418', 'contacts.teapot', 'GET /contacts', '[CC_ANY]'])
    expect(sentence).toContain(part);
  expect(sentence).not.toContain('message-canary');
});

test('an hour when work can go on is told', () => {
  const error = new ConnectorError('CC_QUOTA_EXCEEDED', 'quota_exceeded', '', {
    connection: 'cc',
    until: Date.UTC(2026, 10, 22),
  });
  expect(explain(noticeOf(error))).toContain('from 2026-11-22T00:00:00.000Z');
});

describe('every code of the sources', () => {
  const sources = fileURLToPath(new URL('../', import.meta.url));
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/u.test(file),
  );
  const text = files.map((file) => readFileSync(join(sources, file), 'utf8')).join('\n');
  const raised = [...text.matchAll(/(?:warn\(ctx,\s*|new PassCut\(\s*|new UsageError\(\s*)'([a-z-]+)'/gu)].map(
    ([, code = '']) => code,
  );

  test('is found by this test', () => {
    expect(raised.length).toBeGreaterThan(5);
  });

  test.each([...new Set(raised)])('%s has a sentence', (code) => {
    expect(Object.keys(CODE_SENTENCES)).toContain(code);
  });
});

test.each([
  ...(['newer', 'not-a-store', 'corrupt', 'unreachable'] as const).map(
    (code) => new StoreRefused(code, 'message-canary'),
  ),
  ...(['missing', 'exists', 'not-text', 'forbidden', 'failed'] as const).map((code) => new FileError(code, '/a/path')),
  new LeaseLost('donors'),
])('%s has a sentence of its own', (error) => {
  const notice = noticeOf(error);
  expect(Object.keys(CODE_SENTENCES)).toContain(notice.code);
  expect(explain(notice)).not.toMatch(/canary|undefined/u);
});

test.each([...Object.entries(CODE_SENTENCES), ...Object.entries(CLASS_SENTENCES)])(
  '%s is a whole sentence, with facts and without',
  (_, sentence) => {
    const full = {
      connection: 'cc',
      sync: 'copy',
      count: 3,
      linked: 9,
      hash: 'HASH',
      path: '/f',
      channel: 'window',
      people: ['a', 'b'],
    };
    for (const text of [sentence({}), sentence(full)]) {
      expect(text).toMatch(/^[A-Z0-9/].*[.?]$/u);
      expect(text).not.toMatch(/undefined|null|NaN|\[object| {2}/u);
    }
  },
);

test('a code without a sentence still says all it knows', () => {
  expect(explain({ code: 'new-thing', facts: { count: 3, who: null, ids: ['a', 'b'] } })).toBe(
    'new thing (count 3, ids a, b).',
  );
});

test('a stop tells how it is released', () => {
  expect(explain({ code: 'destructive', facts: { count: 12, linked: 40, hash: 'abc' } })).toContain(
    '12 of 40 linked records',
  );
  expect(explain({ code: 'destructive', facts: { count: 12, linked: 40, hash: 'abc' } })).toContain(
    'concord release abc',
  );
});

test('I20: what is thrown by surprise shows nothing of itself', () => {
  expect(explain(noticeOf(new Error('token canary in a message')))).not.toContain('canary');
  expect(explain(noticeOf('a canary thrown as text'))).not.toContain('canary');
});

test('a missing column is named', () => {
  const error = new ConnectorError('SQLITE_NO_COLUMN', 'rejected', 'table "people" has no column "may_email"', {
    connection: 'app',
  });
  expect(explain(noticeOf(error))).toContain('Connection app: table "people" has no column "may_email"');
});
