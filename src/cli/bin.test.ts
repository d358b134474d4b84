/** bin/concord.js starts under any Node: this one, and an older one, which hands over to the project's own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/concord.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'concord-bin-'));
const older = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((path) => join(path, 'node'))
  .find((node) => existsSync(node) && majorOf(node) < 24 && majorOf(node) >= 18);

afterAll(() => rmSync(folder, { recursive: true }));

function majorOf(node: string): number {
  return Number(/^v(\d+)/u.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout)?.[1] ?? 0);
}

const runtimes: (readonly [string, string])[] = [['this Node', process.execPath]];
if (older !== undefined) runtimes.push(['an older Node', older]);

describe.each(runtimes)('under %s', (_, node) => {
  test('exit code and output pass through', () => {
    writeFileSync(join(folder, 'concord.yaml'), 'stor: 1\n');
    const ran = spawnSync(node, [bin, 'check', '--json'], { cwd: folder, encoding: 'utf8' });
    expect(ran.status).toBe(2);
    expect(
      ran.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { kind: string }).kind),
    ).toContain('problem');
    expect(ran.stderr).toContain('did you mean "store"');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends `simulate` cleanly with exit 0', async (signal) => {
    const child = spawn(node, [bin, 'simulate', '--contacts', '5'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect(JSON.parse(line)).toMatchObject({ ready: true });
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  });
});

describe.skipIf(older === undefined)('under an older Node (skipped when none is on the PATH)', () => {
  test('a signal that kills the real program kills the first one alike', async () => {
    const root = checkoutWith(`#!/bin/sh\necho "$$"\nexec "${process.execPath}" -e 'setTimeout(() => {}, 60000)'\n`);
    const child = spawn(older ?? '', [join(root, 'bin/concord.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    await once(createInterface({ input: child.stdout }), 'line');
    child.kill('SIGTERM');
    expect(await exited).toEqual([null, 'SIGTERM']);
  });

  test('arguments arrive as they were', () => {
    const root = checkoutWith('#!/bin/sh\nshift 2 # the flag and the program\nprintf "%s|" "$@"\nexit 7\n');
    const ran = spawnSync(older ?? '', [join(root, 'bin/concord.js'), 'why', 'a b', '$HOME', ''], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 7, stdout: 'why|a b|$HOME||' });
  });

  test.each([
    ['no other Node is there', null],
    ['the other Node is too old as well', `#!/bin/sh\nexec "${older}" "$@"\n`],
  ])('when %s, one sentence and exit 2', (_, node) => {
    const root = checkoutWith(node);
    const ran = spawnSync(older ?? '', [join(root, 'bin/concord.js'), 'check'], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^Concord needs Node 24 or newer, and this is [0-9.]+\.\n$/u);
  });
});

/** Makes a checkout that has only the program, and the given script as its own Node. */
function checkoutWith(node: string | null): string {
  const root = mkdtempSync(join(folder, 'checkout-'));
  mkdirSync(join(root, 'bin'));
  copyFileSync(bin, join(root, 'bin/concord.js'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  if (node === null) return root;
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(root, 'node_modules/.bin/node'), node, { mode: 0o755 });
  return root;
}

test('the program is one that any Node can read: no TypeScript, and nothing but Node itself imported', () => {
  const imports = [...readFileSync(bin, 'utf8').matchAll(/^import .* from '([^']+)'/gmu)].map(([, name]) => name);
  expect(imports.every((name) => name?.startsWith('node:'))).toBe(true);
});
