/**
 * Absence is not deletion (I9) and brakes hold (I10): a listing that is cut, empty, forged or another account's deletes nobody, and
 * nothing of it sticks beyond its cause.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { FaultPlan } from '../../simulators/faults/plan.ts';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

function deletedRows(): number {
  const tables = ['contacts', 'contact_lists', 'tags', 'custom_fields'];
  const counts = tables.map(
    (table) =>
      account.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE deleted_at IS NOT NULL`)[0]?.n ?? 0,
  );
  return counts.reduce((sum, n) => sum + n, 0);
}

async function loaded(contacts: number, more: Parameters<typeof Account.open>[0] = {}): Promise<number> {
  account = await Account.open({ contacts, ...more });
  expect((await account.sync()).outcome).toBe('done');
  return deletedRows();
}

async function worksAgain(): Promise<void> {
  account.world.faults.set([]);
  account.pass(HOUR);
  expect((await account.sync()).outcome).toBe('done');
  expectMirrorEqualsTruth(account);
}

const CONTACTS = { path: '^/v3/contacts\\?' };
const DISASTERS: readonly (readonly [name: string, faults: FaultPlan])[] = [
  ['an empty list of contacts', [{ kind: 'empty-list', match: CONTACTS }]],
  ['HTML instead of contacts', [{ kind: 'html', match: CONTACTS }]],
  ['truncated JSON', [{ kind: 'truncated-json', match: CONTACTS }]],
  ['202 for each listing', [{ kind: 'status', status: 202, match: CONTACTS }]],
  ['202 with an empty, well-formed page', [{ kind: 'status', status: 202, match: CONTACTS, body: { contacts: [] } }]],
  ['403 for each listing', [{ kind: 'status', status: 403, match: CONTACTS }]],
  ['404 for each listing', [{ kind: 'status', status: 404, match: CONTACTS }]],
  ['500 for everything', [{ kind: 'status', status: 500 }]],
  ['HTML for everything', [{ kind: 'html' }]],
  ['HTML with status 404 for everything', [{ kind: 'html', status: 404 }]],
  ['empty lists, tags and fields', [{ kind: 'empty-list', match: { path: '^/v3/contact_' } }]],
  ['an empty list of everything', [{ kind: 'empty-list' }]],
  ['an answer cut to an array', [{ kind: 'status', status: 200, match: CONTACTS, body: [] }]],
  ['an answer without its key', [{ kind: 'status', status: 200, match: CONTACTS, body: { lists: [] } }]],
];

describe('I9 a disastrous listing deletes nobody, and the next pass after it simply works', () => {
  test.each(DISASTERS)('%s, on the daily walk', async (_name, faults) => {
    const before = await loaded(120);
    account.pass(DAY);
    account.world.faults.set(faults);
    const result = await account.sync();
    expect(result.outcome).not.toBe('done');
    expect(deletedRows()).toBe(before);
    await worksAgain();
    expect(deletedRows()).toBe(before);
  });

  // Lists, tags and fields that answer empty from the first are an account without any.
  const FIRST = DISASTERS.filter(([name]) => !name.startsWith('empty lists'));
  test.each(FIRST)('%s, on the very first load', async (_name, faults) => {
    account = await Account.open({ contacts: 120 });
    account.world.faults.set(faults);
    expect((await account.sync()).outcome).not.toBe('done');
    account.world.faults.set([]);
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });

  test.each([1, 2, 3])('a walk of three pages that is cut at page %d', async (at) => {
    const before = await loaded(1250);
    for (const fault of [{ kind: 'html' }, { kind: 'truncated-json' }, { kind: 'status', status: 500 }] as const) {
      account.pass(DAY);
      const pages = [...Array(40).keys()].map((n) => ({ ...fault, match: CONTACTS, at: at + 3 + n }));
      account.world.faults.set(pages);
      await account.sync();
      expect(deletedRows()).toBe(before);
    }
    await worksAgain();
  });

  test.each([1, 2, 3])('a walk that ends falsely well-formed before page %d', async (at) => {
    const before = await loaded(1250);
    account.pass(DAY);
    account.world.faults.set([{ kind: 'empty-list', match: { path: 'cursor=|status=all&limit' }, at }]);
    const result = await account.sync();
    expect(deletedRows()).toBe(before);
    expect(['stopped', 'partial', 'done']).toContain(result.outcome);
    await worksAgain();
  });

  test('T35 another account behind the same connection stops the sync before anything is read', async () => {
    const before = await loaded(120);
    account.pass(DAY);
    account.world.mutate([
      { op: 'setAccount', encoded_account_id: 'another1' },
      { op: 'bulkDelete', n: 90 },
    ]);
    const result = await account.sync();
    expect(result).toMatchObject({ outcome: 'stopped', read: 0 });
    expect(deletedRows()).toBe(before);
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('stopped');
    expect(deletedRows()).toBe(before);
  });
});
