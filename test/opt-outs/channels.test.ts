import { afterEach, describe, expect, test } from 'vitest';
import { Account, HOUR } from '../harness/account.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

describe('T18: an opt-out that updated_after does not see', () => {
  test('arrives in the next pass, and the pass after it is idle', async () => {
    account = await Account.open();
    const first = await account.sync();
    expect(first.outcome).toBe('done');
    const [id = ''] = account.people('explicit');
    expect(account.permission(id)).toBe('explicit');
    account.pass(HOUR);
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    account.pass(HOUR);
    const second = await account.sync();
    expect(second).toMatchObject({ outcome: 'done', applied: 1 });
    expect(account.permission(id)).toBe('unsubscribed');
    account.pass(HOUR);
    const third = await account.sync();
    expect(third).toMatchObject({ outcome: 'done', applied: 0 });
    expect(account.simulators.requests.excess).toBe(0);
  });
});
