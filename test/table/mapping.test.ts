/** A mapping that changes destroys nothing (T36), and what cannot be mapped says so. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { done, expectTableMatches, mailable, openTable, people, remap, rowOf, sync } from './people-table.ts';

let account: Account;
afterEach(() => account.close());

describe('T36 the mapping changes', () => {
  test('narrowed: what is no longer mapped stays as it is, for everybody and for good', async () => {
    account = await openTable();
    await done(account);
    const before = people(account);
    remap(account, { fields: '{ email_address: email }' });
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
    expect(people(account)).toEqual(before);
    const [person] = mailable(account);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Unseen' } });
    account.pass(HOUR);
    await done(account);
    expect(people(account)).toEqual(before);
  });

  test('widened: a new column is filled, and nothing that the table has there is blanked', async () => {
    account = await openTable({ fields: '{ email_address: email }' });
    await done(account);
    const [named, nameless] = mailable(account);
    account.change("UPDATE people SET given_name = 'Known here' WHERE email = ?", nameless.email);
    account.world.mutate([
      { op: 'edit', contact_id: nameless.id, set: { first_name: null } },
      { op: 'edit', contact_id: named.id, set: { first_name: 'Filled' } },
    ]);
    remap(account, { fields: '{ email_address: email, first_name: given_name }' });
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, nameless.email)).toMatchObject({ given_name: 'Known here' });
    expect(rowOf(account, named.email)).toMatchObject({ given_name: 'Filled' });
    account.world.mutate({ op: 'edit', contact_id: nameless.id, set: { company_name: 'Unmapped' } });
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, nameless.email)).toMatchObject({ given_name: 'Known here' });
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
  });

  test('a field goes to another column: the old one keeps what it has', async () => {
    account = await openTable({ fields: '{ email_address: email, first_name: given_name }' });
    await done(account);
    const before = people(account);
    remap(account, { fields: '{ email_address: email, first_name: remark }' });
    account.pass(HOUR);
    await done(account);
    expect(people(account).map((row) => row.given_name)).toEqual(before.map((row) => row.given_name));
    expect(people(account).map((row) => row.remark)).toEqual(before.map((row) => row.given_name));
  });

  test('consent switched from none to a column: who is out is out there at once', async () => {
    account = await openTable({ consent: 'none' });
    await done(account);
    account.change('UPDATE people SET may_email = 1');
    remap(account, {});
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
  });

  test('changed back and forth it goes quiet', async () => {
    account = await openTable();
    await done(account);
    for (const fields of ['{ email_address: email }', undefined]) {
      remap(account, fields === undefined ? {} : { fields });
      account.pass(HOUR);
      expect(await done(account)).toMatchObject({ applied: 0 });
    }
    expectTableMatches(account);
  });
});

describe('a table that is not as configured', () => {
  test.each([
    ['the table is missing', 'DROP TABLE people'],
    ['a column is missing', 'ALTER TABLE people DROP COLUMN given_name'],
    ['the consent column is missing', 'ALTER TABLE people DROP COLUMN may_email'],
  ])('%s: the pass fails before it reads a person, writes nothing, and works once it is mended', async (_name, sql) => {
    account = await openTable();
    account.change(`CREATE TABLE kept AS SELECT * FROM people; ${sql}`);
    const result = await sync(account);
    expect(result).toMatchObject({ outcome: 'failed', read: 0, applied: 0 });
    account.change(
      'DROP TABLE IF EXISTS people; CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email INTEGER, remark TEXT)',
    );
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
  });
});
