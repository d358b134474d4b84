/** Bugs of the ledger: what would make somebody mailable again who said no. */
import type { PlantedBug } from './planted-bug.ts';

const STANDING = 'src/consent/standing.ts';
const LEDGER = 'src/consent/ledger.ts';
const STANDING_TEST = 'src/consent/standing.test.ts';
const COMING_BACK = 'test/opt-outs/coming-back.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I1-standing-OUT-ignored',
    file: STANDING,
    find: "if (fact === null || (stance !== 'out'",
    replace: "if (fact === null || (stance === 'out'",
    caughtBy: { file: COMING_BACK, test: "staff cannot lift a person's own opt-out" },
  },
  {
    name: 'I1-nobody-asks-the-ledger',
    file: 'src/engine/store-page.ts',
    find: 'isOnRecord(ctx, reading) &&',
    replace: "reading.id === '' &&",
    caughtBy: { file: COMING_BACK, test: 'stays out even where it comes back as mailable by the account' },
  },
  {
    name: 'T25-account-lifts-a-persons-OUT',
    file: LEDGER,
    find: "return against.actor === 'account' && isSameSide",
    replace: 'return isSameSide',
    caughtBy: { file: STANDING_TEST, test: "T25: an account's later IN lifts only the account's own OUT" },
  },
  {
    name: 'I1-nobody-known-lifts-an-OUT',
    file: LEDGER,
    find: "case 'unknown':\n      return false;",
    replace: "case 'unknown':\n      return isLaterAct(one, against);",
    caughtBy: { file: STANDING_TEST, test: "T19: only a later IN by the person lifts a person's OUT" },
  },
  {
    name: 'T19-tie-is-IN',
    file: LEDGER,
    find: 'inAt > outAt',
    replace: 'inAt >= outAt',
    caughtBy: { file: STANDING_TEST, test: "T19: only a later IN by the person lifts a person's OUT" },
  },
  {
    name: 'T19-missing-time-is-IN',
    file: LEDGER,
    find: 'return inAt !== null && outAt !== null && inAt > outAt',
    replace: 'return inAt !== null && inAt > (outAt ?? 0)',
    caughtBy: { file: STANDING_TEST, test: "T19: only a later IN by the person lifts a person's OUT" },
  },
  {
    name: 'I2-last-OUT-alone-counts',
    file: LEDGER,
    find: 'latest(counting.filter((fact) => fact.fact === kind',
    replace: 'latest(counting.slice(-1).filter((fact) => fact.fact === kind',
    caughtBy: { file: 'src/consent/ledger.test.ts', test: 'the standing is that of the set: order and repetition' },
  },
  {
    name: 'T22-OUT-of-a-deleted-contact-not-kept',
    file: 'src/engine/take-up.ts',
    find: "if (content.permission_to_send === 'unsubscribed') {",
    replace: "if (state === 'unsubscribed') {",
    caughtBy: { file: COMING_BACK, test: 'stays out even where it comes back as mailable by the account' },
  },
  {
    name: 'T26-second-OUT-not-kept',
    file: 'src/engine/take-up.ts',
    find: "fact.fact !== 'in' && fact.at === at);",
    replace: "fact.fact !== 'in');",
    caughtBy: {
      file: 'src/engine/take-up.test.ts',
      test: 'T26: a second OUT of somebody who is out already is a fact',
    },
  },
  {
    name: 'T23-pending-confirmation-is-mailable',
    file: STANDING,
    find: "['explicit', 'implicit'] as const)",
    replace: "['explicit', 'implicit', 'pending_confirmation'] as const)",
    caughtBy: { file: 'src/engine/take-up.test.ts', test: 'the consent facts in a reading' },
  },
  {
    name: 'I19-outs-not-listed',
    file: 'src/store/sqlite/fact-reads.ts',
    find: "sync = ? AND fact <> 'in'",
    replace: "sync = ? AND fact = 'in'",
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'I1: consent reads by address over all syncs' },
  },
];
