import { afterEach, describe, expect, test } from 'vitest';
import type { StatusReport, WhyStory } from '../../src/cli/results.ts';
import { Account, HOUR, MINUTE } from '../harness/account.ts';
import { begin, CHANNELS } from './failures.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

function emailOf(at: Account, id: string): string {
  return at.world.state.people.get(id)?.email?.address ?? '';
}

async function why(at: Account, id: string): Promise<WhyStory['people'][number] | undefined> {
  const application = await at.start();
  const story = await application.why(emailOf(at, id), null);
  await at.stop();
  return story.people[0];
}

async function statusOf(at: Account): Promise<StatusReport['syncs'][number] | undefined> {
  const application = await at.start();
  const [status] = (await application.status()).syncs;
  await at.stop();
  return status;
}

describe('I19: the story of an opt-out', () => {
  test.each([
    ['the window', 'channel window', 'contact', {}],
    ['a report, where the window is blind', 'channel campaign-report', 'campaign', { optoutAfter: 'blind' }],
    ['the sweep, where the window is blind', 'channel unsubscribed-sweep', 'contact', { optoutAfter: 'blind' }],
  ] as const)(
    'why tells that %s found it, when, who made it, and what was written',
    async (_name, rule, how, switches) => {
      account = await Account.open({ switches });
      await account.sync();
      const [id = ''] = account.people('explicit');
      account.world.mutate({ op: 'unsubscribe', contact_id: id, how });
      const leftAt = account.clock.now();
      account.pass(20 * MINUTE);
      const from = account.clock.now();
      const { run } = await account.sync();
      const person = await why(account, id);
      expect(person).toMatchObject({
        contactId: id,
        state: 'unsubscribed',
        mailable: false,
        rule: 'the-person-opted-out',
      });
      const learned = person?.events.find(({ event }) => event === 'learned of the opt-out');
      expect(learned).toMatchObject({ rule, run, who: 'concord' });
      expect(learned?.at).toBeGreaterThanOrEqual(from);
      expect(learned?.at).toBeLessThanOrEqual(account.clock.now());
      expect(learned?.evidence).toContain('made by person');
      expect(leftAt - Date.parse(String(learned?.after))).toBeLessThan(1000);
      const written = person?.events.find(({ event }) => event === 'consent');
      expect(written).toMatchObject({ run, after: { permission_to_send: 'unsubscribed' } });
      expect(person?.wouldChange.map(({ code }) => code)).toEqual(['lifted-by-person']);
      const times = person?.events.map(({ at }) => at ?? Infinity) ?? [];
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
  );

  test('why tells of a contradiction, and of an opt-out by the account', async () => {
    account = await Account.open();
    await account.sync();
    const [person = '', byStaff = ''] = account.people('explicit');
    account.world.mutate([
      { op: 'unsubscribe', contact_id: person, how: 'contact' },
      { op: 'unsubscribe', contact_id: byStaff, how: 'account' },
    ]);
    account.pass(HOUR);
    await account.sync();
    expect(await why(account, byStaff)).toMatchObject({
      rule: 'opted-out',
      wouldChange: [{ code: 'lifted-by-account' }],
    });
    account.world.mutate({ op: 'resubscribe', contact_id: person, how: 'account' });
    account.pass(HOUR);
    await account.sync();
    expect(await why(account, person)).toMatchObject({
      mailable: false,
      rule: 'a-standing-opt-out-overrules-the-contact',
      waiting: [{ kind: 'alarm', reason: 'opt-out-contradicted' }],
    });
  });

  test('nobody else is told of', async () => {
    account = await Account.open();
    await account.sync();
    const application = await account.start();
    expect((await application.why('nobody@example.org', null)).people).toEqual([]);
    expect((await application.why('no address', null)).people).toEqual([]);
  });
});

describe('status: how long opt-outs took', () => {
  test("from the source's own time until we had it, first loads left out", async () => {
    account = await Account.open();
    await account.sync();
    expect((await statusOf(account))?.optOutDelay).toBeNull();
    const people = account.people('explicit').slice(0, 3);
    for (const [nth, contact_id] of people.entries()) {
      account.world.mutate({ op: 'unsubscribe', contact_id, how: nth === 0 ? 'campaign' : 'contact' });
      account.pass(10 * MINUTE);
    }
    await account.sync();
    const delay = (await statusOf(account))?.optOutDelay;
    expect(delay).toMatchObject({ people: 3 });
    expect(Math.round((delay?.medianMs ?? 0) / MINUTE)).toBe(20);
    expect(Math.round((delay?.longestMs ?? 0) / MINUTE)).toBe(30);
  });

  test('a later edit of somebody who is out does not lengthen it', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    account.pass(10 * MINUTE);
    await account.sync();
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Anew' } });
    account.pass(5 * HOUR);
    await account.sync();
    const delay = (await statusOf(account))?.optOutDelay;
    expect(delay?.people).toBe(1);
    expect(Math.round((delay?.longestMs ?? 0) / MINUTE)).toBe(10);
  });

  test('an opt-out that is known and not yet written speaks against sending', async () => {
    account = await Account.open();
    await account.sync();
    expect(await statusOf(account)).toMatchObject({ safe: true, optOutsUnwritten: 0 });
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    account.pass(HOUR);
    await account.plan();
    expect(await statusOf(account)).toMatchObject({ safe: false, optOutsUnwritten: 1 });
    begin(account, { faults: [{ kind: 'status', status: 503, match: { path: CHANNELS.window } }] });
    await account.sync();
    expect(await statusOf(account)).toMatchObject({ safe: true, optOutsUnwritten: 0 });
  });
});
