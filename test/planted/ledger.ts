/** Bugs of the rule of consent and of what keeps its facts by address. */
import type { PlantedBug } from './planted-bug.ts';

const LEDGER = 'src/consent/ledger.ts';
const HISTORIES = {
  file: 'test/opt-outs/small-histories.test.ts',
  test: 'no order of telling, late, twice or cut short by a kill',
};
const LEDGER_TEST = 'src/consent/ledger.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I2-unknown-SMS-word-says-nothing',
    file: 'src/consent/sms.ts',
    find: "return { fact: 'hold', at: timeOf(one['updated_at']) };",
    replace: 'return { fact: null, at: null };',
    caughtBy: { file: 'src/consent/sms.test.ts', test: 'what nobody documented holds' },
  },
  {
    name: 'I2-SMS-opt-out-counts-for-mail',
    file: 'src/consent/sms.ts',
    find: "medium: 'sms', scope: 'all', actor",
    replace: "medium: 'email', scope: 'all', actor",
    caughtBy: { file: 'src/consent/sms.test.ts', test: 'SMS and mail never count for each other' },
  },
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
    file: 'src/store/sqlite/fact-reads.ts',
    find: "['f.match_key IS NULL',",
    replace: '["f.match_key = \'\'",',
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'consent reads by address over all syncs' },
  },
  {
    name: 'I1-told-again-after-a-release-is-dropped',
    file: 'src/store/sqlite/facts.ts',
    find: "AND match_key = ? AND actor = 'operator'",
    replace: "AND match_key = ? AND actor = 'nobody'",
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'what is told again after a release is told anew, once' },
  },
  {
    name: 'T19-history-tie-frees',
    file: LEDGER,
    find: 'outAt !== null && inAt > outAt',
    replace: 'outAt !== null && inAt >= outAt',
    caughtBy: HISTORIES,
  },
  {
    name: 'T26-history-ordered-by-our-reading',
    file: LEDGER,
    find: 'const inAt = instantOf(one.at);',
    replace: 'const inAt = one.readAt + 9;',
    caughtBy: HISTORIES,
  },
  {
    name: 'T25-history-account-lifts-on-any-side',
    file: LEDGER,
    find: "against.actor === 'account' && isSameSide(one, against) &&",
    replace: "against.actor === 'account' &&",
    caughtBy: HISTORIES,
  },
  {
    name: 'T20-history-nobody-known-lifts',
    file: LEDGER,
    find: "if (one.fact !== 'in' ||",
    replace:
      "if (one.actor === 'unknown') return one.fact === 'in' && isLaterAct(one, against);\n  if (one.fact !== 'in' ||",
    caughtBy: HISTORIES,
  },
  {
    name: 'I2-history-one-lift-frees-from-all',
    file: LEDGER,
    find: "if (out !== null) return { stance: 'out', by: out };",
    replace:
      "if (out !== null && !ins.some((one) => counting.some((fact) => fact.fact === 'out' && lifts(one, fact))))\n    return { stance: 'out', by: out };",
    caughtBy: HISTORIES,
  },
  {
    name: 'I1-history-stale-page-without-its-date-frees',
    file: 'src/consent/standing.ts',
    find: 'at: textOf(content.opt_in_date) };',
    replace: "at: textOf(content.opt_in_date) ?? '2030-01-01T00:00:00.000Z', readAt: Infinity };",
    caughtBy: { ...HISTORIES, test: 'a page that was read before the acts' },
  },
];
