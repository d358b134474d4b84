/** Concord passes every scenario on which the naive poller loses people. */
import { afterEach, describe, expect, test } from 'vitest';
import { Account } from '../harness/account.ts';
import { concordPoller } from './concord-poller.ts';
import { SCENARIOS } from './scenarios.ts';

let account: Account;
afterEach(() => account.close());

describe('Concord loses nobody', () => {
  test.each(SCENARIOS)('$id: $promise', async ({ options, play }) => {
    account = await Account.open(options);
    await expect(play(concordPoller(account))).resolves.toBeUndefined();
  });
});
