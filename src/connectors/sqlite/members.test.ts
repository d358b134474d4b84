/** A user's table of memberships: rows of others stand, what the table refuses is told, and a write may be repeated. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noSteps } from '../../ports/steps.ts';
import { openSqliteMembers } from './members.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-members-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function make(sql: string): Database.Database {
  const database = new Database(join(folder, 'app.db'));
  database.exec(sql);
  return database;
}
function side(more: { table?: string; list?: string } = {}) {
  const mapping = { table: 'members', person: 'e"mail', list: 'list', ...more };
  return openSqliteMembers({ connection: 'app', file: join(folder, 'app.db'), steps: noSteps, ...mapping });
}
const TABLE = 'CREATE TABLE members ("e""mail" TEXT, list TEXT, note TEXT);';

test('a write inserts and deletes its own rows alone, and may be repeated', async () => {
  const database = make(`${TABLE} INSERT INTO members VALUES ('a@x.org', 'Old', 'mine'), ('b@x.org', 'Old', 'mine')`);
  const members = side();
  const write = { add: [{ person: 'a@x.org', list: 'New' }], remove: [{ person: 'a@x.org', list: 'Old' }] };
  expect([await members.write([write]), await members.write([write])]).toEqual([[true], [true]]);
  expect(database.prepare('SELECT * FROM members ORDER BY 1, 2').raw().all()).toEqual([
    ['a@x.org', 'New', null],
    ['b@x.org', 'Old', 'mine'],
  ]);
  expect(await members.read(['a@x.org', 'c@x.org'])).toEqual(new Map([['a@x.org', ['New']]]));
  expect(await members.count()).toBe(2);
  await members.close();
  database.close();
});

test('what the table refuses takes back the rows of that person and of nobody else', async () => {
  const database = make(`${TABLE} CREATE TRIGGER no BEFORE INSERT ON members WHEN new.list = 'No'
    BEGIN SELECT raise(ABORT, 'no'); END; INSERT INTO members VALUES ('a@x.org', 'Old', NULL)`);
  const members = side();
  const no = { add: [{ person: 'a@x.org', list: 'No' }], remove: [{ person: 'a@x.org', list: 'Old' }] };
  const yes = { add: [{ person: 'b@x.org', list: 'New' }], remove: [] };
  expect(await members.write([no, yes])).toEqual([false, true]);
  expect(await members.read(['a@x.org', 'b@x.org'])).toEqual(
    new Map([
      ['a@x.org', ['Old']],
      ['b@x.org', ['New']],
    ]),
  );
  await members.close();
  database.close();
});

test.each([
  [{ table: 'nobody' }, 'SQLITE_NO_TABLE'],
  [{ list: 'nothing' }, 'SQLITE_NO_COLUMN'],
])('what is missing is named: %o', async (more, code) => {
  make(TABLE).close();
  const members = side(more);
  await expect(members.inspect()).rejects.toMatchObject({ code });
  await members.close();
});
