/** Every error of a configuration names its line, its key and what would be right. */
import { describe, expect, test } from 'vitest';
import { loadConfig } from './load.ts';
import { ConfigError } from './problems.ts';

const GOOD = `store: ./concord.db
connections:
  cc:
    connector: constant-contact
    auth: { accessToken: "\${CC_TOKEN}" }
  app:
    connector: sqlite
    file: ./app.db
syncs:
  copy:
    primary: cc
    secondary: app
    mode: mirror
    streams: [contacts, lists]
  people:
    primary: cc
    secondary: app
    contacts:
      table: newsletter_people
      key: email
      fields:
        email_address: email
        first_name: { to: given_name, write: if-empty }
      consent: { column: may_email }
`;
const ENV = { CC_TOKEN: 'canary-token-value' };

function problemsOf(text: string, env: Record<string, string | undefined> = ENV): readonly string[] {
  try {
    loadConfig(text, { env, file: '/etc/concord.yaml' });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ position, key, message }) => `${position.line} ${key}: ${message}`);
  }
}

/** The good file with one change. */
function changed(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, () => to);
}

test('the file that the table below spoils is right', () => {
  expect(problemsOf(GOOD)).toEqual([]);
});

describe('one slip, one problem', () => {
  test.each<[string, string, string, RegExp]>([
    ['store: ./concord.db', 'stor: ./concord.db', '1 stor', /did you mean "store"/],
    ['store: ./concord.db', 'store: 7', '1 store', /is a number; expected the path/],
    ['store: ./concord.db', 'store: ""', '1 store', /expected the path/],
    ['store: ./concord.db', 'store: postgres://db/x', '1 store', /not in this version/],
    ['store: ./concord.db', 'store: ./concord.db\nreconcile: daily', '2 reconcile', /expected "every N"/],
    ['store: ./concord.db', 'store: ./concord.db\nreconcile: every 0h', '2 reconcile', /expected "every N"/],
    ['store: ./concord.db', 'store: ./concord.db\nstore: ./b.db', '2 store', /is written twice/],
    ['store: ./concord.db', 'store: ./app.db', '8 connections.app.file', /is the store itself/],
    ['  app:\n', '  __proto__: 1\n  app:\n', '6 connections.__proto__', /not allowed as a key/],
    ['  app:\n', '  "my app": 1\n  app:\n', '6 connections.my app', /expected a name of letters/],
    [
      'connector: constant-contact',
      'connector: constant-contct',
      '4 connections.cc.connector',
      /did you mean "constant-contact"/,
    ],
    [
      'connector: sqlite\n    file: ./app.db',
      'connector: virtuous\n    auth: { apiKey: k }\n    budget: { share: 0 }',
      '9 connections.app.budget.share',
      /percent of each hour/,
    ],
    [
      'connector: sqlite\n    file: ./app.db',
      'connector: virtuous\n    auth: { apiKey: k }\n    baseUrl: http://example.org',
      '9 connections.app.baseUrl',
      /https/,
    ],
    [
      'connector: sqlite\n    file: ./app.db',
      'connector: virtuous\n    auth: {}',
      '8 connections.app.auth.apiKey',
      /is missing; expected an API key/,
    ],
    [
      'connector: sqlite\n    file: ./app.db',
      'connector: virtuous\n    auth: { apiKey: k, username: ada }',
      '8 connections.app.auth.apiKey',
      /stands beside username/,
    ],
    [
      'connector: sqlite\n    file: ./app.db',
      'connector: virtuous\n    auth: { username: ada, password: p }',
      '8 connections.app.auth.password',
      /./,
    ],
    ['connector: sqlite', 'connector: mysql', '7 connections.app.connector', /"mysql" is not in this version/],
    [
      'connector: constant-contact',
      'connector: constant-contact\n    api: v2',
      '5 connections.cc.api',
      /"v2" is not in this version; use v3/,
    ],
    ['connector: constant-contact', 'connector: constant-contact\n    api: v4', '5 connections.cc.api', /expected v3/],
    [
      'connector: constant-contact',
      'connector: constant-contact\n    baseUrl: http://example.org/v3',
      '5 connections.cc.baseUrl',
      /https/,
    ],
    [
      'connector: constant-contact',
      'connector: constant-contact\n    baseUrl: https://u:p@example.org',
      '5 connections.cc.baseUrl',
      /user name or password/,
    ],
    [
      'connector: constant-contact',
      'connector: constant-contact\n    budget: { perSecond: 0 }',
      '5 connections.cc.budget.perSecond',
      /whole number from 1/,
    ],
    [
      'connector: constant-contact',
      'connector: constant-contact\n    budget: { perSecnd: 4 }',
      '5 connections.cc.budget.perSecnd',
      /did you mean "perSecond"/,
    ],
    [
      'accessToken: "${CC_TOKEN}"',
      'clientId: abc, accessToken: "${CC_TOKEN}"',
      '5 connections.cc.auth.accessToken',
      /stands beside clientId/,
    ],
    ['accessToken: "${CC_TOKEN}"', 'clientId: abc', '1 masterKey', /is missing.*concord keys new/],
    ['accessToken: "${CC_TOKEN}"', '', '5 connections.cc.auth.accessToken', /is missing; expected it, or clientId/],
    ['auth: {', 'auth: { clientSecret: abc,', '5 connections.cc.auth.clientSecret', /needs clientId beside it/],
    ['store:', 'previousMasterKey: { file: a }\nstore:', '1 previousMasterKey', /needs masterKey beside it/],
    ['store:', 'masterKey: { key: abc }\nstore:', '1 masterKey.key', /must not stand in this file/],
    ['store:', 'masterKey: { file: a, command: [b] }\nstore:', '1 masterKey', /exactly one of file, command and key/],
    ['store:', 'masterKey: { fil: a }\nstore:', '1 masterKey.fil', /did you mean "file"/],
    [
      'accessToken: "${CC_TOKEN}"',
      'clientId: abc, redirect: "https://example.org/callback"',
      '5 connections.cc.auth.redirect',
      /http on this machine itself with a port/,
    ],
    [
      'auth: { accessToken: "${CC_TOKEN}" }',
      'auth: { clientId: abc }\n    baseUrl: https://example.org/v3',
      '5 connections.cc.auth.server',
      /name the sign-in server/,
    ],
    [
      '"${CC_TOKEN}"',
      '"${CC_TOKN}"',
      '5 connections.cc.auth.accessToken',
      /needs the environment variable CC_TOKN, which is not set/,
    ],
    ['"${CC_TOKEN}"', '"${CC TOKEN}"', '5 connections.cc.auth.accessToken', /write \$\{NAME\}/],
    ['"${CC_TOKEN}"', '"${CC_TOKEN"', '5 connections.cc.auth.accessToken', /write \$\{NAME\}/],
    ['"${CC_TOKEN}"', '${CC_TOKEN}', '5 ', /put \$\{NAME\}.*in quotes/],
    ['"${CC_TOKEN}"', '"two words"', '5 connections.cc.auth.accessToken', /expected an access token/],
    ['    file: ./app.db', '\tfile: ./app.db', '8 ', /a tab is used to indent/],
    ['    file: ./app.db', '    file: !!binary aGk=', '8 connections.app.file', /carries a tag/],
    ['    file: ./app.db', '    file: *nowhere', '8 connections.app.file', /anchor that is not defined/],
    ['    primary: cc', '    primary: ccc', '11 syncs.copy.primary', /names no connection.*did you mean "cc"/],
    ['    primary: cc', '    primary: app', '11 syncs.copy.primary', /must be Constant Contact/],
    ['    secondary: app', '    secondary: cc', '12 syncs.copy.secondary', /must be a SQLite database/],
    ['mode: mirror', 'mode: miror', '13 syncs.copy.mode', /expected mode: mirror with streams, or contacts/],
    ['[contacts, lists]', '[contcts, lists]', '14 syncs.copy.streams[0]', /did you mean "contacts"/],
    ['[contacts, lists]', '[contacts, campaigns]', '14 syncs.copy.streams[1]', /"campaigns" is not in this version/],
    ['[contacts, lists]', '[]', '14 syncs.copy.streams', /expected all, or a list of contacts/],
    ['[contacts, lists]', '[contacts]\n    prefix: "a-b"', '15 syncs.copy.prefix', /letters, digits and _/],
    ['[contacts, lists]', '[contacts]\n    schedule: hourly', '15 syncs.copy.schedule', /expected "every 1h"/],
    [
      '[contacts, lists]',
      '[contacts]\n    guards: { destructive: { percent: 120 } }',
      '15 syncs.copy.guards.destructive.percent',
      /0 to 100/,
    ],
    ['[contacts, lists]', '[contacts]\n    lists: { as: tag }', '15 syncs.copy.lists', /not in this version/],
    [
      'consent: { column: may_email }',
      'consent: { column: may_email }\n    lists: { as: table, table: m, person: email, list: name, direction: two-way }',
      '25 syncs.people.lists.direction',
      /needs consent: .* direction: two-way/,
    ],
    [
      'consent: { column: may_email }',
      'consent: { column: may_email }\n    lists: { as: table, table: Newsletter_People, person: email, list: name }',
      '25 syncs.people.lists.table',
      /is the table of the people/,
    ],
    [
      'consent: { column: may_email }',
      'consent: { column: may_email }\n    lists: { as: table, table: m, person: email, list: EMAIL }',
      '25 syncs.people.lists.list',
      /is the same column as person/,
    ],
    [
      'consent: { column: may_email }',
      'consent: { column: may_email }\n    lists: { as: tags, table: m }',
      '25 syncs.people.lists',
      /not in this version; as: table is/,
    ],
    ['[contacts, lists]', '[contacts]\n    contacts: { table: t }', '15 syncs.copy.contacts', /not known here/],
    [
      '      table: newsletter_people',
      '      direction: two-way\n      table: x',
      '19 syncs.people.contacts.direction',
      /"two-way" is not in this version/,
    ],
    [
      '      table: newsletter_people',
      '      match: [email]\n      table: x',
      '19 syncs.people.contacts.match',
      /not in this version/,
    ],
    [
      '      table: newsletter_people\n',
      '',
      '18 syncs.people.contacts.table',
      /is missing; expected the name of your table/,
    ],
    ['table: newsletter_people', 'table: sqlite_master', '19 syncs.people.contacts.table', /SQLite's own/],
    ['key: email', 'key: mail', '20 syncs.people.contacts.key', /email_address is mapped to/],
    [
      '        email_address: email\n',
      '',
      '21 syncs.people.contacts.fields.email_address',
      /is missing; map it to the key/,
    ],
    [
      'email_address: email',
      'email_address: { to: email, write: never }',
      '22 syncs.people.contacts.fields.email_address.write',
      /must be always/,
    ],
    ['first_name:', 'firstname:', '23 syncs.people.contacts.fields.firstname', /did you mean "first_name"/],
    [
      'write: if-empty',
      'write: sometimes',
      '23 syncs.people.contacts.fields.first_name.write',
      /always, if-empty or never/,
    ],
    [
      'write: if-empty',
      'direction: secondary-to-primary',
      '23 syncs.people.contacts.fields.first_name.direction',
      /not in this version/,
    ],
    [
      'write: if-empty',
      'direction: two-way, write: if-empty',
      '23 syncs.people.contacts.fields.first_name.direction',
      /goes with write: always/,
    ],
    [
      'email_address: email',
      'email_address: { to: email, direction: two-way }',
      '22 syncs.people.contacts.fields.email_address.direction',
      /only first_name, last_name/,
    ],
    [
      'consent: { column: may_email }',
      'consent: { column: may_email }\n      create: { evidence: signed_up }',
      '25 syncs.people.contacts.create',
      /needs consent: \{ column: …, direction: two-way \}/,
    ],
    [
      '{ column: may_email }',
      '{ column: may_email, direction: both }',
      '24 syncs.people.contacts.consent.direction',
      /primary-to-secondary or two-way/,
    ],
    ['to: given_name', 'to: EMAIL', '23 syncs.people.contacts.fields.first_name', /same column as email_address/],
    [
      '      consent: { column: may_email }\n',
      '',
      '18 syncs.people.contacts.consent',
      /is missing; expected.*consent: none/,
    ],
    ['{ column: may_email }', 'yes', '24 syncs.people.contacts.consent', /consent: none written out/],
    [
      '{ column: may_email }',
      '{ column: given_name }',
      '24 syncs.people.contacts.consent.column',
      /column of first_name/,
    ],
  ])('%j as %j', (from, to, place, message) => {
    const problems = problemsOf(changed(from, to));
    const [first = ''] = problems;
    expect(problems).toHaveLength(1);
    expect(first.slice(0, place.length + 1)).toBe(`${place}:`.slice(0, place.length + 1));
    expect(first).toMatch(message);
  });
});

test('a mirror or a table in Virtuous CRM+ is not in this version, and the connection is', () => {
  const text = changed('connector: sqlite\n    file: ./app.db', 'connector: virtuous\n    auth: { apiKey: k }');
  const told = 'must be a SQLite database: a mirror or a table in Virtuous CRM+ is not in this version';
  expect(problemsOf(text)).toEqual([`12 syncs.copy.secondary: ${told}`, `17 syncs.people.secondary: ${told}`]);
});

test('several problems at once are all listed, in the order of the file', () => {
  const text = GOOD.replace('store:', 'stor:')
    .replace('mode: mirror', 'mode: mirror\n    prefx: a')
    .replace('    file: ./app.db', '    file: 12')
    .replace('write: if-empty', 'wrte: x');
  expect(problemsOf(text).map((line) => line.split(':')[0])).toEqual([
    '1 stor',
    '8 connections.app.file',
    '14 syncs.copy.prefx',
    '24 syncs.people.contacts.fields.first_name.wrte',
  ]);
});

test('two budgets of one group must not differ', () => {
  const second =
    '  other:\n    connector: constant-contact\n    auth: { accessToken: "${CC_TOKEN}" }\n    budget: { perDay: 20000, group: key }\n';
  const text = GOOD.replace('    auth:', '    budget: { perDay: 10000, group: key }\n    auth:').replace(
    'syncs:\n',
    `${second}syncs:\n`,
  );
  expect(problemsOf(text)).toEqual([
    '13 connections.other.budget.perDay: differs from connection cc (line 5), but both share one group and so one figure',
  ]);
});

test('two mirrors in one file must not have the same prefix, whatever its case and the spelling of the path', () => {
  const twin = '  twin:\n    primary: cc\n    secondary: again\n    mode: mirror\n    prefix: CC_\n    streams: all\n';
  const again = '  again:\n    connector: sqlite\n    file: ./sub/../app.db\n';
  const text =
    GOOD.replace('    mode: mirror', '    mode: mirror\n    prefix: cc_').replace('syncs:\n', `${again}syncs:\n`) +
    twin;
  expect(problemsOf(text)).toEqual([
    expect.stringMatching(/^33 syncs\.twin\.prefix: is the same as that of sync copy/),
  ]);
});

describe('what is no configuration at all', () => {
  test.each([
    ['', /the file is empty/],
    ['# nothing\n', /the file is empty/],
    ['- a\n- b\n', /is a list; expected the keys store/],
    ['hello', /is text; expected the keys store/],
    ['a: [1\n', /must be closed/],
    ['a: 1\n---\nb: 2\n', /a second document/],
    ['%YAML 1.1\n---\na: yes\n', /another YAML than 1\.2/],
    [`a: ${'x'.repeat(1_000_001)}`, /larger than a configuration/],
    [`a: ${'['.repeat(40)}${']'.repeat(40)}`, /nested too deeply/],
  ])('%#: %.20j', (text, message) => {
    expect(problemsOf(text).join('\n')).toMatch(message);
  });

  test('anchors that multiply end in one problem, quickly', () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const lines = levels.map(
      (name, i) =>
        `${name}: &${name} [${Array.from({ length: 10 }, () => (i === 0 ? '1' : `*${levels[i - 1]}`)).join(',')}]`,
    );
    expect(problemsOf(lines.join('\n'))).toEqual([expect.stringContaining('more than 10,000 values')]);
  });

  test('an anchor that refers to itself ends in a problem', () => {
    expect(problemsOf('store: &a [*a]\n').join('\n')).toContain('refers to itself');
  });
});
