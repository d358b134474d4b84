import { afterEach, describe, expect, test } from 'vitest';
import { exitOfPass } from '../../src/cli/exit-codes.ts';
import { Account, DAY, HOUR, MINUTE } from '../harness/account.ts';
import { begin, CHANNELS } from './failures.ts';
import { expectNobodyRaised, expectSafe, mailableInMirror } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

/** An account after its first pass, and one of its people who may be mailed. */
async function opened(options: Parameters<typeof Account.open>[0] = {}): Promise<[Account, string]> {
  account = await Account.open(options);
  await account.sync();
  const [id = ''] = account.people('explicit');
  return [account, id];
}
const out = (contact_id: string, how: 'contact' | 'campaign' | 'account' = 'campaign') =>
  ({ op: 'unsubscribe', contact_id, how }) as const;
const back = (contact_id: string, how: 'contact' | 'account' = 'contact') =>
  ({ op: 'resubscribe', contact_id, how }) as const;

describe('T19: an opt-out and a new sign-up, whichever becomes known first', () => {
  test.each([true, false])('out, then in, before one pass: in (the sign-up moves updated_at: %s)', async (moves) => {
    const [at, id] = await opened({ switches: { resubscribeMovesUpdatedAt: moves } });
    at.world.mutate(out(id));
    at.pass(5 * MINUTE);
    at.world.mutate(back(id));
    at.pass(HOUR);
    const result = await at.sync();
    expect(at.permission(id)).toBe('explicit');
    expect(exitOfPass(result)).toBe(0);
    expectSafe(at);
  });

  test.each([true, false])('in, then out, before one pass: out (the sign-up moves updated_at: %s)', async (moves) => {
    const [at] = await opened({ switches: { resubscribeMovesUpdatedAt: moves } });
    const [id = ''] = at.people('unsubscribed');
    at.world.mutate(back(id));
    at.pass(5 * MINUTE);
    at.world.mutate(out(id));
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    expectSafe(at);
  });

  test('the sign-up is seen first and the report of the older opt-out a day later: in', async () => {
    const [at, id] = await opened();
    begin(at, { faults: [{ kind: 'status', status: 503, match: { path: CHANNELS.report } }] });
    at.world.mutate(out(id));
    at.pass(5 * MINUTE);
    at.world.mutate(back(id));
    at.pass(HOUR);
    await at.sync();
    begin(at, { faults: [] });
    at.pass(DAY);
    await at.sync();
    expect(at.permission(id)).toBe('explicit');
    expectSafe(at);
  });

  test.each([
    ['the totals tell at once', 'right', HOUR],
    ['the totals are frozen, so the daily sweep', 'frozen', 25 * HOUR],
  ] as const)('out, a pass, in, a pass: in (%s)', async (_name, counts, wait) => {
    const [at, id] = await opened();
    at.world.mutate(out(id));
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    at.world.switches.set({ counts });
    await at.sync();
    at.world.mutate(back(id));
    at.pass(wait);
    expect(await at.sync()).toMatchObject({ outcome: 'done', disagreeing: 0 });
    expect(at.permission(id)).toBe('explicit');
    expectSafe(at);
  });

  test('out, in, out, in, with a pass after each, ends in; one more out ends out', async () => {
    const [at, id] = await opened();
    for (const [step, permission] of [
      [out(id), 'unsubscribed'],
      [back(id), 'explicit'],
      [out(id, 'contact'), 'unsubscribed'],
      [back(id), 'explicit'],
      [out(id, 'account'), 'unsubscribed'],
    ] as const) {
      at.world.mutate(step);
      at.pass(HOUR);
      await at.sync();
      expect(at.permission(id)).toBe(permission);
    }
    expectSafe(at);
  });
});

describe('I1, T25: who may lift an opt-out', () => {
  test('staff undo their own mistake: the people are mailable again', async () => {
    const [at, id] = await opened();
    at.world.mutate(out(id, 'account'));
    at.pass(HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    at.world.mutate(back(id, 'account'));
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'done', disagreeing: 0 });
    expect(at.permission(id)).toBe('implicit');
    expectSafe(at);
  });

  test('staff undo three hundred at once: braked until somebody releases it', async () => {
    const [at] = await opened({ contacts: 600, campaigns: 0 });
    const people = at.people('explicit').slice(0, 100);
    at.world.mutate(people.map((id) => out(id, 'account')));
    at.pass(HOUR);
    await at.sync();
    expectSafe(at);
    at.world.mutate(people.map((id) => back(id, 'account')));
    at.pass(HOUR);
    const braked = await at.sync();
    expect([braked.outcome, exitOfPass(braked)]).toEqual(['stopped', 3]);
    expect(mailableInMirror(at).filter((id) => people.includes(id))).toEqual([]);
    const application = await at.start();
    expect(await application.release(braked.stopHash ?? '')).toMatchObject({ known: true });
    at.pass(HOUR);
    expect(await at.sync()).toMatchObject({ outcome: 'done' });
    expectSafe(at);
  });

  test("staff cannot lift a person's own opt-out: it stands, the contradiction is an alarm that names them", async () => {
    const [at, id] = await opened();
    at.world.mutate(out(id, 'contact'));
    at.pass(HOUR);
    await at.sync();
    at.world.mutate(back(id, 'account'));
    for (const wait of [HOUR, HOUR, 25 * HOUR]) {
      at.pass(wait);
      const loud = await at.sync();
      expect([loud.outcome, loud.disagreeing, exitOfPass(loud)]).toEqual(['done', 1, 4]);
      expect(at.permission(id)).toBe('unsubscribed');
    }
    const application = await at.start();
    const [status] = (await application.status()).syncs;
    expect(status?.first).toMatchObject([{ kind: 'alarm', id, reason: 'opt-out-contradicted' }]);
    expect(status?.channels.find(({ channel }) => channel === 'optout-window')?.state).toBe('working');
    await at.stop();
    expectSafe(at, [id]);
    at.world.mutate(back(id, 'contact'));
    at.pass(25 * HOUR);
    const quiet = await at.sync();
    expect([quiet.disagreeing, exitOfPass(quiet), at.permission(id)]).toEqual([0, 0, 'explicit']);
  });

  test('the contradiction also ends when the source takes the permission back', async () => {
    const [at, id] = await opened();
    at.world.mutate([out(id, 'contact'), back(id, 'account')]);
    at.pass(HOUR);
    await at.sync();
    at.world.mutate(out(id, 'account'));
    at.pass(HOUR);
    const quiet = await at.sync();
    expect([quiet.disagreeing, exitOfPass(quiet), at.permission(id)]).toEqual([0, 0, 'unsubscribed']);
    expectSafe(at);
  });

  test('a report names somebody whom the contact shows as mailable by staff: out, and an alarm', async () => {
    const [at, id] = await opened();
    at.world.mutate(out(id, 'campaign'));
    at.pass(MINUTE);
    at.world.mutate(back(id, 'account'));
    at.pass(HOUR);
    const loud = await at.sync();
    expect([at.permission(id), loud.disagreeing, exitOfPass(loud)]).toEqual(['unsubscribed', 1, 4]);
    expectNobodyRaised(at);
  });
});

describe('T22: deleted and made again', () => {
  test.each([true, false])('stays out where the source says so (a delete moves updated_at: %s)', async (moves) => {
    const [at, id] = await opened({ switches: { deleteMovesUpdatedAt: moves } });
    at.world.mutate(out(id, 'contact'));
    at.pass(HOUR);
    await at.sync();
    at.world.mutate({ op: 'delete', contact_id: id });
    at.pass(25 * HOUR);
    await at.sync();
    expectSafe(at);
    at.world.mutate({ op: 'revive', contact_id: id });
    at.pass(25 * HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    expectSafe(at);
  });

  test('stays out even where it comes back as mailable by the account', async () => {
    const [at] = await opened();
    const deleted = [...at.world.state.people.values()].find(
      ({ deletedAt, email }) =>
        deletedAt !== null && email?.permission === 'unsubscribed' && email.optOutSource === 'Contact',
    );
    const id = deleted?.id ?? '';
    at.world.mutate([{ op: 'revive', contact_id: id }, back(id, 'account')]);
    at.pass(25 * HOUR);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    expectNobodyRaised(at);
  });
});

describe('T26: an old page after a fresh opt-out', () => {
  test.each([
    ['within minutes', MINUTE],
    ['an hour later', HOUR],
    ['on the day of the sweeps and the complete walk', 25 * HOUR],
  ])('%s: nobody is raised', async (_name, wait) => {
    const [at, id] = await opened();
    at.world.mutate(out(id, 'contact'));
    at.pass(HOUR);
    await at.sync();
    at.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Anew' } });
    begin(at, { faults: [{ kind: 'stale-read', ms: 3 * DAY }] });
    at.pass(wait);
    await at.sync();
    expect(at.permission(id)).toBe('unsubscribed');
    expectNobodyRaised(at);
    begin(at, { faults: [] });
    at.pass(25 * HOUR);
    await at.sync();
    const quiet = await at.sync();
    expect([quiet.disagreeing, at.permission(id)]).toEqual([0, 'unsubscribed']);
    expectSafe(at);
  });
});
