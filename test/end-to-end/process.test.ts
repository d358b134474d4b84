/** The program among other programs: pipes that close early, signals in mid-pass, two passes at once. */
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
  const ran = await folder.shell('{ concord plan --json --quiet; echo $? >code; } | head -1');
  expect(ran).toMatchObject({ exit: 0, err: '' });
  expect(objectsOf(ran)).toEqual([expect.objectContaining({ kind: 'line' })]);
  expect(folder.read('code')).toBe('0\n');
  expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, err: '' });
});

test('two passes at once: the second waits for the first, and both end well', async () => {
  using folder = new Folder();
  folder.write('concord.yaml', configText(v3));
  const passes = await Promise.all([folder.run('sync', '--json'), folder.run('sync', '--json')]);
  expect(passes.map(({ exit, err }) => [exit, err])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  const applied = passes.map((ran) => Number(objectsOf(ran).at(-1)?.['applied'])).sort((a, b) => a - b);
  expect(applied).toEqual([0, 1222]);
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
  expect((await folder.run('status')).out).toMatch(/NOT safe to send[^]*last pass +running, or broken off, sync /u);
  const at = performance.now();
  expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, err: '' });
  expect(performance.now() - at).toBeLessThan(15_000);
  expect(await folder.run('verify', '--quiet')).toMatchObject({ exit: 0, err: '' });
});
