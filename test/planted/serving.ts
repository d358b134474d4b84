/** Bugs of the daemon: what would leave a sync without its turn, or give it two. */
import type { PlantedBug } from './planted-bug.ts';

const ROUNDS = 'src/application/rounds.ts';
const ROUNDS_TEST = 'src/application/rounds.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'serve-one-after-the-other',
    file: ROUNDS,
    find: 'const AT_ONCE = 4;',
    replace: 'const AT_ONCE = 1;',
    caughtBy: { file: ROUNDS_TEST, test: 'keeps no other sync from its turn' },
  },
  {
    name: 'serve-tries-a-refused-sign-in-again-and-again',
    file: ROUNDS,
    find: "(outcome === 'failed' && reconnect === null)",
    replace: "outcome === 'failed'",
    caughtBy: { file: ROUNDS_TEST, test: 'one that a person must mend is not' },
  },
  {
    name: 'T4-serve-waits-for-the-old-time',
    file: 'src/rules/next-due.ts',
    find: 'startedAt === null || startedAt > now',
    replace: 'startedAt === null',
    caughtBy: { file: ROUNDS_TEST, test: 'set back by a day brings the next pass' },
  },
  {
    name: 'serve-forgets-a-pass-cut-short',
    file: 'src/application/serve.ts',
    find: "run.outcome !== null && run.outcome !== 'partial'",
    replace: "run.outcome !== 'partial'",
    caughtBy: { file: 'test/end-to-end/serve.test.ts', test: 'it goes on at once' },
  },
];
