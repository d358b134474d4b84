/** `serve` as a person and a log meet it: what is told of each pass, and how it ends. */
import { describe, expect, test } from 'vitest';
import { captureIo, quietPass } from '../testing/cli-io.ts';
import type { Application } from './application.ts';
import { main } from './main.ts';

const config = (schedule: string): string => `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${CC_TOKEN}" } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  one: { primary: cc, secondary: app, mode: mirror, prefix: a_, streams: all${schedule} }
  two: { primary: cc, secondary: app, mode: mirror, prefix: b_, streams: all }
`;
const AT = Date.UTC(2026, 0, 1, 13);

async function run(argv: readonly string[], schedule: string, sync: Application['sync']) {
  const serve: Application['serve'] = async function* (pass) {
    yield { kind: 'serving', syncs: [{ sync: 'one', nextAt: AT }], unscheduled: ['two'], listening: null };
    yield { kind: 'pass', result: await pass('one'), nextAt: AT + 3_600_000 };
    yield { kind: 'pass', result: await pass('one'), nextAt: null };
  };
  const { io, written } = captureIo({
    files: { '/work-here/concord.yaml': config(schedule) },
    env: { CC_TOKEN: 'canary-token-value' },
    application: { serve, sync },
  });
  return { exit: await main(argv, io), ...written };
}

describe('serve', () => {
  test('without any schedule it says what to write, exit 2', async () => {
    const { exit, err } = await run(['serve'], '', async (sync) => quietPass(sync));
    expect([exit, err]).toEqual([
      2,
      'error: No sync has a schedule, so there is nothing to serve. Give one `schedule: every 1h`, or run `concord sync` by hand.\n',
    ]);
  });

  test('a person reads who runs when, each pass, and a clean end', async () => {
    const { exit, out, err } = await run(['serve'], ', schedule: every 1h', async (sync) => quietPass(sync));
    expect(out.split('\n')).toEqual([
      'one: next pass at 2026-01-01T13:00:00Z.',
      'two: no schedule; runs only by `concord sync two`.',
      'one: done. Read 0 records.',
      '  0 requests in 1 ms.',
      'one: next pass at 2026-01-01T14:00:00Z.',
      'one: done. Read 0 records.',
      '  0 requests in 1 ms.',
      'one: its schedule never comes.',
      '',
    ]);
    expect([exit, err]).toEqual([0, 'Stopped. What is stored is right; `concord serve` goes on from there.\n']);
  });

  test('a pass that breaks is told, and the next has its turn', async () => {
    let passes = 0;
    const { exit, out } = await run(['serve', '--json'], ', schedule: every 1h', async (sync) => {
      passes += 1;
      if (passes === 1) throw new Error('nobody foresaw this');
      return quietPass(sync);
    });
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ outcome }) => outcome !== undefined)).toMatchObject([
      { sync: 'one', outcome: 'failed' },
      { sync: 'one', outcome: 'done' },
    ]);
    expect(lines.filter(({ kind }) => kind === 'next')).toEqual([
      { kind: 'next', sync: 'one', nextAt: AT + 3_600_000 },
      { kind: 'next', sync: 'one', nextAt: null },
    ]);
    expect(exit).toBe(0);
  });

  test('--quiet tells nothing of what is well', async () => {
    const { out, err } = await run(['serve', '--quiet'], ', schedule: every 1h', async (sync) => quietPass(sync));
    expect([out, err]).toEqual(['', '']);
  });
});
