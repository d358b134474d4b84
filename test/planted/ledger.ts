/** Bugs of the rule of consent and of what keeps its facts by address. */
import type { PlantedBug } from './planted-bug.ts';

const LEDGER = 'src/consent/ledger.ts';
const LEDGER_TEST = 'src/consent/ledger.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T24-left-list-is-ignored',
    file: LEDGER,
    find: "(fact.scope === 'all' || fact.scope === asked.scope)",
    replace: "fact.scope === 'all'",
    caughtBy: { file: LEDGER_TEST, test: 'whoever left one list is out of that list, and of no other mail' },
  },
  {
    name: 'T5-IN-from-the-future-counts',
    file: LEDGER,
    find: 'return instant !== null && instant - readAt > MOST_AHEAD_MS;',
    replace: 'return instant !== null && readAt - instant > MOST_AHEAD_MS * 9999;',
    caughtBy: { file: LEDGER_TEST, test: 'T5: an IN from the future is none' },
  },
  {
    name: 'T20-unknown-flag-is-an-IN',
    file: LEDGER,
    find: "fact.actor !== 'unknown' && !isFromTheFuture",
    replace: '!isFromTheFuture',
    caughtBy: { file: LEDGER_TEST, test: 'T20: a flag that nobody known switched on is no IN' },
  },
  {
    name: 'T25-account-lifts-across-sides',
    file: LEDGER,
    find: 'return a.sync === b.sync && a.side === b.side;',
    replace: 'return a.sync === b.sync || a.side === b.side;',
    caughtBy: { file: LEDGER_TEST, test: 'T25: the account lifts its own OUT on the same side of the same sync alone' },
  },
  {
    name: 'I1-release-frees-from-what-came-later',
    file: LEDGER,
    find: 'return one.readAt > against.readAt;',
    replace: 'return one.readAt > 0;',
    caughtBy: { file: LEDGER_TEST, test: 'a recorded release frees from what was on record when it was made' },
  },
  {
    name: 'T27-hold-is-forgotten',
    file: LEDGER,
    find: "if (hold !== null) return { stance: 'hold', by: hold };",
    replace: "if (hold !== null && ins.length > 9) return { stance: 'hold', by: hold };",
    caughtBy: { file: LEDGER_TEST, test: 'T27: a hold refuses until the person comes back later' },
  },
  {
    name: 'T27-new-address-is-not-held',
    file: 'src/engine/take-up.ts',
    find: 'return heldOver(onRecord, about);',
    replace: 'return heldOver([], about);',
    caughtBy: { file: 'src/engine/take-up.test.ts', test: 'T27: the new address of somebody who is out is held' },
  },
  {
    name: 'I1-facts-without-address-are-not-joined',
    file: 'src/store/sqlite/facts.ts',
    find: 'AND f.match_key IS NULL',
    replace: "AND f.match_key = ''",
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'consent reads by address over all syncs' },
  },
  {
    name: 'I1-told-again-after-a-release-is-dropped',
    file: 'src/store/sqlite/facts.ts',
    find: "AND match_key = ? AND actor = 'operator')",
    replace: "AND match_key = ? AND actor = 'nobody')",
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'what is told again after a release is told anew, once' },
  },
];
