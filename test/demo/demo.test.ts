/** The demo keeps its word: real program, real files, a simulated account, and every figure held against the truth. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
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

interface Shown {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly lines: readonly string[];
}

async function play(options: Partial<DemoOptions> = {}, parts: DemoParts = {}): Promise<Shown> {
  const { io, written } = captureIo();
  const exit = await runDemo(
    io,
    { contacts: 60, json: false, quiet: false, ...options },
    { clock: createFakeClock(), ...parts },
  );
  return { exit, ...written, lines: written.out.trimEnd().split('\n') };
}

test('the story fits a screen of 24 lines by 100 columns, and nothing of it is left behind', async () => {
  const { exit, out, err, lines } = await play({ contacts: 300 });
  expect({ exit, err }, out).toEqual({ exit: 0, err: '' });
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  expect(out).toContain('the day is simulated');
  expect(out).toContain('nothing written');
  expect(out).toContain('Safe to send? Yes');
  expect(readdirSync(folder)).toEqual([]);
});

test('--json prints one object a line, and each figure with the truth beside it', async () => {
  const { exit, lines } = await play({ json: true });
  const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const kind = (wanted: string): Record<string, unknown>[] => objects.filter((one) => one['kind'] === wanted);
  expect(exit).toBe(0);
  expect(kind('pass').map(({ nth, outcome }) => ({ nth, outcome }))).toEqual([
    { nth: 1, outcome: 'done' },
    { nth: 2, outcome: 'done' },
    { nth: 3, outcome: 'done' },
  ]);
  expect(kind('pass')[2]).toMatchObject({ applied: 0 });
  expect(kind('claim').length).toBeGreaterThan(8);
  expect(kind('claim').filter(({ truth, found, holds }) => truth !== found || holds !== true)).toEqual([]);
  expect(objects.at(-1)).toMatchObject({ kind: 'ended', holds: true, safe: true, kept: null });
});

test('T18: nobody who opts out moves updated_at, and the demo names the channels that told of each', async () => {
  const { lines } = await play({ json: true });
  const optOuts = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((one) => one['kind'] === 'opt-out');
  expect(optOuts).toHaveLength(4);
  expect(optOuts.every((one) => one['moved'] === false && one['out'] === true)).toBe(true);
  expect(optOuts.map((one) => String(one['how'])).toSorted()).toEqual(['account', 'campaign', 'campaign', 'contact']);
  for (const { how, channels } of optOuts) {
    expect(channels).toContain('window');
    if (how === 'campaign') expect(channels).toContain('campaign-report');
  }
});

test.each([2, 3, 4, 5])('another world (seed %i) is told as truly', async (seed) => {
  const { exit, out } = await play({ seed });
  expect(exit, out).toBe(0);
});

test('a story that contradicts the truth says so and exits 1', async () => {
  const { exit, out } = await play(
    {},
    {
      wrap: (simulation) => ({
        ...simulation,
        world: {
          ...simulation.world,
          // A truth that has one person more than the account ever showed.
          contacts: function* () {
            yield* simulation.world.contacts();
            yield { contact_id: 'nobody' };
          },
        },
      }),
    },
  );
  expect(exit).toBe(1);
  expect(out).toContain('THIS STORY CONTRADICTS');
  expect(out).toContain('people in the mirror as they are, after the first pass: truth 61, found 60');
});

test('--quiet says nothing of a story that holds, and everything of one that does not', async () => {
  expect(await play({ quiet: true })).toMatchObject({ exit: 0, out: '', err: '' });
  const wrong = await play(
    { quiet: true },
    { wrap: (simulation) => ({ ...simulation, requests: () => ({ total: 0, excess: 3 }) }) },
  );
  expect(wrong.exit).toBe(1);
  expect(wrong.out).toContain('requests beyond the limits of the API: found 3');
});

test('an interruption ends the demo, and leaves nothing behind', async () => {
  const { io, written, abort } = captureIo();
  abort();
  expect(await runDemo(io, { contacts: 60, json: false, quiet: false }, { clock: createFakeClock() })).toBe(1);
  expect(written.out).toContain('Interrupted');
  expect(readdirSync(folder)).toEqual([]);
});

test('--keep leaves an installation that answers `why` without the simulated account', async () => {
  const { exit, out } = await play({ keep: true });
  expect(exit).toBe(0);
  const command = /--config (\S+) why (\S+)/.exec(out);
  const [, file = '', email = ''] = command ?? [];
  expect(existsSync(file)).toBe(true);
  const text = await createNodeFiles('test').readText(file);
  const application = await openApplication(loadConfig(text, { env: {}, file }));
  try {
    const { people } = await application.why(email, null);
    expect(people).toMatchObject([{ state: 'unsubscribed', mailable: false }]);
  } finally {
    await application.close();
  }
});
