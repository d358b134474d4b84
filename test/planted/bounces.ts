/** Bugs of bounces: mail that came back taken for somebody's word, for another address, or forgotten. */
import type { PlantedBug } from './planted-bug.ts';

const ENGINE = 'src/engine/bounces.ts';
const TESTS = 'test/crm/bounces.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T23-bounce-taken-for-an-explicit-opt-out',
    file: 'src/plan/crm-step.ts',
    find: '(lower.length > 0 && isInferred(out))',
    replace: '(lower.length > 0 && out === null)',
    caughtBy: { file: TESTS, test: 'I10: of many at once waits for a person, and a release lets it through' },
  },
  {
    name: 'I10-bounce-sent-past-the-guard',
    file: 'src/engine/crm-lane.ts',
    find: "  if (step.destructive.includes('inferred-opt-out')) return [];\n",
    replace: '',
    caughtBy: { file: TESTS, test: 'I10: of many at once waits for a person, and a release lets it through' },
  },
  {
    name: 'I10-bounce-of-a-killed-pass-sent-past-the-guard',
    file: 'src/engine/crm-submit.ts',
    find: "if (this.#optOutsOnly && now.step.destructive.includes('inferred-opt-out'))",
    replace: 'if (this.#optOutsOnly && now.step.changes.length === 0)',
    caughtBy: { file: TESTS, test: 'I10: that a killed pass intended waits as well, once there are too many' },
  },
  {
    name: 'I3-opt-out-held-for-a-bounce',
    file: 'src/plan/crm-out.ts',
    find: "  if (stance === 'out') return { reason: 'on-record', at: null, detail: null };\n",
    replace: '',
    caughtBy: { file: 'src/plan/crm-out.test.ts', test: 'an opt-out in the ledger and a bounce' },
  },
  {
    name: 'T23-bounce-that-nobody-decides',
    file: ENGINE,
    find: 'if (items.length > 0) await ctx.store.doubt',
    replace: 'if (items.length < 0) await ctx.store.doubt',
    caughtBy: { file: TESTS, test: 'switches the flag off, once, with a note that says why' },
  },
  {
    name: 'T27-bounce-of-whatever-address-the-person-has',
    file: 'src/engine/crm-people.ts',
    find: "bounces.get(address ?? '') ?? []",
    replace: '[...bounces.values()].flat()',
    caughtBy: { file: TESTS, test: 'with V, which ends nothing, changes nothing' },
  },
  {
    name: 'I5-bounces-on-record-before-anybody-is-in-doubt',
    file: ENGINE,
    find: '  await doubtWhoHas(ctx,',
    replace: '  await ctx.store.takeBounces(ctx.lease, bounces, marks);\n  await doubtWhoHas(ctx,',
    caughtBy: { file: TESTS, test: 'forgets nobody: at any durable step' },
  },
  {
    name: 'I19-address-of-a-bounce-kept-in-clear',
    file: 'src/store/sqlite/bounces.ts',
    find: '        name(matchKey),\n',
    replace: '        matchKey || name(matchKey),\n',
    caughtBy: { file: 'src/store/sqlite/forget.test.ts', test: 'stands in no byte of the file or its log any more' },
  },
  {
    name: 'bounces-asked-for-in-each-pass',
    file: 'src/rules/cadence.ts',
    find: 'isDue(last, age <= REPORT_EVERY_PASS_MS ? REPORT_AT_LEAST_MS : DAY, now)',
    replace: 'age <= REPORT_SOMETIMES_MS',
    caughtBy: {
      file: 'src/rules/cadence.test.ts',
      test: 'bounces of a campaign sent this week, read within two hours',
    },
  },
  {
    name: 'I3-bounce-stands-for-the-no-that-follows',
    file: 'src/plan/crm-consent.ts',
    find: "const next = agreed === 'out' ? agreed : stance;",
    replace: "const next = 'out';",
    caughtBy: { file: 'test/crm/bounces.test.ts', test: "still taken down by the person's own no" },
  },
];
