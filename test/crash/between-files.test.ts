/** The mirror is another file than the store: a kill between its commit and the store's only repeats the write (I5). */
import { afterEach, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { Account, HOUR } from '../harness/account.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

test.each([
  'mirror:write:before-commit',
  'mirror:write:after-commit',
  'store:agree:before-commit',
  'store:agree:after-commit',
])(
  'I5: killed at %s, the next pass ends with both sides agreed, and the one after it has nothing to do',
  async (point) => {
    account = await Account.open();
    await account.sync();
    account.pass(HOUR);
    const [edited = '', left = ''] = account.people('explicit');
    account.world.mutate([
      { op: 'edit', contact_id: edited, set: { first_name: 'Edited' } },
      { op: 'unsubscribe', contact_id: left, how: 'contact' },
    ]);
    account.pass(HOUR);
    account.steps = {
      reached(at) {
        if (at === point) throw new Killed(at);
      },
    };
    await expect(account.sync()).rejects.toThrow(Killed);
    account.steps = noSteps;
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done' });
    expectMirrorEqualsTruth(account);
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
  },
);
