/** Fields that go both ways: an edit in the table reaches the account, an edit in the account the table, and neither wipes anything. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Account } from '../harness/account.ts';
import { DAY, HOUR } from '../harness/account.ts';
import { done, mailable, openTable, rowOf, sync, waits, SYNC, type Mailable } from './people-table.ts';

const FIELDS =
  '{ email_address: email, first_name: { to: given_name, direction: two-way }, last_name: family_name, job_title: { to: title, direction: two-way } }';
let account: Account;
afterEach(() => account.close());

async function loaded(more: Parameters<typeof openTable>[0] = {}): Promise<void> {
  account = await openTable({ fields: FIELDS, consent: '{ column: may_email, direction: two-way }', ...more });
  await done(account);
  account.pass(HOUR);
}

function setRow({ email }: Mailable, column: string, value: string | number | null): void {
  account.change(`UPDATE people SET ${column} = ? WHERE email = ?`, value, email);
}

function truthOf({ id }: Mailable) {
  const person = account.world.state.people.get(id);
  if (person === undefined) throw new Error('nobody has this id');
  return person;
}

function writes(): number {
  return account.simulators.requests.entries.filter(({ method }) => method !== 'GET').length;
}

/** Runs passes an hour apart; all must end well. */
async function passes(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    account.pass(HOUR);
    await done(account);
  }
}

describe('an edit in the table', () => {
  test('I7 I8: reaches the account once, and leaves everything else about the person as it was', async () => {
    await loaded();
    const [person] = mailable(account);
    const { firstName: _old, updatedAt: _then, updateSource: _by, ...rest } = truthOf(person);
    setRow(person, 'given_name', 'Edited at home');
    expect(await done(account)).toMatchObject({ applied: 1 });
    const { firstName, updatedAt: _now, updateSource, ...left } = truthOf(person);
    expect([firstName, updateSource]).toEqual(['Edited at home', 'Account']);
    expect(left).toEqual(rest);
    await passes(3);
    expect(writes()).toBe(1);
    expect(rowOf(account, person.email)).toMatchObject({ given_name: 'Edited at home' });
  });

  test('I8 I13: and another one before the account is read again: the last word stands on both sides', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'First word');
    await done(account);
    setRow(person, 'given_name', 'Last word');
    await passes(3);
    expect([truthOf(person).firstName, rowOf(account, person.email)?.['given_name']]).toEqual([
      'Last word',
      'Last word',
    ]);
    expect(writes()).toBe(2);
  });

  test('T17 I8: while the account changes something else of them: our old reading takes back neither that word nor the next', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'First word');
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { company_name: 'Elsewhere' } });
    await done(account);
    expect(rowOf(account, person.email)).toMatchObject({ given_name: 'First word' });
    setRow(person, 'given_name', 'Last word');
    await passes(3);
    expect([truthOf(person).firstName, rowOf(account, person.email)?.['given_name']]).toEqual([
      'Last word',
      'Last word',
    ]);
    expect(writes()).toBe(2);
  });

  test('I8: that empties a field empties it in the account, too', async () => {
    await loaded();
    const person = mailable(account).find(({ firstName }) => firstName !== null);
    if (person === undefined) throw new Error('nobody has a first name');
    setRow(person, 'given_name', '');
    await passes(2);
    expect(truthOf(person).firstName).toBeNull();
    expect(writes()).toBe(1);
  });

  test('of a field that goes one way stays at home', async () => {
    await loaded();
    const [person] = mailable(account);
    const before = truthOf(person).lastName;
    setRow(person, 'family_name', 'Own');
    await passes(2);
    expect([truthOf(person).lastName, writes()]).toEqual([before, 0]);
  });

  test('I8: and one in the account, of two fields of one person: both sides get both', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'Home');
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    await passes(3);
    expect(truthOf(person)).toMatchObject({ firstName: 'Home', jobTitle: 'Chair' });
    expect(rowOf(account, person.email)).toMatchObject({ given_name: 'Home', title: 'Chair' });
    expect(writes()).toBe(1);
  });

  test('and one in the account, of the same field: the account wins, and the value that lost is told', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'Home');
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'There' } });
    await passes(2);
    expect(truthOf(person).firstName).toBe('There');
    expect(rowOf(account, person.email)).toMatchObject({ given_name: 'There' });
    expect(writes()).toBe(0);
    const application = await account.start();
    expect(JSON.stringify(await application.why(person.email, null))).toContain(
      "replaced a value of the table's own in: first_name",
    );
    await account.stop();
  });

  test('I1: of somebody who opted out in the account leaves them out', async () => {
    await loaded();
    const [person] = mailable(account);
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    setRow(person, 'given_name', 'Home');
    await passes(3);
    expect(truthOf(person)).toMatchObject({ firstName: 'Home', email: { permission: 'unsubscribed' } });
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0 });
  });

  test('I3: beside an opt-out goes after it, and both arrive', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'Home');
    setRow(person, 'may_email', 0);
    await done(account);
    expect(truthOf(person).email?.permission).toBe('unsubscribed');
    await passes(2);
    expect(truthOf(person)).toMatchObject({ firstName: 'Home', email: { permission: 'unsubscribed' } });
    expect(writes()).toBe(2);
  });

  test('of somebody who was deleted in the account brings nobody back', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'Home');
    account.world.mutate({ op: 'delete', contact_id: person.id });
    await passes(1);
    account.pass(DAY);
    await done(account);
    expect(truthOf(person).deletedAt).not.toBeNull();
  });

  test('that the account refuses is parked, sent no second time as it is, and over when it is taken back', async () => {
    await loaded();
    const [person] = mailable(account);
    const before = rowOf(account, person.email)?.given_name ?? null;
    setRow(person, 'given_name', 'x'.repeat(300));
    expect(await done(account)).toMatchObject({ parked: 1 });
    const sent = writes();
    await passes(2);
    expect(writes()).toBe(sent);
    expect(await waits(account)).toMatchObject({ parked: 1 });
    setRow(person, 'given_name', before);
    await passes(1);
    expect(await waits(account)).toMatchObject({ parked: 0 });
    expect(writes()).toBe(sent);
  });

  test('T41: a column of another type than the account has is no edit', async () => {
    await loaded({
      columns:
        'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name INTEGER, family_name TEXT, title TEXT, may_email INTEGER, remark TEXT',
    });
    const [person] = mailable(account);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: '7' } });
    await passes(3);
    expect(rowOf(account, person.email)).toMatchObject({ given_name: 7 });
    expect(writes()).toBe(0);
  });
});

describe('what an edit in the table looks like', () => {
  test('in a plan, with its cost; in verify, as pending until it was sent', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'title', 'Treasurer');
    const items = await account.plan(SYNC);
    expect(items.filter((item) => item.kind === 'line')).toMatchObject([
      { id: person.id, action: 'update', reason: 'edited-in-table', changes: [{ after: 'Treasurer' }] },
    ]);
    expect(items.at(-1)).toMatchObject({ cost: { cc: 3, app: 0 } });
    expect((await account.verify(SYNC)).at(-1)).toMatchObject({ differences: { pending: 1 }, agree: false });
    await passes(2);
    expect((await account.verify(SYNC)).at(-1)).toMatchObject({ agree: true });
  });

  test('I10: to a guard: many that empty a field are held', async () => {
    await loaded({ guards: '{ destructive: { percent: 5, atLeast: 3 } }' });
    account.change('UPDATE people SET given_name = NULL');
    expect(await sync(account)).toMatchObject({ outcome: 'stopped' });
    expect(writes()).toBe(0);
  });

  test.each(['reset-before', 'reset-after'] as const)(
    'I6: no answer (%s): looked at before it is sent again',
    async (kind) => {
      await loaded();
      const [person] = mailable(account);
      setRow(person, 'given_name', 'Home');
      account.world.faults.set([{ kind, match: { method: 'PUT' }, times: 1 }]);
      await sync(account);
      await passes(2);
      expect(truthOf(person).firstName).toBe('Home');
      expect(writes()).toBe(kind === 'reset-after' ? 1 : 2);
    },
  );
});

describe('what the account refused', () => {
  async function refusedEdit(): Promise<Mailable> {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'x'.repeat(300));
    await done(account);
    return person;
  }
  async function decide(decision: 'retry' | 'dismiss' | 'keep', id: string | null) {
    const application = await account.start();
    try {
      return await application.settle(SYNC, decision, id, account.call());
    } finally {
      await account.stop();
    }
  }
  async function listed(kind: 'parked' | 'conflict') {
    const application = await account.start();
    try {
      return await application.waiting([SYNC], [kind]);
    } finally {
      await account.stop();
    }
  }

  test('is listed with who it is, why, and what can be decided', async () => {
    const person = await refusedEdit();
    expect(await listed('parked')).toMatchObject({
      total: 1,
      items: [{ id: person.id, address: person.email, reason: 'people-write-refused', ways: ['retry', 'dismiss'] }],
    });
    expect(await listed('conflict')).toEqual({ items: [], total: 0 });
  });

  test('is sent again when a person says so, and only then', async () => {
    const person = await refusedEdit();
    const sent = writes();
    expect(await decide('retry', person.id)).toMatchObject({ settled: [person.id], refused: null });
    expect(writes()).toBe(sent);
    await passes(2);
    expect(writes()).toBe(sent + 1);
    expect(await waits(account)).toMatchObject({ parked: 1 });
  });

  test('is left alone when a person dismisses it, told by verify, and free again once the table says something else', async () => {
    const person = await refusedEdit();
    const sent = writes();
    expect(await decide('dismiss', person.id)).toMatchObject({ settled: [person.id] });
    await passes(2);
    expect([writes(), await waits(account)]).toEqual([sent, { held: 0, parked: 0, conflict: 0, alarm: 0 }]);
    expect((await account.verify(SYNC)).at(-1)).toMatchObject({ differences: { dismissed: 1 } });
    setRow(person, 'given_name', 'Short');
    await passes(2);
    expect(truthOf(person).firstName).toBe('Short');
    expect((await account.verify(SYNC)).at(-1)).toMatchObject({ agree: true });
  });

  test('I3: cannot be dismissed where it is an opt-out', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'may_email', 0);
    account.world.faults.set([{ kind: 'status', status: 400, match: { method: 'PUT' } }]);
    await done(account);
    expect((await listed('parked')).items).toMatchObject([{ id: person.id, ways: ['retry'] }]);
    expect(await decide('dismiss', person.id)).toMatchObject({ settled: [], refused: 'not-for-this' });
    account.world.faults.set([]);
    await passes(1);
    expect(truthOf(person).email?.permission).toBe('unsubscribed');
  });

  test('a decision about nobody says so', async () => {
    await loaded();
    expect(await decide('retry', 'nobody')).toMatchObject({ settled: [], refused: 'nothing-waits', owner: null });
  });
});
