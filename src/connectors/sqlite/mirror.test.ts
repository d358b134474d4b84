import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MirrorSide } from '../../connector/side.ts';
import { STREAMS } from '../../model/record.ts';
import { noSteps } from '../../ports/steps.ts';
import { contactContent } from '../../testing/mirror-contents.ts';
import { openSqliteMirror } from './mirror.ts';

let folder: string;
let file: string;
const open: (MirrorSide | Database.Database)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-mirror-'));
  file = join(folder, 'app.db');
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

async function mirrorOf(prefix = ''): Promise<MirrorSide> {
  const mirror = await openSqliteMirror({
    connection: 'app',
    file,
    prefix,
    steps: noSteps,
    newId: () => 'id',
    busyTimeoutMs: 50,
  });
  open.push(mirror);
  return mirror;
}
function look(): Database.Database {
  const database = new Database(file);
  open.push(database);
  return database;
}
const indexes = (database: Database.Database): unknown[] =>
  database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name").pluck().all();
const writes = Array.from({ length: 50 }, (_, n) => ({ id: `c${(n * 37) % 50}`, content: contactContent(`n${n}`) }));

test('I8: a write mends sub-rows that somebody else changed, however alike they look', async () => {
  const mirror = await mirrorOf();
  await mirror.prepare(['contacts']);
  const phone = (id: string) => ({
    phone_number_id: id,
    phone_number: `+1 ${id}`,
    kind: null,
    created_at: null,
    updated_at: null,
  });
  const content = contactContent('ann', { phone_numbers: [phone('p1'), phone('p2')] });
  await mirror.write('contacts', [{ id: 'ann', content }]);
  for (const edit of [
    "UPDATE phone_numbers SET phone_number = '+1 other' WHERE phone_number_id = 'p2'",
    'UPDATE phone_numbers SET rowid = 10 - rowid',
    "UPDATE phone_numbers SET kind = '' WHERE phone_number_id = 'p1'",
    "DELETE FROM phone_numbers WHERE phone_number_id = 'p1'",
    "INSERT INTO phone_numbers (contact_id, phone_number_id) VALUES ('ann', 'p3')",
  ]) {
    look().exec(edit);
    expect((await mirror.read('contacts', ['ann'])).get('ann')).not.toEqual(content);
    await mirror.write('contacts', [{ id: 'ann', content }]);
    expect((await mirror.read('contacts', ['ann'])).get('ann')).toEqual(content);
  }
});

test('a write leaves the sub-rows alone that stand there as they should', async () => {
  const mirror = await mirrorOf();
  await mirror.prepare(['contacts']);
  await mirror.write('contacts', [{ id: 'ann', content: contactContent('ann') }]);
  look().exec("CREATE TRIGGER untouched BEFORE DELETE ON list_memberships BEGIN SELECT raise(ABORT, 'touched'); END");
  await mirror.write('contacts', [{ id: 'ann', content: contactContent('ann', { first_name: 'Anna' }) }]);
  expect((await mirror.read('contacts', ['ann'])).get('ann')?.['first_name']).toBe('Anna');
});

describe('C7 I3: a cell that somebody else made unreadable', () => {
  const odd = { ...contactContent('ann'), first_name: '\ud800', permission_to_send: 'explicit' };
  test.each(['{"a', '[1]', '"x"', 'null', '', '{"__proto__":{"isAdmin":true}}'])(
    'holds back no opt-out: %s under `unusual`',
    async (cell) => {
      const mirror = await mirrorOf();
      await mirror.prepare(['contacts']);
      await mirror.write('contacts', [{ id: 'ann', content: odd }]);
      look().prepare('UPDATE contacts SET unusual = ?').run(cell);
      await mirror.writeConsent([{ id: 'ann', content: { ...odd, permission_to_send: 'unsubscribed' } }]);
      const content = (await mirror.read('contacts', ['ann'])).get('ann') ?? {};
      expect(content['permission_to_send']).toBe('unsubscribed');
      expect(Object.getPrototypeOf(content)).toBe(Object.prototype);
      expect(Object.keys(content).toSorted()).toEqual(Object.keys(odd).toSorted());
    },
  );
});

describe('the file', () => {
  test('I20: is readable by its owner alone, its log files too', async () => {
    const mirror = await mirrorOf();
    expect(existsSync(file)).toBe(false);
    await mirror.prepare(['tags']);
    for (const end of ['', '-wal', '-shm']) expect(statSync(file + end).mode & 0o777).toBe(0o600);
  });

  test('is put into WAL mode when it is new, and keeps its mode when it holds tables of others', async () => {
    await (await mirrorOf()).prepare(['tags']);
    expect(look().pragma('journal_mode', { simple: true })).toBe('wal');
    file = join(folder, 'shared.db');
    look().exec('CREATE TABLE theirs (a)');
    await (await mirrorOf()).prepare(['tags']);
    expect(look().pragma('journal_mode', { simple: true })).toBe('delete');
  });

  test('that cannot be made, or is locked, is told by a class', async () => {
    const nowhere = {
      connection: 'app',
      file: join(folder, 'no', 'x.db'),
      prefix: '',
      steps: noSteps,
      newId: () => 'id',
    };
    const mirror = await openSqliteMirror(nowhere);
    await expect(mirror.prepare(['tags'])).rejects.toMatchObject({ code: 'SQLITE_CANTOPEN', errorClass: 'rejected' });
    const other = await mirrorOf();
    await other.prepare(['tags']);
    look().exec('BEGIN IMMEDIATE');
    await expect(other.write('tags', [])).rejects.toMatchObject({ code: 'SQLITE_BUSY', errorClass: 'unavailable' });
  });

  test('of a newer program is refused', async () => {
    const mirror = await mirrorOf();
    await mirror.prepare(['tags']);
    look().exec('UPDATE concord_mirror SET schema_version = 99');
    await expect(mirror.prepare(['tags'])).rejects.toMatchObject({
      code: 'SQLITE_MIRROR_NEWER',
      errorClass: 'rejected',
    });
  });

  test('C7: a prefix that SQLite keeps for itself is refused', async () => {
    await expect(mirrorOf('SQLite_')).rejects.toMatchObject({ code: 'SQLITE_BAD_PREFIX' });
    await expect(mirrorOf('a\0')).rejects.toMatchObject({ code: 'SQLITE_BAD_PREFIX' });
  });
});

describe('a load', () => {
  async function loaded(): Promise<MirrorSide> {
    const mirror = await mirrorOf();
    await mirror.prepare(STREAMS);
    await mirror.beginLoad(null);
    await mirror.append(writes);
    return mirror;
  }

  test('has no index while it appends, and at its end every index and the declared primary key', async () => {
    const mirror = await mirrorOf();
    await mirror.prepare(STREAMS);
    const before = indexes(look());
    const sql = look().prepare("SELECT sql FROM sqlite_schema WHERE name = 'contacts'").pluck().get();
    await mirror.beginLoad(null);
    await mirror.append(writes);
    expect(
      indexes(look()).filter((name) => String(name).includes('contacts') || String(name).includes('phone')),
    ).toEqual([]);
    await mirror.finishLoad(async () => undefined);
    const database = look();
    expect(indexes(database)).toEqual(before);
    expect(database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'contacts'").pluck().get()).toBe(sql);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(() => database.exec("INSERT INTO contacts (contact_id) VALUES ('c1')")).toThrow(/UNIQUE/);
  });

  test('a connection that was open meanwhile sees the key at once', async () => {
    const mirror = await loaded();
    const reader = look();
    expect(reader.prepare("SELECT count(*) FROM contacts WHERE contact_id = 'c7'").pluck().get()).toBe(1);
    await mirror.finishLoad(async () => undefined);
    expect(reader.prepare("SELECT count(*) FROM contacts WHERE contact_id = 'c7'").pluck().get()).toBe(1);
    const plan = reader.prepare("EXPLAIN QUERY PLAN SELECT * FROM contacts WHERE contact_id = 'c7'").all();
    expect(JSON.stringify(plan)).toContain('sqlite_autoindex_contacts_1');
  });

  test('what a user hung on the contacts table survives a load that begins anew', async () => {
    const mirror = await mirrorOf();
    await mirror.prepare(STREAMS);
    look().exec('CREATE INDEX mine ON contacts (email_address)');
    await mirror.beginLoad(null);
    await mirror.append(writes);
    await mirror.finishLoad(async () => undefined);
    expect(indexes(look())).toContain('mine');
    expect(await mirror.count('contacts')).toBe(50);
  });

  test('a write after it goes by the indexes, whatever statistics say of a table that was small', async () => {
    const mirror = await loaded();
    await mirror.finishLoad(async () => undefined);
    const sql = 'EXPLAIN QUERY PLAN DELETE FROM phone_numbers WHERE contact_id = ?';
    expect(JSON.stringify(look().prepare(sql).all('c1'))).toContain('concord_phone_numbers_by_owner');
  });

  test('I17: a cell that somebody made unreadable spoils only its own record', async () => {
    const mirror = await loaded();
    await mirror.finishLoad(async () => undefined);
    look().exec("UPDATE contacts SET extra = '{' WHERE contact_id = 'c1'");
    const found = await mirror.read('contacts', ['c1', 'c2']);
    expect(found.get('c1')?.['extra']).toBe('{');
    expect(found.get('c2')).toEqual(writes.find(({ id }) => id === 'c2')?.content);
  });
});
