/** A user's own table: filled, matched and left alone as the contract says. */
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
} from './people-table.ts';

let account: Account;
afterEach(() => account.close());

describe('first load', () => {
  test('everybody living gets a row with name and consent; I7 the second pass writes nothing', async () => {
    account = await openTable();
    await done(account);
    expectTableMatches(account);
    const before = people(account);
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
    account.pass(DAY);
    expect(await done(account)).toMatchObject({ applied: 0 });
    expect(people(account)).toEqual(before);
  });

  test('rows that nobody in the account has are left alone', async () => {
    account = await openTable({
      before: `INSERT INTO people (id, email, given_name, may_email, remark) VALUES
        (900, 'only.here@example.net', 'Only', 1, 'ours'), (901, 'not an address', 'Odd', NULL, 'ours')`,
    });
    await done(account);
    expectTableMatches(account, 2);
    account.pass(DAY);
    await done(account);
    expect(people(account).filter((row) => row.remark === 'ours')).toEqual([
      {
        id: 900,
        email: 'only.here@example.net',
        given_name: 'Only',
        family_name: null,
        title: null,
        may_email: 1,
        remark: 'ours',
      },
      {
        id: 901,
        email: 'not an address',
        given_name: 'Odd',
        family_name: null,
        title: null,
        may_email: null,
        remark: 'ours',
      },
    ]);
  });

  test.each([
    ['upper case', (email: string) => email.toUpperCase()],
    ['space around', (email: string) => `  ${email} `],
    ['a zero-width space', (email: string) => `\u200B${email}`],
  ])('T31 a row is met under another spelling (%s): updated, never doubled', async (_name, spell) => {
    account = await openTable();
    const [person] = mailable(account);
    const email = person.email;
    account.change(
      `INSERT INTO people (id, email, given_name, may_email, remark) VALUES (900, ?, 'Old', 1, 'ours')`,
      spell(email),
    );
    await done(account);
    expect(people(account).filter((row) => row.id === 900 || row.email === email)).toEqual([
      expect.objectContaining({ id: 900, email, given_name: person.firstName, may_email: 1, remark: 'ours' }),
    ]);
    expectTableMatches(account);
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
  });

  test('T31 plus tags and dots are other people', async () => {
    account = await openTable();
    account.change(
      "INSERT INTO people (id, email, given_name, may_email) VALUES (900, ?, 'Other', 0)",
      addressOf(account, mailable(account)[0].id).replace('@', '+tag@'),
    );
    await done(account);
    expect(people(account).find((row) => row.id === 900)).toMatchObject({ given_name: 'Other', may_email: 0 });
    expectTableMatches(account, 1);
  });

  test('write rules: always replaces, if-empty fills only what is empty, never is only written with a new row', async () => {
    account = await openTable();
    const [full, empty] = mailable(account);
    account.world.mutate([
      { op: 'edit', contact_id: full.id, set: { first_name: 'New', last_name: 'Newer', job_title: 'Boss' } },
      { op: 'edit', contact_id: empty.id, set: { first_name: 'New', last_name: 'Newer', job_title: 'Boss' } },
    ]);
    const insert = 'INSERT INTO people (email, given_name, family_name, title, may_email) VALUES (?, ?, ?, ?, 1)';
    account.change(insert, full.email, 'Mine', 'Mine', 'Mine');
    account.change(insert, empty.email, 'Mine', '', null);
    await done(account);
    expect(rowOf(account, full.email)).toMatchObject({
      given_name: 'New',
      family_name: 'Mine',
      title: 'Mine',
    });
    expect(rowOf(account, empty.email)).toMatchObject({
      given_name: 'New',
      family_name: 'Newer',
      title: null,
    });
    account.world.mutate({ op: 'edit', contact_id: empty.id, set: { last_name: 'Newest', job_title: 'Chief' } });
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, empty.email)).toMatchObject({ family_name: 'Newer', title: null });
  });

  test('I8 a first meeting never blanks what the table has and the account has not', async () => {
    account = await openTable();
    const [person] = mailable(account);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: null } });
    account.change(
      "INSERT INTO people (email, given_name, may_email, remark) VALUES (?, 'Known here', 1, 'ours')",
      person.email,
    );
    await done(account);
    expect(rowOf(account, person.email)).toMatchObject({ given_name: 'Known here', remark: 'ours' });
  });
});

describe('constraints of the table', () => {
  const NOT_NULL =
    'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT NOT NULL, family_name TEXT, title TEXT, may_email INTEGER, remark TEXT';

  test('a refused row is parked with its reason, the others go on, and it is written once it can be', async () => {
    account = await openTable({ columns: NOT_NULL });
    const nameless = [...account.world.state.people.values()].filter(
      (one) => one.deletedAt === null && one.email !== null && one.firstName === null,
    );
    for (const one of nameless)
      account.world.mutate({ op: 'edit', contact_id: one.id, set: { first_name: 'Somebody' } });
    const [bad] = mailable(account);
    account.world.mutate({ op: 'edit', contact_id: bad.id, set: { first_name: null } });
    const first = await done(account);
    expect(first).toMatchObject({ parked: 1, waiting: { parked: 1 } });
    expect(rowOf(account, bad.email)).toBeUndefined();
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ parked: 1, applied: 0 });
    account.world.mutate({ op: 'edit', contact_id: bad.id, set: { first_name: 'At last' } });
    account.pass(HOUR);
    const mended = await done(account);
    expect(mended).toMatchObject({ parked: 0, applied: 1, waiting: { parked: 0 } });
    expectTableMatches(account);
  });

  test('an opt-out reaches a row whose other changes the table refuses', async () => {
    account = await openTable({ columns: NOT_NULL, before: '' });
    for (const one of mailable(account))
      account.world.mutate({ op: 'edit', contact_id: one.id, set: { first_name: 'Somebody' } });
    await sync(account);
    const [bad] = mailable(account);
    account.world.mutate([
      { op: 'edit', contact_id: bad.id, set: { first_name: null } },
      { op: 'unsubscribe', contact_id: bad.id, how: 'contact' },
    ]);
    account.pass(HOUR);
    await sync(account);
    expect(rowOf(account, bad.email)).toMatchObject({ may_email: 0 });
  });

  test('a consent column of type text is read and written as such', async () => {
    account = await openTable({
      columns:
        'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email TEXT, remark TEXT',
    });
    const [yes, no, none] = mailable(account);
    const insert = 'INSERT INTO people (email, given_name, may_email) VALUES (?, ?, ?)';
    account.change(insert, yes.email, yes.firstName, 'yes');
    account.change(insert, no.email, no.firstName, 'no');
    account.change(insert, none.email, none.firstName, null);
    await done(account);
    expect(rowOf(account, yes.email)?.may_email).toBe('yes');
    expect(rowOf(account, no.email)?.may_email).toBe('no');
    expect(rowOf(account, none.email)?.may_email).toBe('1');
    account.world.mutate({ op: 'unsubscribe', contact_id: yes.id, how: 'contact' });
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 1 });
    expect(rowOf(account, yes.email)?.may_email).toBe('0');
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
    expect((await waits(account)).held).toBe(1);
  });
});
