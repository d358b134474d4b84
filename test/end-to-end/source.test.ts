/** A source that is not there, refuses, is another one, or has had enough: what a person is told, and what a script. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { complaints, configText, Folder, objectsOf, TOKEN, type Ran } from './program.ts';

const OTHER_TOKEN = 'the-token-of-another-account';
const PRIVILEGES = ['contacts:read', 'contacts:lists:read', 'account:read', 'campaign:read', 'ui:campaign:metrics'];

let simulators: Simulators;
let others: Simulators;
let v3: string;
let unreachable: ReturnType<typeof askNobody>;
beforeAll(async () => {
  simulators = await startSimulators({ contacts: 60, seed: 7, quota: null, token: TOKEN });
  others = await startSimulators({ contacts: 60, seed: 8, quota: null, token: OTHER_TOKEN });
  v3 = simulators.ready.constantContact.v3;
  unreachable = askNobody();
});
afterAll(() => Promise.all([simulators.close(), others.close()]));
beforeEach(() => simulators.world.mutate({ op: 'setPrivileges', privileges: PRIVILEGES }));

function configured(text = configText(v3)): Folder {
  const folder = new Folder();
  folder.write('concord.yaml', text);
  return folder;
}

/** Takes the whole of the tries that a read is given, so it runs beside the other tests. */
async function askNobody(): Promise<{ sync: Ran; check: Ran; files: string[] }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  using folder = configured(configText(`http://127.0.0.1:${port}/v3`));
  using second = configured(configText(`http://127.0.0.1:${port}/v3`));
  const [sync, check] = await Promise.all([folder.run('sync'), second.run('check', '--json')]);
  return { sync, check, files: Object.keys(folder.contents()) };
}

/** The steps of a check that are not well, with what is said about them. */
function troubles(check: Ran): [unknown, unknown][] {
  return objectsOf(check)
    .filter((line) => line['kind'] === 'check' && line['verdict'] !== 'ok')
    .map((line) => [line['step'], line['verdict']]);
}

test('a token that is refused: exit 5 everywhere, and what to do', async () => {
  using folder = configured();
  folder.env = { CC_TOKEN: 'expired-token-value' };
  const check = await folder.run('check', '--json');
  expect([check.exit, troubles(check)]).toEqual([5, [['credentials', 'failed']]]);
  for (const command of ['sync', 'plan', 'verify']) {
    const ran = await folder.run(command);
    expect([command, ran.exit]).toEqual([command, 5]);
    expect(complaints(ran)).toEqual([
      expect.stringMatching(
        /^error: Connection cc does not accept the credentials \(answer 401 .*Give it a fresh access token/u,
      ),
    ]);
    expect(ran.err + ran.out).not.toContain('expired-token-value');
  }
  expect(Object.keys(folder.contents())).not.toContain('app.db');
  folder.env = { CC_TOKEN: TOKEN };
  expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, err: '' });
});

describe('403 on a part', () => {
  test('an opt-out channel: the pass goes on to its end, warned of in sync and check', async () => {
    using folder = configured();
    simulators.world.mutate({ op: 'setPrivileges', privileges: PRIVILEGES.slice(0, 3) });
    const sync = await folder.run('sync', '--json');
    expect(sync.exit).toBe(0);
    expect(objectsOf(sync).at(-1)).toMatchObject({ outcome: 'done', applied: 82 });
    expect(complaints(sync)).toEqual([
      expect.stringMatching(/^warning: The channel campaign-reports is refused .*403.*Grant the scope/u),
    ]);
    expect((await folder.run('status')).out).toMatch(/channel campaign-reports +refused\n/u);
    const check = await folder.run('check', '--json');
    expect([check.exit, troubles(check)]).toEqual([
      0,
      [
        ['scopes', 'warning'],
        ['channels', 'warning'],
      ],
    ]);
  });

  test('the lists: everything else is read and written, and the pass says what is missing', async () => {
    using folder = configured();
    simulators.world.mutate({
      op: 'setPrivileges',
      privileges: PRIVILEGES.filter((one) => one !== 'contacts:lists:read'),
    });
    const sync = await folder.run('sync', '--json');
    expect(sync.exit).toBe(1);
    expect(objectsOf(sync).at(-1)).toMatchObject({ outcome: 'partial', applied: 74 });
    expect(complaints(sync)).toEqual([
      expect.stringMatching(/^warning: Reading lists is refused on this account \(answer 403/u),
      expect.stringMatching(/^warning: Reading segments is refused/u),
      expect.stringMatching(/^warning: Not everything that was due for copy could be read\./u),
    ]);
  });

  test('the contacts: check fails, for nothing can stand in for them', async () => {
    using folder = configured();
    simulators.world.mutate({ op: 'setPrivileges', privileges: PRIVILEGES.slice(1) });
    const check = await folder.run('check', '--json');
    expect([check.exit, troubles(check)]).toEqual([
      1,
      [
        ['scopes', 'warning'],
        ['channels', 'failed'],
      ],
    ]);
    const sync = await folder.run('sync', '--json');
    expect(sync.exit).toBe(1);
    expect(complaints(sync).at(-1)).toMatch(
      /Connection cc refuses this part \(answer 403 forbidden to GET \/contacts\)/u,
    );
  });
});

test('T35: another account stops the sync before anything of it is read: exit 3, nothing changed', async () => {
  using folder = configured();
  expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0 });
  const before = folder.contents()['app.db'];
  folder.write('concord.yaml', configText(others.ready.constantContact.v3));
  folder.env = { CC_TOKEN: OTHER_TOKEN };
  const asked = others.requests.totals().total;
  const sync = await folder.run('sync');
  expect(sync.exit).toBe(3);
  expect(complaints(sync)).toEqual([
    expect.stringMatching(
      /^error: The connection now signs in to another account \(\S+ instead of \S+\).*Give it the right token, or a new sync\.$/u,
    ),
  ]);
  expect(others.requests.totals().total - asked).toBe(1);
  expect(folder.contents()['app.db']).toBe(before);
  expect((await folder.run('status')).out).toContain('copy: NOT safe to send');
});

test('I10: a guard stops before the first write with exit 3; release lets exactly that plan through', async () => {
  const emptied = await startSimulators({ contacts: 120, seed: 9, quota: null, token: TOKEN });
  try {
    using folder = configured(configText(emptied.ready.constantContact.v3));
    expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0 });
    emptied.world.mutate({ op: 'bulkEdit', n: 60, set: { first_name: '', last_name: '' } });
    const stopped = await folder.run('sync', '--json');
    expect(stopped.exit).toBe(3);
    const [message] = complaints(stopped);
    const hash = /`concord release (\S+)`/u.exec(message ?? '')?.[1] ?? 'no hash';
    expect(message).toMatch(
      /^error: Stopped before the first write: \d+ of \d+ linked records would lose something\./u,
    );
    expect(objectsOf(stopped)).toContainEqual(expect.objectContaining({ kind: 'message', stopHash: hash }));
    expect((await folder.run('status')).out).toContain(`concord release ${hash}`);
    const [right, wrong] = [await folder.run('release', hash), await folder.run('release', 'abc')];
    expect([right.exit, wrong.exit]).toEqual([0, 1]);
    expect(complaints(wrong)).toEqual([expect.stringContaining('No stopped plan has the hash abc')]);
    const passed = await folder.run('sync', '--json');
    expect(objectsOf(passed).at(-1)).toMatchObject({ outcome: 'done', applied: 60 });
  } finally {
    await emptied.close();
  }
});

test('I12: the quota is spent: exit 1, when it goes on, and nothing beyond it is sent', async () => {
  using folder = configured(configText(v3, { budget: '{ perSecond: 100, perDay: 10 }' }));
  const asked = simulators.requests.totals().total;
  const sync = await folder.run('sync', '--json');
  expect(sync.exit).toBe(1);
  expect(objectsOf(sync)).toContainEqual(
    expect.objectContaining({ code: 'BUDGET_SPENT', resumeAt: expect.any(Number) }),
  );
  expect(complaints(sync)).toEqual([
    expect.stringMatching(
      /^warning: Connection cc has no requests left for today\. .*Work can go on from \d{4}-\d\d-\d\dT00:\d\d/u,
    ),
  ]);
  expect(objectsOf(sync).at(-1)).toMatchObject({ outcome: 'partial' });
  expect(simulators.requests.totals().total - asked).toBeLessThanOrEqual(10);
  folder.write('concord.yaml', configText(v3));
  expect(objectsOf(await folder.run('sync', '--json')).at(-1)).toMatchObject({ outcome: 'done' });
});

test('a host where nothing listens: exit 1, and where to look', async () => {
  const { sync, check, files } = await unreachable;
  expect([sync.exit, check.exit]).toEqual([1, 1]);
  expect(complaints(sync)).toEqual([
    expect.stringMatching(/^error: Connection cc cannot be reached: .*Check `baseUrl:`/u),
  ]);
  expect(sync.out).toMatch(/^copy: failed\./u);
  expect(troubles(check)).toEqual([['credentials', 'failed']]);
  expect(files).not.toContain('app.db');
});
