/**
 * Concord as a poller: one poll is one pass of its mirror, and a death is a throw at a durable step.
 */
import { Killed } from '../../src/testing/crash-points.ts';
import { noSteps } from '../../src/ports/steps.ts';
import type { Account } from '../harness/account.ts';
import type { Poller } from './scenarios.ts';

const DIES_AT = 'store:storePage:before-commit';

/** Makes the poller that Concord is. */
export function concordPoller(account: Account): Poller {
  return {
    account,
    poll: async () => void (await account.sync()),
    pollAndDie: async () => {
      account.steps = {
        reached: (point) => {
          if (point === DIES_AT) throw new Killed(point);
        },
      };
      await account.sync().catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      account.steps = noSteps;
    },
  };
}
