/** What a good configuration becomes: defaults filled, paths absolute, nothing changeable. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { fingerprintSync } from './fingerprint.ts';
import { loadConfig } from './load.ts';
import { ConfigError } from './problems.ts';

const HEAD = `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${CC_TOKEN}" } }
  app: { connector: sqlite, file: data/app.db }
syncs:
`;
const MIRROR = '  copy: { primary: cc, secondary: app, mode: mirror, streams: all }\n';
const TABLE = `  people:
    primary: cc
    secondary: app
    schedule: "*/15 6-22 * * mon-fri"
    guards: { destructive: { percent: 7 } }
    contacts:
      table: people
      key: EMAIL
      fields: { last_name: { to: family, write: never }, email_address: email, first_name: given }
      consent: none
`;
const TOKEN = 'canary-token-value';

function load(text: string, env: Record<string, string> = { CC_TOKEN: TOKEN }): ReturnType<typeof loadConfig> {
  return loadConfig(text, { env, file: '/srv/concord/concord.yaml' });
}

test('a mirror gets every default', () => {
  const config = load(HEAD + MIRROR);
  expect(config).toMatchObject({ store: '/srv/concord/concord.db', reconcileMs: 86_400_000, warnings: [] });
  expect(config.syncs).toHaveLength(1);
  expect(config.syncs[0]).toMatchObject({
    mode: 'mirror',
    prefix: '',
    streams: ['contacts', 'lists', 'tags', 'custom_fields', 'segments'],
    schedule: null,
    guards: { destructive: { percent: 5, atLeast: 20 } },
    primary: {
      api: 'v3',
      baseUrl: 'https://api.cc.email/v3',
      budget: { group: 'connection:cc', perSecond: 4, perDay: 10_000 },
    },
    secondary: { file: '/srv/concord/data/app.db' },
  });
});

test('a table gets its fields in the order of the columns, and its key as the mapping spells it', () => {
  expect(load(HEAD + TABLE).syncs[0]).toMatchObject({
    mode: 'table',
    table: 'people',
    key: 'email',
    consent: null,
    schedule: { kind: 'cron', expression: '*/15 6-22 * * mon-fri' },
    guards: { destructive: { percent: 7, atLeast: 20 } },
    fields: [
      { from: 'email_address', to: 'email', direction: 'primary-to-secondary', write: 'always' },
      { from: 'first_name', to: 'given', write: 'always' },
      { from: 'last_name', to: 'family', write: 'never' },
    ],
  });
});

test('connections of one group share the figures that one of them states', () => {
  const more =
    '  two: { connector: constant-contact, auth: { accessToken: "${CC_TOKEN}" }, budget: { perDay: 50000, group: key } }\n';
  const text = (HEAD + MIRROR)
    .replace('} }\n  app', '}, budget: { group: key } }\n  app')
    .replace('  app:', `${more}  app:`);
  const budgets = load(text).connections.map((connection) => ('budget' in connection ? connection.budget : null));
  expect(budgets).toEqual([
    { group: 'group:key', perSecond: 4, perDay: 50_000 },
    { group: 'group:key', perSecond: 4, perDay: 50_000 },
    null,
  ]);
});

describe('connector: virtuous', () => {
  const loaded = (crm: string) =>
    load(
      (HEAD + MIRROR).replace(
        '  app:',
        `  crm: { connector: virtuous, auth: { apiKey: "\${CC_TOKEN}" }${crm} }\n  app:`,
      ),
    );

  test('has a fifth of its hour for other tools, and its key does not print itself', () => {
    const [, crm] = loaded('').connections;
    expect(crm).toMatchObject({
      connector: 'virtuous',
      baseUrl: 'https://api.virtuoussoftware.com',
      budget: { group: 'connection:crm', perHour: 1_500, share: 80 },
    });
    expect(JSON.stringify(crm)).not.toContain('token');
  });

  test('may name an organisation that several connections share, and what it is granted', () => {
    const [, crm] = loaded(', budget: { perHour: 5000, share: 50, group: all }').connections;
    expect(crm).toMatchObject({ budget: { group: 'virtuous:all', perHour: 5_000, share: 50 } });
  });
});

test.each(['http://127.0.0.1:4010/v3', 'http://localhost:1/v3/', 'http://[::1]:4010', 'https://api.example.org/v3'])(
  '%s may be a base URL',
  (url) => {
    const config = load((HEAD + MIRROR).replace('auth:', `baseUrl: "${url}", auth:`));
    expect(config.connections[0]).toMatchObject({ baseUrl: url.replace(/\/$/u, '') });
  },
);

test('the whole configuration is frozen', () => {
  const pending: unknown[] = [load(HEAD + MIRROR + TABLE)];
  for (const value of pending) {
    expect(Object.isFrozen(value)).toBe(true);
    for (const inner of Object.values(value as object)) {
      if (inner !== null && typeof inner === 'object' && inner.constructor.name !== 'Secret') pending.push(inner);
    }
  }
  expect(pending.length).toBeGreaterThan(20);
});

test('a byte order mark, CRLF and anchors are read', () => {
  const text = `\uFEFF${HEAD}${MIRROR}`
    .replace('  copy: { primary: cc,', '  copy: { primary: &p cc,')
    .replaceAll('\n', '\r\n');
  expect(
    load(`${text}  two: { primary: *p, secondary: app, mode: mirror, prefix: b_, streams: all }\r\n`).syncs,
  ).toHaveLength(2);
});

describe('the environment fills in after parsing', () => {
  test.each([
    'x\nreconcile: every 1s',
    '"}, evil: {a: 1}',
    '${HOME}',
    '*anchor',
    '!!binary aGk=',
    '{ connector: sqlite }',
    "'; drop table people; --",
  ])('a value cannot change structure: %j', (value) => {
    const config = load((HEAD + TABLE).replace('consent: none', 'consent: { column: "may_${COLUMN}_mail" }'), {
      CC_TOKEN: TOKEN,
      COLUMN: value.replaceAll('\n', ' '),
    });
    expect(config.syncs[0]).toMatchObject({ consent: { column: `may_${value.replaceAll('\n', ' ')}_mail` } });
    expect(config.reconcileMs).toBe(86_400_000);
  });

  test('"$${" stays as it is written, less one $', () => {
    const config = load((HEAD + MIRROR).replace('data/app.db', () => '"data/$${CC_TOKEN}.db"'));
    expect(config.connections[1]).toMatchObject({ file: '/srv/concord/data/${CC_TOKEN}.db' });
  });

  test('a name inherited by every object is no variable', () => {
    expect(() => load((HEAD + MIRROR).replace('CC_TOKEN', 'constructor'))).toThrow(
      'needs the environment variable constructor',
    );
  });

  test('I20: no value of a variable or the file is ever in an error', () => {
    const spoilt = (HEAD + TABLE)
      .replace('"${CC_TOKEN}"', '"a ${CC_TOKEN}", clear: literal-secret-value')
      .replace('data/app.db', '"${CC_TOKEN}\\n"')
      .replace('consent: none', 'consent: "${CC_TOKEN}"')
      .replace('primary: cc', 'primary: "${CC_TOKEN}"')
      .replace('schedule: "', 'schedule: "${CC_TOKEN} ');
    const error = (() => {
      try {
        return load(spoilt);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.length).toBeGreaterThan(4);
    expect(inspect(error, { depth: 9 })).not.toMatch(/canary-token-value|literal-secret-value/u);
  });
});

test('I20: a token does not print itself, and leaves by reveal alone', () => {
  const config = load(HEAD + MIRROR);
  const [connection] = config.connections;
  if (connection?.connector !== 'constant-contact') throw new Error('not the first connection');
  if (connection.auth.kind !== 'token') throw new Error('not by a token');
  const { accessToken } = connection.auth;
  const printed = [
    JSON.stringify(config),
    inspect(config, { depth: 9, showHidden: true }),
    String(accessToken),
    `${accessToken.toString()}`,
  ];
  expect(printed.join()).not.toContain(TOKEN);
  expect(accessToken.reveal()).toBe(TOKEN);
});

test('a token in clear in the file works, with a warning at its line', () => {
  const config = load((HEAD + MIRROR).replace('"${CC_TOKEN}"', 'plain-token'));
  expect(config.warnings).toMatchObject([{ position: { line: 3 }, key: 'connections.cc.auth.accessToken' }]);
  expect(JSON.stringify(config.warnings)).not.toContain('plain-token');
});

describe('signing in by `concord connect`', () => {
  const KEY = 'masterKey: { file: ./concord.key }\n';
  const client = (auth: string, top = KEY) => load(top + (HEAD + MIRROR).replace('accessToken: "${CC_TOKEN}"', auth));

  test("goes to the vendor's own server and comes back to this machine, unless the file says otherwise", () => {
    const config = client('clientId: app-1');
    expect(config.masterKey).toEqual({ kind: 'file', file: '/srv/concord/concord.key' });
    expect(config.connections[0]).toMatchObject({
      auth: {
        kind: 'sign-in',
        clientSecret: null,
        server: 'https://authz.constantcontact.com/oauth2/default/v1',
        redirect: 'http://127.0.0.1:8910/callback',
      },
      budget: { group: 'client:app-1' },
    });
    expect(config.warnings).toEqual([]);
  });

  test('I20: keeps the secret of an application to itself, and warns where it stands in clear', () => {
    const config = client('clientId: app-1, clientSecret: "${CC_TOKEN}"');
    expect(inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config)).not.toContain(TOKEN);
    expect(config.warnings).toEqual([]);
    const inClear = client('clientId: app-1, clientSecret: literal-secret').warnings;
    expect(inClear.map(({ key }) => key)).toEqual(['connections.cc.auth.clientSecret']);
  });

  test('C3: takes the master key from a file, a command or the environment', () => {
    const keyOf = (top: string) => client('clientId: app-1', top).masterKey;
    expect(keyOf('masterKey: { command: [kms, read, "a b"] }\n')).toEqual({
      kind: 'command',
      command: ['kms', 'read', 'a b'],
    });
    const fromEnvironment = keyOf('masterKey: { key: "${CC_TOKEN}" }\n');
    expect(fromEnvironment).toMatchObject({ kind: 'key' });
    expect(inspect(fromEnvironment, { depth: 9, showHidden: true })).not.toContain(TOKEN);
  });
});

describe('T36: the fingerprint of a sync', () => {
  const of = (text: string): string =>
    load(HEAD + text)
      .syncs.map(fingerprintSync)
      .join();

  test.each([
    ['all', '[contacts]'],
    ['all', '[contacts, lists, tags, custom_fields]'],
  ])('changes when the streams of a mirror go from %s to %s', (from, to) => {
    expect(of(MIRROR.replace(from, to))).not.toBe(of(MIRROR));
  });

  test.each([
    ['first_name: given', 'first_name: vorname'],
    [', first_name: given', ''],
    ['write: never', 'write: always'],
    ['consent: none', 'consent: { column: ok }'],
    ['table: people', 'table: persons'],
  ])('changes when a mapping goes from %s to %s', (from, to) => {
    expect(of(TABLE.replace(from, to))).not.toBe(of(TABLE));
  });

  test.each([
    [MIRROR, 'streams: all', 'streams: [segments, custom_fields, tags, lists, contacts]'],
    [MIRROR, 'streams: all', 'streams: all, schedule: every 5m'],
    [TABLE, 'first_name: given', 'first_name: { to: given, direction: primary-to-secondary }'],
    [TABLE, 'percent: 7', 'percent: 6'],
    [
      TABLE,
      'last_name: { to: family, write: never }, email_address: email',
      'email_address: email, last_name: { write: never, to: family }',
    ],
  ])('stays the same for other words of the same thing (%#)', (text, from, to) => {
    expect(text).toContain(from);
    expect(of(text.replace(from, to))).toBe(of(text));
  });
});
