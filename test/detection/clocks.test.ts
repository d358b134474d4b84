/** Clocks, edges and answers that are behind: nothing before the cursor is lost (I4), and one channel never costs another. */
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR, MINUTE } from '../harness/account.ts';
import { ANY_CONTACTS, afterRequest, showing, type Shown } from '../harness/between.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

const bools = [true, false] as const;

async function done(): Promise<void> {
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
}

function edit(id: string, name: string): void {
  account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: name } });
}

describe('T2 T3: the edge of a window belongs to it', () => {
  test.each(
    bools.flatMap((updatedAfterInclusive) =>
      (['seconds', 'milliseconds', 'offset', 'fraction'] as const).map((timeFormat) => ({
        updatedAfterInclusive,
        timeFormat,
      })),
    ),
  )('$updatedAfterInclusive, $timeFormat: an edit in each second around a poll arrives', async (switches) => {
    account = await Account.open({ switches: { ...switches, optoutAfterInclusive: switches.updatedAfterInclusive } });
    await done();
    const people = account.people('explicit');
    const outs = account.people('implicit');
    for (let n = 0; n < 6; n += 1) {
      edit(people[n] ?? '', `At ${n}`);
      account.world.mutate({ op: 'unsubscribe', contact_id: outs[n] ?? '', how: 'contact' });
      account.pass(n % 2 === 0 ? 0 : 999);
      await done();
    }
    account.pass(HOUR);
    await done();
    expectMirrorEqualsTruth(account);
  });
});

describe('T4: our clock is wrong', () => {
  test.each([4 * MINUTE, -4 * MINUTE, 26 * HOUR, -26 * HOUR])(
    'by %d ms against the source: nothing is lost, nothing is read for ever',
    async (skewMs) => {
      account = await Account.open({ skewMs });
      await done();
      const people = account.people('explicit');
      for (let n = 0; n < 5; n += 1) {
        edit(people[n] ?? '', `At ${n}`);
        account.world.mutate({ op: 'unsubscribe', contact_id: people[10 + n] ?? '', how: 'contact' });
        account.pass(3 * MINUTE);
        await done();
      }
      account.pass(10 * MINUTE);
      await done();
      expectMirrorEqualsTruth(account);
      account.pass(10 * MINUTE);
      expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
    },
  );

  test.each([-2 * HOUR, 2 * HOUR, -2 * DAY])('a step of %d ms between two passes loses nothing', async (step) => {
    account = await Account.open();
    await done();
    const people = account.people('explicit');
    account.pass(HOUR);
    account.world.clock.advance(-step);
    account.clock.stepTo(account.clock.now() + step);
    edit(people[0] ?? '', 'Before');
    account.world.mutate({ op: 'unsubscribe', contact_id: people[1] ?? '', how: 'contact' });
    account.pass(HOUR);
    await done();
    edit(people[2] ?? '', 'After');
    account.pass(HOUR);
    await done();
    expectMirrorEqualsTruth(account);
  });
});

describe('T4: our clock is corrected while a pass runs', () => {
  test.each([-2 * HOUR, 2 * HOUR])(
    'a step of %d ms between two pages loses nothing and exceeds no quota',
    async (step) => {
      account = await Account.open({ contacts: 1250 });
      const [id = '', out = ''] = account.people('explicit');
      account.wrap = afterRequest(ANY_CONTACTS, 2, () => {
        account.world.clock.advance(-step);
        account.clock.stepTo(account.clock.now() + step);
        edit(id, 'Between');
        account.world.mutate({ op: 'unsubscribe', contact_id: out, how: 'contact' });
      });
      await account.sync();
      account.wrap = (transport) => transport;
      account.pass(3 * HOUR);
      await done();
      expectMirrorEqualsTruth(account);
    },
  );
});

describe('T5: rows from the future', () => {
  test('one row stamped 2031 does not stop the others from being read', async () => {
    account = await Account.open();
    await done();
    const [future = '', other = '', out = ''] = account.people('explicit');
    account.pass(HOUR);
    account.world.mutate({
      op: 'stamp',
      contact_id: future,
      updated_at: '2031-01-01T00:00:00Z',
      email_updated_at: '2031-01-01T00:00:00Z',
    });
    account.pass(HOUR);
    await done();
    edit(other, 'Later');
    account.world.mutate({ op: 'unsubscribe', contact_id: out, how: 'contact' });
    account.pass(HOUR);
    await done();
    expectMirrorEqualsTruth(account);
  });
});

describe('T16: one channel fails while another works', () => {
  test.each([
    'updated_after',
    'optout_after',
    'contacts/counts',
    'contact_lists',
    'contact_tags',
    'status=unsubscribed',
    'summary_reports',
  ])('with %s down for three passes nothing is skipped once it is back', async (path) => {
    account = await Account.open();
    await done();
    const people = account.people('explicit');
    account.world.faults.set([{ kind: 'status', status: 503, match: { path } }]);
    for (let n = 0; n < 3; n += 1) {
      account.pass(2 * HOUR);
      edit(people[n] ?? '', `At ${n}`);
      account.world.mutate({ op: 'unsubscribe', contact_id: people[10 + n] ?? '', how: 'contact' });
      expect((await account.sync()).outcome).not.toBe('stopped');
    }
    account.world.faults.set([]);
    account.pass(HOUR);
    await done();
    expectMirrorEqualsTruth(account);
  });
});

describe('T17: a read that is behind what we have seen', () => {
  test('a stale page undoes neither an edit nor an opt-out, and the next pass is quiet', async () => {
    account = await Account.open();
    await done();
    const [id = '', out = ''] = account.people('explicit');
    account.pass(HOUR);
    edit(id, 'Fresh');
    account.world.mutate({ op: 'unsubscribe', contact_id: out, how: 'contact' });
    account.pass(5000);
    await done();
    account.world.faults.set([{ kind: 'stale-read', ms: 10 * MINUTE, match: { path: '^/v3/contacts' } }]);
    account.pass(MINUTE);
    await account.sync();
    expect(account.permission(out)).toBe('unsubscribed');
    expectMirrorEqualsTruth(account);
    account.world.faults.set([]);
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
    expectMirrorEqualsTruth(account);
  });

  test('T26 a page from before an edit and an opt-out, shown minutes after both, undoes neither', async () => {
    account = await Account.open();
    const before = new Map<string, unknown>();
    account.wrap = showing((people) => {
      for (const one of people) if (!before.has(one.contact_id)) before.set(one.contact_id, one);
      return people;
    });
    await done();
    const [id = '', out = ''] = account.people('explicit');
    account.pass(HOUR);
    edit(id, 'Fresh');
    account.world.mutate({ op: 'unsubscribe', contact_id: out, how: 'contact' });
    account.pass(MINUTE);
    await done();
    account.wrap = showing((people) => [...people, before.get(id) as Shown, before.get(out) as Shown]);
    account.pass(5 * MINUTE);
    await account.sync();
    expectMirrorEqualsTruth(account);
  });

  test.each([MINUTE, 4 * MINUTE])('a listing that lags %d ms behind loses nothing', async (indexDelayMs) => {
    account = await Account.open({ switches: { indexDelayMs } });
    await done();
    const people = account.people('explicit');
    for (let n = 0; n < 4; n += 1) {
      account.pass(HOUR);
      edit(people[n] ?? '', `At ${n}`);
      account.world.mutate({ op: 'unsubscribe', contact_id: people[10 + n] ?? '', how: 'contact' });
      await done();
    }
    account.pass(HOUR);
    await done();
    expectMirrorEqualsTruth(account);
  });
});
