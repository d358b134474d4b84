/**
 * Brakes hold (I10): a pass stops before its first write and names its plan; `release` lets exactly that plan through, and every
 * pass judges anew. Explicit opt-outs are never held.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

const CONTACTS = { path: '^/v3/contacts\\?' };

async function loaded(): Promise<void> {
  account = await Account.open({ contacts: 120 });
  expect((await account.sync()).outcome).toBe('done');
}

function deletedRows(): unknown {
  return account.rows('SELECT count(*) AS n FROM contacts WHERE deleted_at IS NOT NULL');
}

describe('I10 a guard stops before the first write and names its plan', () => {
  test('release lets exactly that plan through; judged anew on each pass until then', async () => {
    await loaded();
    account.pass(HOUR);
    account.world.mutate({ op: 'bulkEdit', n: 60, set: { first_name: null } });
    account.pass(HOUR);
    const named = (): unknown => account.rows('SELECT count(*) AS n FROM contacts WHERE first_name IS NOT NULL');
    const before = named();
    const stopped = await account.sync();
    expect(stopped).toMatchObject({ outcome: 'stopped', applied: 0 });
    expect(stopped.stopHash).toEqual(expect.any(String));
    expect(named()).toEqual(before);
    account.pass(HOUR);
    const again = await account.sync();
    expect(again).toMatchObject({ outcome: 'stopped', stopHash: stopped.stopHash });
    expect(await release(stopped.stopHash)).toMatchObject({ known: true, sync: 'copy' });
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });

  test('a release does not cover a plan that has grown since', async () => {
    await loaded();
    account.pass(HOUR);
    account.world.mutate({ op: 'bulkEdit', n: 60, set: { first_name: null } });
    account.pass(HOUR);
    const stopped = await account.sync();
    await release(stopped.stopHash);
    const [id = ''] = account.people('explicit').filter((one) => firstName(one) !== null);
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: null } });
    account.pass(HOUR);
    const next = await account.sync();
    expect(next.outcome).toBe('stopped');
    expect(next.stopHash).not.toBe(stopped.stopHash);
  });

  test('a guard that no longer has a reason lets go by itself', async () => {
    await loaded();
    account.pass(HOUR);
    const before = [...account.world.state.people.values()].filter((one) => one.deletedAt === null).slice(0, 60);
    for (const one of before) account.world.mutate({ op: 'edit', contact_id: one.id, set: { last_name: null } });
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('stopped');
    for (const one of before)
      account.world.mutate({ op: 'edit', contact_id: one.id, set: { last_name: one.lastName ?? 'Name' } });
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });

  test('an opt-out is written while the guard holds all else', async () => {
    await loaded();
    account.pass(HOUR);
    const [id = ''] = account.people('explicit');
    account.world.mutate([
      { op: 'bulkEdit', n: 60, set: { first_name: null } },
      { op: 'unsubscribe', contact_id: id, how: 'contact' },
    ]);
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('stopped');
    expect(account.permission(id)).toBe('unsubscribed');
  });

  test('people whom the source itself reports as deleted are no suspicion: the guard does not count them', async () => {
    await loaded();
    account.pass(HOUR);
    account.world.mutate({ op: 'bulkDelete', n: 80 });
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });

  test('too many vanished: stopped before any of them is read, and released they are read one by one', async () => {
    await loaded();
    const before = deletedRows();
    account.pass(DAY);
    account.world.faults.set([{ kind: 'items-missing', match: CONTACTS }]);
    const requests = account.requests();
    const stopped = await account.sync();
    expect(stopped.outcome).toBe('stopped');
    // One is read to judge the window, which names nobody: of those who vanished from the listing none.
    expect(account.requests() - requests).toBeLessThan(26);
    await release(stopped.stopHash);
    account.pass(HOUR);
    await account.sync();
    expect(deletedRows()).toEqual(before);
    account.world.faults.set([]);
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });
});

function firstName(id: string): string | null {
  return account.world.state.people.get(id)?.firstName ?? null;
}

async function release(hash = ''): Promise<unknown> {
  const application = await account.start();
  try {
    return await application.release(hash);
  } finally {
    await account.stop();
  }
}
