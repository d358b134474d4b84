/** Signing in a user of Virtuous CRM+, as a person meets it: a password, a code, and what happens when it is lost (I15, I20). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { complaints, Folder, objectsOf, type Ran } from './program.ts';

const LONG = { timeout: 60_000 };
const TWO_FACTORS = 'crm-two-factor@example.org';
const CODE = '246810';

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({ contacts: 20, seed: 7, crm: { contacts: 20 } });
});
afterAll(() => simulators.close());

async function prepared(username = simulators.ready.virtuous.username): Promise<Folder> {
  const folder = new Folder();
  const { v3, token } = simulators.ready.constantContact;
  folder.env = { CC_TOKEN: token };
  folder.write(
    'concord.yaml',
    `store: ./concord.db
masterKey: { file: ./concord.key }
connections:
  cc: { connector: constant-contact, baseUrl: "${v3}", auth: { accessToken: "\${CC_TOKEN}" } }
  crm: { connector: virtuous, baseUrl: "${simulators.ready.virtuous.url}", auth: { username: ${username} } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  copy: { primary: cc, secondary: app, mode: mirror, streams: [lists] }
`,
  );
  expect((await folder.run('keys', 'new', 'concord.key')).exit).toBe(0);
  return folder;
}

/** Signs in with lines of standard input, as a script does. */
function signIn(folder: Folder, ...lines: readonly string[]): Promise<Ran> {
  folder.env = { ...folder.env, TYPED: lines.join('\n') };
  return folder.shell(`printf '%s\\n' "$TYPED" | concord connect crm --json`);
}

const password = (): string => simulators.ready.virtuous.password;
const last = (ran: Ran): Record<string, unknown> => objectsOf(ran).at(-1) ?? {};
async function credentials(folder: Folder): Promise<unknown> {
  const steps = objectsOf(await folder.run('check', '--json'));
  return steps.find((one) => one['subject'] === 'crm' && one['step'] === 'credentials')?.['verdict'];
}
const tokenRequests = (): number =>
  simulators.world.crm.requests.entries.filter(({ path }) => path.toLowerCase().startsWith('/token')).length;

test('a user is signed in, and what is kept renews itself when the vendor ends it', LONG, async () => {
  using folder = await prepared();
  expect(await credentials(folder)).toBe('failed');
  const connected = await signIn(folder, password());
  expect([connected.exit, last(connected)]).toMatchObject([
    0,
    { kind: 'connected', connection: 'crm', renewable: true },
  ]);
  expect(await credentials(folder)).toBe('ok');
  const before = tokenRequests();
  for (const _time of [1, 2]) {
    simulators.world.mutate({ op: 'crmExpireTokens' });
    expect(await credentials(folder)).toBe('ok');
  }
  expect(tokenRequests() - before).toBe(2);
});

test('I15 processes that are refused together ask for one new pair', LONG, async () => {
  using folder = await prepared();
  await signIn(folder, password());
  simulators.world.mutate({ op: 'crmExpireTokens' });
  const before = tokenRequests();
  expect(await Promise.all([credentials(folder), credentials(folder), credentials(folder)])).toEqual([
    'ok',
    'ok',
    'ok',
  ]);
  expect(tokenRequests() - before).toBe(1);
});

describe('a user with a second factor', () => {
  test('is asked for the code, and signed in with it', LONG, async () => {
    using folder = await prepared(TWO_FACTORS);
    expect((await signIn(folder, password(), CODE)).exit).toBe(0);
    expect(await credentials(folder)).toBe('ok');
  });

  test.each([
    ['without a code', [], /has a second factor/u],
    ['with a wrong one', ['135790'], /code of the second factor is refused/u],
  ])('is not signed in %s', LONG, async (_what, code, sentence) => {
    using folder = await prepared(TWO_FACTORS);
    const refused = await signIn(folder, password(), ...code);
    expect([refused.exit, complaints(refused).join()]).toEqual([5, expect.stringMatching(sentence)]);
    expect(await credentials(folder)).toBe('failed');
  });
});

test('a wrong password is one sentence and exit 5, and what was there before still works', LONG, async () => {
  using folder = await prepared();
  await signIn(folder, password());
  const wrong = await signIn(folder, 'canary-no-password');
  expect([wrong.exit, complaints(wrong).join()]).toEqual([
    5,
    expect.stringMatching(/user name or password is refused/u),
  ]);
  expect(wrong.out + wrong.err).not.toContain('canary');
  expect(await credentials(folder)).toBe('ok');
  const none = await signIn(folder, '');
  expect([none.exit, complaints(none).join()]).toEqual([2, expect.stringMatching(/That is no password/u)]);
  const way = await folder.run('connect', 'crm', '--with', 'device');
  expect([way.exit, complaints(way).join()]).toEqual([2, expect.stringMatching(/Leave `--with` out/u)]);
});

test('I15 a sign-in that is lost says what to run, and is mended by it', LONG, async () => {
  using folder = await prepared();
  await signIn(folder, password());
  simulators.world.mutate({ op: 'crmRevokeTokens' });
  const check = await folder.run('check');
  expect([check.exit, check.out + check.err]).toEqual([5, expect.stringMatching(/`concord connect crm`/u)]);
  expect((await folder.run('status', '--json')).out).toMatch(/"state":"(lost|ended)"/u);
  expect((await signIn(folder, password())).exit).toBe(0);
  expect(await credentials(folder)).toBe('ok');
});

test('I20 no password, code or token in what is said, written or asked for', LONG, async () => {
  using folder = await prepared(TWO_FACTORS);
  const said = [await signIn(folder, password(), CODE), await folder.run('check', '--verbose', '--json')];
  const text = said.map(({ out, err }) => out + err).join('\n');
  const contents = Object.values(folder.contents());
  for (const secret of [password(), CODE]) {
    expect(text).not.toContain(secret);
    for (const content of contents) expect(content.includes(secret)).toBe(false);
  }
  const paths = simulators.world.crm.requests.entries.map(({ path }) => path).join('\n');
  expect(paths).toContain('/Token');
  expect(paths).not.toMatch(/password|otp|refresh_token|grant_type/u);
});
