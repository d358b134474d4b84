/** The daemon as a service manager runs it: passes by schedule, a clean end, a kill, and a token that is refused. */
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { configText, Folder, TOKEN } from './program.ts';

let simulators: Simulators;
let v3: string;
beforeAll(async () => {
  simulators = await startSimulators({ contacts: 300, seed: 11, quota: null, token: TOKEN });
  v3 = simulators.ready.constantContact.v3;
});
afterAll(() => simulators.close());

const syncs = (every: string): string =>
  `  copy: { primary: cc, secondary: app, mode: mirror, streams: all, schedule: '${every}' }\n`;

/** Resolves with the first line of this kind after those that were asked for before. */
function reader(child: ChildProcess) {
  if (child.stdout === null) throw new Error('started without its streams');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (wanted: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the program ended first');
      const line = JSON.parse(value) as Record<string, unknown>;
      if (wanted(line)) return line;
    }
  };
}
const isPass = (line: Record<string, unknown>): boolean => line['outcome'] !== undefined;

test.each(['SIGTERM', 'SIGINT'] as const)(
  'runs its schedule again and again, and %s ends it cleanly',
  async (signal) => {
    using folder = new Folder();
    folder.write('concord.yaml', configText(v3, { syncs: syncs('every 1s') }));
    const child = folder.start('serve', '--json');
    const next = reader(child);
    expect(await next((line) => line['kind'] === 'serving')).toMatchObject({ syncs: [{ sync: 'copy' }] });
    expect(await next(isPass)).toMatchObject({ sync: 'copy', outcome: 'done' });
    expect(await next(isPass)).toMatchObject({ sync: 'copy', outcome: 'done', applied: 0 });
    child.kill(signal);
    await next((line) => line['code'] === 'serve-ended');
    const [exit] = await once(child, 'exit');
    expect(exit).toBe(0);
    expect(await folder.run('verify', '--quiet')).toMatchObject({ exit: 0 });
  },
);

test('killed in mid-pass and started again, it goes on at once, though its schedule is far off', async () => {
  using folder = new Folder();
  folder.write('concord.yaml', configText(v3, { syncs: syncs('every 30d') }));
  simulators.world.faults.set([{ kind: 'slow', ms: 30_000, match: { path: '/contacts' }, times: 1 }]);
  const since = simulators.requests.entries.length;
  const child = folder.start('serve', '--json');
  for (;;) {
    if (simulators.requests.entries.slice(since).some(({ path }) => path.includes('/contacts?'))) break;
    await new Promise((done) => setTimeout(done, 5));
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  simulators.world.faults.set([]);
  const again = folder.start('serve', '--json');
  const next = reader(again);
  expect(await next(isPass)).toMatchObject({ outcome: 'done' });
  const { nextAt } = await next((line) => line['kind'] === 'next');
  expect(Number(nextAt)).toBeGreaterThan(Date.now() + 29 * 24 * 3_600_000);
  again.kill('SIGTERM');
  await once(again, 'exit');
});

test('a connection that must be signed in again is told as such, and does not end it', async () => {
  using folder = new Folder();
  folder.env = { CC_TOKEN: 'not-the-right-token' };
  folder.write('concord.yaml', configText(v3, { syncs: syncs('every 1s') }));
  const child = folder.start('serve', '--json');
  const next = reader(child);
  for (let pass = 0; pass < 2; pass += 1)
    expect(await next(isPass)).toMatchObject({ sync: 'copy', outcome: 'failed', applied: 0 });
  child.kill('SIGTERM');
  const [exit] = await once(child, 'exit');
  expect(exit).toBe(0);
});
