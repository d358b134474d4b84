/** The program among other programs: pipes that close early, signals in mid-pass, two passes at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { complaints, configText, ended, Folder, objectsOf, TOKEN } from './program.ts';

let simulators: Simulators;
let v3: string;
beforeAll(async () => {
  simulators = await startSimulators({ contacts: 1200, seed: 7, quota: null, token: TOKEN });
  v3 = simulators.ready.constantContact.v3;
});
afterAll(() => simulators.close());

/** Resolves when the program has asked for something that matches. */
async function askedFor(pattern: RegExp, since: number): Promise<void> {
  for (;;) {
    const entries = simulators.requests.entries.slice(since);
    if (entries.some(({ path }) => pattern.test(path))) return;
    await new Promise((done) => setTimeout(done, 5));
  }
}

test('a reader who leaves after the first line ends the program quietly, and harms nothing', async () => {
  using folder = new Folder();
  folder.write('concord.yaml', configText(v3));
  const plan = folder.start('plan', '--json', '--quiet');
  const head = spawn('head', ['-1'], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (plan.stdout === null || plan.stderr === null) throw new Error('no streams');
  plan.stdout.pipe(head.stdin).on('error', () => plan.stdout?.destroy());
  let complained = '';
  plan.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  const [exit, signal] = (await once(plan, 'exit')) as [number | null, string | null];
  expect([exit, signal, complained]).toEqual([0, null, '']);
  expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, err: '' });
});

test('SIGINT in mid-pass: a partial pass with exit 1 within moments, and the next one goes on', async () => {
  using folder = new Folder();
  folder.write('concord.yaml', configText(v3));
  simulators.world.faults.set([{ kind: 'slow', ms: 30_000, match: { path: 'cursor=' }, times: 1 }]);
  const since = simulators.requests.entries.length;
  const child = folder.start('sync', '--json');
  const whole = ended(child);
  await askedFor(/^\/v3\/contacts\?status=all/u, since);
  await new Promise((done) => setTimeout(done, 300));
  const at = performance.now();
  child.kill('SIGINT');
  const ran = await whole;
  expect(performance.now() - at).toBeLessThan(3_000);
  expect(ran.exit).toBe(1);
  expect(complaints(ran)).toEqual(['warning: Interrupted. What is stored is right; the next pass goes on from there.']);
  const last = objectsOf(ran).at(-1) ?? {};
  expect(last).toMatchObject({ sync: 'copy', outcome: 'partial' });
  expect(last['read']).toBeGreaterThanOrEqual(500);
  simulators.world.faults.set([]);
  const next = await folder.run('sync', '--json');
  expect([next.exit, objectsOf(next).at(-1)]).toEqual([0, expect.objectContaining({ outcome: 'done' })]);
  expect(await folder.run('verify', '--quiet')).toMatchObject({ exit: 0, err: '' });
});

test('a killed pass leaves nothing in the way of the next', async () => {
  using folder = new Folder();
  folder.write('concord.yaml', configText(v3));
  simulators.world.faults.set([{ kind: 'slow', ms: 30_000, match: { path: 'cursor=' }, times: 1 }]);
  const since = simulators.requests.entries.length;
  const child = folder.start('sync', '--quiet');
  await askedFor(/^\/v3\/contacts\?status=all/u, since);
  await new Promise((done) => setTimeout(done, 300));
  child.kill('SIGKILL');
  await once(child, 'exit');
  simulators.world.faults.set([]);
  const at = performance.now();
  expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, err: '' });
  expect(performance.now() - at).toBeLessThan(15_000);
  expect(await folder.run('verify', '--quiet')).toMatchObject({ exit: 0, err: '' });
});
