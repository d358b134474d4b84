/** The checks have teeth: the recipe's naive poller, held to the same scenarios, loses people on nearly each of them. */
import { describe, expect, test } from 'vitest';
import { Account } from '../harness/account.ts';
import { SCENARIOS, type Scenario } from '../detection/scenarios.ts';
import { naivePoller } from './naive-poller.ts';

/** Where the recipe is as good as Concord; a scenario that leaves this list has lost its teeth. */
const NAIVE_PASSES: readonly string[] = [];

async function fails({ options, play }: Scenario): Promise<boolean> {
  const account = await Account.open(options);
  try {
    await play(naivePoller(account));
    return false;
  } catch (error) {
    if (error instanceof Error && error.name === 'AssertionError') return true;
    throw error;
  } finally {
    await account.close();
  }
}

describe('negative control: the naive poller', () => {
  test('fails at least seven of at least nine separate checks, each one that Concord passes', async () => {
    const failed: string[] = [];
    const passed: string[] = [];
    for (const scenario of SCENARIOS) {
      const name = `${scenario.id}: ${scenario.promise}`;
      ((await fails(scenario)) ? failed : passed).push(name);
    }
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(9);
    expect(new Set(failed.map((name) => name.split(':')[0])).size).toBeGreaterThanOrEqual(7);
    expect(passed).toEqual(NAIVE_PASSES);
  });

  test('does copy an ordinary account: it is a fair control', async () => {
    const account = await Account.open();
    try {
      const poller = naivePoller(account);
      await poller.poll();
      account.pass(3_600_000);
      const [id = ''] = account.people('explicit');
      account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Edited' } });
      account.pass(3_600_000);
      await poller.poll();
      const [row] = account.rows('SELECT first_name FROM contacts WHERE contact_id = ?', id);
      expect(row).toEqual({ first_name: 'Edited' });
    } finally {
      await account.close();
    }
  });
});
