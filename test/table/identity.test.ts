/** Who a row is: found by its link when an address changes, by its address when the row moved; never two rows for one person. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Account } from '../harness/account.ts';
import { DAY, HOUR } from '../harness/account.ts';
import {
  addressOf,
  done,
  expectTableMatches,
  mailable,
  openTable,
  people,
  rowOf,
  sync,
  waits,
  SYNC,
} from './people-table.ts';

let account: Account;
afterEach(() => account.close());

async function loaded(contacts = 40): Promise<string[]> {
  account = await openTable({ contacts });
  await done(account);
  account.change("UPDATE people SET remark = 'row ' || id");
  account.pass(HOUR);
  return mailable(account).map((person) => person.id);
}

function move(contact_id: string, address: string): void {
  account.world.mutate({ op: 'changeAddress', contact_id, address });
}

async function quiet(): Promise<void> {
  account.pass(HOUR);
  expect(await done(account)).toMatchObject({ applied: 0 });
}

describe('T27 an address changes', () => {
  test('the row is found by its link and its key column follows; no second row', async () => {
    const [a = ''] = await loaded();
    const row = rowOf(account, addressOf(account, a));
    const count = people(account).length;
    move(a, 'moved@example.org');
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, 'moved@example.org')).toEqual({ ...row, email: 'moved@example.org' });
    expect(people(account).length).toBe(count);
    expectTableMatches(account);
    await quiet();
  });

  test('only its case changes', async () => {
    const [a = ''] = await loaded();
    move(a, addressOf(account, a).toUpperCase());
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
    await quiet();
  });

  test('the new address has a row of the table already: neither is overwritten, it is shown, and mended it goes through', async () => {
    const [a = ''] = await loaded();
    const old = addressOf(account, a);
    account.change(
      "INSERT INTO people (id, email, given_name, may_email, remark) VALUES (900, 'taken@example.org', 'Theirs', 1, 'ours')",
    );
    move(a, 'taken@example.org');
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ parked: 1 });
    expect(rowOf(account, 'taken@example.org')).toMatchObject({ id: 900, given_name: 'Theirs', remark: 'ours' });
    expect(rowOf(account, old)).toBeDefined();
    account.change('DELETE FROM people WHERE id = 900');
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 1, parked: 0, waiting: { parked: 0 } });
    expectTableMatches(account);
  });
});

describe('T28 addresses go round', () => {
  test.each([3, 6])("a chain of %d: each takes the next one's address, whatever the order", async (length) => {
    for (const reverse of [false, true]) {
      const ids = (await loaded()).slice(0, length);
      const chain = reverse ? [...ids].reverse() : ids;
      const addresses = chain.map((id) => addressOf(account, id));
      move(chain[0] ?? '', 'end.of.chain@example.org');
      chain.slice(1).forEach((id, n) => move(id, addresses[n] ?? ''));
      account.pass(HOUR);
      await sync(account);
      account.pass(HOUR);
      await done(account);
      expectTableMatches(account);
      expect(await waits(account)).toMatchObject({ parked: 0, conflict: 0 });
      await quiet();
      if (!reverse) await account.close();
    }
  });

  test('an address passes to a new person in the same window', async () => {
    const [a = ''] = await loaded();
    const old = addressOf(account, a);
    move(a, 'moved@example.org');
    account.world.mutate({
      op: 'create',
      contact: { email_address: old, first_name: 'Heir', permission_to_send: 'explicit' },
    });
    account.pass(HOUR);
    await sync(account);
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
    expect(await waits(account)).toMatchObject({ parked: 0, conflict: 0 });
    await quiet();
  });

  test('a swap ends every pass, is shown, never mixes two rows, and goes through once one of them moves away', async () => {
    const [a = '', b = ''] = await loaded();
    const before = people(account);
    account.world.mutate({ op: 'swapAddresses', contact_ids: [a, b] });
    for (let n = 0; n < 3; n += 1) {
      account.pass(HOUR);
      const result = await done(account);
      expect(result.parked + result.conflicts).toBe(2);
      expect(people(account)).toEqual(before);
    }
    move(a, 'elsewhere@example.org');
    account.pass(HOUR);
    await sync(account);
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
    expect(await waits(account)).toMatchObject({ parked: 0, conflict: 0 });
    await quiet();
  });

  test('T28 after a swap with somebody whose row the owner took away, the row stays with the person who had it', async () => {
    const [a = '', b = ''] = await loaded();
    const row = rowOf(account, addressOf(account, a));
    account.change('DELETE FROM people WHERE email = ?', addressOf(account, b));
    account.world.mutate({ op: 'swapAddresses', contact_ids: [a, b] });
    for (let n = 0; n < 3; n += 1) {
      account.pass(HOUR);
      await sync(account);
    }
    expect(rowOf(account, addressOf(account, a))).toEqual({ ...row, email: addressOf(account, a) });
    expectTableMatches(account);
    expect(await waits(account)).toMatchObject({ parked: 0, conflict: 0 });
    await quiet();
  });

  test('T28 I2 after a swap with somebody who opted out, neither address is mailable', async () => {
    const [a = '', b = ''] = await loaded();
    account.world.mutate([
      { op: 'unsubscribe', contact_id: b, how: 'contact' },
      { op: 'swapAddresses', contact_ids: [a, b] },
    ]);
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, addressOf(account, a))).toMatchObject({ may_email: 0 });
    expect(rowOf(account, addressOf(account, b))).toMatchObject({ may_email: 0 });
  });

  test('T28 I3 nor while a guard holds all else: the no is about the address, and finds it in the other row', async () => {
    const [a = '', b = ''] = await loaded(120);
    account.world.mutate([
      { op: 'bulkEdit', n: 60, set: { first_name: null } },
      { op: 'swapAddresses', contact_ids: [a, b] },
      { op: 'unsubscribe', contact_id: b, how: 'contact' },
    ]);
    account.pass(HOUR);
    expect(await sync(account)).toMatchObject({ outcome: 'stopped' });
    expect(rowOf(account, addressOf(account, b))).toMatchObject({ may_email: 0 });
  });
});

describe('the table moves behind our back', () => {
  test('T31 the table respells an address: the row is still the same person', async () => {
    const [a = ''] = await loaded();
    const email = addressOf(account, a);
    const row = rowOf(account, email);
    account.change('UPDATE people SET email = ? WHERE email = ?', email.toUpperCase(), email);
    account.world.mutate({ op: 'edit', contact_id: a, set: { first_name: 'Same' } });
    account.pass(HOUR);
    await done(account);
    expect(
      people(account).filter((one) => one.id === row?.id || one.email.toLowerCase() === email.toLowerCase()),
    ).toEqual([{ ...row, email, given_name: 'Same' }]);
    await quiet();
  });

  test('a row that the table deleted comes back when its person changes, with the consent of today', async () => {
    const [a = '', b = ''] = await loaded();
    account.change('DELETE FROM people WHERE email IN (?, ?)', addressOf(account, a), addressOf(account, b));
    account.world.mutate([
      { op: 'edit', contact_id: a, set: { first_name: 'Back' } },
      { op: 'unsubscribe', contact_id: b, how: 'contact' },
    ]);
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
  });

  test('two contacts with one match key: one row, never two, and it is shown', async () => {
    account = await openTable();
    account.world.mutate([
      { op: 'create', contact: { email_address: 'twin@example.org', first_name: 'One' } },
      { op: 'create', contact: { email_address: '\u200Btwin@example.org', first_name: 'Two' } },
    ]);
    await sync(account);
    account.pass(HOUR);
    const result = await sync(account);
    expect(result.outcome).toBe('done');
    expect(people(account).filter((row) => row.email.includes('twin')).length).toBe(1);
    expect(result.parked + result.conflicts).toBe(1);
  });

  test('two contacts with one row wait until a person keeps it so, and again once one of them changes', async () => {
    account = await openTable();
    account.world.mutate([
      { op: 'create', contact: { email_address: 'twin@example.org', first_name: 'One' } },
      { op: 'create', contact: { email_address: '\u200Btwin@example.org', first_name: 'Two' } },
    ]);
    await sync(account);
    account.pass(HOUR);
    await sync(account);
    const waiting = async () => {
      const application = await account.start();
      const { items } = await application.waiting([SYNC], ['conflict', 'parked']);
      await account.stop();
      return items;
    };
    const [item] = await waiting();
    expect(item).toMatchObject({ kind: 'conflict', reason: 'row-taken', ways: ['keep'] });
    const application = await account.start();
    const decided = await application.settle(SYNC, 'keep', item?.id ?? '', account.call());
    await account.stop();
    expect(decided).toMatchObject({ settled: [item?.id], refused: null });
    account.pass(HOUR);
    await sync(account);
    expect(await waiting()).toEqual([]);
    account.world.mutate({ op: 'edit', contact_id: item?.id ?? '', set: { job_title: 'Chair' } });
    account.pass(HOUR);
    await sync(account);
    expect(await waiting()).toMatchObject([{ id: item?.id, reason: 'row-taken' }]);
  });

  test('I8 columns that are not mapped never change through us', async () => {
    const ids = await loaded();
    const remarks = people(account).map((row) => [row.id, row.remark]);
    for (const id of ids.slice(0, 8))
      account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Edited' } });
    account.world.mutate({ op: 'delete', contact_id: ids[9] ?? '' });
    account.pass(DAY);
    await done(account);
    expect(people(account).map((row) => [row.id, row.remark])).toEqual(remarks);
  });
});
