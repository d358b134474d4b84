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
  {
    name: 'C5-any-signature-is-one',
    file: 'src/webhooks/signature.ts',
    find: 'return matches.includes(true);',
    replace: 'return matches.length > 0;',
    caughtBy: { file: 'src/webhooks/signature.test.ts', test: 'is refused when the body differs by anything' },
  },
  {
    name: 'C5-a-replay-of-last-year-is-new',
    file: 'src/webhooks/judge-delivery.ts',
    find: ' || now - at > BEHIND_MS',
    replace: '',
    caughtBy: { file: 'src/application/hooks.test.ts', test: 'older than a day' },
  },
  {
    name: 'C5-an-unknown-connection-looks-otherwise',
    file: 'src/application/hooks.ts',
    find: 'if (connection === undefined || endpoint === undefined) return STRANGER;',
    replace: 'if (connection === undefined || endpoint === undefined) return 404;',
    caughtBy: { file: 'src/application/hooks.test.ts', test: 'all look alike' },
  },
  {
    name: 'I16-a-hint-is-forgotten-before-it-is-read',
    file: 'src/engine/crm-read.ts',
    find: `    await readContact(ctx, shelf, crm, recordId);
    await ctx.store.settleHints([hintId]);`,
    replace: `    await ctx.store.settleHints([hintId]);
    await readContact(ctx, shelf, crm, recordId);`,
    caughtBy: { file: 'test/crm/hints.test.ts', test: 'a kill at any step of it reads again' },
  },
  {
    name: 'I16-told-again-while-being-read-is-settled',
    file: 'src/store/sqlite/inbox.ts',
    find: 'INSERT OR REPLACE INTO hints',
    replace: 'INSERT OR IGNORE INTO hints',
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'told of again while being read waits again' },
  },
];
