import { afterEach, describe, expect, test } from 'vitest';
import { Account, HOUR } from '../harness/account.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { afterRequest, rewriteAnswers } from '../harness/between.ts';
import { begin, CHANNELS } from './failures.ts';
import { expectNobodyRaised, expectSafe } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

/** An account that can learn of an opt-out by the reports alone. */
const ONLY_REPORTS = [CHANNELS.window, CHANNELS.counts, CHANNELS['unsubscribed sweep']].join('|');

async function opened(): Promise<[Account, string]> {
  account = await Account.open();
  await account.sync();
  const [id = ''] = account.people('explicit');
  return [account, id];
}

/** Activities whose reports are read, newest mailing first. */
function activities(at: Account): string[] {
  return [...at.world.state.campaigns.values()]
    .filter(({ lastSentAt }) => lastSentAt !== null)
    .toSorted((a, b) => (b.lastSentAt ?? 0) - (a.lastSentAt ?? 0))
    .flatMap((campaign) => campaign.activities.filter(({ role }) => role === 'primary_email').map(({ id }) => id));
}

function breakDown(at: Account, more: string): void {
  begin(at, { faults: [{ kind: 'status', status: 503, match: { path: `${ONLY_REPORTS}|${more}` } }] });
}

describe('T18: the reports alone', () => {
  test('T28: whoever left after they had swapped addresses takes nobody along who has the old one now', async () => {
    account = await Account.open({ switches: { optoutAfter: 'ignored' } });
    await account.sync();
    const [stayer = '', leaver = ''] = account.people('explicit');
    account.world.mutate({ op: 'swapAddresses', contact_ids: [stayer, leaver] });
    account.pass(HOUR);
    account.world.mutate({ op: 'unsubscribe', contact_id: leaver, how: 'campaign' });
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', disagreeing: 0 });
    expect([account.permission(leaver), account.permission(stayer)]).toEqual(['unsubscribed', 'explicit']);
    expectSafe(account);
  });

  test('one report that is down holds up no other', async () => {
    const [at, id] = await opened();
    const [newest = '', second = ''] = activities(at);
    breakDown(at, newest);
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign', campaign_activity_id: second });
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    expectNobodyRaised(at);
  });

  test('a search for campaigns that is down holds up no report of a known one', async () => {
    const [at, id] = await opened();
    breakDown(at, CHANNELS['campaign search']);
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
  });

  test('all reports down costs no more than three of them a pass', async () => {
    const [at] = await opened();
    breakDown(at, CHANNELS.report);
    at.pass(3 * HOUR);
    const before = at.requests();
    await at.sync();
    const asked = at.simulators.requests.entries.filter(
      ({ n, path }) => n > before && path.includes('/tracking/optouts'),
    );
    expect(asked.length).toBeLessThanOrEqual(3 * 5);
  });

  test.each([
    ['cannot be understood', { email_address: 'no object' }],
    ['is throttled without end', null],
  ])('somebody who is reported and whose contact %s is out, and not forgotten', async (_name, body) => {
    const [at, id] = await opened();
    const faults = body === null ? [{ kind: 'throttled' as const, match: { path: `^/v3/contacts/${id}` } }] : [];
    begin(at, { faults: [{ kind: 'status', status: 503, match: { path: ONLY_REPORTS } }, ...faults] });
    const honest = at.wrap;
    if (body !== null) at.wrap = rewriteAnswers(new RegExp(`/v3/contacts/${id}`), () => ({ contact_id: id, ...body }));
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    for (let hour = 0; hour < 2; hour += 1) {
      at.pass(HOUR);
      await at.sync();
      expect(at.permission(id)).toBe('unsubscribed');
    }
    at.wrap = honest;
    begin(at, { faults: [] });
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'done', held: 0, disagreeing: 0, waiting: { parked: 0 } });
    expectSafe(at);
  });

  test('an opt-out of somebody whom we never met is on record before they are', async () => {
    const [at] = await opened();
    at.world.mutate({ op: 'create', contact: { email_address: 'new@example.org', permission_to_send: 'explicit' } });
    const id = String(at.world.contact({ email: 'new@example.org' })?.['contact_id']);
    at.pass(HOUR);
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    expectSafe(at);
  });

  test('a report of more than one page is read to where nothing is new', async () => {
    account = await Account.open({ contacts: 1800 });
    const at = account;
    await at.sync();
    breakDown(at, CHANNELS.changes);
    const left = at.people('explicit').slice(0, 501);
    for (const id of left) at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    at.pass(HOUR);
    await at.sync();
    expect(left.filter((id) => at.permission(id) !== 'unsubscribed')).toEqual([]);
  });

  test('a mailing that is sent once more brings a report of its own', async () => {
    account = await Account.open();
    const at = account;
    const honest = at.wrap;
    at.wrap = rewriteAnswers(/\/v3\/emails\//, (body) => ({
      ...body,
      campaign_activities: [{ campaign_activity_id: 'before-the-resend', role: 'primary_email' }],
    }));
    const [id = ''] = at.people('explicit');
    await at.sync();
    at.wrap = honest;
    breakDown(at, 'no other');
    at.pass(HOUR);
    const newest = [...at.world.state.campaigns.values()].reduce((a, b) =>
      (a.lastSentAt ?? 0) > (b.lastSentAt ?? 0) ? a : b,
    );
    at.world.mutate({ op: 'sendCampaign', campaign_id: newest.id });
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
  });

  test('I3: a kill between what a report says and what follows from it forgets nobody, though no channel tells again', async () => {
    const [at, id] = await opened();
    breakDown(at, 'no other');
    at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'campaign' });
    at.pass(HOUR);
    let told = false;
    at.wrap = afterRequest(/tracking\/optouts/, null, () => void (told = true));
    at.steps = {
      reached(point) {
        if (told && point === 'store:storePage:after-commit') throw new Killed(point);
      },
    };
    await expect(at.sync()).rejects.toThrow(Killed);
    at.steps = noSteps;
    breakDown(at, CHANNELS.report);
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
  });
});
