/** A faulty configuration: one line for each fault, with its place and what would be right; exit 2; nothing is touched. */
import { expect, test } from 'vitest';
import { complaints, configText, Folder, objectsOf, type Ran } from './program.ts';

/** Nothing listens here: a configuration is judged before anything is asked. */
const V3 = 'http://127.0.0.1:9/v3';
const GOOD = configText(V3);

const FAULTS: readonly (readonly [string, string, RegExp])[] = [
  ['YAML that is none', GOOD.replace('syncs:', 'syncs: ['), /concord\.yaml:\d+:\d+: .*(?:closed|indentation)/u],
  ['a tab', GOOD.replace('  cc:', '\tcc:'), /concord\.yaml:3:\d+: .*tab/iu],
  [
    'an unknown key',
    GOOD.replace('perDay', 'perday'),
    /:8:\d+: connections\.cc\.budget\.perday .*did you mean "perDay"/u,
  ],
  [
    'a wrong type',
    GOOD.replace('perSecond: 100', 'perSecond: many'),
    /:8:\d+: connections\.cc\.budget\.perSecond .*number/u,
  ],
  [
    'a connection that is not there',
    GOOD.replace('secondary: app', 'secondary: ap'),
    /:11:\d+: syncs\.copy\.secondary .*app/u,
  ],
  [
    'a missing variable',
    GOOD.replace('CC_TOKEN', 'CC_TOKENS'),
    /:7:\d+: connections\.cc\.auth\.accessToken .*CC_TOKENS, which is not set/u,
  ],
  [
    'no consent for a table',
    `${GOOD}  people: { primary: cc, secondary: app, contacts: { table: p, key: e, fields: { email_address: e } } }\n`,
    /:12:\d+: syncs\.people\.contacts\.consent .*none/u,
  ],
  ['http to the vendor', GOOD.replace('127.0.0.1:9', 'api.example.org'), /:6:\d+: connections\.cc\.baseUrl .*https/u],
  ['a command that no clock knows', `reconcile: sometimes\n${GOOD}`, /:1:\d+: reconcile .*every/u],
];

test.concurrent.each(FAULTS)('%s', async (_, text, right) => {
  using folder = new Folder();
  folder.write('concord.yaml', text);
  const ran = await folder.run('sync');
  expect(ran).toMatchObject({ exit: 2, out: '' });
  expectOnly(ran, right);
  expect(folder.contents()).toEqual({ 'concord.yaml': text });
});

test('no configuration at all: where it was looked for, and how to make one', async () => {
  using folder = new Folder();
  const [sync, other] = await Promise.all([folder.run('sync', '--json'), folder.run('check', '--config', 'x/y.yaml')]);
  expect([sync.exit, other.exit]).toEqual([2, 2]);
  expect(objectsOf(sync)).toEqual([expect.objectContaining({ kind: 'message', code: 'file-missing' })]);
  expectOnly(sync, /There is no file .*concord\.yaml.*`concord init`/u);
  expectOnly(other, /There is no file .*x\/y\.yaml/u);
  expect(folder.contents()).toEqual({});
});

test('a sync that is not there: which ones are', async () => {
  using folder = new Folder();
  folder.write('concord.yaml', GOOD);
  const ran = await folder.run('sync', 'cpoy');
  expect(ran).toMatchObject({ exit: 2, out: '' });
  expectOnly(ran, /There is no sync cpoy\. The configuration has: copy\./u);
  expect(folder.contents()).toEqual({ 'concord.yaml': GOOD });
});

test('a secret written where a variable was meant is never shown', async () => {
  using folder = new Folder();
  folder.env = {};
  folder.write('concord.yaml', GOOD.replace('"${CC_TOKEN}"', 'canary-in-clear: [x').replace('sqlite', 'sqlit'));
  const ran = await folder.run('sync', '--verbose');
  expect(ran.exit).toBe(2);
  expect(ran.out + ran.err).not.toContain('canary-in-clear');
});

function expectOnly(ran: Ran, right: RegExp): void {
  expect(complaints(ran)).toHaveLength(1);
  expect(ran.err).toMatch(right);
  expect(ran.err).not.toMatch(/\n\s+at |undefined|\[object/u);
}
