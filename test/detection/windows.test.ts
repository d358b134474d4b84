/** Nothing that changed before the cursor is lost (I4), whatever happens to pages, clocks and cursors meanwhile. */
import { afterEach, describe, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { Account, DAY, HOUR, MINUTE } from '../harness/account.ts';
import { ANY_CONTACTS, CHANGES, afterRequest } from '../harness/between.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

const ORDERS = ['updated_at', 'created_at', 'id'] as const;

async function done(): Promise<void> {
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
}

/** The passes of a day: whatever the cheap channels missed, the daily walk must have found. */
async function withinADay(): Promise<void> {
  account.pass(HOUR);
  await done();
  account.pass(DAY);
  await done();
  expectMirrorEqualsTruth(account);
}

function edit(id: string, name: string): void {
  account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: name } });
}

describe('I4 T1 T12: writers are active while we read', () => {
  test.each(ORDERS)(
    'first load ordered by %s: an edit, an opt-out and a new person after each stored page arrive in the next pass',
    async (contactsOrder) => {
      account = await Account.open({ contacts: 1250, switches: { contactsOrder } });
      const people = account.people('explicit');
      let n = 0;
      account.steps = {
        reached: (point) => {
          if (point !== 'store:storePage:after-commit' || n > 8) return;
          n += 1;
          edit(people[n] ?? '', `Edited ${n}`);
          account.world.mutate([
            { op: 'unsubscribe', contact_id: people[50 + n] ?? '', how: 'contact' },
            { op: 'create', contact: { email_address: `new.${n}@example.org` } },
          ]);
          // Longer than any overlap: only a cursor from where the load began reaches back to the first of them.
          account.pass(7 * MINUTE);
        },
      };
      await done();
      account.steps = noSteps;
      account.pass(HOUR);
      await done();
      expectMirrorEqualsTruth(account);
    },
  );

  test.each(ORDERS)(
    'daily walk ordered by %s: edits after each stored page arrive in the next pass',
    async (contactsOrder) => {
      account = await Account.open({ contacts: 1250, switches: { contactsOrder } });
      await done();
      const people = account.people('implicit');
      account.pass(DAY);
      let n = 0;
      account.steps = {
        reached: (point) => {
          if (point === 'store:storePage:after-commit' && n < 30) edit(people[(n += 1)] ?? '', `Edited ${n}`);
        },
      };
      await done();
      account.steps = noSteps;
      account.pass(HOUR);
      await done();
      expectMirrorEqualsTruth(account);
    },
  );

  test.each(ORDERS)(
    'T6 T7 pages ordered by %s that shift while they are read hide nobody for longer than a day',
    async (contactsOrder) => {
      account = await Account.open({ contacts: 1250, switches: { contactsOrder } });
      await done();
      const people = account.people('explicit');
      account.pass(HOUR);
      account.world.mutate({ op: 'bulkEdit', n: 1100, set: { job_title: 'Moved' } });
      account.pass(HOUR);
      account.wrap = afterRequest(CHANGES, null, (n) => {
        for (const id of people.slice(n * 40, n * 40 + 40)) edit(id, 'Moved again');
      });
      await account.sync();
      account.wrap = (transport) => transport;
      await withinADay();
      expectMirrorEqualsTruth(account);
    },
  );

  test('T1 the cursor is the time of the first page: an edit between the pages of one window is not stepped over', async () => {
    // By id: who is edited now stands on a page that was read already.
    account = await Account.open({ contacts: 1100, switches: { contactsOrder: 'id' } });
    await done();
    const [id = ''] = account.people('explicit');
    account.pass(HOUR);
    account.world.mutate({ op: 'bulkEdit', n: 1000, set: { job_title: 'Moved' } });
    account.pass(HOUR);
    account.wrap = afterRequest(CHANGES, 1, () => {
      account.pass(7 * MINUTE);
      edit(id, 'Between');
      account.pass(7 * MINUTE);
    });
    await account.sync();
    account.wrap = (transport) => transport;
    account.pass(HOUR);
    await done();
    expect(account.rows('SELECT first_name FROM contacts WHERE contact_id = ?', id)).toEqual([
      { first_name: 'Between' },
    ]);
  });
});

describe('T8: pages that repeat or lack rows', () => {
  test.each(['items-twice', 'items-missing'] as const)(
    '%s on every other page: all is well within a day, and read counts distinct people',
    async (kind) => {
      account = await Account.open({ contacts: 120 });
      account.world.faults.set([{ kind, match: { path: '^/v3/contacts\\?' } }]);
      const first = await account.sync();
      expect(first.read).toBeLessThanOrEqual(120 + 100);
      account.world.faults.set([]);
      await withinADay();
    },
  );
});

describe('T10: a window that breaks off', () => {
  test.each([
    { kind: 'status', status: 500 },
    { kind: 'html' },
    { kind: 'truncated-json' },
    { kind: 'status', status: 202 },
  ] as const)('with %o on its last page moves no cursor: what it did not show arrives later', async (fault) => {
    account = await Account.open({ contacts: 1100 });
    await done();
    account.pass(HOUR);
    account.world.mutate({ op: 'bulkEdit', n: 1000, set: { job_title: 'Moved' } });
    account.pass(HOUR);
    account.world.faults.set([{ ...fault, match: { path: '^/v3/contacts\\?.*cursor=' } }]);
    expect((await account.sync()).outcome).toBe('partial');
    account.world.faults.set([]);
    account.pass(HOUR);
    await done();
    expectMirrorEqualsTruth(account);
  });
});

describe('T9: cursors that repeat or expire', () => {
  test('an expired cursor restarts the same window', async () => {
    account = await Account.open({ contacts: 1250 });
    account.world.faults.set([{ kind: 'cursor-expired', match: { path: '^/v3/contacts\\?' }, at: 2 }]);
    await done();
    expectMirrorEqualsTruth(account);
  });

  test.each(['repeat-cursor', 'cursor-expired'] as const)(
    '%s for ever ends the pass partial, in bounded requests, and the next pass works',
    async (kind) => {
      account = await Account.open({ contacts: 1250 });
      account.world.faults.set([{ kind, match: { path: '^/v3/contacts\\?' } }]);
      const result = await account.sync();
      expect(result.outcome).not.toBe('done');
      expect(result.outcome).not.toBe('stopped');
      expect(account.requests()).toBeLessThan(60);
      account.world.faults.set([]);
      account.pass(HOUR);
      await done();
      expectMirrorEqualsTruth(account);
    },
  );

  test('cursors that live shorter than the walk takes never end it falsely', async () => {
    account = await Account.open({ contacts: 2200, switches: { cursorLifeMs: 200 } });
    account.wrap = afterRequest(ANY_CONTACTS, null, () => account.pass(500));
    expect((await account.sync()).outcome).not.toBe('done');
    account.wrap = (transport) => transport;
    account.world.switches.set({ cursorLifeMs: null });
    account.pass(HOUR);
    await done();
    expectMirrorEqualsTruth(account);
  });
});
