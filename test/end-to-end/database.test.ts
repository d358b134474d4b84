/** The user's database and Concord's own store, where they are not as they should be: place, remedy, exit code, no harm. */
import Database from 'better-sqlite3';
import { chmodSync, chownSync, existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { complaints, configText, Folder, objectsOf, TABLE, TOKEN, type Shape } from './program.ts';

const TABLE_SQL = 'CREATE TABLE people (email TEXT PRIMARY KEY, given_name TEXT, may_email INTEGER)';
const NOBODY = 65_534;

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({ contacts: 30, seed: 7, quota: null, token: TOKEN });
});
afterAll(() => simulators.close());

function configured(shape: Shape = {}): Folder {
  const folder = new Folder();
  folder.write('concord.yaml', configText(simulators.ready.constantContact.v3, shape));
  return folder;
}

/** Runs SQL on a database of the test's own. */
function define(folder: Folder, name: string, sql: string): void {
  const db = new Database(folder.file(name));
  db.exec(sql);
  db.close();
}

/** Demands the same sentence of each command, a failed step of check, and a database that is as it was. */
async function expectRefused(folder: Folder, sentence: RegExp, commands = ['sync', 'plan', 'verify']): Promise<void> {
  const before = folder.contents()['app.db'];
  for (const command of commands) {
    const ran = await folder.run(command, '--quiet');
    expect([command, ran.exit]).toEqual([command, 1]);
    expect(complaints(ran), command).toEqual([expect.stringMatching(sentence)]);
  }
  const check = await folder.run('check', '--json');
  expect(check.exit).toBe(1);
  const failed = objectsOf(check).filter((step) => step['verdict'] === 'failed');
  expect(failed).toMatchObject([{ step: 'schema', messages: [{ level: 'error' }] }]);
  expect(folder.contents()['app.db']).toBe(before);
}

describe.concurrent('the database of the user', () => {
  test('is no database', async () => {
    using folder = configured();
    folder.write('app.db', 'shopping: milk, bread, and a text that is long enough to have a header\n'.repeat(9));
    await expectRefused(folder, /Connection app is no SQLite database\. Check `file:`/u);
  });

  test('lies in a folder that is not there', async () => {
    using folder = configured({ file: './nowhere/app.db' });
    const sync = await folder.run('sync', '--quiet');
    expect(sync.exit).toBe(1);
    expect(complaints(sync)).toEqual([
      expect.stringMatching(/Connection app cannot be opened: .*nowhere\. Check that its folder exists/u),
    ]);
    const check = await folder.run('check');
    expect(check.exit).toBe(1);
    expect(check.out).toMatch(/FAILED {3}schema of copy\n {9}Connection app cannot be opened: .*nowhere/u);
    expect(existsSync(folder.file('nowhere'))).toBe(false);
  });

  test('holds a table that is in the way', async () => {
    using folder = configured();
    define(folder, 'app.db', 'CREATE TABLE contacts (id INTEGER)');
    await expectRefused(folder, /Connection app: "contacts" is in the way: .*Give the sync a `prefix:`/u);
  });

  test.each([
    ['is missing', null, /Connection app: there is no file for table "people"\. Check `file:`/u],
    ['lacks the table', 'CREATE TABLE other (id)', /Connection app: there is no table "people"\. Check `table:`/u],
    [
      'lacks a column',
      'CREATE TABLE people (email TEXT PRIMARY KEY, given_name TEXT)',
      /Connection app: table "people" has no column "may_email"\. Check the mapping/u,
    ],
    [
      'has a key that is not unique',
      'CREATE TABLE people (email TEXT, given_name TEXT, may_email INTEGER)',
      /Connection app: column "email" of table "people" is not unique by itself\. Make it unique/u,
    ],
  ])('of a table sync %s', async (_, sql, sentence) => {
    using folder = configured({ syncs: TABLE });
    if (sql !== null) define(folder, 'app.db', sql);
    await expectRefused(folder, sentence, ['sync']);
    expect(existsSync(folder.file('app.db'))).toBe(sql !== null);
  });

  test('is locked by another program: exit 1, and the next pass goes on', async () => {
    using folder = configured({ syncs: TABLE });
    define(folder, 'app.db', TABLE_SQL);
    const db = new Database(folder.file('app.db'));
    db.exec('BEGIN EXCLUSIVE');
    const sync = await folder.run('sync', '--quiet');
    db.exec('ROLLBACK');
    db.close();
    expect(sync.exit).toBe(1);
    expect(complaints(sync)).toEqual([
      expect.stringMatching(/Connection app is locked by another program\..*run again later/u),
    ]);
    expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, err: '' });
  });

  // Root may write everywhere: as root the program is run as nobody, who owns the folder but not the database.
  test('may not be written: exit 1, whose permissions to look at, and what is right stays', async () => {
    using folder = configured({ syncs: TABLE });
    define(folder, 'app.db', TABLE_SQL);
    chmodSync(folder.file('app.db'), 0o444);
    if (process.getuid?.() === 0) {
      folder.user = NOBODY;
      chmodSync(folder.file('concord.yaml'), 0o644);
      chownSync(folder.path, NOBODY, NOBODY);
    }
    const sync = await folder.run('sync', '--quiet');
    expect(sync.exit).toBe(1);
    expect(complaints(sync)).toEqual([
      expect.stringMatching(/Connection app may not be written by you\. Check the file's permissions/u),
    ]);
    const check = await folder.run('check');
    expect([check.exit, check.out]).toEqual([
      1,
      expect.stringMatching(/FAILED {3}schema of people\n {9}Connection app may not be written by you/u),
    ]);
    chmodSync(folder.file('app.db'), 0o666);
    expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, err: '' });
  });
});

describe.concurrent('the store', () => {
  test.each([
    [
      'is no database',
      (folder: Folder) => folder.write('concord.db', 'shopping: milk, bread\n'.repeat(9)),
      /is something else and was left alone\. Check `store:`/u,
    ],
    [
      'is a database of another program',
      (folder: Folder) => define(folder, 'concord.db', TABLE_SQL),
      /is something else and was left alone\. Check `store:`/u,
    ],
    [
      'is of a newer version',
      (folder: Folder) =>
        define(
          folder,
          'concord.db',
          'CREATE TABLE migrations (n); PRAGMA application_id = 1131307876; PRAGMA user_version = 99',
        ),
      /was written by a newer Concord\. Use that version/u,
    ],
  ])('%s', async (_, make, sentence) => {
    using folder = configured();
    make(folder);
    await expectStoreRefused(folder, sentence);
  });

  test('lies in a folder that is not there', async () => {
    using folder = configured({ store: './nowhere/concord.db' });
    await expectStoreRefused(folder, /nowhere\/concord\.db cannot be opened\. Check that its folder exists/u);
  });

  test('belongs to its owner alone, as does the mirror, from the first byte on', async () => {
    using folder = configured();
    expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0 });
    const names = Object.keys(folder.contents()).filter((name) => name !== 'concord.yaml');
    expect(names).toEqual(expect.arrayContaining(['app.db', 'concord.db']));
    for (const name of names) expect([name, folder.mode(name)]).toEqual([name, 0o600]);
  });
});

/** Every command says the same; check says it as a step that failed; no file is made or changed. */
async function expectStoreRefused(folder: Folder, sentence: RegExp): Promise<void> {
  const before = folder.contents();
  for (const command of ['sync', 'status']) {
    const ran = await folder.run(command);
    expect(ran).toMatchObject({ exit: 1, out: '' });
    expect(complaints(ran), command).toEqual([expect.stringMatching(sentence)]);
    expect(ran.err).toContain('concord.db');
  }
  const check = await folder.run('check', '--json');
  expect(check.exit).toBe(1);
  expect(objectsOf(check).at(-1)).toMatchObject({ kind: 'check', step: 'store', verdict: 'failed' });
  expect(folder.contents()).toEqual(before);
}
