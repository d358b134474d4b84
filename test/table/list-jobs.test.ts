/** Lists of many people, changed at home and carried to the account in jobs: each accounted for, nobody past an opt-out. */
import { afterEach, describe, expect, test } from 'vitest';
import { stopActivity } from '../../simulators/world/activities.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { done, mailable, openTable, sync, waits, SYNC, type Mailable } from './people-table.ts';

const MEMBERS = 'CREATE TABLE newsletter_members (email TEXT, list_name TEXT, UNIQUE (email, list_name));';
const LISTS = 'lists: { as: table, table: newsletter_members, person: email, list: list_name, direction: two-way }';
const FIELDS = '{ email_address: email, first_name: { to: given_name, direction: two-way } }';
const ADD = '/activities/add_list_memberships';
const REMOVE = '/activities/remove_list_memberships';
let account: Account;
afterEach(() => account.close());

/** `moves`: whether a change of lists moves a contact's `updated_at` is not known, so both are tried. */
async function loaded(moves = true, contacts = 40): Promise<void> {
  account = await openTable({
    contacts,
    fields: FIELDS,
    consent: `{ column: may_email, direction: two-way }\n    ${LISTS}`,
    guards: '{ destructive: { percent: 90, atLeast: 90 } }',
    before: MEMBERS,
  });
  account.world.switches.set({ listChangeMovesUpdatedAt: moves });
  await done(account);
  account.pass(HOUR);
}

function truthOf({ id }: Pick<Mailable, 'id'>) {
  const person = account.world.state.people.get(id);
  if (person === undefined) throw new Error('nobody has this id');
  return person;
}
function living() {
  return [...account.world.state.lists.values()].filter((list) => list.deletedAt === null);
}
interface List {
  readonly id: string;
  readonly name: string;
}
/** A living list, and so many people who may be mailed and are on it, or are not. */
function peopleOf(count: number, on: boolean, not?: List): { list: List; people: readonly Mailable[] } {
  for (const list of living()) {
    if (list.id === not?.id) continue;
    const people = mailable(account).filter((one) => truthOf(one).lists.includes(list.id) === on);
    if (people.length >= count) return { list, people: people.slice(0, count) };
  }
  throw new Error('no list has so many');
}
function join(people: readonly Mailable[], { name }: List): void {
  for (const { email } of people)
    account.change('INSERT INTO newsletter_members (email, list_name) VALUES (?, ?)', email, name);
}
function leave(people: readonly Mailable[], { name }: List): void {
  for (const { email } of people)
    account.change('DELETE FROM newsletter_members WHERE email = ? AND list_name = ?', email, name);
}
function on(people: readonly Mailable[], { id }: List): boolean[] {
  return people.map((one) => truthOf(one).lists.includes(id));
}
function rowsOf({ email }: Mailable): string[] {
  const sql = 'SELECT list_name FROM newsletter_members WHERE email = ? ORDER BY list_name';
  return account.rows<{ list_name: string }>(sql, email).map((row) => row.list_name);
}
function requests(method: string, path = ''): number {
  return account.simulators.requests.entries.filter((one) => one.method === method && one.path.endsWith(path)).length;
}
/** Complete walks: the first load is one. */
function walks(): number {
  return account.simulators.requests.entries.filter(({ path }) => path.startsWith('/v3/contacts?status=all&limit'))
    .length;
}
async function passes(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    account.pass(HOUR);
    await done(account);
  }
}
function expectAgreed(): void {
  for (const person of mailable(account)) {
    const there = truthOf(person).lists.map((id) => account.world.state.lists.get(id)?.name ?? '');
    expect(rowsOf(person)).toEqual(there.sort());
  }
}
async function expectNothingLeft(): Promise<void> {
  expect(await waits(account)).toEqual({ held: 0, parked: 0, conflict: 0, alarm: 0 });
  const application = await account.start();
  const report = await application.status();
  await account.stop();
  const { confirmed: _over, superseded: _anew, ...left } = report.syncs[0]?.outbox ?? {};
  expect(Object.values(left).filter((count) => count > 0)).toEqual([]);
}

describe.each([true, false])('many people (a change of lists moves their stamp: %s)', (moves) => {
  test('I7: who joins a list at home goes in one job, is read back, and all is quiet then', async () => {
    await loaded(moves);
    const { list, people } = peopleOf(8, false);
    join(people, list);
    await done(account);
    expect([requests('POST', ADD), requests('PUT')]).toEqual([1, 0]);
    await passes(3);
    expect(on(people, list)).toEqual(people.map(() => true));
    expect([requests('POST'), requests('PUT')]).toEqual([1, 0]);
    expectAgreed();
    await expectNothingLeft();
    // And it was agreed on: who leaves there now loses the row, and is not put back.
    account.world.mutate({ op: 'leaveList', contact_id: people[0]?.id ?? '', list_id: list.id });
    account.world.mutate({ op: 'edit', contact_id: people[0]?.id ?? '', set: { job_title: 'Chair' } });
    await passes(2);
    expect([requests('POST'), requests('PUT')]).toEqual([1, 0]);
    expectAgreed();
  });

  test('who leaves a list at home goes in one job too, and off no other list', async () => {
    await loaded(moves);
    const { list, people } = peopleOf(6, true);
    const others = people.map((one) => truthOf(one).lists.filter((id) => id !== list.id));
    leave(people, list);
    await passes(4);
    expect([requests('POST', REMOVE), requests('POST'), requests('PUT')]).toEqual([1, 1, 0]);
    expect(people.map((one) => truthOf(one).lists)).toEqual(others);
    expectAgreed();
    await expectNothingLeft();
  });

  test('I8: whose own row goes with all of its memberships before the job is accounted for is taken off no other list', async () => {
    await loaded(moves);
    const { list, people } = peopleOf(6, true);
    const others = people.map((one) => truthOf(one).lists.filter((id) => id !== list.id));
    expect(others.flat().length).toBeGreaterThan(0);
    leave(people, list);
    await done(account);
    for (const { email } of people) {
      account.change('DELETE FROM people WHERE email = ?', email);
      account.change('DELETE FROM newsletter_members WHERE email = ?', email);
    }
    await passes(2);
    for (const { email, firstName } of people)
      account.change('INSERT OR IGNORE INTO people (email, given_name, may_email) VALUES (?, ?, 1)', email, firstName);
    await passes(4);
    expect(people.map((one) => truthOf(one).lists)).toEqual(others);
    expectAgreed();
    await expectNothingLeft();
  });

  test('who changes from one list to another is in two jobs, one after the other', async () => {
    await loaded(moves);
    const { list: from, people } = peopleOf(9, true);
    const to = living().find(({ id }) => id !== from.id && people.every((one) => !truthOf(one).lists.includes(id)));
    const { list, people: some } = to === undefined ? peopleOf(9, false, from) : { list: to, people };
    const both = some.filter((one) => truthOf(one).lists.includes(from.id));
    leave(both, from);
    join(some, list);
    await passes(8);
    expect(requests('POST', ADD)).toBe(1);
    expect([on(some, list), on(both, from)]).toEqual([some.map(() => true), both.map(() => false)]);
    expectAgreed();
    await expectNothingLeft();
  });
});

describe('the choice', () => {
  test('is shown by a plan with its cost, and the plan sends nothing', async () => {
    await loaded();
    const { list, people } = peopleOf(8, false);
    join(people, list);
    expect((await account.plan(SYNC)).at(-1)).toMatchObject({
      // One to send it, one to ask for its end, one page of the list.
      memberships: { people: 8, singles: 0, jobs: 1, calls: 3, callsOneByOne: 24, because: null },
      cost: { cc: 3, app: 0 },
    });
    expect(requests('POST')).toBe(0);
  });

  test('one person goes alone, and so does whoever has more to change than lists', async () => {
    await loaded();
    const { list, people } = peopleOf(5, false);
    join(people, list);
    for (const { email } of people.slice(0, 4))
      account.change("UPDATE people SET given_name = 'Home' WHERE email = ?", email);
    await passes(2);
    expect([requests('POST'), requests('PUT')]).toEqual([0, 5]);
    expect(on(people, list)).toEqual(people.map(() => true));
  });
});

describe('consent', () => {
  test('I1, T24: nobody goes into a job who opted out, at the account or at home, or who left that list', async () => {
    await loaded();
    const { list, people } = peopleOf(8, false);
    const [out, no, left, ...others] = people as [Mailable, Mailable, Mailable, ...Mailable[]];
    account.world.mutate({ op: 'joinList', contact_id: left.id, list_id: list.id });
    account.world.mutate({ op: 'edit', contact_id: left.id, set: { job_title: 'Chair' } });
    await passes(1);
    account.world.mutate({ op: 'leaveList', contact_id: left.id, list_id: list.id });
    account.world.mutate({ op: 'edit', contact_id: left.id, set: { job_title: 'Head' } });
    await passes(1);
    account.world.mutate({ op: 'unsubscribe', contact_id: out.id, how: 'contact' });
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', no.email);
    join(people, list);
    await passes(4);
    expect(on(others, list)).toEqual(others.map(() => true));
    expect(on([out, no, left], list)).toEqual([false, false, false]);
    expect(requests('POST', ADD)).toBe(1);
    expect(truthOf(no).email?.permission).toBe('unsubscribed');
  });

  test('I3, I13, T39: an opt-out goes at once beside the job that its person is in; an edit of theirs waits for its end', async () => {
    await loaded();
    account.world.switches.set({ activityRunMs: 5 * HOUR });
    const { list, people } = peopleOf(6, false);
    const [out, edited] = people as [Mailable, Mailable];
    join(people, list);
    await done(account);
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', out.email);
    account.change("UPDATE people SET given_name = 'Home' WHERE email = ?", edited.email);
    await passes(1);
    expect([truthOf(out).email?.permission, truthOf(edited).firstName === 'Home']).toEqual(['unsubscribed', false]);
    expect(requests('PUT')).toBe(1);
    await passes(8);
    expect(truthOf(edited).firstName).toBe('Home');
    expect([requests('POST'), requests('PUT')]).toEqual([1, 2]);
    expect(truthOf(out).email?.permission).toBe('unsubscribed');
    await expectNothingLeft();
  });
});

describe('I1: an opt-out while a job waits at the account, which the job may undo', () => {
  test.each([true, false])('is stated again once the job has ended (we saw it before: %s)', async (seen) => {
    await loaded();
    account.world.switches.set({ activityRunMs: 2 * HOUR });
    const { list, people } = peopleOf(6, false);
    const [{ id, email }] = people as [Mailable];
    join(people, list);
    await done(account);
    account.pass(HOUR);
    if (seen) account.change('UPDATE people SET may_email = 0 WHERE email = ?', email);
    else account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'account' });
    if (seen) await done(account);
    // What a list job does to somebody whom the account itself took out of all mail is not documented: this is the worst.
    account.pass(HOUR / 2);
    account.world.mutate({ op: 'resubscribe', contact_id: id, how: 'account' });
    await passes(5);
    expect(truthOf({ id }).email?.permission).toBe('unsubscribed');
    expect(account.rows('SELECT may_email FROM people WHERE email = ?', email)).toEqual([{ may_email: 0 }]);
    expect([requests('POST'), requests('PUT')]).toEqual([1, seen ? 2 : 1]);
    await expectNothingLeft();
  });

  test('of the same time as somebody else’s ordinary edit costs nobody their permission', async () => {
    await loaded();
    const { list, people } = peopleOf(6, false);
    join(people, list);
    await done(account);
    account.world.mutate({ op: 'edit', contact_id: people[0]?.id ?? '', set: { job_title: 'Chair' } });
    await passes(3);
    expect(requests('PUT')).toBe(0);
  });
});

describe('T24: a job of ours', () => {
  test('that takes people off a list is nobody’s leaving, however often they were read meanwhile', async () => {
    await loaded();
    account.world.switches.set({ activityRunMs: 3 * HOUR });
    const { list, people } = peopleOf(5, true);
    leave(people, list);
    await done(account);
    account.world.mutate({ op: 'edit', contact_id: people[0]?.id ?? '', set: { job_title: 'Chair' } });
    await passes(6);
    expect(on(people, list)).toEqual(people.map(() => false));
    account.world.switches.set({ activityRunMs: 0 });
    join(people, list);
    await passes(4);
    expect(on(people, list)).toEqual(people.map(() => true));
    expectAgreed();
  });
});

describe('I18: everybody is accounted for', () => {
  test.each(['cancelled', 'failed', 'timed_out'] as const)('a job that was %s: its people go singly', async (state) => {
    await loaded();
    account.world.switches.set({ activityRunMs: 5 * HOUR });
    const { list, people } = peopleOf(5, false);
    join(people, list);
    await done(account);
    const [activity] = [...account.world.state.activities.values()];
    stopActivity(account.world.state, activity?.id ?? '', state, ['stopped']);
    account.pass(HOUR);
    expect(JSON.stringify((await done(account)).messages)).toContain('job-incomplete');
    await passes(4);
    expect(on(people, list)).toEqual(people.map(() => true));
    expect([requests('POST'), requests('PUT')]).toEqual([1, 5]);
    expectAgreed();
    await expectNothingLeft();
  });

  test('whom a completed job left out goes singly: its own word is not believed', async () => {
    await loaded();
    const { list, people } = peopleOf(5, false);
    join(people, list);
    await done(account);
    account.pass(HOUR);
    account.world.mutate({ op: 'leaveList', contact_id: people[0]?.id ?? '', list_id: list.id });
    await done(account);
    await passes(3);
    expect(on(people, list)).toEqual(people.map(() => true));
    expect([requests('POST'), requests('PUT')]).toEqual([1, 1]);
    expectAgreed();
  });

  test('of many people removed from a list everybody is read once, when that costs less than each by themselves', async () => {
    await loaded(false, 90);
    const { list, people } = peopleOf(12, true);
    leave(people, list);
    await passes(2);
    expect(walks()).toBe(1);
    await passes(4);
    expect(walks()).toBe(2);
    expect(
      account.simulators.requests.entries.filter(({ path }) => people.some(({ id }) => path.endsWith(id))),
    ).toEqual([]);
    expect(on(people, list)).toEqual(people.map(() => false));
    expectAgreed();
    await expectNothingLeft();
  });
});

describe('I6: an answer that was lost', () => {
  test.each([
    ['reset-before', 2],
    ['reset-after', 1],
  ] as const)('%s: the list of jobs tells', async (kind, sent) => {
    await loaded();
    const { list, people } = peopleOf(5, false);
    join(people, list);
    account.world.faults.set([{ kind, match: { method: 'POST' }, times: 1 }]);
    await sync(account);
    await passes(5);
    expect([requests('POST'), requests('PUT')]).toEqual([sent, 0]);
    expect(on(people, list)).toEqual(people.map(() => true));
    expectAgreed();
    await expectNothingLeft();
  });
});

describe('trouble on the way', () => {
  test.each([
    'store:intend:after-commit',
    'store:beginJob:before-commit',
    'store:beginJob:after-commit',
    'store:moveJob:before-commit',
    'store:moveJob:after-commit',
    'store:ungather:after-commit',
  ])('I5: a kill at %s, with people in two jobs, loses and doubles nothing', async (point) => {
    await loaded();
    const { list, people } = peopleOf(5, false);
    const { list: old, people: leaving } = peopleOf(5, true, list);
    join(people, list);
    leave(leaving, old);
    account.steps = {
      reached: (at) => {
        if (at === point) throw new Killed(at);
      },
    };
    await expect(sync(account)).rejects.toThrow(Killed);
    account.steps = noSteps;
    await passes(8);
    expect([on(people, list), on(leaving, old)]).toEqual([people.map(() => true), leaving.map(() => false)]);
    expect(requests('PUT')).toBe(0);
    expectAgreed();
    await expectNothingLeft();
  });

  test.each(['store:settleOperations:after-commit', 'store:moveJob:after-commit', 'store:storePage:after-commit'])(
    'I5: a kill at %s while a job is accounted for changes nothing',
    async (point) => {
      await loaded(false);
      const { list, people } = peopleOf(5, false);
      join(people, list);
      await done(account);
      account.pass(HOUR);
      await done(account);
      account.pass(HOUR);
      account.steps = {
        reached: (at) => {
          if (at === point) throw new Killed(at);
        },
      };
      await sync(account).catch(() => undefined);
      account.steps = noSteps;
      await passes(4);
      expect([requests('POST'), requests('PUT')]).toEqual([1, 0]);
      expect(on(people, list)).toEqual(people.map(() => true));
      expectAgreed();
      await expectNothingLeft();
    },
  );

  test('a refused job is told, and its people go singly', async () => {
    await loaded();
    const { list, people } = peopleOf(5, false);
    join(people, list);
    account.world.faults.set([{ kind: 'status', status: 400, match: { method: 'POST', path: ADD }, times: 1 }]);
    expect(JSON.stringify((await sync(account)).messages)).toContain('job-refused');
    await passes(3);
    expect([requests('POST'), requests('PUT')]).toEqual([1, 5]);
    expectAgreed();
  });
});
