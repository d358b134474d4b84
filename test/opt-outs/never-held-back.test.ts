import { afterEach, describe, expect, test } from 'vitest';
import { exitOfPass } from '../../src/cli/exit-codes.ts';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { begin, CHANNELS } from './failures.ts';
import { expectNobodyRaised, expectSafe, HOWS } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

async function opened(options: Parameters<typeof Account.open>[0] = {}): Promise<[Account, readonly string[]]> {
  account = await Account.open(options);
  await account.sync();
  return [account, account.people('explicit')];
}
const names = (at: Account): (string | number | null)[] =>
  at.rows('SELECT first_name FROM contacts ORDER BY contact_id').map((row) => row['first_name'] ?? null);

describe('I3, I10: explicit opt-outs are written although a guard stops the pass', () => {
  test.each(HOWS)('many fields blanked, and one who leaves (%s)', async (how) => {
    const [at, people] = await opened({ contacts: 120 });
    const before = names(at);
    const [leaver = '', ...blanked] = people;
    at.world.mutate(
      blanked.map((contact_id) => ({ op: 'edit', contact_id, set: { first_name: null, last_name: null } })),
    );
    at.world.mutate({ op: 'unsubscribe', contact_id: leaver, how });
    at.pass(3 * HOUR);
    const stopped = await at.sync();
    expect([stopped.outcome, exitOfPass(stopped)]).toEqual(['stopped', 3]);
    expect(at.permission(leaver)).toBe('unsubscribed');
    expect(names(at)).toEqual(before);
    expectSafe(at);
  });

  test('and one who leaves and is deleted before the pass', async () => {
    const [at, people] = await opened({ contacts: 120 });
    const [leaver = '', ...blanked] = people;
    at.world.mutate(
      blanked.map((contact_id) => ({ op: 'edit', contact_id, set: { first_name: null, last_name: null } })),
    );
    at.world.mutate({ op: 'unsubscribe', contact_id: leaver, how: 'contact' });
    at.world.mutate({ op: 'delete', contact_id: leaver });
    at.pass(3 * HOUR);
    expect((await at.sync()).outcome).toBe('stopped');
    expect(at.permission(leaver)).toBe('unsubscribed');
    expectSafe(at);
  });

  test('while the stop lasts, one of the blanked people leaves too; released, everything is as at the source', async () => {
    const [at, people] = await opened({ contacts: 120 });
    at.world.mutate(
      people.map((contact_id) => ({ op: 'edit', contact_id, set: { first_name: null, last_name: null } })),
    );
    at.pass(HOUR);
    await at.sync();
    const [leaver = ''] = people;
    at.world.mutate({ op: 'unsubscribe', contact_id: leaver, how: 'contact' });
    at.pass(HOUR);
    const stopped = await at.sync();
    expect([stopped.outcome, at.permission(leaver)]).toEqual(['stopped', 'unsubscribed']);
    const application = await at.start();
    await application.release(stopped.stopHash ?? '');
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'done' });
    expectSafe(at);
  });

  test.each([
    ['people', CHANNELS['complete walk'], DAY + HOUR],
    ['lists', CHANNELS.lists, HOUR],
    ['tags', '^/v3/contact_tags', HOUR],
  ] as const)('a listing of %s that is suddenly empty', async (_name, path, wait) => {
    const [at, [leaver = '']] = await opened({ contacts: 120, lists: 40, tags: 40 });
    at.world.mutate({ op: 'unsubscribe', contact_id: leaver, how: 'contact' });
    begin(at, { faults: [{ kind: 'empty-list', match: { path } }] });
    at.pass(wait);
    const stopped = await at.sync();
    expect([stopped.outcome, exitOfPass(stopped)]).toEqual(['stopped', 3]);
    expect(at.permission(leaver)).toBe('unsubscribed');
    expectSafe(at);
  });

  test('a listing of lists that is suddenly empty, while only totals and sweep can tell who left', async () => {
    const switches = { optoutAfter: 'blind', trackers: 'empty' } as const;
    const [at, [leaver = '']] = await opened({ contacts: 120, lists: 40, switches });
    at.world.mutate({ op: 'unsubscribe', contact_id: leaver, how: 'contact' });
    begin(at, { faults: [{ kind: 'empty-list', match: { path: CHANNELS.lists } }] });
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'stopped' });
    expect(at.permission(leaver)).toBe('unsubscribed');
    expectSafe(at);
  });

  test('mass opt-out is no mass destruction: everybody who leaves is out at once', async () => {
    const [at] = await opened({ contacts: 120, campaigns: 0 });
    at.world.mutate({ op: 'bulkUnsubscribe', n: 60, how: 'contact' });
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'done' });
    expectSafe(at);
  });
});

describe("I3: the day's quota is gone in the middle of the reading", () => {
  test.each([
    ['the complete walk', CHANNELS['complete walk'], DAY],
    ['the ordinary changes', CHANNELS.changes, HOUR],
    ['the totals', CHANNELS.counts, HOUR],
    ['the sweep', CHANNELS['unsubscribed sweep'], DAY],
  ] as const)('%s: who is known to have left is out in this very pass', async (_name, path, wait) => {
    const [at, [leaver = '']] = await opened();
    at.world.mutate({ op: 'unsubscribe', contact_id: leaver, how: 'contact' });
    at.pass(wait);
    begin(at, { faults: [{ kind: 'quota_exceeded', match: { path } }] });
    const cut = await at.sync();
    expect([cut.outcome, exitOfPass(cut)]).toEqual(['partial', 1]);
    expect(at.permission(leaver)).toBe('unsubscribed');
    expectNobodyRaised(at);
    begin(at, { faults: [] });
    at.pass(DAY);
    expect(await at.sync()).toMatchObject({ outcome: 'done' });
    expectSafe(at);
  });
});

describe('T35: another account', () => {
  test('stops the sync before anything of it is written, and going back works', async () => {
    const [at] = await opened();
    const before = at.rows('SELECT * FROM contacts ORDER BY contact_id');
    const own = at.world.state.account.encodedAccountId;
    at.world.mutate({ op: 'setAccount', encoded_account_id: 'another-account' });
    at.world.mutate({ op: 'bulkDelete', n: 30 });
    for (const wait of [25 * HOUR, HOUR]) {
      at.pass(wait);
      const stopped = await at.sync();
      expect([stopped.outcome, exitOfPass(stopped), stopped.applied]).toEqual(['stopped', 3, 0]);
      expect(stopped.messages.map(({ code }) => code)).toContain('other-account');
    }
    expect(at.rows('SELECT * FROM contacts ORDER BY contact_id')).toEqual(before);
    at.world.mutate({ op: 'setAccount', encoded_account_id: own });
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'done' });
    expectSafe(at);
  });

  test('a new token is asked whose it is at once, and not a day later', async () => {
    const [at] = await opened();
    at.world.mutate({ op: 'setAccount', encoded_account_id: 'another-account' });
    at.token = 'another-token';
    // The simulator knows one token; Concord alone must see that it is another.
    at.wrap = (transport) => ({
      close: () => transport.close(),
      exchange: (request, signal) =>
        transport.exchange(
          { ...request, headers: { ...request.headers, authorization: 'Bearer simulator-access-token' } },
          signal,
        ),
    });
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'stopped', read: 0, applied: 0 });
  });
});
