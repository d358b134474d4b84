/** The quota is never exceeded (I12), and a day that ends in the middle of a walk loses nothing (T11). */
import { afterEach, describe, expect, test } from 'vitest';
import { assemble } from '../../src/application/open.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { PassResult } from '../../src/cli/results.ts';
import { join } from 'node:path';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { expectCounted } from '../harness/counted.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

/** Runs passes until one is done, a UTC day apart; tells how many it took. */
async function untilDone(most: number): Promise<number> {
  for (let n = 1; n <= most; n += 1) {
    const result = await account.sync();
    if (result.outcome === 'done') return n;
    expect(result).toMatchObject({ outcome: 'partial', resumeAt: expect.any(Number) });
    expect(result.resumeAt).toBeGreaterThan(account.clock.now());
    account.clock.advance((result.resumeAt ?? 0) - account.clock.now());
  }
  throw new Error(`not done after ${most} days`);
}

describe('T11 the day ends in the middle', () => {
  test.each([20, 24, 30])('a first load with %d requests a day goes on where it stopped, and ends', async (perDay) => {
    account = await Account.open({
      contacts: 12_000,
      campaigns: 1,
      budget: `{ perSecond: 4, perDay: ${perDay} }`,
      quota: { perSecond: 4, perDay },
      reconcile: 'every 30d',
    });
    expect(await untilDone(6)).toBeGreaterThan(1);
    expect(account.rows('SELECT count(*) AS n FROM contacts')).toEqual([{ n: 12_000 }]);
  });

  test('a daily walk that a day cannot finish is resumed, not begun again; edits and opt-outs arrive meanwhile', async () => {
    account = await Account.open({
      contacts: 6000,
      campaigns: 1,
      budget: '{ perSecond: 4, perDay: 26 }',
      quota: { perSecond: 4, perDay: 26 },
      reconcile: 'every 7d',
    });
    await untilDone(6);
    account.pass(7 * DAY);
    const people = account.people('explicit');
    for (let n = 0; n < 4; n += 1) {
      account.world.mutate([
        { op: 'edit', contact_id: people[n] ?? '', set: { first_name: `Day ${n}` } },
        { op: 'unsubscribe', contact_id: people[10 + n] ?? '', how: 'contact' },
      ]);
      const result = await account.sync();
      expect(['done', 'partial']).toContain(result.outcome);
      account.pass(DAY);
    }
    await untilDone(6);
    expectMirrorEqualsTruth(account);
  });

  test('the vendor says that the day is gone, against our own count: partial, and the next pass asks again', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Edited' } });
    account.pass(HOUR);
    account.world.faults.set([{ kind: 'quota_exceeded' }]);
    expect((await account.sync()).outcome).toBe('partial');
    account.world.faults.set([]);
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });
});

describe('I12 storms', () => {
  test.each(['throttled', 'activity-queue', 'quota_exceeded'] as const)('%s on each third request', async (kind) => {
    account = await Account.open({ contacts: 1250 });
    account.world.faults.set([{ kind, at: { every: 3 } }]);
    for (let n = 0; n < 3; n += 1) {
      expect(['done', 'partial', 'failed']).toContain((await account.sync()).outcome);
      account.pass(HOUR);
    }
    account.world.faults.set([]);
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });

  test('every request throttled for a while: bounded tries, then all is well', async () => {
    account = await Account.open();
    account.world.faults.set([{ kind: 'throttled' }]);
    expect((await account.sync()).outcome).not.toBe('done');
    expect(account.requests()).toBeLessThan(30);
    account.world.faults.set([]);
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });

  test('passes through midnight UTC spend neither day twice', async () => {
    account = await Account.open({ budget: '{ perSecond: 4, perDay: 60 }', quota: { perSecond: 4, perDay: 60 } });
    account.pass(11 * HOUR + 59 * 60_000);
    for (let n = 0; n < 12; n += 1) {
      expect(['done', 'partial']).toContain((await account.sync()).outcome);
      account.pass(20_000);
    }
    // Close to midnight a request counts for both days until the source's clock is known.
    account.pass(DAY + HOUR);
    expect((await account.sync()).outcome).toBe('done');
  });

  test('two processes on one store share the seconds and the day', async () => {
    const two = ['one', 'two'].map(
      (name) => `
  ${name}: { primary: cc, secondary: app, mode: mirror, prefix: "${name}_", streams: [contacts, lists, tags, custom_fields] }`,
    );
    account = await Account.open({ contacts: 1250, syncs: two.join('') });
    const [first, second] = await Promise.all([inItsOwnProcess('one'), inItsOwnProcess('two')]);
    expect([first.outcome, second.outcome]).toEqual(['done', 'done']);
    expect(account.rows('SELECT count(*) AS n FROM one_contacts')).toEqual([{ n: 1250 }]);
    expect(account.rows('SELECT count(*) AS n FROM two_contacts')).toEqual([{ n: 1250 }]);
  });
});

/** The harness runs one process at a time; this one is beside it, with a store connection of its own. */
async function inItsOwnProcess(sync: string): Promise<PassResult> {
  const env = { CC_TOKEN: account.token };
  const config = loadConfig(account.configText, { env, file: join(account.folder, 'concord.yaml') });
  const application = await assemble(config, account.ports());
  try {
    const result = await application.sync(sync, account.call());
    expectCounted(result, account.simulators);
    return result;
  } finally {
    await application.close();
  }
}
