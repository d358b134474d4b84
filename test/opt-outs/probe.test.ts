import { afterEach, describe, expect, test } from 'vitest';
import { exitOfPass } from '../../src/cli/exit-codes.ts';
import type { ChannelStatus, StatusReport } from '../../src/cli/results.ts';
import { Account, DAY, HOUR, MINUTE } from '../harness/account.ts';
import { expectSafe } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

async function statusOf(at: Account): Promise<StatusReport['syncs'][number] | undefined> {
  const application = await at.start();
  const report = await application.status();
  await at.stop();
  return report.syncs[0];
}

async function windowState(at: Account): Promise<ChannelStatus['state'] | undefined> {
  return (await statusOf(at))?.channels.find(({ channel }) => channel === 'optout-window')?.state;
}

/** Asked for since then, by their paths. */
function windowsAsked(at: Account, after: number): number {
  return at.simulators.requests.entries.filter(({ n, path }) => n > after && path.includes('optout_after=')).length;
}

async function leaveAndSync(at: Account): Promise<Awaited<ReturnType<Account['sync']>>> {
  const [id = ''] = at.people('explicit');
  at.pass(HOUR);
  at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
  at.pass(10 * MINUTE);
  const result = await at.sync();
  expect(at.permission(id)).toBe('unsubscribed');
  expectSafe(at);
  return result;
}

describe('T18: what this account does with the opt-out window', () => {
  test.each([
    ['works', 'working'],
    ['ignored', 'useless'],
    ['refused', 'refused'],
    ['blind', 'useless'],
  ] as const)('%s: found by the first pass, and told', async (optoutAfter, state) => {
    account = await Account.open({ switches: { optoutAfter } });
    const result = await account.sync();
    expect(result.outcome).toBe('done');
    expect(await windowState(account)).toBe(state);
    const outcomes = result.messages.filter(({ code }) => code === 'optout-window-useless');
    expect(outcomes.map(({ facts }) => facts['outcome'])).toEqual(optoutAfter === 'works' ? [] : [optoutAfter]);
  });

  test('unproven while nobody has opted out yet, and proven by the first who does', async () => {
    account = await Account.open({ contacts: 2, campaigns: 0 });
    await account.sync();
    expect(await windowState(account)).toBe('unproven');
    await leaveAndSync(account);
    expect(await windowState(account)).toBe('working');
  });

  test.each([
    ['ignored', 'useless'],
    ['refused', 'refused'],
    ['blind', 'useless'],
  ] as const)('unproven can turn out %s by the first who opts out', async (optoutAfter, state) => {
    account = await Account.open({ contacts: 2, campaigns: 0, switches: { optoutAfter } });
    await account.sync();
    await leaveAndSync(account);
    expect(await windowState(account)).toBe(state);
  });

  test.each(['ignored', 'refused', 'blind'] as const)(
    '%s costs one question a day, not one a pass',
    async (optoutAfter) => {
      account = await Account.open({ switches: { optoutAfter } });
      await account.sync();
      const before = account.requests();
      for (let hour = 0; hour < 3; hour += 1) {
        account.pass(HOUR);
        await account.sync();
      }
      expect(windowsAsked(account, before)).toBe(0);
      account.pass(DAY);
      await account.sync();
      expect(windowsAsked(account, before)).toBe(1);
    },
  );

  test.each(['ignored', 'refused', 'blind'] as const)('it can turn: works, %s, works again', async (optoutAfter) => {
    account = await Account.open();
    await account.sync();
    expect(await windowState(account)).toBe('working');
    account.world.switches.set({ optoutAfter });
    await leaveAndSync(account);
    expect(await windowState(account)).not.toBe('working');
    account.world.switches.set({ optoutAfter: 'works' });
    account.pass(DAY);
    await leaveAndSync(account);
    expect(await windowState(account)).toBe('working');
    const quiet = await leaveAndSync(account);
    expect([quiet.disagreeing, exitOfPass(quiet)]).toEqual([0, 0]);
  });
});

describe('T18: whoever came back meanwhile proves nothing against the window', () => {
  /** The newest opt-out is lifted by the account, in a way that moves no time. */
  function bringBack(at: Account): void {
    const outs = [...at.world.state.people.values()].filter(({ email }) => email?.permission === 'unsubscribed');
    const newest = outs.toSorted((a, b) => (b.email?.optOutDate ?? 0) - (a.email?.optOutDate ?? 0))[0];
    at.world.mutate({ op: 'resubscribe', contact_id: newest?.id ?? '', how: 'account' });
  }

  // Between a first load that failed at its end and the pass that asks.
  test.each([
    ['works', ['unproven', 'working']],
    ['blind', ['unproven', 'useless']],
  ] as const)('and whoever is out still does: %s', async (optoutAfter, states) => {
    account = await Account.open({ campaigns: 0, switches: { resubscribeMovesUpdatedAt: false, optoutAfter } });
    account.world.faults.set([{ kind: 'status', status: 401, match: { path: 'email_campaign_summaries' } }]);
    expect((await account.sync()).outcome).toBe('failed');
    account.pass(HOUR);
    bringBack(account);
    account.world.faults.set([]);
    const seen = [];
    for (let pass = 0; pass < 2; pass += 1) {
      account.pass(HOUR);
      await account.sync();
      seen.push(await windowState(account));
    }
    expect(seen).toEqual(states);
  });
});

describe('channels that disagree', () => {
  test('a window that stops naming people is an alarm that names them; exit 4, and gone with its cause', async () => {
    account = await Account.open();
    await account.sync();
    account.world.switches.set({ optoutAfter: 'blind' });
    const [id = ''] = account.people('explicit');
    const loud = await leaveAndSync(account);
    expect([loud.outcome, loud.disagreeing, exitOfPass(loud)]).toEqual(['done', 1, 4]);
    const told = await statusOf(account);
    expect(told?.first).toMatchObject([{ kind: 'alarm', stream: 'contacts', id, reason: 'window-blind' }]);
    expect(told?.safe).toBe(false);
    account.pass(HOUR);
    const quiet = await account.sync();
    expect([quiet.disagreeing, exitOfPass(quiet)]).toEqual([0, 0]);
    expect((await statusOf(account))?.safe).toBe(true);
  });

  test.each(['counts', 'trackers'] as const)('%s that begin to lie accuse no honest window', async (liar) => {
    account = await Account.open();
    await account.sync();
    account.world.switches.set(liar === 'counts' ? { counts: 'lying' } : { trackers: 'empty' });
    const result = await leaveAndSync(account);
    expect(result.disagreeing).toBe(0);
    expect(await windowState(account)).toBe('working');
  });
});
