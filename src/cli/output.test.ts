/** Nothing hostile reaches a terminal, nothing secret leaves, and with --json there is nothing but JSON. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureIo } from '../testing/cli-io.ts';
import { escapeJson, escapeText } from './escape.ts';
import { Output } from './output.ts';
import { drawBar } from './progress.ts';
import { alignRows, formatSpan } from './text.ts';

const PLAIN = { json: false, quiet: false, verbose: false };
// eslint-disable-next-line no-control-regex -- exactly what must not be there
const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\u2028\u2029]/u;

describe('C7, C8: text from outside cannot act on a terminal', () => {
  test('no text comes out with a control or bidi character', () => {
    const every = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join('');
    expect(HOSTILE.test(escapeText(every))).toBe(false);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !HOSTILE.test(escapeText(text))));
  });

  test('JSON comes out as one harmless line, and is read back the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        const line = escapeJson(value);
        expect(HOSTILE.test(line)).toBe(false);
        expect(JSON.parse(line)).toEqual({ ...value });
      }),
    );
  });

  test.each([
    ['a\u001b[31mred', 'a\\u001b[31mred'],
    ['moc.\u202egro', 'moc.\\u202egro'],
    ['two\nlines', 'two\\u000alines'],
    ['Zoë Ångström 你好', 'Zoë Ångström 你好'],
  ])('%j is shown as %j', (text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });
});

test.each([
  (secret: string) => secret,
  (secret: string) => encodeURIComponent(secret),
  (secret: string) => Buffer.from(secret).toString('base64'),
  (secret: string) => JSON.stringify({ a: secret }),
])('I20: a hidden secret is masked in whatever form it is written (%#)', async (form) => {
  const secret = 'canary/token+value==';
  const { io, written } = captureIo();
  const output = new Output(io, { ...PLAIN, verbose: true });
  output.hide(secret);
  await output.lines([`before ${form(secret)} after`]);
  await output.always({ value: form(secret) });
  await output.complain(form(secret));
  await output.trace(new Error(form(secret), { cause: new Error(form(secret)) }));
  expect(written.out + written.err).not.toContain(secret);
  expect(written.out + written.err).not.toContain(form(secret));
  expect(written.out).toContain('before');
});

test('a trace is printed with --verbose alone', async () => {
  const { io, written } = captureIo();
  await new Output(io, PLAIN).trace(new Error('inner'));
  expect(written.err).toBe('');
  await new Output(io, { ...PLAIN, verbose: true }).trace(new Error('inner'));
  expect(written.err).toContain('output.test.ts');
});

test('--quiet keeps notes back, but not warnings', async () => {
  const { io, written } = captureIo();
  const output = new Output(io, { ...PLAIN, quiet: true });
  await output.notice({ level: 'note', code: 'interrupted', facts: {} });
  expect(written.err).toBe('');
  await output.notice({ level: 'warning', code: 'interrupted', facts: {} });
  expect(written.err).toMatch(/^warning: Interrupted/u);
});

test('a bar shows how much of how many', () => {
  const event = { sync: 'copy', phase: 'reading', stream: 'contacts', done: 500, total: 1000 } as const;
  expect(drawBar(event, 0.5)).toBe('copy: reading contacts [============            ] 500 of 1,000');
  expect(drawBar({ ...event, total: null, stream: null }, 0)).toBe('copy: reading 500');
});

test('columns are aligned and spans are short', () => {
  expect(
    alignRows([
      ['a', '1'],
      ['long', '22'],
    ]),
  ).toEqual(['a     1', 'long  22']);
  expect([5, 1_000, 65_000, 7_500_000, 90_000_000].map(formatSpan)).toEqual([
    '5 ms',
    '1 s',
    '1 min 5 s',
    '2 h 5 min',
    '1 d 1 h',
  ]);
});
