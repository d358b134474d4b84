/** New people of the table, made in the account: with a yes and its evidence, once, and never past an opt-out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { newId } from '../../src/engine/new-people.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import type { Account } from '../harness/account.ts';
import { DAY, HOUR } from '../harness/account.ts';
import { addressOf, done, mailable, openTable, rowOf, sync, waits, SYNC, type TableOptions } from './people-table.ts';

const COLUMNS =
  'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email INTEGER, remark TEXT, signed_up TEXT';
let account: Account;
afterEach(() => account.close());

async function loaded(lists = '[]', guards = '{}', more: TableOptions = {}): Promise<void> {
  account = await openTable({
    columns: COLUMNS,
    guards,
    consent: `{ column: may_email, direction: two-way }\n      create: { evidence: signed_up, lists: ${lists} }`,
    ...more,
  });
  await done(account);
  account.pass(HOUR);
}

function add(email: string, mayEmail: number | null = 1, signedUp: string | null = 'form, 2026-01-02'): void {
  const sql = 'INSERT INTO people (email, given_name, may_email, signed_up) VALUES (?, ?, ?, ?)';
  account.change(sql, email, 'Nora', mayEmail, signedUp);
}

function inAccount(email: string) {
  return [...account.world.state.people.values()].filter((person) => person.email?.address === email);
}

function writes(): number {
  return account.simulators.requests.entries.filter(({ method }) => method !== 'GET').length;
}

async function passes(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    account.pass(HOUR);
    await done(account);
  }
}

describe('a new row with a yes and its evidence', () => {
  test('I7: becomes one contact, implicit, with what the row has; the passes after it write nothing', async () => {
    await loaded();
    add('nora@example.org');
    expect(await done(account)).toMatchObject({ applied: 1 });
    expect(inAccount('nora@example.org')).toMatchObject([
      { firstName: 'Nora', createSource: 'Account', email: { permission: 'implicit' } },
    ]);
    await passes(3);
    expect([writes(), inAccount('nora@example.org').length]).toEqual([1, 1]);
    expect(rowOf(account, 'nora@example.org')).toMatchObject({ may_email: 1, given_name: 'Nora' });
    expect(await waits(account)).toEqual({ held: 0, parked: 0, conflict: 0, alarm: 0 });
  });

  test('is linked from then on: an opt-out on either side reaches the other', async () => {
    await loaded();
    add('nora@example.org');
    add('olga@example.org');
    await done(account);
    await passes(1);
    account.change("UPDATE people SET may_email = 0 WHERE email = 'nora@example.org'");
    const [olga] = inAccount('olga@example.org');
    account.world.mutate({ op: 'unsubscribe', contact_id: olga?.id ?? '', how: 'contact' });
    await passes(2);
    expect(inAccount('nora@example.org')).toMatchObject([{ email: { permission: 'unsubscribed' } }]);
    expect(rowOf(account, 'olga@example.org')).toMatchObject({ may_email: 0 });
  });

  test('joins the lists that the file names', async () => {
    account = await openTable({ columns: COLUMNS });
    const name = [...account.world.state.lists.values()].find((list) => list.deletedAt === null)?.name ?? '';
    await account.close();
    await loaded(`[${JSON.stringify(name)}]`);
    add('nora@example.org');
    await done(account);
    const [nora] = inAccount('nora@example.org');
    const lists = [...(nora?.lists ?? [])].map((id) => account.world.state.lists.get(id)?.name);
    expect(lists).toEqual([name]);
  });

  test('is not made where a list of the file is not there, and says which', async () => {
    await loaded('[No such list]');
    add('nora@example.org');
    const result = await sync(account);
    expect(result).toMatchObject({ outcome: 'done', skipped: { 'no-such-list': 1 } });
    expect(JSON.stringify(result.messages)).toContain('No such list');
    expect(writes()).toBe(0);
  });

  test('is shown by a plan with its cost, and by why with the evidence', async () => {
    await loaded();
    add('nora@example.org');
    const items = await account.plan(SYNC);
    expect(items.filter((item) => item.kind === 'line')).toMatchObject([{ action: 'insert', reason: 'new-in-table' }]);
    expect(items.at(-1)).toMatchObject({ cost: { cc: 2, app: 0 } });
    expect(writes()).toBe(0);
    await done(account);
    await passes(1);
    const application = await account.start();
    expect(JSON.stringify(await application.why('nora@example.org', null))).toContain('as evidence: form, 2026-01-02');
    await account.stop();
  });
});

test('C3 a person whom Concord made and then forgot has left nothing of that in the store', async () => {
  await loaded();
  add('nora@example.org', 1, 'a form that nobody else filled in');
  await done(account);
  await passes(1);
  const stored = () => readFileSync(join(account.folder, 'concord.db')).toString('latin1');
  const application = await account.start();
  const answer = await application.forget('nora@example.org');
  await account.stop();
  expect(answer).toMatchObject({ kind: 'forgotten', swept: true });
  for (const trace of ['nora@example.org', 'a form that nobody else', newId('nora@example.org')])
    expect(stored()).not.toContain(trace);
});

describe('nobody is made', () => {
  test.each([
    ['without evidence', 1, null],
    ['with blank evidence', 1, '  '],
    ['with a no', 0, 'form'],
    ['with nothing said', null, 'form'],
  ])('%s', async (_what, mayEmail, signedUp) => {
    await loaded();
    add('nora@example.org', mayEmail, signedUp);
    await passes(2);
    expect([writes(), inAccount('nora@example.org')]).toEqual([0, []]);
  });

  test('I1 T22: who opted out before, also where their contact is gone; a pass says how many', async () => {
    await loaded();
    const [person] = mailable(account);
    const email = addressOf(account, person.id);
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    await passes(1);
    account.world.mutate({ op: 'delete', contact_id: person.id });
    account.pass(DAY);
    await done(account);
    account.change('DELETE FROM people WHERE email = ?', email);
    add(email);
    account.pass(HOUR);
    await done(account);
    expect(writes()).toBe(0);
  });

  test('where the account has the address already, under any spelling (T31)', async () => {
    await loaded();
    const [person] = mailable(account);
    add(person.email.toUpperCase());
    await passes(2);
    expect(writes()).toBe(0);
  });

  test('T20 I10: at once by hundreds: it waits until a person releases exactly these', async () => {
    await loaded();
    for (let at = 0; at < 30; at += 1) add(`new${at}@example.org`);
    const stopped = await sync(account);
    expect(stopped).toMatchObject({ outcome: 'stopped' });
    expect(writes()).toBe(0);
    const application = await account.start();
    await application.release(stopped.stopHash ?? '');
    await account.stop();
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 30 });
    expect(inAccount('new7@example.org').length).toBe(1);
  });
});

describe('a row that changes after its person was made, and before they were read', () => {
  test.each([
    ['the answer came', null],
    ['the answer was lost', 'reset-after'],
  ] as const)('I3 I8: a no and an edit are carried (%s)', async (_what, kind) => {
    await loaded('[]', '{}', {
      fields: '{ email_address: email, first_name: { to: given_name, direction: two-way } }',
    });
    add('nora@example.org');
    add('olga@example.org');
    if (kind !== null) account.world.faults.set([{ kind, match: { method: 'POST' } }]);
    await sync(account);
    account.world.faults.set([]);
    account.change("UPDATE people SET may_email = 0 WHERE email = 'nora@example.org'");
    account.change("UPDATE people SET given_name = 'Later' WHERE email = 'olga@example.org'");
    await passes(2);
    expect(inAccount('nora@example.org')).toMatchObject([{ email: { permission: 'unsubscribed' } }]);
    expect(inAccount('olga@example.org')).toMatchObject([{ firstName: 'Later', email: { permission: 'implicit' } }]);
    expect(rowOf(account, 'olga@example.org')).toMatchObject({ given_name: 'Later', may_email: 1 });
  });
});

describe('trouble on the way', () => {
  test.each(['reset-before', 'reset-after'] as const)('I6: no answer (%s): one contact in the end', async (kind) => {
    await loaded();
    add('nora@example.org');
    account.world.faults.set([{ kind, match: { method: 'POST' }, times: 1 }]);
    await sync(account);
    await passes(2);
    expect(inAccount('nora@example.org').length).toBe(1);
    expect(writes()).toBe(kind === 'reset-after' ? 1 : 2);
  });

  test.each([
    'store:intend:after-commit',
    'store:claimJudged:after-commit',
    'store:sending:after-commit',
    'store:settleOperations:before-commit',
    'store:settleOperations:after-commit',
  ])('I5: a kill at %s leaves one contact in the end', async (point) => {
    await loaded();
    add('nora@example.org');
    account.steps = {
      reached: (at) => {
        if (at === point) throw new Killed(at);
      },
    };
    await expect(sync(account)).rejects.toThrow(Killed);
    account.steps = noSteps;
    await passes(2);
    expect([inAccount('nora@example.org').length, writes()]).toEqual([1, 1]);
  });

  test('a refusal by the account is parked, not sent again as it is, and over when the row changes', async () => {
    await loaded();
    add('nora@example.org');
    account.change("UPDATE people SET given_name = ? WHERE email = 'nora@example.org'", 'x'.repeat(300));
    expect(await done(account)).toMatchObject({ parked: 1 });
    await passes(2);
    expect(writes()).toBe(1);
    expect(await waits(account)).toMatchObject({ parked: 1 });
    account.change("UPDATE people SET given_name = 'Nora' WHERE email = 'nora@example.org'");
    await passes(2);
    expect(inAccount('nora@example.org')).toMatchObject([{ firstName: 'Nora' }]);
    expect(await waits(account)).toMatchObject({ parked: 0 });
  });
});
