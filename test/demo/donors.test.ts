/** The demo with a CRM keeps its word: real program, real files, both simulated systems, every figure held against the truth. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openApplication } from '../../src/application/open.ts';
import { runDemo, type DemoParts } from '../../src/cli/commands/demo.ts';
import type { DemoOptions } from '../../src/cli/commands/load-demo.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createNodeFiles } from '../../src/adapters/node-files.ts';
import { captureIo } from '../../src/testing/cli-io.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';

let folder = '';
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-test-'));
  before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(folder, { recursive: true, force: true });
});

type Json = Readonly<Record<string, unknown>>;

async function play(options: Partial<DemoOptions> = {}, parts: DemoParts = {}) {
  const { io, written } = captureIo();
  const exit = await runDemo(
    io,
    { crm: true, contacts: 60, json: false, quiet: false, ...options },
    { clock: createFakeClock(), ...parts },
  );
  return { exit, ...written, lines: written.out.trimEnd().split('\n') };
}

async function objects(options: Partial<DemoOptions> = {}): Promise<(kind: string) => readonly Json[]> {
  const { exit, lines } = await play({ ...options, json: true });
  expect(exit).toBe(0);
  const all = lines.map((line) => JSON.parse(line) as Json);
  return (kind) => all.filter((one) => one['kind'] === kind);
}

test('the story fits a screen of 24 lines by 100 columns, ends with `why`, and leaves nothing behind', async () => {
  const { exit, out, err, lines } = await play({ contacts: 300 });
  expect({ exit, err }, out).toEqual({ exit: 0, err: '' });
  expect(lines.length, out).toBeLessThanOrEqual(24);
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(out).toMatch(/^why \S+@\S+\? .*the-person-opted-out/m);
  expect(out).toContain('(crm:opted-out)');
  expect(out).toContain('Third, an hour later  nothing written');
  expect(out).toContain('Safe to send? Yes');
  expect(readdirSync(folder)).toEqual([]);
});

test('an opt-out of either system stands in the other within one pass, a bounce in the CRM alone, each with its note once', async () => {
  const kind = await objects();
  expect(kind('donor')).toMatchObject([
    { permission: 'unsubscribed', flags: [false], notes: [expect.stringContaining('unsubscribed in Constant')] },
    { permission: 'unsubscribed', flags: [false], notes: [] },
    {
      permission: expect.stringMatching(/plicit$/),
      flags: [false],
      notes: [expect.stringContaining('mail came back')],
    },
  ]);
  expect(kind('pass').map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
  expect(
    kind('pass')
      .slice(1)
      .map(({ applied }) => applied),
  ).toEqual([3, 0]);
  expect(kind('claim').length).toBeGreaterThan(12);
  expect(kind('claim').filter(({ truth, found, holds }) => truth !== found || holds !== true)).toEqual([]);
  expect(kind('ended')).toMatchObject([{ holds: true, safe: true, kept: null }]);
});

test.each([2, 3, 4])('another world (seed %i) is told as truly', async (seed) => {
  const { exit, out } = await play({ seed });
  expect(exit, out).toBe(0);
});

test('a story that contradicts the truth says so and exits 1', async () => {
  const { exit, out } = await play(
    {},
    {
      wrap: (both) => ({
        ...both,
        crm: {
          ...both.crm,
          contact: (email) =>
            JSON.parse(JSON.stringify(both.crm.contact(email)).replaceAll('"isOptedIn":false', '"isOptedIn":true')),
        },
      }),
    },
  );
  expect(exit).toBe(1);
  expect(out).toContain('THIS STORY CONTRADICTS');
  expect(out).toContain('donors of the day whose flag still says yes: found 3');
  expect(out).toContain('THE FLAG SAYS YES');
});

test('an interruption ends it, and leaves nothing behind', async () => {
  const { io, written, abort } = captureIo();
  abort();
  const options = { crm: true, contacts: 60, json: false, quiet: false };
  expect(await runDemo(io, options, { clock: createFakeClock() })).toBe(1);
  expect(written.out).toContain('Interrupted');
  expect(readdirSync(folder)).toEqual([]);
});

test('--keep leaves an installation that answers `why` without the simulated systems', async () => {
  const { exit, out } = await play({ keep: true });
  expect(exit).toBe(0);
  const [, file = '', email = ''] = /--config (\S+) why (\S+)/.exec(out) ?? [];
  const text = await createNodeFiles('test').readText(file);
  const application = await openApplication(loadConfig(text, { env: {}, file }));
  try {
    const { people } = await application.why(email, null);
    expect(people).toMatchObject([{ state: 'unsubscribed', mailable: false }]);
  } finally {
    await application.close();
  }
});
