/** Bugs of the guards: what lets a disaster through, or holds an opt-out back. */
import type { PlantedBug } from './planted-bug.ts';

const GUARDS = 'src/plan/guards.ts';
const GUARDS_UNIT = 'src/plan/guards.test.ts';
const GUARDS_TEST = 'test/detection/guards.test.ts';
const NEVER_HELD_BACK = 'test/opt-outs/never-held-back.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I3-who-left-and-was-deleted-is-held-back',
    file: 'src/plan/destruction.ts',
    find: "state === 'unsubscribed' || (state === 'deleted' && after['permission_to_send'] === 'unsubscribed')",
    replace: "state === 'unsubscribed' && after !== before",
    caughtBy: {
      file: 'test/opt-outs/never-held-back.test.ts',
      test: 'and one who leaves and is deleted before the pass',
    },
  },
  {
    name: 'I10-guard-skipped',
    file: 'src/engine/pass.ts',
    find: 'if (judged.stop !== null && !(',
    replace: 'if (judged.steps < 0 && judged.stop !== null && !(',
    caughtBy: {
      file: GUARDS_TEST,
      test: 'release lets exactly that plan through; judged anew on each pass until then',
    },
  },
  {
    name: 'I10-percent-or-atLeast',
    file: GUARDS,
    find: 'count >= limits.atLeast && count * 100',
    replace: 'count >= limits.atLeast || count * 100',
    caughtBy: { file: GUARDS_UNIT, test: 'when its destructive steps are at least atLeast AND more than percent' },
  },
  {
    name: 'I10-exactly-atLeast-passes',
    file: GUARDS,
    find: 'count >= limits.atLeast',
    replace: 'count > limits.atLeast',
    caughtBy: { file: GUARDS_UNIT, test: 'I10: a plan stops before its first write by default' },
  },
  {
    name: 'I10-release-covers-any-plan',
    file: 'src/engine/decide.ts',
    find: 'return textHash(`${hash}${stream}\\n${id}\\n${base}\\n${target}${carried}`);',
    replace: 'return [hash, stream, id, base, target, carried][0] as string;',
    caughtBy: { file: GUARDS_TEST, test: 'a release does not cover a plan that has grown since' },
  },
  {
    name: 'I10-released-for-good',
    file: 'src/store/sqlite/runs.ts',
    find: 'AND hash = ? AND sync = ? AND released_at IS NOT NULL',
    replace: 'AND (hash = ? OR TRUE) AND sync = ? AND released_at IS NOT NULL',
    caughtBy: { file: GUARDS_TEST, test: 'a release does not cover a plan that has grown since' },
  },
  {
    name: 'I3-opt-outs-held-back-by-a-guard',
    file: 'src/engine/pass.ts',
    find: "    await writeAll(ctx, 'opt-outs');\n",
    replace: '',
    caughtBy: { file: GUARDS_TEST, test: 'an opt-out is written while the guard holds all else' },
  },
  {
    name: 'I3-opt-outs-held-back-by-a-doubted-listing',
    file: 'src/engine/pass.ts',
    find: "if (read.cause?.code === 'guard') await",
    replace: "if (read.cause?.code === 'no-guard') await",
    caughtBy: { file: NEVER_HELD_BACK, test: 'that is suddenly empty' },
  },
  {
    name: 'I3-a-doubted-listing-stops-the-reading-of-people',
    file: 'src/engine/detect.ts',
    find: 'stops.push(error);',
    replace: 'throw error;',
    caughtBy: { file: NEVER_HELD_BACK, test: 'while only totals and sweep can tell who left' },
  },
  {
    name: 'T20-mass-opt-in-passes-a-wide-guard',
    file: GUARDS,
    find: 'Math.min(limits.percent, DEFAULT_LIMITS.percent)',
    replace: 'limits.percent',
    caughtBy: { file: GUARDS_UNIT, test: 'T20: mass opt-in stops whatever the configuration says' },
  },
  {
    name: 'I10-every-record-changed-passes',
    file: GUARDS,
    find: 'totals.changed >= linked)',
    replace: 'totals.changed > linked)',
    caughtBy: { file: GUARDS_UNIT, test: 'when every linked record changed' },
  },
  {
    name: 'I10-blanking-is-no-destruction',
    file: 'src/plan/destruction.ts',
    find: "found.push('blanking');",
    replace: 'found.length;',
    caughtBy: { file: 'src/plan/destruction.test.ts', test: 'I10:' },
  },
  {
    name: 'I10-suspects-read-before-the-guard',
    file: 'src/engine/missing.ts',
    find: 'const stop = judgeVanished(found.count, Math.max(linked, total), ctx.sync.guards)',
    replace: 'const stop = judgeVanished(0, Math.max(linked, total), ctx.sync.guards)',
    caughtBy: { file: GUARDS_TEST, test: 'too many vanished: stopped before any of them is read' },
  },
];
