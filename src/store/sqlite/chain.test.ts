import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Crash, crashAt, fact, page, ready, setting, SYNC } from '../../testing/describe-store-kit.ts';
import type { Store } from '../store.ts';
import { MIGRATIONS } from './migrate.ts';
import { openSqliteStore, type SqliteStoreOptions } from './open.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-chain-'));
  file = join(folder, 'concord.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(more: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  return openSqliteStore({ file, ...setting(), ...more });
}
function inFile(sql: string): void {
  const raw = new Database(file);
  raw.exec('DROP TRIGGER facts_are_not_changed; DROP TRIGGER facts_are_not_deleted;');
  raw.exec(sql);
  raw.close();
}
async function told(ids: readonly string[], more: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  const store = await open(more);
  const { lease, shelf } = await ready(store);
  const some = ids.map((id) => fact(id, { matchKey: `${id}@example.org` }));
  await store.storePage(lease, shelf, page({ facts: some }));
  await store.releaseLease(lease);
  return store;
}
const SIX = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('I19: the chain of facts in the store', () => {
  test('grows with each page, also after the store was opened again, and not for what is known already', async () => {
    await (await told(SIX.slice(0, 3))).close();
    const store = await told(SIX);
    const verdict = await store.verifyChain();
    expect(verdict).toMatchObject({ whole: true, facts: 6 });
    expect(await (await told(SIX)).verifyChain()).toEqual(verdict);
    await store.close();
  });

  test('each tenant has its own, with a key of its own', async () => {
    const ours = await told(['a', 'b']);
    const theirs = await told(['a', 'b'], { tenant: 'other' });
    const heads = [await ours.verifyChain(), await theirs.verifyChain()];
    expect(heads).toMatchObject([
      { whole: true, facts: 2 },
      { whole: true, facts: 2 },
    ]);
    expect(heads[0]).not.toEqual(heads[1]);
    await ours.close();
    await theirs.close();
  });

  test.each([
    ['an opt-out made an opt-in', "UPDATE facts SET fact = 'in' WHERE contact_id = 'c'", 'changed', 3],
    [
      'an opt-out given to another address',
      "UPDATE facts SET match_key = 'z@x.org' WHERE contact_id = 'e'",
      'changed',
      5,
    ],
    ['the first opt-out taken away', "DELETE FROM facts WHERE contact_id = 'a'", 'missing', 1],
    ['one in the middle taken away', "DELETE FROM facts WHERE contact_id = 'd'", 'missing', 4],
    ['the newest taken away', "DELETE FROM facts WHERE contact_id >= 'e'", 'missing', 5],
    [
      'one slipped in at the end',
      `INSERT INTO facts SELECT 99, tenant, sync, side, 'z', match_key, medium, scope, 'in', channel, actor, at, read_at,
         evidence, run, releases, 7, hash, who, hash, NULL, NULL FROM facts WHERE seq = 6`,
      'changed',
      7,
    ],
    [
      'one slipped in under a number that is taken',
      `INSERT INTO facts SELECT 99, tenant, sync, side, 'z', match_key, medium, scope, 'in', channel, actor, at, read_at,
         evidence, run, releases, seq, prev, who, hash, NULL, NULL FROM facts WHERE seq = 2`,
      'inserted',
      2,
    ],
  ] as const)('%s is named', async (_, sql, kind, seq) => {
    await (await told(SIX)).close();
    inFile(sql);
    const store = await open();
    expect(await store.verifyChain()).toMatchObject({ whole: false, broken: { kind, seq } });
    await store.close();
  });

  test('I5: a crash before the commit leaves neither facts nor links, and the page again makes one chain', async () => {
    const steps = crashAt('store:storePage:before-commit');
    const store = await open({ steps });
    const { lease, shelf } = await ready(store);
    steps.armed = true;
    await expect(store.storePage(lease, shelf, page({ facts: [fact('a')] }))).rejects.toBeInstanceOf(Crash);
    steps.armed = false;
    expect(await store.verifyChain()).toMatchObject({ whole: true, facts: 0 });
    await store.storePage(lease, shelf, page({ facts: [fact('a')] }));
    expect(await store.verifyChain()).toMatchObject({ whole: true, facts: 1 });
    await store.close();
  });

  test('is found whole over more rows than are read at once', async () => {
    const many = Array.from({ length: 4_001 }, (_, n) => `c${n}`);
    const store = await told(many);
    expect(await store.verifyChain()).toMatchObject({ whole: true, facts: 4_001 });
    await store.close();
  });

  test('facts of an older store are chained as they stand, for each tenant, and told on', async () => {
    await (await open({ migrations: MIGRATIONS.filter(({ number }) => number < 5) })).close();
    const raw = new Database(file);
    const insert =
      raw.prepare(`INSERT INTO facts (tenant, sync, side, contact_id, match_key, medium, scope, fact, channel,
      actor, at, read_at, evidence, run, releases) VALUES (?, '${SYNC}', 'primary', ?, ?, 'email', 'all', 'out', 'changes',
      'person', '2026-11-20T10:00:00Z', ${setting().clock.now()}, 'reading', 'run-1', 0)`);
    for (let n = 0; n < 2_500; n += 1)
      for (const tenant of ['default', 'other']) insert.run(tenant, `o${n}`, `o${n}@example.org`);
    raw.close();
    const store = await told(['o7', 'new']);
    expect(await store.verifyChain()).toMatchObject({ whole: true, facts: 2_501 });
    expect(await store.facts(SYNC, ['o7'])).toEqual([fact('o7', { matchKey: 'o7@example.org' })]);
    const other = await open({ tenant: 'other' });
    expect(await other.verifyChain()).toMatchObject({ whole: true, facts: 2_500 });
    await store.close();
    await other.close();
  });
});
