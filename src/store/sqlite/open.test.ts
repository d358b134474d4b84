import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreRefused } from '../../model/errors.ts';
import { Crash, crashAt, lease, page, ready, setting, SYNC, take } from '../../testing/describe-store-kit.ts';
import { wasLeftUnclean } from './file.ts';
import { MIGRATIONS, newestSchema } from './migrate.ts';
import type { Migration } from './migration.ts';
import { openSqliteStore, type SqliteStoreOptions } from './open.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-open-'));
  file = join(folder, 'concord.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(more: Partial<SqliteStoreOptions> = {}) {
  return openSqliteStore({ file, ...setting(), ...more });
}

async function refusal(opening: Promise<unknown>): Promise<string> {
  const error = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(StoreRefused);
  return (error as StoreRefused).code;
}

function inFile<T>(work: (raw: Database.Database) => T): T {
  const raw = new Database(file);
  try {
    return work(raw);
  } finally {
    raw.close();
  }
}

const newest = newestSchema(MIGRATIONS);
const second: Migration = {
  number: newest + 1,
  name: 'one-more',
  sql: 'CREATE TABLE more (tenant TEXT NOT NULL) STRICT;',
};

describe('I11: every row belongs to a tenant', () => {
  test('a store is not opened without one', async () => {
    for (const tenant of ['', undefined]) await expect(open({ tenant: tenant as string })).rejects.toThrow(/tenant/);
    expect(existsSync(file)).toBe(false);
  });

  test('every table has the column, and every index of a tenant’s rows begins with it', async () => {
    await (await open()).close();
    inFile((raw) => {
      const tables = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .pluck()
        .all();
      expect(tables.length).toBeGreaterThan(15);
      for (const table of tables as string[]) {
        const tenant = (raw.pragma(`table_info(${table})`) as { name: string; notnull: number }[]).find(
          (one) => one.name === 'tenant',
        );
        expect(tenant?.notnull, table).toBe(1);
        for (const { name } of raw.pragma(`index_list(${table})`) as { name: string }[])
          expect((raw.pragma(`index_info(${name})`) as { name: string }[])[0]?.name, name).toBe('tenant');
      }
    });
  });
});

describe('I19: evidence', () => {
  test.each(['facts', 'journal'])('%s refuse to be changed or deleted, whoever asks', async (table) => {
    const store = await open();
    const { lease: mine, shelf } = await ready(store);
    const fact = {
      contactId: 'a',
      matchKey: null,
      medium: 'email',
      scope: 'all',
      sync: SYNC,
      side: 'primary',
      fact: 'out',
      channel: 'c',
      actor: 'person',
      at: null,
      readAt: 1,
      evidence: '',
      run: 'r',
    } as const;
    const entry = { run: 'r', stream: null, id: null, event: 'e', rule: '', before: null, after: null, evidence: null };
    await store.storePage(mine, shelf, page({ facts: [fact], journal: [entry] }));
    await store.close();
    inFile((raw) => {
      expect(() => raw.exec(`UPDATE ${table} SET evidence = 'x'`)).toThrow(/append-only/);
      expect(() => raw.exec(`DELETE FROM ${table}`)).toThrow(/append-only/);
      expect(raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get()).toBe(1);
    });
  });
});

describe('I20: the file', () => {
  test('is readable by its owner alone, the log beside it too, even where somebody opened it up', async () => {
    const modes = () =>
      [file, `${file}-wal`, `${file}-shm`].filter(existsSync).map((name) => statSync(name).mode & 0o777);
    const store = await open();
    await lease(store);
    expect(modes()).toEqual([0o600, 0o600, 0o600]);
    await store.close();
    chmodSync(file, 0o644);
    await (await open()).close();
    expect(modes()).toEqual([0o600]);
  });

  test.each([
    ['text', 'not-a-store', () => writeFileSync(file, 'dear diary, '.repeat(400))],
    ['a short text', 'not-a-store', () => writeFileSync(file, 'x')],
    ['another program’s database', 'not-a-store', () => inFile((raw) => raw.exec('CREATE TABLE t (a)'))],
    ['a database of another application', 'not-a-store', () => inFile((raw) => raw.pragma('application_id = 7'))],
  ] as const)('that is %s is refused and stays as it was', async (_what, code, make) => {
    make();
    const before = readFileSync(file);
    expect(await refusal(open())).toBe(code);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that is cut short is refused as damaged, and stays as it was', async () => {
    await (await open()).close();
    truncateSync(file, 4096 * 3 + 100);
    const before = readFileSync(file);
    expect(await refusal(open())).toBe('corrupt');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that cannot be made is refused', async () => {
    expect(await refusal(open({ file: join(folder, 'missing', 'concord.db') }))).toBe('unreachable');
  });

  test('for looking only is neither made nor changed', async () => {
    expect(await refusal(open({ readOnly: true }))).toBe('unreachable');
    expect(existsSync(file)).toBe(false);
    const store = await open();
    const { lease: mine, shelf } = await ready(store);
    await store.storePage(mine, shelf, page({ takes: [take('a', 'h1')] }));
    const looking = await open({ readOnly: true });
    expect((await looking.tallies(shelf)).total).toBe(1);
    expect((await looking.tallies(await looking.shelf('none', 'primary', 'tags'))).total).toBe(0);
    expect(await refusal(looking.setMarks(mine, { a: 1 }))).toBe('unreachable');
    await looking.close();
    await store.close();
  });
});

describe('migrations', () => {
  test('an older program refuses a newer store and changes nothing in it', async () => {
    await (await open({ migrations: [...MIGRATIONS, second] })).close();
    const before = readFileSync(file);
    expect(await refusal(open())).toBe('newer');
    expect(await refusal(open({ readOnly: true }))).toBe('newer');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a newer program brings an older store on, keeping what is in it, and records each step', async () => {
    const old = await open();
    await old.setMarks(await lease(old), { kept: 1 });
    await old.close();
    expect(await refusal(open({ migrations: [...MIGRATIONS, second], readOnly: true }))).toBe('unreachable');
    const store = await open({ migrations: [...MIGRATIONS, second] });
    expect(await store.mark('copy', 'kept')).toBe(1);
    await store.close();
    expect(
      inFile((raw) => raw.prepare('SELECT number, name, schema FROM migrations ORDER BY number').raw().all()),
    ).toEqual([
      ...MIGRATIONS.map(({ number, name }) => [number, name, newest]),
      [second.number, second.name, second.number],
    ]);
  });

  test.each(['store:migrate:before-commit', 'store:migrate:after-commit'])(
    'I5: resume after a crash at %s',
    async (point) => {
      const steps = crashAt(point);
      steps.armed = true;
      const migrations = [...MIGRATIONS, second];
      await expect(open({ steps, migrations })).rejects.toBeInstanceOf(Crash);
      const store = await open({ migrations });
      await store.setMarks(await lease(store), { works: true });
      expect(await store.mark('copy', 'works')).toBe(true);
      await store.close();
    },
  );

  test('I19: facts of an older store are carried over as facts about all mail by email, told by the primary', async () => {
    const old = await open({ migrations: MIGRATIONS.slice(0, 1) });
    await old.close();
    inFile((raw) =>
      raw.exec(`INSERT INTO facts (tenant, sync, contact_id, match_key, fact, channel, actor, at, read_at, evidence, run)
        VALUES ('default', '${SYNC}', 'a', 'a@example.org', 'out', 'walk', 'person', '2026-01-01T00:00:00.000Z', 1, 'e', 'r'),
          ('default', '${SYNC}', 'a', NULL, 'out', 'campaign-report', 'nobody', NULL, 2, 'report', 'r')`),
    );
    const store = await open();
    const kept = { contactId: 'a', medium: 'email', scope: 'all', sync: SYNC, side: 'primary', fact: 'out', run: 'r' };
    const known = { ...kept, matchKey: 'a@example.org', channel: 'walk', actor: 'person', evidence: 'e', readAt: 1 };
    const bare = { ...kept, matchKey: null, channel: 'campaign-report', actor: 'unknown', evidence: 'report' };
    const both = [
      { ...known, at: '2026-01-01T00:00:00.000Z' },
      { ...bare, at: null, readAt: 2 },
    ];
    expect(await store.facts(SYNC, ['a'])).toEqual(both);
    expect((await store.consent(['a@example.org'])).get('a@example.org')).toEqual(both);
    await store.close();
  });

  test('a migration that fails leaves nothing of itself', async () => {
    await (await open()).close();
    const broken = { ...second, sql: 'CREATE TABLE half (tenant TEXT NOT NULL) STRICT; CREATE TABLE facts (a);' };
    await expect(open({ migrations: [...MIGRATIONS, broken] })).rejects.toThrow(/facts/);
    expect(inFile((raw) => raw.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get())).toBe(
      0,
    );
    await (await open()).close();
  });
});

describe('C7: a store that is damaged is refused as such, wherever the damage shows', () => {
  const damages: readonly (readonly [string, string])[] = [
    ['a table is gone', 'DROP TABLE marks'],
    ['a column is gone', 'ALTER TABLE marks DROP COLUMN value'],
    ['what should be JSON is cut off', `UPDATE marks SET value = '{"a":'`],
    ['a text is no JSON at all', "UPDATE marks SET value = 'canary'"],
  ];

  test.each(damages)('%s', async (_, sql) => {
    const before = await open();
    await before.setMarks(await lease(before), { m: { a: 1 } });
    await before.close();
    inFile((raw) => raw.exec(sql));
    for (const readOnly of [true, false]) {
      const store = await open({ readOnly });
      expect(await refusal(store.mark('copy', 'm'))).toBe('corrupt');
      await expect(store.mark('copy', 'm')).rejects.not.toThrow(/canary/);
      await store.close();
    }
  });

  test('the schema was put back to before the first: what is there is not taken for new', async () => {
    await (await open()).close();
    inFile((raw) => raw.pragma('user_version = 0'));
    expect(await refusal(open())).toBe('corrupt');
  });

  test('every second page is overwritten', async () => {
    const before = await open();
    const { lease: mine, shelf } = await ready(before);
    await before.storePage(mine, shelf, page({ takes: Array.from({ length: 400 }, (_, at) => take(`r${at}`, 'h1')) }));
    await before.close();
    const bytes = readFileSync(file);
    for (let at = 4_096; at < bytes.length; at += 8_192) bytes.fill(0xa5, at, at + 4_096);
    writeFileSync(file, bytes);
    const reading = async (): Promise<void> => {
      const store = await open();
      try {
        await store.records(shelf, 0, 999);
        await store.tallies(shelf);
      } finally {
        await store.close();
      }
    };
    expect(await refusal(reading())).toBe('corrupt');
  });
});

describe('C9: an unclean stop', () => {
  /** Opens the store in another process, changes it, and dies without closing. */
  function killInTheMiddle(): void {
    const script = `
      import { openSqliteStore } from ${JSON.stringify(new URL('./open.ts', import.meta.url).href)};
      const clock = { now: () => 1, elapsed: () => 1, sleep: async () => {}, every: () => ({ [Symbol.dispose]() {} }) };
      const store = await openSqliteStore({ file: ${JSON.stringify(file)}, tenant: 'default', clock, steps: { reached() {} }, isAlive: () => false });
      const got = await store.acquireLease('copy', { id: 'dying', host: 'h', pid: 1 }, 10);
      await store.setMarks(got.lease, { durable: true });
      process.kill(process.pid, 'SIGKILL');`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(ended.signal, ended.stderr).toBe('SIGKILL');
  }

  test('loses nothing that was acknowledged, and is noticed once', async () => {
    killInTheMiddle();
    expect(wasLeftUnclean(file)).toBe(true);
    const store = await open();
    expect(await store.mark('copy', 'durable')).toBe(true);
    await store.close();
    expect(wasLeftUnclean(file)).toBe(false);
  });

  test('is not taken for one while another process or handle has the store open', async () => {
    const store = await open();
    await lease(store);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    expect(wasLeftUnclean(file)).toBe(false);
    await (await open()).close();
    await store.renewLease({ sync: 'copy', owner: { id: 'owner-1', host: 'host-1', pid: 100 }, fence: 1 }, 5);
    await store.close();
  });

  test('with damage in the file is refused as corrupt', async () => {
    const store = await open();
    const { lease: mine, shelf } = await ready(store);
    await store.storePage(mine, shelf, page({ takes: Array.from({ length: 400 }, (_, at) => take(`r${at}`, 'h1')) }));
    await store.close();
    killInTheMiddle();
    const bytes = readFileSync(file);
    for (let at = Math.floor(bytes.length / 2); at < bytes.length; at += 1) bytes[at] = 0xa5;
    writeFileSync(file, bytes);
    for (const time of ['first', 'second']) expect(await refusal(open()), time).toBe('corrupt');
  });
});
