/** I3: whatever cuts a pass short, everybody it was told of is out when it ends, and nobody it was not told of is forgotten. */
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { begin, CHANNELS } from './failures.ts';
import { expectNobodyRaised, expectSafe } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

/** Channels beside the reports, so that a test knows by which one it learned. */
const OTHERS = [CHANNELS.window, CHANNELS.counts, CHANNELS['unsubscribed sweep']].join('|');

async function opened(options: Parameters<typeof Account.open>[0] = {}): Promise<Account> {
  account = await Account.open(options);
  expect((await account.sync()).outcome).toBe('done');
  return account;
}

function leaveByCampaign(at: Account, n: number): readonly string[] {
  const leavers = [...at.people('explicit'), ...at.people('implicit')].slice(0, n);
  at.world.mutate(leavers.map((contact_id) => ({ op: 'unsubscribe', contact_id, how: 'campaign' })));
  return leavers;
}

describe('I3: a report that is cut short', () => {
  test('is read on from where nobody has looked: its later pages are not taken for known', async () => {
    const at = await opened({ contacts: 1200 });
    const leavers = leaveByCampaign(at, 510);
    expect(leavers).toHaveLength(510);
    const spent = { kind: 'quota_exceeded', match: { path: CHANNELS['direct read'] } } as const;
    const broken = (path: string) => ({ kind: 'status', status: 403, match: { path } }) as const;
    begin(at, { faults: [spent, broken(`${OTHERS}|tracking/optouts.*cursor`)] });
    at.pass(HOUR);
    await at.sync();
    begin(at, { faults: [spent, broken(OTHERS)] });
    at.pass(HOUR);
    await at.sync();
    expectNobodyRaised(at);
  });

  test('by the quota, while people are read one by one: all whom it named are out all the same', async () => {
    const at = await opened();
    leaveByCampaign(at, 10);
    const directly = { kind: 'quota_exceeded', match: { path: CHANNELS['direct read'] } } as const;
    begin(at, { faults: [directly, { kind: 'status', status: 503, match: { path: OTHERS } }] });
    at.pass(HOUR);
    await at.sync();
    expectNobodyRaised(at);
    begin(at, {});
    at.pass(HOUR);
    await at.sync();
    expectSafe(at);
  });

  test('names somebody who is not written yet and cannot be read: never written as mailable', async () => {
    const at = await opened();
    const [{ contact_id: id }] = at.world.mutate({
      op: 'create',
      contact: { email_address: 'new@example.org', permission_to_send: 'explicit' },
    }) as unknown as [{ contact_id: string }];
    at.pass(HOUR);
    await at.plan();
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    begin(at, { faults: [{ kind: 'status', status: 503, match: { path: `${OTHERS}|${CHANNELS['direct read']}` } }] });
    await at.sync();
    expectNobodyRaised(at);
  });
});

describe('I3: credentials that are rejected in mid-pass', () => {
  test('hold back no opt-out that was read before', async () => {
    const at = await opened();
    const [id = ''] = at.people('explicit');
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    begin(at, { faults: [{ kind: 'status', status: 401, match: { path: CHANNELS.counts } }] });
    at.pass(HOUR);
    expect((await at.sync()).outcome).toBe('failed');
    expect(at.permission(id)).toBe('unsubscribed');
  });
});

describe('I17: one person who cannot be read', () => {
  test.each(['unsubscribed sweep', 'complete walk'] as const)('does not end the %s for ever', async (channel) => {
    const at = await opened();
    const [first = '', second = ''] = [...at.people('unsubscribed')];
    begin(at, { faults: [{ kind: 'status', status: 500, match: { path: `^/v3/contacts/${first}` } }] });
    // Not shown by the listing any more, nor readable: a suspect who can be neither confirmed nor cleared.
    at.wrap = (transport) => ({
      close: () => transport.close(),
      exchange: async (request, signal) => {
        const answer = await transport.exchange(request, signal);
        if (!new RegExp(CHANNELS[channel]).test(request.url.replace(/^https?:\/\/[^/]+/, ''))) return answer;
        const body = JSON.parse(answer.body.toString()) as { contacts: { contact_id: string }[] };
        return {
          ...answer,
          body: JSON.stringify({ ...body, contacts: body.contacts.filter((one) => one.contact_id !== first) }),
        };
      },
    });
    expect(second).not.toBe('');
    for (let day = 0; day < 2; day += 1) {
      at.pass(DAY);
      await at.sync();
    }
    const before = at.simulators.requests.entries.length;
    at.pass(DAY);
    await at.sync();
    const asked = at.simulators.requests.entries.slice(before).map(({ path }) => path);
    expect(asked.some((path) => new RegExp(CHANNELS[channel]).test(path))).toBe(true);
  });
});

describe('I3: the day is spent', () => {
  /** An account that has spent its day, but for the share that is kept for questions about who left. */
  async function spent(): Promise<Account> {
    const at = await opened({
      campaigns: 2,
      budget: '{ perSecond: 4, perDay: 200 }',
      quota: { perSecond: 4, perDay: 200 },
    });
    for (let n = 0; n < 40; n += 1) {
      at.pass(60_000);
      if ((await at.sync()).outcome === 'partial') return at;
    }
    throw new Error('the day was not spent');
  }

  test('and who leaves then is known in the next pass, names or no names', async () => {
    const at = await spent();
    const [byWindow = '', byReport = ''] = at.people('explicit');
    at.world.mutate({ op: 'unsubscribe', contact_id: byWindow, how: 'contact' });
    at.pass(HOUR);
    expect((await at.sync()).outcome).toBe('partial');
    expect(at.permission(byWindow)).toBe('unsubscribed');
    begin(at, { switches: { optoutAfter: 'blind' } });
    at.world.mutate({ op: 'unsubscribe', contact_id: byReport, how: 'campaign' });
    at.pass(HOUR);
    expect((await at.sync()).outcome).toBe('partial');
    expect(at.permission(byReport)).toBe('unsubscribed');
    expect(at.simulators.requests.excess).toBe(0);
  });
});
