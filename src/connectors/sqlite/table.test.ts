import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TableSide, TableWrite } from '../../connector/side.ts';
import { noSteps } from '../../ports/steps.ts';
import { openSqliteTable } from './table.ts';

let folder: string;
let file: string;
let user: Database.Database;
const sides: TableSide[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-table-'));
  file = join(folder, 'app.db');
  user = new Database(file);
});
afterEach(async () => {
  for (const side of sides.splice(0)) await side.close();
  user.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(
  table = 'people',
  key = 'email',
  columns: readonly string[] = ['name'],
  at = file,
): Promise<TableSide> {
  const side = await openSqliteTable({
    connection: 'app',
    file: at,
    table,
    key,
    columns,
    steps: noSteps,
    busyTimeoutMs: 50,
  });
  sides.push(side);
  return side;
}

const insertOf = (email: string, name: string | number | null = null): TableWrite => ({
  key: null,
  set: { email, name },
  expect: null,
});

describe('inspect', () => {
  test('a file that is not there is named and not made', async () => {
    const missing = join(folder, 'missing.db');
    const side = await open('people', 'email', [], missing);
    await expect(side.inspect()).rejects.toMatchObject({ code: 'SQLITE_NO_FILE', errorClass: 'rejected' });
    await expect(side.count()).rejects.toMatchObject({ code: 'SQLITE_NO_FILE' });
    expect(existsSync(missing)).toBe(false);
  });

  test('a file that is no database is refused', async () => {
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'x'.repeat(2000));
    const side = await open('people', 'email', [], text);
    await expect(side.inspect()).rejects.toMatchObject({ code: 'SQLITE_NOTADB', errorClass: 'rejected' });
  });

  test.each([
    ['a view', 'CREATE TABLE t (email UNIQUE, name); CREATE VIEW people AS SELECT * FROM t', 'SQLITE_NO_TABLE'],
    ['the row number as a column', 'CREATE TABLE people (rowid_ TEXT UNIQUE, name)', 'SQLITE_NO_COLUMN'],
    ['half a key', 'CREATE TABLE people (email TEXT, name, PRIMARY KEY (email, name))', 'SQLITE_KEY_NOT_UNIQUE'],
    [
      'a partial unique index',
      'CREATE TABLE people (email TEXT, name); CREATE UNIQUE INDEX i ON people (email) WHERE name IS NOT NULL',
      'SQLITE_KEY_NOT_UNIQUE',
    ],
    [
      'a unique index over an expression',
      'CREATE TABLE people (email TEXT, name); CREATE UNIQUE INDEX i ON people (lower(email))',
      'SQLITE_KEY_NOT_UNIQUE',
    ],
    [
      'numbers in a key without a type',
      'CREATE TABLE people (email UNIQUE, name); INSERT INTO people VALUES (CAST(5 AS INTEGER), 1)',
      'SQLITE_KEY_TYPE',
    ],
  ])('%s is refused', async (_what, sql, code) => {
    user.exec(sql);
    await expect((await open()).inspect()).rejects.toMatchObject({ code, errorClass: 'rejected' });
  });

  test('names match as SQLite matches them, and rows bear the names of the mapping', async () => {
    user.exec("CREATE TABLE People (EMail TEXT UNIQUE, Name TEXT); INSERT INTO People VALUES ('a', 'A')");
    const side = await open('people', 'email', ['NAME']);
    await side.inspect();
    expect(await side.scan(null, 9)).toEqual([{ key: 'a', row: { email: 'a', NAME: 'A' } }]);
  });
});

describe('tables as users have them', () => {
  test('an integer primary key is read, scanned in number order, written and changed by its text', async () => {
    user.exec("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO people VALUES (9, 'i'), (10, 'x')");
    const side = await open('people', 'id');
    await side.inspect();
    expect((await side.scan('9', 9)).map(({ key }) => key)).toEqual(['10']);
    const results = await side.write([
      { key: '10', set: { id: 11 }, expect: { name: 'x' } },
      { key: null, set: { id: '12', name: 'n' }, expect: null },
      { key: null, set: { id: 'twelve', name: 'n' }, expect: null },
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(['written', 'written', 'refused']);
    expect([...(await side.readByKeys(['11', '12'])).values()]).toEqual([
      { id: 11, name: 'x' },
      { id: 12, name: 'n' },
    ]);
  });

  test('a whole number stays whole in a column of any type', async () => {
    user.exec('CREATE TABLE people (email TEXT UNIQUE, name)');
    await (await open()).write([insertOf('a', 1)]);
    expect(user.prepare('SELECT typeof(name) AS kind FROM people').get()).toEqual({ kind: 'integer' });
  });

  test('big integers and blobs are read without loss, and never make a row look moved', async () => {
    user.exec('CREATE TABLE people (email TEXT UNIQUE, name, big INTEGER)');
    user.exec("INSERT INTO people VALUES ('a', x'c0ffee', 9007199254740993)");
    const side = await open('people', 'email', ['name', 'big']);
    const row = (await side.readByKeys(['a'])).get('a');
    expect(row).toEqual({ email: 'a', name: 'c0ffee', big: '9007199254740993' });
    const [result] = await side.write([{ key: 'a', set: { email: 'b' }, expect: row ?? null }]);
    expect(result).toEqual({ kind: 'written', row: { ...row, email: 'b' } });
  });

  test('rows without a key are nobody’s: neither counted nor scanned', async () => {
    user.exec("CREATE TABLE people (email TEXT UNIQUE, name); INSERT INTO people VALUES (NULL, 'x'), ('a', 'A')");
    const side = await open();
    expect(await side.count()).toBe(1);
    expect((await side.scan(null, 9)).map(({ key }) => key)).toEqual(['a']);
  });

  test('T41: what the table’s triggers make of a row is what is told, a changed key included', async () => {
    user.exec(`CREATE TABLE people (email TEXT UNIQUE, name TEXT, stamp TEXT);
      CREATE TRIGGER low AFTER INSERT ON people BEGIN UPDATE people SET email = lower(email) WHERE rowid = new.rowid; END;
      CREATE TRIGGER own AFTER UPDATE ON people BEGIN UPDATE people SET stamp = 'seen' WHERE rowid = new.rowid; END`);
    const side = await open('people', 'email', ['name', 'stamp']);
    const [result] = await side.write([insertOf('ANN@EX.ORG', 'Ann')]);
    expect(result).toEqual({ kind: 'written', row: { email: 'ann@ex.org', name: 'Ann', stamp: 'seen' } });
    user.exec("UPDATE people SET stamp = NULL; DROP TRIGGER own; UPDATE people SET stamp = ''");
    user.exec(`CREATE TRIGGER trim AFTER UPDATE OF name ON people
      BEGIN UPDATE people SET name = trim(new.name) WHERE rowid = new.rowid; END`);
    const [changed] = await side.write([{ key: 'ann@ex.org', set: { name: ' Anna ' }, expect: { name: 'Ann' } }]);
    expect(changed).toEqual({ kind: 'written', row: { email: 'ann@ex.org', name: 'Anna', stamp: '' } });
  });

  test('generated columns are read, and refused when written', async () => {
    user.exec('CREATE TABLE people (email TEXT UNIQUE, name TEXT, loud TEXT AS (upper(name)))');
    const side = await open('people', 'email', ['name', 'loud']);
    await side.inspect();
    const results = await side.write([insertOf('a', 'x'), { key: 'a', set: { loud: 'Y' }, expect: {} }]);
    expect(results).toEqual([
      { kind: 'written', row: { email: 'a', name: 'x', loud: 'X' } },
      { kind: 'refused', reason: expect.stringContaining('loud') as unknown },
    ]);
  });

  test('neither the journal mode nor the schema is changed', async () => {
    user.exec('CREATE TABLE people (email TEXT UNIQUE, name)');
    const before = user.prepare('SELECT * FROM sqlite_schema').all();
    const side = await open();
    await side.inspect();
    await side.write([insertOf('a')]);
    expect(user.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(user.prepare('SELECT * FROM sqlite_schema').all()).toEqual(before);
  });
});

describe('refusals', () => {
  const three = [insertOf('a', 'fine'), insertOf('b', 'bad'), insertOf('c', 'fine')];
  const kinds = async (side: TableSide): Promise<string[]> => (await side.write(three)).map(({ kind }) => kind);

  test.each(['ABORT', 'FAIL', 'ROLLBACK'])(
    'I17: a trigger that raises %s stops its row alone, and its words stay inside',
    async (how) => {
      user.exec(`CREATE TABLE people (email TEXT UNIQUE, name);
      CREATE TRIGGER no BEFORE INSERT ON people WHEN new.name = 'bad' BEGIN SELECT raise(${how}, 'secret'); END`);
      const side = await open();
      const results = await side.write(three);
      expect(results.map(({ kind }) => kind)).toEqual(['written', 'refused', 'written']);
      expect(JSON.stringify(results)).not.toContain('secret');
      expect(await side.count()).toBe(2);
    },
  );

  test('a trigger that ignores a row makes it refused, not written', async () => {
    user.exec(`CREATE TABLE people (email TEXT UNIQUE, name);
      CREATE TRIGGER no BEFORE INSERT ON people WHEN new.name = 'bad' BEGIN SELECT raise(IGNORE); END`);
    expect(await kinds(await open())).toEqual(['written', 'refused', 'written']);
  });

  test('I17: a foreign key that is checked at commit stops its row alone', async () => {
    user.exec(`CREATE TABLE names (name TEXT PRIMARY KEY); INSERT INTO names VALUES ('fine');
      CREATE TABLE people (email TEXT UNIQUE, name REFERENCES names DEFERRABLE INITIALLY DEFERRED)`);
    expect(await kinds(await open())).toEqual(['written', 'refused', 'written']);
    expect(user.prepare('SELECT count(*) AS n FROM people').get()).toEqual({ n: 2 });
  });

  test.each(['REPLACE', 'IGNORE', 'ROLLBACK'])(
    'I8: a table that resolves conflicts by %s loses nobody’s row through us',
    async (how) => {
      user.exec(
        `CREATE TABLE people (email TEXT UNIQUE, name TEXT UNIQUE ON CONFLICT ${how}); INSERT INTO people VALUES ('old', 'bad')`,
      );
      expect(await kinds(await open())).toEqual(['written', 'refused', 'refused']);
      expect(user.prepare("SELECT count(*) AS n FROM people WHERE email = 'old'").get()).toEqual({ n: 1 });
    },
  );

  test('conflict clauses inside the user’s triggers keep working', async () => {
    user.exec(`CREATE TABLE people (email TEXT UNIQUE, name); CREATE TABLE log (name TEXT UNIQUE); INSERT INTO log VALUES ('fine');
      CREATE TRIGGER note AFTER INSERT ON people BEGIN INSERT OR IGNORE INTO log VALUES (new.name); END`);
    expect(await kinds(await open())).toEqual(['written', 'written', 'written']);
  });

  test('I20: a CHECK constraint is told by its name', async () => {
    user.exec("CREATE TABLE people (email TEXT UNIQUE, name CONSTRAINT plain_name CHECK (name <> 'bad'))");
    const [, refused] = await (await open()).write(three);
    expect(refused).toEqual({ kind: 'refused', reason: 'CHECK constraint failed: plain_name' });
  });
});
