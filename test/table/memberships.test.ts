/** Who is on which list, in a table of the user's own: rows follow the account, and changes at home reach it. */
import { afterEach, describe, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { done, mailable, openTable, sync, SYNC, waits, type Mailable, type TableOptions } from './people-table.ts';

const MEMBERS = 'CREATE TABLE newsletter_members (email TEXT, list_name TEXT, joined TEXT, UNIQUE (email, list_name));';
let account: Account;
afterEach(() => account.close());

function lists(direction: string): string {
  return `lists: { as: table, table: newsletter_members, person: email, list: list_name, direction: ${direction} }`;
}

async function opened(direction: 'primary-to-secondary' | 'two-way', more: TableOptions = {}): Promise<void> {
  account = await openTable({
    consent: `{ column: may_email, direction: two-way }\n    ${lists(direction)}`,
    ...more,
    before: `${MEMBERS}${more.before ?? ''}`,
  });
}
async function loaded(more: TableOptions = {}): Promise<void> {
  await opened('two-way', more);
  await done(account);
  account.pass(HOUR);
}

function truthOf({ id }: Mailable) {
  const person = account.world.state.people.get(id);
  if (person === undefined) throw new Error('nobody has this id');
  return person;
}
function living() {
  return [...account.world.state.lists.values()].filter((list) => list.deletedAt === null);
}
function nameOf(id: string): string {
  return account.world.state.lists.get(id)?.name ?? '';
}
/** A living list that a person is on, or is not on. */
function listOf(person: Mailable, on: boolean): { id: string; name: string } {
  const found = living().find(({ id }) => truthOf(person).lists.includes(id) === on);
  if (found === undefined) throw new Error('no such list');
  return found;
}
/** Somebody who may be mailed and is on so many lists at least, and not on all. */
function member(least = 1): Mailable {
  const found = mailable(account).find((one) => {
    const { length } = truthOf(one).lists;
    return length >= least && length < living().length;
  });
  if (found === undefined) throw new Error('nobody is on so many lists');
  return found;
}
function rowsOf(email: string): string[] {
  const sql = 'SELECT list_name FROM newsletter_members WHERE email = ? ORDER BY list_name';
  return account.rows<{ list_name: string }>(sql, email).map((row) => row.list_name);
}
function join(email: string, list: string): void {
  account.change('INSERT INTO newsletter_members (email, list_name) VALUES (?, ?)', email, list);
}
function leave(email: string, list: string): void {
  account.change('DELETE FROM newsletter_members WHERE email = ? AND list_name = ?', email, list);
}
function there(person: Mailable): string[] {
  return truthOf(person).lists.map(nameOf).sort();
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
function expectRowsMatch(): void {
  for (const person of mailable(account)) expect(rowsOf(person.email)).toEqual(there(person));
}

describe('rows at home', () => {
  test.each(['primary-to-secondary', 'two-way'] as const)(
    'I7: are those of the account after one pass (%s), and a second one writes nothing',
    async (direction) => {
      await opened(direction);
      await done(account);
      expectRowsMatch();
      account.pass(HOUR);
      expect(await done(account)).toMatchObject({ applied: 0 });
      expect(writes()).toBe(0);
      expect((await account.verify(SYNC)).at(-1)).toMatchObject({ agree: true });
    },
  );

  test('follow who joins and who leaves in the account', async () => {
    await loaded();
    const person = member();
    const [old, fresh] = [listOf(person, true), listOf(person, false)];
    account.world.mutate([
      { op: 'joinList', contact_id: person.id, list_id: fresh.id },
      { op: 'leaveList', contact_id: person.id, list_id: old.id },
    ]);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    await passes(1);
    expect(rowsOf(person.email)).toEqual(there(person));
    expect(rowsOf(person.email)).toContain(fresh.name);
    expect(rowsOf(person.email)).not.toContain(old.name);
    await passes(2);
    expect(writes()).toBe(0);
  });

  test('in a one-way sync that were deleted come back; one that was added stays, and stays at home', async () => {
    await opened('primary-to-secondary');
    await done(account);
    const person = member();
    const [on, off] = [listOf(person, true), listOf(person, false)];
    leave(person.email, on.name);
    join(person.email, off.name);
    await passes(2);
    expect(rowsOf(person.email)).toEqual([...there(person), off.name].sort());
    expect([writes(), there(person).includes(off.name)]).toEqual([0, false]);
  });

  test('of strangers, and of lists that the account does not have, are left alone and counted once', async () => {
    await opened('two-way');
    const [one] = living();
    const [person] = mailable(account);
    join('stranger@example.org', one?.name ?? '');
    join(person.email, 'Never heard of');
    const result = await done(account);
    expect(JSON.stringify(result.messages)).toContain('"strangers":1,"nameless":1,"apart":0');
    expect(rowsOf('stranger@example.org')).toEqual([one?.name]);
    expect(rowsOf(person.email)).toEqual([...there(person), 'Never heard of'].sort());
    expect(writes()).toBe(0);
  });

  test('follow an address that changes and a list that gets another name; nobody leaves by that', async () => {
    await loaded();
    const person = member();
    const list = listOf(person, true);
    account.world.mutate([
      { op: 'changeAddress', contact_id: person.id, address: 'moved@example.org' },
      { op: 'renameList', list_id: list.id, name: 'Renamed' },
    ]);
    await passes(3);
    expect(rowsOf('moved@example.org')).toEqual(there(person));
    expect(rowsOf('moved@example.org')).toContain('Renamed');
    expect(rowsOf(person.email)).toEqual([]);
    expect(account.rows('SELECT 1 FROM newsletter_members WHERE list_name = ?', list.name)).toEqual([]);
    expect(writes()).toBe(0);
  });

  test.each(['members:write:before-commit', 'members:write:after-commit'])(
    'I5 I8: follow them through a kill at %s; nobody leaves by that either',
    async (point) => {
      await loaded();
      const person = member();
      const other = mailable(account).find(
        ({ id }) => id !== person.id && there({ id, email: '', firstName: '' }).length > 0,
      );
      if (other === undefined) throw new Error('nobody else is on a list');
      const list = listOf(other, true);
      account.world.mutate([
        { op: 'changeAddress', contact_id: person.id, address: 'moved@example.org' },
        { op: 'renameList', list_id: list.id, name: 'Renamed' },
      ]);
      account.steps = {
        reached: (at) => {
          if (at === point) throw new Killed(at);
        },
      };
      await expect(sync(account)).rejects.toThrow(Killed);
      account.steps = noSteps;
      await passes(3);
      expect([rowsOf('moved@example.org'), rowsOf(person.email)]).toEqual([there(person), []]);
      expect(rowsOf(other.email)).toEqual(there(other));
      expect(rowsOf(other.email)).toContain('Renamed');
      expect(writes()).toBe(0);
    },
  );

  test('I8: that went with the row of their person take nobody off a list where the row comes back before the lists could be read', async () => {
    await loaded();
    const person = member();
    const before = there(person);
    account.change('DELETE FROM people WHERE email = ?', person.email);
    account.change('DELETE FROM newsletter_members WHERE email = ?', person.email);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    account.world.faults.set([{ kind: 'status', status: 503, match: { path: '^/v3/contact_lists' } }]);
    await sync(account);
    expect(account.rows('SELECT 1 FROM people WHERE email = ?', person.email)).toHaveLength(1);
    account.world.faults.set([]);
    await passes(3);
    expect([there(person), rowsOf(person.email), writes()]).toEqual([before, before, 0]);
  });

  test('that go with the row of their person take nobody off a list', async () => {
    await loaded();
    const person = member();
    const before = there(person);
    account.change('DELETE FROM newsletter_members WHERE email = ?', person.email);
    account.change('DELETE FROM people WHERE email = ?', person.email);
    await passes(1);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    await passes(2);
    expect([there(person), rowsOf(person.email), writes()]).toEqual([before, before, 0]);
  });
});

describe('an address that is somebody else’s now', () => {
  test('T28: two who swap addresses keep their lists in the account: nobody gets or loses one by it', async () => {
    await loaded();
    const [a, b] = mailable(account);
    const before = [there(a), there(b)];
    account.world.mutate([
      { op: 'changeAddress', contact_id: a.id, address: 'between@example.org' },
      { op: 'changeAddress', contact_id: b.id, address: a.email },
      { op: 'changeAddress', contact_id: a.id, address: b.email },
    ]);
    await passes(4);
    expect([there(a), there(b), writes()]).toEqual([...before, 0]);
  });
});

describe('a change at home', () => {
  test('I7: a row that comes puts the person on the list, once, and changes nothing else', async () => {
    await loaded();
    const person = member();
    const list = listOf(person, false);
    const { lists: before, updatedAt: _then, updateSource: _by, ...rest } = truthOf(person);
    join(person.email, list.name);
    expect(await done(account)).toMatchObject({ applied: 1 });
    const { lists: after, updatedAt: _now, updateSource: _source, ...left } = truthOf(person);
    expect([[...after].sort(), left]).toEqual([[...before, list.id].sort(), rest]);
    await passes(3);
    expect([writes(), rowsOf(person.email)]).toEqual([1, there(person)]);
  });

  test('a row that goes takes them off the list, and off no other', async () => {
    await loaded();
    const person = member(2);
    const list = listOf(person, true);
    const others = there(person).filter((name) => name !== list.name);
    leave(person.email, list.name);
    await passes(3);
    expect([there(person), rowsOf(person.email), writes()]).toEqual([others, others, 1]);
    // Who comes back to the list in the account afterwards is not taken off it again.
    account.world.mutate({ op: 'joinList', contact_id: person.id, list_id: list.id });
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    await passes(2);
    expect([there(person).includes(list.name), rowsOf(person.email)]).toEqual([true, there(person)]);
    expect(writes()).toBe(1);
  });

  test('goes out in one write with an edit of the same person', async () => {
    await loaded({ fields: '{ email_address: email, first_name: { to: given_name, direction: two-way } }' });
    const person = member();
    const list = listOf(person, false);
    join(person.email, list.name);
    account.change("UPDATE people SET given_name = 'Home' WHERE email = ?", person.email);
    await passes(2);
    expect(truthOf(person).firstName).toBe('Home');
    expect([there(person).includes(list.name), writes()]).toEqual([true, 1]);
  });

  test('I8 I13: in one write with an edit, and edited again before the account is read: the last word stands', async () => {
    await loaded({ fields: '{ email_address: email, first_name: { to: given_name, direction: two-way } }' });
    const person = member();
    const list = listOf(person, false);
    join(person.email, list.name);
    account.change("UPDATE people SET given_name = 'First word' WHERE email = ?", person.email);
    await done(account);
    account.change("UPDATE people SET given_name = 'Last word' WHERE email = ?", person.email);
    await passes(3);
    expect(truthOf(person).firstName).toBe('Last word');
    expect([there(person).includes(list.name), writes()]).toEqual([true, 2]);
  });

  test('I1: puts nobody on a list who opted out, there or at home', async () => {
    await loaded();
    const [a, b] = mailable(account);
    const [first, second] = [listOf(a, false), listOf(b, false)];
    account.world.mutate({ op: 'unsubscribe', contact_id: a.id, how: 'contact' });
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', b.email);
    join(a.email, first.name);
    join(b.email, second.name);
    await passes(3);
    expect([there(a).includes(first.name), there(b).includes(second.name)]).toEqual([false, false]);
    expect(truthOf(b).email?.permission).toBe('unsubscribed');
  });

  test('of a new person: they are made on the lists of their rows', async () => {
    const columns =
      'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email INTEGER, signed_up TEXT';
    const consent = `{ column: may_email, direction: two-way }\n      create: { evidence: signed_up }\n    ${lists('two-way')}`;
    await loaded({ columns, consent });
    const [list] = living();
    account.change("INSERT INTO people (email, may_email, signed_up) VALUES ('nora@example.org', 1, 'form')");
    join('nora@example.org', list?.name ?? '');
    await passes(3);
    const nora = [...account.world.state.people.values()].find((one) => one.email?.address === 'nora@example.org');
    expect([nora?.lists, rowsOf('nora@example.org'), writes()]).toEqual([[list?.id], [list?.name], 1]);
  });
});

describe('T24 who left a list', () => {
  test('one of two: the row goes, the other stays, and nothing at home puts them back', async () => {
    await loaded();
    const person = member(2);
    const left = listOf(person, true);
    account.world.mutate({ op: 'leaveList', contact_id: person.id, list_id: left.id });
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    await passes(1);
    expect([rowsOf(person.email), there(person).includes(left.name)]).toEqual([there(person), false]);
    join(person.email, left.name);
    account.pass(HOUR);
    expect(JSON.stringify((await done(account)).messages)).toContain('"apart":1');
    await passes(2);
    expect([there(person).includes(left.name), writes()]).toEqual([false, 0]);
  });

  test('before the two first met: a row that stood there is left alone, and shown', async () => {
    await opened('two-way');
    const person = member();
    const list = listOf(person, false);
    join(person.email, list.name);
    expect(JSON.stringify((await done(account)).messages)).toContain('"apart":1');
    await passes(2);
    expect([there(person).includes(list.name), rowsOf(person.email).includes(list.name), writes()]).toEqual([
      false,
      true,
      0,
    ]);
  });

  test('right after a row at home had put them on it: they stay off', async () => {
    await loaded();
    const person = member();
    const list = listOf(person, false);
    join(person.email, list.name);
    await done(account);
    account.world.mutate({ op: 'leaveList', contact_id: person.id, list_id: list.id });
    await passes(3);
    expect([there(person).includes(list.name), rowsOf(person.email).includes(list.name), writes()]).toEqual([
      false,
      false,
      1,
    ]);
  });
});

describe('what a change looks like', () => {
  test('in a plan, with its cost; in verify, as pending until it was sent', async () => {
    await loaded();
    const person = member();
    const list = listOf(person, false);
    const before = there(person);
    join(person.email, list.name);
    const items = await account.plan(SYNC);
    expect(items.filter((item) => item.kind === 'line')).toMatchObject([
      {
        id: person.id,
        action: 'update',
        reason: 'edited-in-table',
        changes: [{ field: 'list_memberships', before, after: [...before, list.name].sort() }],
      },
    ]);
    expect(items.at(-1)).toMatchObject({ cost: { cc: 3, app: 0 } });
    expect((await account.verify(SYNC)).at(-1)).toMatchObject({ differences: { pending: 1 }, agree: false });
    await passes(2);
    expect((await account.verify(SYNC)).at(-1)).toMatchObject({ agree: true });
  });

  test('of a row at home that the account explains: a line, and nothing sent', async () => {
    await loaded();
    const person = member();
    const list = listOf(person, false);
    account.world.mutate({ op: 'joinList', contact_id: person.id, list_id: list.id });
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: 'Chair' } });
    account.pass(HOUR);
    const lines = (await account.plan(SYNC)).filter((item) => item.kind === 'line');
    expect(lines).toMatchObject([{ id: person.id, reason: 'lists-differ', changes: [{ field: 'lists' }] }]);
    expect(rowsOf(person.email)).not.toContain(list.name);
  });

  test('I10: to a guard: an emptied table takes nobody off a list before a person says so', async () => {
    await loaded({ guards: '{ destructive: { percent: 5, atLeast: 3 } }' });
    const before = mailable(account).map(there);
    account.change('DELETE FROM newsletter_members');
    const stopped = await sync(account);
    expect(stopped).toMatchObject({ outcome: 'stopped' });
    expect([writes(), mailable(account).map(there)]).toEqual([0, before]);
    const [first] = mailable(account);
    const application = await account.start();
    await application.release(stopped.stopHash ?? '');
    await account.stop();
    // What was released is that plan, to the row.
    const back = there(first)[0] ?? '';
    join(first.email, back);
    expect(await sync(account)).toMatchObject({ outcome: 'stopped' });
    leave(first.email, back);
    account.pass(HOUR);
    await done(account);
    // All of it went out in that one pass: what is left would be another plan.
    expect((await account.plan(SYNC)).at(-1)).toMatchObject({ memberships: null, guard: null });
    await passes(4);
    expect(mailable(account).flatMap(there)).toEqual([]);
  });
});

describe('trouble on the way', () => {
  test.each(['reset-before', 'reset-after'] as const)('I6: no answer (%s): on the list in the end', async (kind) => {
    await loaded();
    const person = member();
    const list = listOf(person, false);
    join(person.email, list.name);
    account.world.faults.set([{ kind, match: { method: 'PUT' }, times: 1 }]);
    await sync(account);
    await passes(3);
    expect([there(person).includes(list.name), rowsOf(person.email)]).toEqual([true, there(person)]);
    expect(writes()).toBe(kind === 'reset-after' ? 1 : 2);
  });

  test.each([
    'store:intend:after-commit',
    'store:claimJudged:after-commit',
    'store:sending:after-commit',
    'store:settleOperations:before-commit',
    'store:settleOperations:after-commit',
    'store:adopt:before-commit',
    'store:adopt:after-commit',
    'members:write:before-commit',
    'members:write:after-commit',
  ])('I5: a kill at %s, with changes on both sides, loses and doubles nothing', async (point) => {
    await loaded();
    const person = member();
    const other = mailable(account).find(
      ({ id }) => id !== person.id && truthOf({ id, email: '', firstName: '' }).lists.length > 0,
    );
    if (other === undefined) throw new Error('nobody else is on a list');
    const [fresh, old] = [listOf(person, false), listOf(person, true)];
    const left = listOf(other, true);
    account.world.mutate({ op: 'leaveList', contact_id: other.id, list_id: left.id });
    account.world.mutate({ op: 'edit', contact_id: other.id, set: { job_title: 'Chair' } });
    join(person.email, fresh.name);
    leave(person.email, old.name);
    account.pass(HOUR);
    account.steps = {
      reached: (at) => {
        if (at === point) throw new Killed(at);
      },
    };
    await expect(sync(account)).rejects.toThrow(Killed);
    account.steps = noSteps;
    await passes(3);
    expect([there(person).includes(fresh.name), there(person).includes(old.name)]).toEqual([true, false]);
    expect(there(other)).not.toContain(left.name);
    expect([rowsOf(person.email), rowsOf(other.email)]).toEqual([there(person), there(other)]);
    expect(writes()).toBe(1);
    expect(await waits(account)).toEqual({ held: 0, parked: 0, conflict: 0, alarm: 0 });
  });

  test('a pass that cannot read the person after our write takes its old reading for nobody’s leaving', async () => {
    await loaded();
    const person = member();
    const list = listOf(person, false);
    join(person.email, list.name);
    await done(account);
    account.world.faults.set([{ kind: 'status', status: 500, match: { path: '^/v3/contacts' } }]);
    account.pass(HOUR);
    await sync(account);
    expect(rowsOf(person.email)).toContain(list.name);
    account.world.faults.set([]);
    await passes(2);
    expect([there(person).includes(list.name), rowsOf(person.email), writes()]).toEqual([true, there(person), 1]);
  });

  test('a list that is not told holds no opt-out back: memberships wait', async () => {
    await loaded();
    const [person] = mailable(account);
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    account.world.faults.set([{ kind: 'status', status: 403, match: { path: '/v3/contact_lists' }, times: 9 }]);
    account.pass(HOUR);
    const result = await sync(account);
    expect(JSON.stringify(result.messages)).toContain('lists-not-read');
    expect(account.rows('SELECT may_email FROM people WHERE email = ?', person.email)).toEqual([{ may_email: 0 }]);
  });
});
