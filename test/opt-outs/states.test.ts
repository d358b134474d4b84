import { afterEach, describe, expect, test } from 'vitest';
import { exitOfPass } from '../../src/cli/exit-codes.ts';
import { Account, HOUR } from '../harness/account.ts';
import { heldPeople } from '../harness/mirror-truth.ts';
import { expectSafe, mailableInMirror } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

async function waitingOf(at: Account): Promise<readonly unknown[]> {
  const application = await at.start();
  const [status] = (await application.status()).syncs;
  await at.stop();
  return status?.first ?? [];
}

describe('T23: every permission state', () => {
  const STATES = ['explicit', 'implicit', 'not_set', 'pending_confirmation', 'temp_hold', 'unsubscribed'] as const;

  test.each(STATES)('%s is mirrored as it is, and only explicit and implicit may be mailed', async (permission) => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'setPermission', contact_id: id, permission });
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', held: 0, disagreeing: 0 });
    expect(account.permission(id)).toBe(permission);
    expectSafe(account);
  });

  test.each(STATES.slice(2))('%s takes mailability away, and its end gives it back', async (permission) => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('implicit');
    for (const now of [permission, 'explicit']) {
      account.world.mutate({ op: 'setPermission', contact_id: id, permission: now });
      account.pass(HOUR);
      await account.sync();
      // An opt-out without a date or a maker is one all the same, and only a dated opt-in by the person lifts it (I2).
      expect(account.permission(id)).toBe(permission === 'unsubscribed' ? permission : now);
    }
  });
});

describe('I2: a word that nobody documented', () => {
  test('is held and shown, and nobody is mailed for it; a word we know ends it', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'setPermission', contact_id: id, permission: 'grandfathered' });
    account.pass(HOUR);
    const held = await account.sync();
    expect(held).toMatchObject({ outcome: 'done', held: 1, disagreeing: 0 });
    expect(exitOfPass(held)).toBe(0);
    expect(account.permission(id)).toBeNull();
    expect(await waitingOf(account)).toMatchObject([{ kind: 'held', id, reason: 'unknown-permission' }]);
    expectSafe(account);
    account.world.mutate({ op: 'setPermission', contact_id: id, permission: 'explicit' });
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', held: 0 });
    expect(account.permission(id)).toBe('explicit');
    expect(await waitingOf(account)).toEqual([]);
  });

  test.each([
    ['after the first load', false],
    ['from the first day', true],
  ])('for a seventh of all people, %s: held, null in the mirror, mailable by nobody', async (_name, first) => {
    account = await Account.open({
      contacts: 120,
      ...(first ? { switches: { unknownPermission: 'grandfathered' } } : {}),
    });
    const begun = await account.sync();
    account.world.switches.set({ unknownPermission: 'grandfathered' });
    account.pass(25 * HOUR);
    const later = await account.sync();
    const held = heldPeople(account.world.state);
    const living = held.filter((id) => account?.world.state.people.get(id)?.deletedAt === null);
    expect(first ? begun.held : later.held).toBe(living.length);
    expect(held.filter((id) => account?.permission(id) !== null)).toEqual([]);
    expect(mailableInMirror(account).filter((id) => held.includes(id))).toEqual([]);
    expectSafe(account, held);
  });
});
