/** Two files, no transaction over both: a kill between the table's commit and the store's is invisible afterwards (I5, I6). */
import { afterEach, describe, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import {
  addressOf,
  busy,
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

/** Runs a pass that is killed whenever it reaches the point. */
async function killedAt(point: string): Promise<void> {
  let reached = 0;
  account.steps = {
    reached: (at) => {
      if (at !== point) return;
      reached += 1;
      throw new Killed(at);
    },
  };
  await expect(sync(account)).rejects.toThrow(Killed);
  account.steps = noSteps;
  expect(reached).toBeGreaterThan(0);
}

/** Runs a pass that is killed again where it comes to the same point: recovery has as many deaths as work. */
async function mayDieAt(point: string): Promise<void> {
  account.steps = {
    reached: (at) => {
      if (at === point) throw new Killed(at);
    },
  };
  await sync(account).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  account.steps = noSteps;
}

const POINTS = [
  'table:write:before-commit',
  'table:write:after-commit',
  'store:intend:after-commit',
  'store:claim:after-commit',
  'store:sending:before-commit',
  'store:sending:after-commit',
  'store:settleOperations:before-commit',
  'store:settleOperations:after-commit',
];

describe('I5 I6 a kill at each step', () => {
  test.each(POINTS)('of the first load, at %s: read back, nobody twice, nobody missing', async (point) => {
    account = await openTable();
    await killedAt(point);
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
    expect(await waits(account)).toMatchObject({ parked: 0, conflict: 0 });
  });

  test.each(['table:write:after-commit', 'store:settleOperations:before-commit'])(
    'T28 of a swap, which no table can take, at %s: it is not found written in the row of the other',
    async (point) => {
      account = await openTable();
      await done(account);
      const [a] = mailable(account);
      const b = mailable(account).find(({ firstName }) => firstName !== a.firstName);
      const before = people(account);
      account.pass(HOUR);
      account.world.mutate({ op: 'swapAddresses', contact_ids: [a.id, b?.id ?? ''] });
      await killedAt(point);
      for (let n = 0; n < 2; n += 1) {
        account.pass(HOUR);
        const { parked, conflicts } = await done(account);
        expect(parked + conflicts).toBe(2);
        expect(people(account)).toEqual(before);
      }
      account.world.mutate({ op: 'changeAddress', contact_id: a.id, address: 'elsewhere@example.org' });
      for (let n = 0; n < 2; n += 1) {
        account.pass(HOUR);
        await sync(account);
      }
      expectTableMatches(account);
    },
  );

  test.each(POINTS)('of an opt-out, an edit and an address change, at %s', async (point) => {
    account = await openTable();
    await done(account);
    const [a, b, c] = mailable(account);
    account.pass(HOUR);
    account.world.mutate([
      { op: 'unsubscribe', contact_id: a.id, how: 'contact' },
      { op: 'edit', contact_id: b.id, set: { first_name: 'Edited' } },
      { op: 'changeAddress', contact_id: c.id, address: 'moved@example.org' },
    ]);
    const count = people(account).length;
    account.pass(HOUR);
    await killedAt(point);
    account.pass(HOUR);
    await mayDieAt(point);
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
    expect(people(account).length).toBe(count);
    expect(await waits(account)).toMatchObject({ held: 0, parked: 0, conflict: 0 });
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 0 });
  });

  test('an opt-out that comes after the kill wins over what was under way', async () => {
    account = await openTable();
    await done(account);
    const [person] = mailable(account);
    account.pass(HOUR);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Edited' } });
    account.pass(HOUR);
    await killedAt('table:write:after-commit');
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0, given_name: 'Edited' });
    expect(await waits(account)).toMatchObject({ held: 0 });
  });

  test('the table withdraws consent between the kill and the next pass: it stays withdrawn', async () => {
    account = await openTable();
    await done(account);
    const [person] = mailable(account);
    const email = addressOf(account, person.id);
    account.pass(HOUR);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Edited' } });
    account.pass(HOUR);
    await killedAt('store:settleOperations:before-commit');
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', email);
    account.pass(HOUR);
    await done(account);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Again' } });
    account.pass(HOUR);
    await done(account);
    expect(rowOf(account, email)).toMatchObject({ may_email: 0 });
  });
});

describe('a locked database', () => {
  test.each(['table:write:before-commit'])('at %s ends the pass partial; the next pass works', async (point) => {
    account = await openTable();
    account.steps = {
      reached: (at) => {
        if (at === point) throw busy();
      },
    };
    expect(await sync(account)).toMatchObject({ outcome: 'partial', applied: 0 });
    expect(people(account)).toEqual([]);
    account.steps = noSteps;
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
    expect(await waits(account)).toMatchObject({ held: 0, parked: 0 });
  });

  test('what was left undone is not written past a guard that stops the next pass', async () => {
    account = await openTable({ contacts: 120 });
    await done(account);
    const [person] = mailable(account);
    account.pass(HOUR);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Edited' } });
    account.pass(HOUR);
    account.steps = {
      reached: (at) => {
        if (at === 'table:write:before-commit') throw busy();
      },
    };
    expect((await sync(account)).outcome).toBe('partial');
    account.steps = noSteps;
    account.world.mutate([
      { op: 'bulkEdit', n: 60, set: { first_name: null } },
      { op: 'unsubscribe', contact_id: mailable(account)[1].id, how: 'contact' },
    ]);
    const names = people(account).map((row) => row.given_name);
    account.pass(HOUR);
    expect((await sync(account)).outcome).toBe('stopped');
    expect(people(account).map((row) => row.given_name)).toEqual(names);
  });
});
