/** Rows of people who are out, switched on at home by nobody known (T20). */
import { afterEach, describe, expect, test } from 'vitest';
import type { SettleResult, WaitingItem } from '../../src/cli/waiting-results.ts';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { done, mailable, openTable, people, rowOf, sync, SYNC, waits, type TableOptions } from './people-table.ts';

let account: Account;
afterEach(() => account.close());

async function loaded(options: TableOptions = {}): Promise<void> {
  account = await openTable({ contacts: 120, consent: '{ column: may_email, direction: two-way }', ...options });
  await done(account);
  account.pass(HOUR);
}
function out(): string[] {
  return people(account).flatMap(({ email, may_email }) => (may_email === 0 ? [email] : []));
}
function switchOn(emails: readonly string[]): void {
  for (const email of emails) account.change('UPDATE people SET may_email = 1 WHERE email = ?', email);
}
function writes(): number {
  return account.simulators.requests.entries.filter(({ method }) => method !== 'GET').length;
}
async function conflicts(): Promise<readonly WaitingItem[]> {
  const application = await account.start();
  const { items } = await application.waiting([SYNC], ['conflict', 'alarm']);
  await account.stop();
  return items;
}
async function decide(how: 'keep' | 'lower', id: string): Promise<SettleResult> {
  const application = await account.start();
  const call = { signal: new AbortController().signal, progress: () => undefined };
  const result = await application.settle(SYNC, how, id, call);
  await account.stop();
  return result;
}
const permissions = () => [...account.world.state.people.values()].map(({ id, email }) => [id, email?.permission]);

describe.each(['{ column: may_email, direction: two-way }', '{ column: may_email }'])(
  'T20 with consent: %s',
  (consent) => {
    test('everybody who was out and is switched on is one thing to decide, and nothing of it is written anywhere', async () => {
      await loaded({ consent });
      const before = permissions();
      const emails = out();
      expect(emails.length).toBeGreaterThan(9);
      switchOn(emails);
      const result = await done(account);
      expect(result).toMatchObject({ applied: 0 });
      expect([writes(), permissions()]).toEqual([0, before]);
      const [one, ...more] = await conflicts();
      expect(more).toEqual([]);
      expect(one).toMatchObject({ kind: 'conflict', reason: 'switched-on-at-home', ways: ['lower', 'keep'] });
      expect([one?.why, one?.address]).toEqual([`${emails.length} people`, null]);
      expect(out()).toEqual([]);
      account.pass(HOUR);
      await done(account);
      expect((await conflicts()).map(({ id, since }) => [id, since])).toEqual([[one?.id, one?.since]]);
    });
  },
);

describe('T20 a person decides', () => {
  test('lower: the next pass puts the no back into each of these rows, and into no other', async () => {
    await loaded();
    const emails = out();
    switchOn(emails);
    await done(account);
    const [one] = await conflicts();
    expect(await decide('lower', one?.id ?? '')).toMatchObject({ settled: [one?.id], refused: null });
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: emails.length });
    expect(out().sort()).toEqual([...emails].sort());
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
    expect([await conflicts(), writes()]).toEqual([[], 0]);
  });

  test('keep: the same rows are not told again, one more is', async () => {
    await loaded();
    const [first = '', second = '', third = ''] = out();
    switchOn([first, second]);
    await done(account);
    const [one] = await conflicts();
    await decide('keep', one?.id ?? '');
    account.pass(HOUR);
    await done(account);
    expect(await waits(account)).toMatchObject({ conflict: 0 });
    expect([rowOf(account, first)?.may_email, writes()]).toEqual([1, 0]);
    switchOn([third]);
    account.pass(HOUR);
    await done(account);
    expect(await conflicts()).toMatchObject([{ why: '3 people' }]);
  });

  test('nothing waits any more once the rows say no again', async () => {
    await loaded();
    const [first = ''] = out();
    switchOn([first]);
    await done(account);
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', first);
    account.pass(HOUR);
    await done(account);
    expect(await conflicts()).toEqual([]);
  });
});

test('T20: a no that waited while nobody understood the account, and was taken back at home, is told until the account is clear', async () => {
  await loaded();
  const [{ id, email }] = mailable(account);
  const setRow = (value: 0 | 1): void =>
    account.change('UPDATE people SET may_email = ? WHERE email = ?', value, email);
  account.world.mutate({ op: 'setPermission', contact_id: id, permission: 'temp_hold' });
  setRow(0);
  account.pass(25 * HOUR);
  await done(account);
  setRow(1);
  account.pass(25 * HOUR);
  await done(account);
  expect((await conflicts()).map(({ reason, why }) => [reason, why])).toEqual([['switched-on-at-home', '1 people']]);
  account.world.mutate({ op: 'setPermission', contact_id: id, permission: 'explicit' });
  account.pass(25 * HOUR);
  await done(account);
  expect([await conflicts(), rowOf(account, email)?.may_email, writes()]).toEqual([[], 1, 0]);
});

test('a yes that was always agreed on, one of nobody in the account, and one that waits to be lowered are no conflict', async () => {
  await loaded();
  const [person] = mailable(account);
  account.change("INSERT INTO people (email, may_email) VALUES ('stranger@example.org', 1)");
  account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
  await done(account);
  expect([await conflicts(), rowOf(account, person.email)?.may_email]).toEqual([[], 0]);
});

test('without a consent column nothing is asked', async () => {
  await loaded({ consent: 'none' });
  account.change('UPDATE people SET may_email = 1');
  await sync(account);
  expect(await conflicts()).toEqual([]);
});
