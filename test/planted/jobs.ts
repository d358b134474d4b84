/** Bugs of jobs: people who are in two places at once, a job that is believed, one that is sent twice. */
import type { PlantedBug } from './planted-bug.ts';

const JOBS = 'src/engine/jobs.ts';
const BULK_TEST = 'test/table/bulk.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T21-a-job-takes-people-with-lists-of-their-own',
    file: 'src/engine/new-people.ts',
    find: '!isAll(one.payload.lists, creates.lists);',
    replace: 'one.payload.lists.length < creates.lists.length;',
    caughtBy: { file: 'test/table/lists-of-the-new.test.ts', test: 'who has a list of their own is made singly' },
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
    find: "outcome(operation, kind === 'done' ? 'confirmed' : 'superseded', kind === 'done' ? null : JOB_MISSED),",
    replace: "outcome(operation, kind === 'done' ? 'confirmed' : 'confirmed', null),",
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
