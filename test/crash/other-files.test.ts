/** The mirror or the store is not the file it was: missing, another, an older copy, or not to be written. */
import Database from 'better-sqlite3';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { Account, HOUR } from '../harness/account.ts';

let account: Account;
let copies: string;
beforeEach(async () => {
  // Requests are counted in the store: with it goes what was counted in the last second.
  account = await Account.open({ quota: null });
  copies = mkdtempSync(join(tmpdir(), 'concord-copies-'));
});
afterEach(async () => {
  await account.close();
  rmSync(copies, { recursive: true, force: true });
});

function remove(name: 'app.db' | 'concord.db'): void {
  for (const file of readdirSync(account.folder)) if (file.startsWith(name)) rmSync(join(account.folder, file));
}

function keep(name: 'app.db' | 'concord.db'): void {
  for (const file of readdirSync(account.folder))
    if (file.startsWith(name)) cpSync(join(account.folder, file), join(copies, file));
}

function putBack(name: 'app.db' | 'concord.db'): void {
  remove(name);
  cpSync(copies, account.folder, { recursive: true });
}

function anEdit(name: string): string {
  const [id = ''] = account.people('explicit');
  account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: name } });
  return id;
}

async function unsubscribe(): Promise<string> {
  const id = account.people('explicit').at(-1) ?? '';
  account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
  return id;
}

/** Runs the pass that mends, the idle one after it, and compares with the source. */
async function mends(): Promise<void> {
  account.pass(HOUR);
  expect((await account.sync()).outcome).toBe('done');
  account.pass(HOUR);
  expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
  expect(await account.verify()).toMatchObject([{ kind: 'summary', agree: true }]);
}

describe('the mirror', () => {
  test('deleted between two passes is loaded anew, and the pass says that it was another file', async () => {
    await account.sync();
    remove('app.db');
    account.pass(HOUR);
    const result = await account.sync();
    expect(result.messages.map(({ code }) => code)).toContain('mirror-replaced');
    await mends();
  });

  test('deleted in the middle of its first load is loaded anew', async () => {
    const before = crashAt();
    account.steps = before;
    await account.sync();
    const visit = before.visited.indexOf(
      'store:storePage:before-commit',
      before.visited.indexOf('mirror:append:after-commit'),
    );
    remove('app.db');
    remove('concord.db');
    account.steps = crashAt(visit);
    await expect(account.sync()).rejects.toThrow(Killed);
    account.steps = noSteps;
    remove('app.db');
    await mends();
  });

  test('put back from an older copy is noticed, and no opt-out written since is lost', async () => {
    await account.sync();
    keep('app.db');
    account.pass(HOUR);
    const id = await unsubscribe();
    anEdit('Since');
    await account.sync();
    expect(account.permission(id)).toBe('unsubscribed');
    putBack('app.db');
    expect(account.permission(id)).toBe('explicit');
    account.pass(HOUR);
    const result = await account.sync();
    expect(result.messages.map(({ code }) => code)).toContain('mirror-replaced');
    expect(account.permission(id)).toBe('unsubscribed');
    await mends();
  });

  test('written by another store in between is read against the source anew', async () => {
    await account.sync();
    keep('concord.db');
    remove('concord.db');
    account.pass(HOUR);
    anEdit('By another store');
    await account.sync();
    putBack('concord.db');
    account.pass(HOUR);
    const result = await account.sync();
    expect(result.messages.map(({ code }) => code)).toContain('mirror-replaced');
    await mends();
  });
});

describe('the store', () => {
  test('deleted while the mirror is kept: its rows are recognised, and none is written again', async () => {
    await account.sync();
    remove('concord.db');
    account.change(`CREATE TABLE seen_writes (id TEXT);
      CREATE TRIGGER watch AFTER UPDATE ON contacts BEGIN INSERT INTO seen_writes VALUES (new.contact_id); END;`);
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
    expect(account.rows('SELECT * FROM seen_writes')).toEqual([]);
    await mends();
  });

  test('deleted in the middle of a first load: the half-loaded mirror is loaded anew', async () => {
    const points = crashAt();
    account.steps = points;
    await account.sync();
    const visit = points.visited.indexOf('mirror:append:after-commit');
    remove('app.db');
    remove('concord.db');
    account.steps = crashAt(visit);
    await expect(account.sync()).rejects.toThrow(Killed);
    account.steps = noSteps;
    remove('concord.db');
    await mends();
  });

  test('put back from an older copy knows by the mirror that it is old, and reads everything before it trusts itself', async () => {
    await account.sync();
    keep('concord.db');
    const id = anEdit('First');
    account.pass(HOUR);
    const out = await unsubscribe();
    await account.sync();
    account.pass(HOUR);
    await account.sync();
    putBack('concord.db');
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Second' } });
    account.pass(HOUR);
    const result = await account.sync();
    expect(result.messages.map(({ code }) => code)).toContain('mirror-replaced');
    expect(account.permission(out)).toBe('unsubscribed');
    await mends();
  });
});

describe('a mirror that cannot be written', () => {
  const refusals = [
    ['a full disk', 'SQLITE_FULL'],
    ['a file that may only be read', 'SQLITE_READONLY'],
  ] as const;

  test.each(refusals)('%s: one clear message, nothing changed, and a later pass goes on', async (_what, code) => {
    await account.sync();
    account.pass(HOUR);
    const id = await unsubscribe();
    const before = account.rows('SELECT * FROM contacts ORDER BY contact_id');
    account.steps = {
      reached(point) {
        if (point.startsWith('mirror:') && point.endsWith(':before-commit'))
          throw new Database.SqliteError('refused by the test', code);
      },
    };
    const result = await account.sync();
    expect(['failed', 'partial']).toContain(result.outcome);
    expect(result.messages.map((message) => message.code)).toEqual([code]);
    expect(account.rows('SELECT * FROM contacts ORDER BY contact_id')).toEqual(before);
    account.steps = noSteps;
    await mends();
    expect(account.permission(id)).toBe('unsubscribed');
  });

  test.each(refusals)('%s in the middle of a first load: the load goes on where it stood', async (_what, code) => {
    account.steps = {
      reached(point) {
        if (point === 'mirror:append:before-commit') throw new Database.SqliteError('refused by the test', code);
      },
    };
    const result = await account.sync();
    expect(result.outcome).toBe('partial');
    expect(result.messages.map((message) => message.code)).toEqual([code]);
    expect(existsSync(join(account.folder, 'app.db'))).toBe(true);
    account.steps = noSteps;
    await mends();
  });
});
