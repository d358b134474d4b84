/** Bugs of jobs: people who are in two places at once, a job that is believed, one that is sent twice. */
import type { PlantedBug } from './planted-bug.ts';

const JOBS = 'src/engine/jobs.ts';
const BULK_TEST = 'test/table/bulk.test.ts';

const LISTS_TEST = 'test/table/list-jobs.test.ts';
const OUTCOMES = 'src/engine/member-outcomes.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T21-a-job-takes-people-with-lists-of-their-own',
    file: 'src/engine/new-people.ts',
    find: '!isAll(one.payload.lists, creates.lists);',
    replace: 'one.payload.lists.length < creates.lists.length;',
    caughtBy: { file: 'test/table/lists-of-the-new.test.ts', test: 'who has a list of their own is made singly' },
  },
  {
    name: 'a-saved-line-is-applied-though-its-base-moved',
    file: 'src/application/passes.ts',
    find: 'current && wanted.lines.find(lineKey(stream, id, { primary: target, secondary: base }));',
    replace: 'current;',
    caughtBy: {
      file: 'test/table/plan-and-verify.test.ts',
      test: 'a line whose base moved is refused, the others are applied',
    },
  },
  {
    name: 'I18-whom-a-list-job-left-out-is-taken-for-done',
    file: OUTCOMES,
    find: 'return targets.every((id) => ids.has(id) === (how ===',
    replace: 'return targets.every((id) => ids.has(id) || (how ===',
    caughtBy: { file: LISTS_TEST, test: 'whom a completed job left out goes singly: its own word is not believed' },
  },
  {
    name: 'I3-an-opt-out-waits-for-a-job',
    file: 'src/store/sqlite/outbox.ts',
    find: "AND (f.job_id IS NULL OR o.lane = 'live'))",
    replace: ')',
    caughtBy: { file: LISTS_TEST, test: 'I3, I13, T39: an opt-out goes at once beside the job that its person is in' },
  },
  {
    name: 'T39-an-edit-does-not-wait-for-the-job-of-its-person',
    file: 'src/store/sqlite/outbox.ts',
    find: "AND (f.job_id IS NULL OR o.lane = 'live'))",
    replace: 'AND f.job_id IS NULL)',
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'T39: whoever is under way in a job is claimed neither' },
  },
  {
    name: 'I1-what-a-list-job-undid-stays-undone',
    file: OUTCOMES,
    find: "kindOf(work) === 'lists:add' ? (hooks.undone?.(operation, content) ?? null) : null",
    replace: "kindOf(work) === 'lists:none' ? (hooks.undone?.(operation, content) ?? null) : null",
    caughtBy: { file: LISTS_TEST, test: 'is stated again once the job has ended (we saw it before: true)' },
  },
  {
    name: 'T24-a-list-job-of-ours-is-taken-for-somebody-leaving',
    file: 'src/engine/list-leavers.ts',
    find: "|| (jobId !== null && state === 'verifying')",
    replace: '',
    caughtBy: { file: LISTS_TEST, test: 'that takes people off a list is nobody’s leaving' },
  },
  {
    name: 'I1-a-list-job-is-declared-harmless',
    file: 'src/connectors/constant-contact/v3/member-jobs.ts',
    find: "effects: { ...NOTHING, known: 'raised', relists: true },",
    replace: 'effects: NOTHING,',
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/member-jobs.test.ts',
      test: 'I1: only one that puts people on lists can bring anybody back, and says so',
    },
  },
  {
    name: 'I1-a-removal-that-raises-is-a-way',
    file: 'src/plan/cheapest-members.ts',
    find: "if (how === 'remove') return !effects.relists",
    replace: "if (how === 'neither') return !effects.relists",
    caughtBy: {
      file: 'src/plan/cheapest-members.test.ts',
      test: 'I1: a removal that could bring anybody back to mail is no way',
    },
  },
  {
    name: 'a-small-class-is-never-taken-out-of-its-job',
    file: 'src/plan/cheapest-members.ts',
    find: 'for (const form of [...formsFor(ways), null]) {',
    replace: 'for (const form of [split]) {',
    caughtBy: { file: 'src/plan/cheapest-members.test.ts', test: 'drawn at random cost at most 1.1 times the fewest' },
  },
  {
    name: 'I1-a-job-is-not-judged-when-claimed',
    file: 'src/store/sqlite/jobs.ts',
    find: 'const reason = judge(operation, consent(db, operation.matchKeys ?? []));',
    replace: 'const reason = judge(operation, new Map());',
    caughtBy: {
      file: 'src/engine/jobs.test.ts',
      test: 'I1: an opt-out that becomes known after the plan keeps its person out of the job',
    },
  },
  {
    name: 'I18-a-completed-job-is-believed',
    file: JOBS,
    find: "outcomes.push(outcome(operation, 'superseded', JOB_MISSED));",
    replace: "outcomes.push(outcome(operation, 'confirmed', null));",
    caughtBy: { file: BULK_TEST, test: 'a job that was cut off is told, and who fell off is made singly' },
  },
  {
    name: 'I6-a-lost-job-is-sent-again-unasked',
    file: JOBS,
    find: 'if (found !== undefined && more.length === 0) return found;\n  if (listed !== null && found === undefined) {',
    replace: 'if (listed !== null) {',
    caughtBy: { file: BULK_TEST, test: 'a job that was taken and still runs is not sent again' },
  },
  {
    name: 'I13-somebody-in-a-job-is-made-singly-too',
    file: 'src/engine/new-people.ts',
    find: "if (jobs.get(newId(one.matchKey)) === 'open') return false;",
    replace: '',
    caughtBy: {
      file: BULK_TEST,
      test: 'I13: a job that outlives passes is not sent again, and nobody in it is written singly',
    },
  },
];
