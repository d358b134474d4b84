/** Signing in as a person meets it: a browser, another device, a pasted token, and what happens when it is lost (C4, I15). */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { complaints, ended, Folder, objectsOf, type Ran } from './program.ts';

const SECRET = 'simulator-secret';
const LONG = { timeout: 60_000 };

let simulators: Simulators;
let redirect: string;

beforeAll(async () => {
  simulators = await startSimulators({ contacts: 60, seed: 7, quota: { perSecond: 100, perDay: 100_000 } });
  redirect = `http://127.0.0.1:${await freePort()}/callback`;
});
afterAll(() => simulators.close());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A folder with an application that signs in, and a master key. */
function prepared(more: { readonly auth?: string; readonly keys?: string } = {}): Folder {
  const { v3, oauth, apiKey } = simulators.ready.constantContact;
  const folder = new Folder();
  folder.env = { CC_SECRET: SECRET };
  const { auth = '', keys = 'masterKey: { file: ./concord.key }' } = more;
  folder.write(
    'concord.yaml',
    `store: ./concord.db
${keys}
connections:
  cc:
    connector: constant-contact
    baseUrl: ${v3}
    budget: { perSecond: 90, perDay: 100000 }
    auth: { clientId: ${apiKey}, server: ${oauth}, redirect: "${redirect}"${auth} }
  app: { connector: sqlite, file: ./app.db }
syncs:
  copy: { primary: cc, secondary: app, mode: mirror, streams: [contacts, lists] }
`,
  );
  return folder;
}

async function withKey(more: Parameters<typeof prepared>[0] = {}): Promise<Folder> {
  // Another installation cannot know when this one asked for a token, and the server takes one request a second.
  await pause(1100);
  const folder = prepared(more);
  expect((await folder.run('keys', 'new', 'concord.key')).exit).toBe(0);
  return folder;
}

interface Begun {
  readonly item: Readonly<Record<string, unknown>>;
  readonly rest: Promise<Ran>;
  readonly child: ChildProcess;
}

/** Starts a sign-in and waits for what it asks of a person. */
async function begin(folder: Folder, way: string): Promise<Begun> {
  const child: ChildProcess = folder.start('connect', 'cc', '--with', way, '--json');
  if (child.stdout === null) throw new Error('started without its streams');
  const rest = ended(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { item: JSON.parse(line) as Record<string, unknown>, rest, child };
}

/** Signs in as a browser does that follows where it is sent. */
async function signIn(folder: Folder): Promise<Ran> {
  const { item, rest } = await begin(folder, 'browser');
  const page = await fetch(String(item['address']));
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
  return rest;
}

const last = (ran: Ran): Record<string, unknown> => objectsOf(ran).at(-1) ?? {};
const account = (): Record<string, unknown> => simulators.world.catalogue()['account'] as Record<string, unknown>;

test(
  'by browser, with and without a secret: signed in, checked, and a pass that outlives its token',
  LONG,
  async () => {
    for (const auth of ['', ', clientSecret: "${CC_SECRET}"']) {
      using folder = await withKey({ auth });
      expect(folder.mode('concord.key')).toBe(0o600);
      const connected = await signIn(folder);
      expect(connected.exit).toBe(0);
      expect(last(connected)).toMatchObject({ kind: 'connected', connection: 'cc', renewable: true });
      expect(last(connected)['account']).toBe(account()['encodedAccountId']);
      expect((await folder.run('check', '--quiet')).exit).toBe(0);
      const before = simulators.requests.total;
      simulators.world.mutate({ op: 'expireAccessTokens' });
      const pass = await folder.run('sync', '--json');
      expect([pass.exit, last(pass)]).toMatchObject([0, { outcome: 'done' }]);
      // Token calls are requests like all others: none goes uncounted.
      expect(last(pass)['requests']).toEqual({ cc: simulators.requests.total - before });
      expect(simulators.requests.totals().excess).toBe(0);
    }
  },
);

describe('C4: the door for the answer', () => {
  test('takes only the one answer that was asked for, whoever else comes', LONG, async () => {
    using folder = await withKey();
    const { item, rest } = await begin(folder, 'browser');
    const asked = new URL(String(item['address']));
    const state = String(asked.searchParams.get('state'));
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256');
    expect(state).toMatch(/^[\w-]{43}$/u);
    for (const visit of [
      `${redirect}?code=stolen&state=guessed`,
      `${redirect}?code=stolen`,
      `${redirect}?error=access_denied&state=guessed`,
      `${redirect}/other?code=stolen&state=${state}`,
      redirect,
    ])
      expect((await fetch(visit)).status, visit).toBe(404);
    const posted = await fetch(`${redirect}?code=stolen&state=${state}`, { method: 'POST' });
    expect(posted.status).toBe(404);
    const named = await fetch(`${redirect.replace('127.0.0.1', 'localhost')}?code=stolen&state=${state}`);
    expect(named.status).toBe(404);
    const page = await fetch(asked);
    expect(await page.text()).not.toMatch(/code|state|eyJ/u);
    expect((await rest).exit).toBe(0);
  });

  test('asks for its scopes alone, and says so when it is refused', LONG, async () => {
    using folder = await withKey();
    const { item, rest } = await begin(folder, 'browser');
    const asked = new URL(String(item['address']));
    expect(asked.searchParams.get('scope')).toBe('account_read contact_data campaign_data offline_access');
    const state = String(asked.searchParams.get('state'));
    await fetch(`${redirect}?error=access_denied&state=${state}`);
    const refused = await rest;
    expect(refused.exit).toBe(5);
    expect(complaints(refused).join()).toMatch(/^error: Signing in connection cc was refused/u);
    expect((await folder.run('sync', '--quiet')).exit).toBe(5);
  });

  test('is told as taken when another program has it', LONG, async () => {
    using folder = await withKey();
    const { rest, child } = await begin(folder, 'browser');
    const second = await folder.run('connect', 'cc', '--with', 'browser');
    expect([second.exit, complaints(second).join()]).toMatchObject([1, expect.stringMatching(/port of `redirect:`/u)]);
    child.kill('SIGINT');
    const interrupted = await rest;
    expect([interrupted.exit, complaints(interrupted).join()]).toMatchObject([
      1,
      expect.stringMatching(/Interrupted/u),
    ]);
  });
});

test('by a code for another device, which is the way where nobody sits at a terminal', LONG, async () => {
  using folder = await withKey();
  const child = folder.start('connect', 'cc', '--json');
  if (child.stdout === null) throw new Error('started without its streams');
  const rest = ended(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { userCode } = JSON.parse(line) as { userCode: string };
  simulators.world.mutate({ op: 'approveDevice', user_code: userCode });
  expect(last(await rest)).toMatchObject({ kind: 'connected', renewable: true });
  const denied = await begin(folder, 'device');
  simulators.world.mutate({ op: 'denyDevice', user_code: String(denied.item['userCode']) });
  expect((await denied.rest).exit).toBe(5);
  // What was there before still works.
  expect((await folder.run('check', '--quiet')).exit).toBe(0);
});

describe('by a pasted token', () => {
  const paste = (folder: Folder, way: string, token: string) => {
    folder.env = { ...folder.env, PASTED: token };
    return folder.shell(`printf '%s\\n' "$PASTED" | concord connect cc --with ${way}`);
  };

  test('a refresh token is exchanged at once; one that is no good changes nothing', LONG, async () => {
    using folder = await withKey();
    const { client, code } = await askedElsewhere();
    const given = await exchange({ ...client, ...code });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const connected = await paste(folder, 'refresh-token', given['refresh_token'] ?? '');
    expect([connected.exit, connected.out]).toMatchObject([
      0,
      expect.stringMatching(/is signed in as .*renews itself/u),
    ]);
    const again = await paste(folder, 'refresh-token', 'canary-not-a-token');
    expect(again.exit).toBe(5);
    expect(complaints(again).join()).toMatch(/does not take that refresh token/u);
    expect(again.out + again.err).not.toContain('canary');
    const none = await paste(folder, 'refresh-token', '');
    expect([none.exit, complaints(none).join()]).toMatchObject([2, expect.stringMatching(/That is no refresh token/u)]);
  });

  test('an access token works, and it is said that it cannot renew itself', LONG, async () => {
    using folder = await withKey();
    const connected = await paste(folder, 'access-token', simulators.ready.constantContact.token);
    expect(connected.out).toMatch(/cannot renew itself/u);
    const check = await folder.run('check', '--json');
    expect(check.exit).toBe(0);
    expect(JSON.stringify(objectsOf(check))).toContain('sign-in-ends');
    expect((await paste(folder, 'access-token', 'no-such-token')).exit).toBe(5);
  });

  async function askedElsewhere() {
    const verifier = 'v'.repeat(50);
    const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(verifier))).toString('base64url');
    const client = { client_id: simulators.ready.constantContact.apiKey };
    const common = { redirect_uri: 'http://127.0.0.1:9/', scope: 'account_read contact_data offline_access' };
    const query = { ...client, ...common, response_type: 'code', code_challenge: challenge };
    const { oauth } = simulators.ready.constantContact;
    const address = `${oauth}/authorize?${new URLSearchParams({ ...query, code_challenge_method: 'S256' }).toString()}`;
    const back = new URL((await fetch(address, { redirect: 'manual' })).headers.get('location') ?? '');
    const code = {
      code: back.searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: common.redirect_uri,
    };
    return { client, code };
  }

  async function exchange(form: Record<string, string>): Promise<Record<string, string>> {
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const body = new URLSearchParams({ ...form, grant_type: 'authorization_code' });
    const answer = await fetch(`${simulators.ready.constantContact.oauth}/token`, { method: 'POST', body });
    return (await answer.json()) as Record<string, string>;
  }
});

/** What the store knows of the sign-in, by its dates. */
async function signedIn(folder: Folder): Promise<unknown> {
  const { connections } = last(await folder.run('status', '--json'));
  return connections;
}

test('T35: another account changes nothing: exit 3, and what was there before still works', LONG, async () => {
  using folder = await withKey();
  await signIn(folder);
  expect((await folder.run('sync', '--quiet')).exit).toBe(0);
  const before = await signedIn(folder);
  const mine = String(account()['encodedAccountId']);
  simulators.world.mutate({ op: 'setAccount', encoded_account_id: 'another-1' });
  const other = await signIn(folder);
  simulators.world.mutate({ op: 'setAccount', encoded_account_id: mine });
  expect([other.exit, objectsOf(other)]).toMatchObject([
    3,
    expect.arrayContaining([
      expect.objectContaining({ kind: 'other-account', found: 'another-1', expected: mine, syncs: ['copy'] }),
    ]),
  ]);
  expect(await signedIn(folder)).toEqual(before);
  expect((await folder.run('sync', '--quiet')).exit).toBe(0);
});

test(
  'I15: not signed in, and signed in no more, are exit 5 with what to run; signing in again mends it',
  LONG,
  async () => {
    using folder = await withKey();
    const never = await folder.run('sync');
    expect([never.exit, complaints(never).join()]).toMatchObject([
      5,
      expect.stringMatching(/not signed in yet\. Run `concord connect cc`/u),
    ]);
    expect((await folder.run('check', '--quiet')).exit).toBe(5);
    expect((await folder.run('status')).out).toMatch(/not signed in yet/u);
    await signIn(folder);
    simulators.world.mutate({ op: 'revokeGrants' });
    const lost = await folder.run('sync');
    expect([lost.exit, complaints(lost).join()]).toMatchObject([
      5,
      expect.stringMatching(/must be signed in again.*`concord connect cc`/u),
    ]);
    expect((await folder.run('status', '--json')).out).toMatch(/"state":"(lost|ended)"/u);
    await signIn(folder);
    expect((await folder.run('sync', '--quiet')).exit).toBe(0);
  },
);

describe('C3: the master key', () => {
  test(
    'is needed, is its owner’s alone, and is told as missing before anybody is sent to a browser',
    LONG,
    async () => {
      using folder = prepared();
      const missing = await folder.run('connect', 'cc', '--with', 'browser');
      expect([missing.exit, missing.out]).toEqual([2, '']);
      expect(complaints(missing).join()).toMatch(/concord\.key\) is not there.*concord keys new/u);
      await folder.run('keys', 'new', 'concord.key');
      const key = folder.read('concord.key');
      expect((await folder.run('keys', 'new', 'concord.key')).exit).toBe(2);
      expect(folder.read('concord.key')).toBe(key);
      chmodSync(folder.file('concord.key'), 0o640);
      const open = await folder.run('connect', 'cc', '--with', 'browser');
      expect([open.exit, complaints(open).join()]).toMatchObject([2, expect.stringMatching(/read by others/u)]);
    },
  );

  test('is rotated while everything goes on; without it a pass ends before its first request', LONG, async () => {
    using folder = await withKey();
    await signIn(folder);
    expect((await folder.run('keys', 'new', 'next.key')).exit).toBe(0);
    const text = folder.read('concord.yaml');
    folder.write(
      'concord.yaml',
      text.replace(/^masterKey.*$/mu, 'masterKey: { file: ./next.key }\npreviousMasterKey: { file: ./concord.key }'),
    );
    expect((await folder.run('sync', '--quiet')).exit).toBe(0);
    expect(last(await folder.run('keys', 'rotate', '--json'))).toEqual({ kind: 'rotated', connections: 1 });
    folder.write('concord.yaml', text.replace('./concord.key', './next.key'));
    rmSync(folder.file('concord.key'));
    expect((await folder.run('sync', '--quiet')).exit).toBe(0);
    folder.write('concord.yaml', text.replace(/^masterKey.*$/mu, 'masterKey: { command: [sh, -c, "cat next.key"] }'));
    expect((await folder.run('check', '--quiet')).exit).toBe(0);
    await folder.run('keys', 'new', 'concord.key');
    folder.write('concord.yaml', text);
    const before = simulators.requests.total;
    const wrong = await folder.run('sync');
    expect([wrong.exit, complaints(wrong).join()]).toMatchObject([1, expect.stringMatching(/another master key/u)]);
    expect(simulators.requests.total).toBe(before);
  });
});

test('I20: no token, secret or key in what is said, written or asked for', LONG, async () => {
  using folder = await withKey({ auth: ', clientSecret: "${CC_SECRET}"' });
  const said: Ran[] = [await signIn(folder)];
  simulators.world.mutate({ op: 'expireAccessTokens' });
  for (const line of ['check --verbose --json', 'sync --verbose', 'status --json', 'keys rotate --verbose'])
    said.push(await folder.run(...line.split(' ')));
  simulators.world.mutate({ op: 'revokeGrants' });
  said.push(await folder.run('sync', '--verbose', '--json'));
  expect(said.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0, 5]);
  const text = said.map(({ out, err }) => out + err).join('\n');
  const key = folder.read('concord.key').trim();
  // Every access token of the simulator begins like this.
  for (const secret of ['eyJhbGciOi', SECRET, key, encodeURIComponent(key)]) expect(text).not.toContain(secret);
  for (const [name, content] of Object.entries(folder.contents())) {
    if (name === 'concord.key') continue;
    for (const secret of ['eyJhbGciOi', SECRET, key, Buffer.from(SECRET).toString('base64')])
      expect(content.includes(secret), name).toBe(false);
  }
  const addresses = simulators.requests.entries.map(({ path }) => path).join('\n');
  expect(addresses).not.toMatch(/eyJ|client_secret|refresh_token|simulator-secret/u);
  expect(readFileSync(folder.file('concord.key'), 'utf8').trim()).toMatch(/^[\w+/]{43}=$/u);
});

test('usage: an unknown connection, and one that signs in with a token, are exit 2', async () => {
  using folder = await withKey();
  const unknown = await folder.run('connect', 'cd');
  expect([unknown.exit, complaints(unknown).join()]).toMatchObject([
    2,
    expect.stringMatching(/no connection cd.*: cc/u),
  ]);
  const database = await folder.run('connect', 'app');
  expect([database.exit, complaints(database).join()]).toMatchObject([
    2,
    expect.stringMatching(/not signed in this way/u),
  ]);
});
