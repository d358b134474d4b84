import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR, MINUTE } from '../harness/account.ts';
import { leaveInEveryWay, SINCE } from './every-way-out.ts';
import { begin, CHANNELS, LIES } from './failures.ts';
import { expectSafe, HOWS } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

const CASES = Object.entries(LIES).flatMap(([name, failure]) => SINCE.map((since) => [name, since, failure] as const));

describe('T18: one channel alone lies, and nobody who leaves waits longer than the next pass', () => {
  test.each(CASES)('%s, %s', async (_name, since, failure) => {
    expect(await leaveInEveryWay(failure, since)).toEqual([]);
  });
});

describe('T18: several channels fail together, and the one that sees still finds', () => {
  test.each(HOWS)('the window is blind, the totals frozen, the reports empty: the daily sweep (%s)', async (how) => {
    account = await Account.open({ switches: { optoutAfter: 'blind', trackers: 'empty' } });
    await account.sync();
    account.world.switches.set({ counts: 'frozen' });
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how });
    account.pass(25 * HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done' });
    expect(account.permission(id)).toBe('unsubscribed');
    expectSafe(account);
  });

  test('the window is blind, the totals frozen, the reports empty, and the complete walk is down: the daily sweep', async () => {
    account = await Account.open({ switches: { optoutAfter: 'blind', trackers: 'empty' } });
    await account.sync();
    const faults = [{ kind: 'status' as const, status: 503, match: { path: CHANNELS['complete walk'] } }];
    begin(account, { faults, switches: { counts: 'frozen' } });
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    account.pass(25 * HOUR);
    await account.sync();
    expect(account.permission(id)).toBe('unsubscribed');
    expectSafe(account);
  });

  test('who signs up again without any stamp, while the complete walk is down: read as one who left the sweep', async () => {
    account = await Account.open({ switches: { resubscribeMovesUpdatedAt: false } });
    const [id = ''] = account.people('unsubscribed');
    await account.sync();
    begin(account, { faults: [{ kind: 'status', status: 503, match: { path: CHANNELS['complete walk'] } }] });
    account.world.mutate({ op: 'resubscribe', contact_id: id, how: 'contact' });
    account.pass(25 * HOUR);
    await account.sync();
    expect(account.permission(id)).toBe('explicit');
    expectSafe(account);
  });

  test('the window, the totals and both sweeps are down: the report of a mailing sent last week', async () => {
    account = await Account.open();
    await account.sync();
    const path = [CHANNELS.window, CHANNELS.counts, '^/v3/contacts\\?.*status=(unsubscribed|deleted)'].join('|');
    begin(account, { faults: [{ kind: 'status', status: 503, match: { path } }] });
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    account.pass(HOUR);
    await account.sync();
    expect(account.permission(id)).toBe('unsubscribed');
    expectSafe(account);
  });

  test('the totals, the reports and both sweeps are down: the window', async () => {
    account = await Account.open();
    await account.sync();
    const path = [CHANNELS.counts, CHANNELS.report, '^/v3/contacts\\?.*status=(unsubscribed|deleted)'].join('|');
    begin(account, { faults: [{ kind: 'status', status: 503, match: { path } }] });
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    account.pass(HOUR);
    await account.sync();
    expect(account.permission(id)).toBe('unsubscribed');
    expectSafe(account);
  });

  test('all listings of contacts and the direct read are down: a reported opt-out is laid over what was known', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    begin(account, { faults: [{ kind: 'status', status: 503, match: { path: '^/v3/contacts[/?](?!counts)' } }] });
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    account.pass(HOUR);
    await account.sync();
    expect(account.permission(id)).toBe('unsubscribed');
    begin(account, { faults: [] });
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done' });
    expectSafe(account);
  });

  test('a listing later than any overlap, read often: within a day', async () => {
    account = await Account.open({ switches: { indexDelayMs: 30 * MINUTE } });
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    const since = account.clock.now();
    while (account.permission(id) !== 'unsubscribed' && account.clock.now() - since < 2 * DAY) {
      account.pass(2 * HOUR + 7 * MINUTE);
      await account.sync();
    }
    expect(account.clock.now() - since).toBeLessThan(25 * HOUR);
    expectSafe(account);
  });
});
