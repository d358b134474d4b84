/** `init` writes a file that loads, for its owner alone, and never over another. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { captureIo } from '../testing/cli-io.ts';
import { writeInitFile } from './init-file.ts';
import { main } from './main.ts';
import { PromptCancelled } from './prompts.ts';
import type { Prompts } from './prompts.ts';

const FILE = '/work-here/concord.yaml';

function load(
  text: string | undefined,
  env: Record<string, string> = { CC_TOKEN: 'a-token' },
): ReturnType<typeof loadConfig> {
  return loadConfig(text ?? '', { env, file: FILE });
}

/** Answers questions in turn; a wrong answer is shown its fault and the next one is taken. */
function scripted(answers: readonly string[]): Prompts & { readonly faults: string[] } {
  const left = [...answers];
  const faults: string[] = [];
  const next = (): string => {
    const answer = left.shift();
    if (answer === undefined) throw new PromptCancelled();
    return answer;
  };
  return {
    faults,
    begin: () => undefined,
    text: async (_question, { check }) => {
      for (;;) {
        const answer = next();
        const fault = check(answer);
        if (fault === null) return answer;
        faults.push(fault);
      }
    },
    select: async (_question, choices) => {
      const answer = next();
      const choice = choices.find(({ value }) => value === answer);
      if (choice === undefined) throw new Error(`no such choice: ${answer}`);
      return choice.value;
    },
    secret: async () => '',
    confirm: async () => next() === 'yes',
    end: () => undefined,
  };
}

describe('without a person', () => {
  test('--yes writes a mirror with every default', async () => {
    const { io, files, written } = captureIo();
    expect(await main(['init', '--yes'], io)).toBe(0);
    expect(load(files.get(FILE))).toMatchObject({
      store: '/work-here/concord.db',
      warnings: [],
      syncs: [{ mode: 'mirror', prefix: '' }],
    });
    expect(written.out).toContain('CC_TOKEN');
  });

  test('flags answer each question', async () => {
    const { io, files } = captureIo();
    const flags =
      '--store s.db --connection news --base-url http://127.0.0.1:4010/v3 --token-variable T --target t.db --table people --key mail --consent ok --first-name given';
    expect(await main(['init', ...flags.split(' '), '--config', 'sub/c.yaml'], io)).toBe(0);
    expect(load(files.get('/work-here/sub/c.yaml'), { T: 'a-token' }).syncs[0]).toMatchObject({
      mode: 'table',
      table: 'people',
      key: 'mail',
      consent: { column: 'ok' },
      fields: [
        { from: 'email_address', to: 'mail' },
        { from: 'first_name', to: 'given' },
      ],
      primary: { name: 'news', baseUrl: 'http://127.0.0.1:4010/v3' },
    });
  });

  test.each([
    [['--mode', 'table'], /Give --table/],
    [['--mode', 'table', '--table', 't'], /Give --consent/],
    [['--token-variable', 'eyJhbGciOi.J9'], /not the token itself/],
    [['--connection', 'my account'], /must be letters/],
  ])('%j is refused with exit 2 and nothing written', async (flags, message) => {
    const { io, files, written } = captureIo();
    expect(await main(['init', ...flags], io)).toBe(2);
    expect(written.err).toMatch(message);
    expect(files.size).toBe(0);
  });

  test('a file that exists stays, unless --force', async () => {
    const { io, files } = captureIo({ files: { [FILE]: 'mine' } });
    expect(await main(['init', '--yes'], io)).toBe(2);
    expect(files.get(FILE)).toBe('mine');
    expect(await main(['init', '--yes', '--force'], io)).toBe(0);
    expect(files.get(FILE)).toContain('connections:');
  });
});

describe('with a person', () => {
  test('questions are asked again until the answer is right', async () => {
    const prompts = scripted([
      './c.db',
      '1st',
      'cc',
      'a token',
      'CC_TOKEN',
      './app.db',
      'table',
      'people',
      'email',
      'none',
    ]);
    const { io, files } = captureIo({ prompts });
    expect(await main(['init'], io)).toBe(0);
    expect(prompts.faults).toHaveLength(2);
    expect(load(files.get(FILE)).syncs[0]).toMatchObject({ table: 'people', key: 'email', consent: null });
  });

  test.each([
    ['a no', ['no']],
    ['leaving', ['yes', './c.db']],
  ])('%s leaves an existing file alone', async (_, answers) => {
    const { io, files } = captureIo({ files: { [FILE]: 'mine' }, prompts: scripted(answers) });
    expect(await main(['init'], io)).toBe(1);
    expect(files.get(FILE)).toBe('mine');
  });

  test('a yes replaces it', async () => {
    const { io, files } = captureIo({
      files: { [FILE]: 'mine' },
      prompts: scripted(['yes', 's.db', 'cc', 'CC_TOKEN', 't.db', 'mirror', '']),
    });
    expect(await main(['init'], io)).toBe(0);
    expect(load(files.get(FILE)).syncs[0]).toMatchObject({ mode: 'mirror' });
  });
});

test('no answer can become anything but a value', () => {
  const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).map((value) => `t${value}`);
  fc.assert(
    fc.property(text, text, (table, target) => {
      const file = writeInitFile({
        store: './s.db',
        connection: 'cc',
        baseUrl: null,
        tokenVariable: 'CC_TOKEN',
        target,
        shape: { mode: 'table', table, key: 'email', consent: 'ok', firstName: null, lastName: null },
      });
      expect(load(file).syncs[0]).toMatchObject({ table, key: 'email' });
    }),
    { examples: [['t${', '${HOME}']] },
  );
});
