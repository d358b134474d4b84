/** Many new people of the table, made in import jobs: each once, each accounted for, and never past an opt-out. */
import { afterEach, describe, expect, test } from 'vitest';
import { stopActivity } from '../../simulators/world/activities.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { done, openTable, rowOf, sync, waits, SYNC, type TableOptions } from './people-table.ts';

const COLUMNS =
  'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email INTEGER, remark TEXT, signed_up TEXT';
const PEOPLE = ['ada@example.org', 'bea@example.org', 'cora@example.org', 'dora@example.org', 'eva@example.org'];
let account: Account;
let list = '';
afterEach(() => account.close());

async function loaded(more: TableOptions = {}): Promise<void> {
  account = await openTable({ columns: COLUMNS });
  list = [...account.world.state.lists.values()].find((one) => one.deletedAt === null)?.name ?? '';
  await account.close();
  account = await openTable({
    columns: COLUMNS,
    consent: `{ column: may_email, direction: two-way }\n      create: { evidence: signed_up, lists: [${JSON.stringify(list)}] }`,
    ...more,
  });
  await done(account);
  account.pass(HOUR);
  for (const email of PEOPLE) add(email);
}

function add(email: string, given = 'Nora'): void {
  const sql = "INSERT INTO people (email, given_name, may_email, signed_up) VALUES (?, ?, 1, 'form, 2026-01-02')";
  account.change(sql, email, given);
}

function inAccount(email: string) {
  return [...account.world.state.people.values()].filter((person) => person.email?.address === email);
}

function posts(path: string): number {
  return account.simulators.requests.entries.filter((one) => one.method === 'POST' && one.path.endsWith(path)).length;
}
const imports = (): number => posts('/contacts_json_import');
const singles = (): number => posts('/contacts');

async function passes(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    account.pass(HOUR);
    await done(account);
  }
}

function expectAllMadeOnce(): void {
  for (const email of PEOPLE) {
    expect(inAccount(email)).toMatchObject([{ firstName: 'Nora', email: { permission: 'implicit' } }]);
    const lists = [...(inAccount(email)[0]?.lists ?? [])].map((id) => account.world.state.lists.get(id)?.name);
    expect(lists).toEqual([list]);
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

describe('many new people', () => {
  test('go out in one job, are read back with the next changes, and are linked like anybody', async () => {
    await loaded();
    await done(account);
    expect([imports(), singles()]).toEqual([1, 0]);
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ skipped: {} });
    expectAllMadeOnce();
    await passes(2);
    expect([imports(), singles()]).toEqual([1, 0]);
    await expectNothingLeft();
    account.change("UPDATE people SET may_email = 0 WHERE email = 'ada@example.org'");
    await passes(1);
    expect(inAccount('ada@example.org')).toMatchObject([{ email: { permission: 'unsubscribed' } }]);
  });

  test('a plan shows the choice and its cost, and writes nothing', async () => {
    await loaded();
    const items = await account.plan(SYNC);
    expect(items.at(-1)).toMatchObject({
      newPeople: { people: 5, singles: 0, jobs: 1, calls: 3, callsOneByOne: 10, because: null },
      cost: { cc: 3, app: 0 },
    });
    expect([imports(), singles()]).toEqual([0, 0]);
  });

  test('who does not fit into a job is made alone beside it', async () => {
    await loaded();
    const long = `${'x'.repeat(45)}@example.org`;
    add(long);
    await done(account);
    expect([imports(), singles()]).toEqual([1, 1]);
    await passes(2);
    expect(inAccount(long).length).toBe(1);
    expectAllMadeOnce();
  });

  test('I13: a job that outlives passes is not sent again, and nobody in it is written singly', async () => {
    await loaded();
    account.world.switches.set({ activityRunMs: 5 * HOUR });
    await done(account);
    account.change("UPDATE people SET given_name = 'Other' WHERE email = 'ada@example.org'");
    account.pass(HOUR);
    const result = await done(account);
    expect(JSON.stringify(result.messages)).toContain('job-running');
    expect((await account.plan(SYNC)).at(-1)).toMatchObject({ newPeople: null });
    await passes(2);
    expect([imports(), singles(), inAccount('ada@example.org')]).toEqual([1, 0, []]);
    account.change("UPDATE people SET given_name = 'Nora' WHERE email = 'ada@example.org'");
    await passes(4);
    expect([imports(), singles()]).toEqual([1, 0]);
    expectAllMadeOnce();
    await expectNothingLeft();
  });
});

describe('I18: everybody is accounted for', () => {
  test('whom a finished job left out is made singly, refused there, and parked with the reason', async () => {
    await loaded();
    // Concord takes it for an address, the source does not.
    const odd = 'odd,one@example.org';
    account.change('UPDATE people SET email = ? WHERE email = ?', odd, 'eva@example.org');
    await done(account);
    account.pass(HOUR);
    expect(JSON.stringify((await done(account)).messages)).toContain('job-faults');
    await passes(3);
    expect([imports(), singles()]).toEqual([1, 1]);
    expect(inAccount('ada@example.org').length).toBe(1);
    expect([inAccount(odd), (await waits(account)).parked]).toEqual([[], 1]);
  });

  test.each(['cancelled', 'failed', 'timed_out'] as const)(
    'a job that was %s is told, and its people are made singly',
    async (state) => {
      await loaded();
      account.world.switches.set({ activityRunMs: 5 * HOUR });
      await done(account);
      const [activity] = [...account.world.state.activities.values()];
      stopActivity(account.world.state, activity?.id ?? '', state, ['stopped']);
      account.pass(HOUR);
      expect(JSON.stringify((await done(account)).messages)).toContain('job-incomplete');
      await passes(3);
      expect([imports(), singles()]).toEqual([1, 5]);
      expectAllMadeOnce();
    },
  );

  test('a job that was cut off is told, and who fell off is made singly', async () => {
    await loaded();
    await done(account);
    const [activity] = [...account.world.state.activities.values()];
    account.pass(HOUR);
    const eva = inAccount('eva@example.org')[0];
    // The source dropped a row in silence: nobody has the address, and the count is smaller.
    account.world.mutate({ op: 'changeAddress', contact_id: eva?.id ?? '', address: 'other@example.org' });
    if (activity !== undefined) {
      const ended = account.world.state.activities.get(activity.id) ?? activity;
      account.world.state.activities.set(activity.id, { ...ended, counts: { ...ended.counts, items_total_count: 4 } });
    }
    const told = JSON.stringify((await done(account)).messages);
    expect(told).toContain('job-cut');
    account.pass(HOUR);
    expect(JSON.stringify((await done(account)).messages)).toContain('job-missed');
    await passes(2);
    expect([imports(), singles(), inAccount('eva@example.org').length]).toEqual([1, 1, 1]);
    expectAllMadeOnce();
  });

  test('a job that the source no longer knows is settled by reading its people', async () => {
    await loaded();
    await done(account);
    account.pass(HOUR);
    account.world.state.activities.clear();
    await done(account);
    await passes(2);
    expect([imports(), singles()]).toEqual([1, 0]);
    expectAllMadeOnce();
  });
});

describe('I6: an answer that was lost', () => {
  test.each([
    ['reset-before', 2],
    ['reset-after', 1],
  ] as const)('%s: the list of jobs tells, nobody is made twice', async (kind, sent) => {
    await loaded();
    account.world.faults.set([{ kind, match: { method: 'POST' }, times: 1 }]);
    await sync(account);
    await passes(3);
    expect([imports(), singles()]).toEqual([sent, 0]);
    expectAllMadeOnce();
    await expectNothingLeft();
  });

  test('a job that was taken and still runs is not sent again', async () => {
    await loaded();
    account.world.switches.set({ activityRunMs: 3 * HOUR });
    account.world.faults.set([{ kind: 'reset-after', match: { method: 'POST' }, times: 1 }]);
    await sync(account);
    await passes(5);
    expect([imports(), singles()]).toEqual([1, 0]);
    expectAllMadeOnce();
  });

  test('where the list cannot tell one of two jobs, everybody is looked for and nobody made twice', async () => {
    await loaded();
    account.world.faults.set([{ kind: 'reset-after', match: { method: 'POST' }, times: 1 }]);
    await sync(account);
    const [activity] = [...account.world.state.activities.values()];
    if (activity !== undefined) {
      const id = activity.id.replace(/^./, (first: string) => (first === 'a' ? 'b' : 'a'));
      account.world.state.activities.set(id, { ...activity, id });
    }
    await passes(3);
    expect([imports(), singles()]).toEqual([1, 0]);
    expectAllMadeOnce();
    await expectNothingLeft();
  });
});

describe('trouble on the way', () => {
  test.each([
    ['store:intend:after-commit', 1],
    ['store:beginJob:before-commit', 1],
    ['store:beginJob:after-commit', 1],
    ['store:moveJob:before-commit', 1],
    ['store:moveJob:after-commit', 1],
  ])('I5: a kill at %s makes everybody once', async (point, sent) => {
    await loaded();
    account.steps = {
      reached: (at) => {
        if (at === point) throw new Killed(at);
      },
    };
    await expect(sync(account)).rejects.toThrow(Killed);
    account.steps = noSteps;
    await passes(4);
    expect([imports(), singles()]).toEqual([sent, 0]);
    expectAllMadeOnce();
    await expectNothingLeft();
  });

  test.each(['store:settleOperations:after-commit', 'store:moveJob:after-commit'])(
    'I5: a kill at %s while a job is accounted for changes nothing',
    async (point) => {
      await loaded();
      await done(account);
      account.pass(HOUR);
      account.steps = {
        reached: (at) => {
          if (at === point) throw new Killed(at);
        },
      };
      await expect(sync(account)).rejects.toThrow(Killed);
      account.steps = noSteps;
      await passes(3);
      expect([imports(), singles()]).toEqual([1, 0]);
      expectAllMadeOnce();
      await expectNothingLeft();
    },
  );

  test('a full queue of jobs ends the pass without harm; the next one makes everybody', async () => {
    await loaded();
    account.world.faults.set([{ kind: 'activity-queue', match: { method: 'POST' }, times: 9 }]);
    expect(await sync(account)).toMatchObject({ outcome: 'partial' });
    account.world.faults.set([]);
    await passes(2);
    expect(singles()).toBe(0);
    expectAllMadeOnce();
    await expectNothingLeft();
  });

  test('a refused job is told, and its people are made singly', async () => {
    await loaded();
    account.world.faults.set([
      { kind: 'status', status: 400, match: { method: 'POST', path: '/activities/contacts_json_import' }, times: 1 },
    ]);
    expect(JSON.stringify((await sync(account)).messages)).toContain('job-refused');
    await passes(2);
    expect([imports(), singles()]).toEqual([1, 5]);
    expectAllMadeOnce();
  });

  test('I1: an opt-out in the account while the job is queued stands, and reaches the table', async () => {
    await loaded();
    account.world.switches.set({ activityRunMs: 3 * HOUR });
    await done(account);
    account.world.mutate({ op: 'create', contact: { email_address: 'ada@example.org' } });
    account.world.mutate({ op: 'unsubscribe', contact_id: inAccount('ada@example.org')[0]?.id ?? '', how: 'contact' });
    await passes(5);
    expect(inAccount('ada@example.org')).toMatchObject([{ email: { permission: 'unsubscribed' } }]);
    expect(rowOf(account, 'ada@example.org')).toMatchObject({ may_email: 0 });
    expect([imports(), singles()]).toEqual([1, 0]);
  });
});

describe('a row that changes between the making of its person and the first reading of them', () => {
  test('I3: a no is carried, for the yes was the one that Concord had sent', async () => {
    await loaded();
    await done(account);
    account.change("UPDATE people SET may_email = 0 WHERE email = 'ada@example.org'");
    await passes(2);
    expect(inAccount('ada@example.org')).toMatchObject([{ email: { permission: 'unsubscribed' } }]);
    expect(rowOf(account, 'ada@example.org')).toMatchObject({ may_email: 0 });
    await passes(1);
    await expectNothingLeft();
  });

  test('I8, T39: an edit is carried, and the value of the job does not come back (I13)', async () => {
    await loaded({ fields: '{ email_address: email, first_name: { to: given_name, direction: two-way } }' });
    await done(account);
    account.change("UPDATE people SET given_name = 'Later' WHERE email = 'ada@example.org'");
    await passes(3);
    expect(inAccount('ada@example.org')).toMatchObject([{ firstName: 'Later' }]);
    expect(rowOf(account, 'ada@example.org')).toMatchObject({ given_name: 'Later' });
    await expectNothingLeft();
  });
});
