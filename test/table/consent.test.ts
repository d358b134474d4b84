/** The consent column of a user's table: opt-outs lower it, and nothing of ours ever raises what the table itself took away. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Account } from '../harness/account.ts';
import { DAY, HOUR } from '../harness/account.ts';
import { done, expectTableMatches, mailable, openTable, people, rowOf, sync, waits } from './people-table.ts';

let account: Account;
afterEach(() => account.close());

async function loaded(more: Parameters<typeof openTable>[0] = {}): Promise<void> {
  account = await openTable(more);
  await done(account);
}

test('T28 I3: an owner’s no to one of two who swapped their addresses reaches the row of the address, which waits for a person', async () => {
  account = await openTable({ consent: '{ column: may_email, direction: two-way }' });
  await done(account);
  const [a, b] = mailable(account);
  account.world.mutate({ op: 'swapAddresses', contact_ids: [a.id, b.id] });
  account.pass(HOUR);
  account.change('UPDATE people SET may_email = 0 WHERE email = ?', a.email);
  for (let n = 0; n < 3; n += 1) {
    account.pass(HOUR);
    await done(account);
  }
  const out = [a, b].map(({ id }) => account.world.state.people.get(id)?.email);
  const rows = out.filter((email) => email?.permission === 'unsubscribed').map((email) => email?.address ?? '');
  expect(rows).toHaveLength(1);
  expect(rows.map((address) => rowOf(account, address)?.may_email)).toEqual([0]);
});

describe('an owner’s no, while the account shows somebody in a way that nobody understands', () => {
  test('I3: is carried as soon as it shows them well again', async () => {
    account = await openTable({ consent: '{ column: may_email, direction: two-way }' });
    await done(account);
    const { state } = account.world;
    const person = mailable(account).find(({ id }) => (state.people.get(id)?.sequence ?? 1) % 7 === 0);
    if (person === undefined) throw new Error('nobody will be shown so');
    account.pass(HOUR);
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', person.email);
    account.world.switches.set({ unknownPermission: 'mystery' });
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    await done(account);
    account.world.switches.set({ unknownPermission: null });
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Judge' } });
    for (let n = 0; n < 2; n += 1) {
      account.pass(HOUR);
      await done(account);
    }
    expect(account.world.state.people.get(person.id)?.email?.permission).toBe('unsubscribed');
  });
});

describe('the consent column', () => {
  test.each(['contact', 'account', 'campaign', 'ui', 'api'] as const)(
    'who opted out (%s) keeps the row and loses may_email',
    async (how) => {
      await loaded();
      const [person] = mailable(account);
      account.pass(HOUR);
      account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how });
      account.pass(HOUR);
      expect(await done(account)).toMatchObject({ applied: 1 });
      expect(rowOf(account, person.email)).toMatchObject({
        may_email: 0,
        given_name: person.firstName,
      });
      expectTableMatches(account);
    },
  );

  test('who was deleted keeps the row and loses may_email, and who comes back gets it again', async () => {
    await loaded();
    const [person] = mailable(account);
    account.pass(HOUR);
    account.world.mutate({ op: 'delete', contact_id: person.id });
    account.pass(DAY);
    await done(account);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0, given_name: person.firstName });
    account.world.mutate({ op: 'revive', contact_id: person.id });
    account.pass(DAY);
    await done(account);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 1 });
    expectTableMatches(account);
  });

  test('who signs up again after an opt-out gets may_email again', async () => {
    await loaded();
    const [person] = mailable(account);
    account.pass(HOUR);
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    account.pass(HOUR);
    await done(account);
    account.world.mutate({ op: 'resubscribe', contact_id: person.id, how: 'contact' });
    account.pass(DAY);
    await done(account);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 1 });
  });

  test('a row that the table itself took out is held and shown, whatever else changes', async () => {
    await loaded();
    const [person] = mailable(account);
    const email = person.email;
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', email);
    for (const first_name of ['One', 'Two', 'Three']) {
      account.pass(HOUR);
      account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name } });
      account.pass(HOUR);
      const result = await done(account);
      expect(result.held).toBe(1);
      expect(rowOf(account, email)).toMatchObject({ may_email: 0, given_name: first_name });
      expect((await waits(account)).held).toBe(1);
    }
    account.change('UPDATE people SET may_email = 1 WHERE email = ?', email);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Four' } });
    account.pass(HOUR);
    expect((await done(account)).held).toBe(0);
    expect((await waits(account)).held).toBe(0);
    expectTableMatches(account);
  });

  test('out in the table at the first meeting: held, never raised; NULL says nothing and is filled', async () => {
    account = await openTable();
    const [out, unsaid] = mailable(account);
    const insert = 'INSERT INTO people (email, given_name, may_email) VALUES (?, ?, ?)';
    account.change(insert, out.email, 'Out', 0);
    account.change(insert, unsaid.email, 'Unsaid', null);
    await done(account);
    expect(rowOf(account, out.email)).toMatchObject({ may_email: 0, given_name: out.firstName });
    expect(rowOf(account, unsaid.email)).toMatchObject({ may_email: 1, given_name: unsaid.firstName });
    expect((await waits(account)).held).toBe(1);
    account.pass(DAY);
    await done(account);
    expect(rowOf(account, out.email)).toMatchObject({ may_email: 0 });
  });

  test('I10 many rows that say nothing are not filled without a person: mass opt-in stops', async () => {
    account = await openTable({ contacts: 120 });
    for (const person of mailable(account).slice(0, 30))
      account.change('INSERT INTO people (email, may_email) VALUES (?, NULL)', person.email);
    const result = await sync(account);
    expect(result.outcome).toBe('stopped');
    expect(people(account).filter((row) => row.may_email !== null)).toEqual([]);
  });

  test('consent: none writes no consent, anywhere', async () => {
    await loaded({ consent: 'none' });
    expect(new Set(people(account).map((row) => row.may_email))).toEqual(new Set([null]));
    const [person] = mailable(account);
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: null });
  });

  test('T23 a permission nobody documented is never mailable here', async () => {
    await loaded();
    account.world.switches.set({ unknownPermission: 'super_explicit' });
    account.pass(DAY);
    await done(account);
    const odd = [...account.world.state.people.values()].filter(
      (one) => one.sequence % 7 === 0 && one.deletedAt === null && one.email !== null,
    );
    for (const one of odd) expect(rowOf(account, one.email?.address ?? '')).toMatchObject({ may_email: 0 });
  });

  test('I3 an opt-out is written while a guard holds the rest, and the rest once released', async () => {
    await loaded({ contacts: 120 });
    const [person] = mailable(account);
    account.pass(HOUR);
    account.world.mutate([
      { op: 'bulkEdit', n: 60, set: { first_name: null } },
      { op: 'edit', contact_id: person.id, set: { first_name: 'Held back' } },
      { op: 'unsubscribe', contact_id: person.id, how: 'contact' },
    ]);
    account.pass(HOUR);
    const before = people(account).filter((row) => row.given_name !== null).length;
    const stopped = await sync(account);
    expect(stopped.outcome).toBe('stopped');
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0 });
    expect(people(account).filter((row) => row.given_name !== null).length).toBe(before);
    account.pass(HOUR);
    const again = await sync(account);
    expect(again.outcome).toBe('stopped');
    const application = await account.start();
    await application.release(again.stopHash ?? '');
    await account.stop();
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0, given_name: 'Held back' });
  });
});
