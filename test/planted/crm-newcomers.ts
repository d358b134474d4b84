/** Bugs of making people in a CRM: submitted twice, made twice, made against an opt-out, held for ever. */
import type { PlantedBug } from './planted-bug.ts';

const NEWCOMERS = 'test/crm/newcomers.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I17-those-under-review-are-counted-as-far-as-they-are-listed',
    file: 'src/application/under-review.ts',
    find: 'const { held } = await store.countWaiting(sync, { reason: IN_REVIEW });',
    replace: 'const { length: held } = await store.waiting(sync, 20_000, { reason: IN_REVIEW });',
    caughtBy: { file: 'test/crm/newcomers-many.test.ts', test: 'I17: more people under review than are ever listed' },
  },
  {
    name: 'I6-a-submission-without-an-answer-is-sent-again',
    file: 'src/engine/crm-submission.ts',
    find: "if (answer === 'unknown') await holdUnsure(ctx, operations);",
    replace: "if (answer === 'unknown') await leave(ctx, operations, 'no-answer', 'skipped.unfinished');",
    caughtBy: { file: NEWCOMERS, test: 'I6, T40: where the answer of a batch is lost after it acted' },
  },
  {
    name: 'I5-a-submission-that-a-kill-left-is-no-submission',
    file: 'src/engine/crm-submitted.ts',
    find: 'if (sent === undefined || person === null) return base;',
    replace: 'if (sent === undefined || person !== null) return base;',
    caughtBy: {
      file: 'test/crm/newcomers-crash.test.ts',
      test: 'by submission: each is submitted at most once and held',
    },
  },
  {
    name: 'I1-whoever-is-made-passes-no-door',
    file: 'src/engine/crm-newcomers.ts',
    find: 'judgeAll(crm, [change], facts)',
    replace: 'judgeAll(crm, [change], new Map())',
    caughtBy: { file: NEWCOMERS, test: 'I1: whoever left between the plan and the claim is not made (transaction)' },
  },
  {
    name: 'I3-whoever-is-new-comes-before-what-is-live',
    file: 'src/engine/crm-lane.ts',
    find: "const rest = steps.filter((step) => !isCarried(step) && step.action !== 'insert');",
    replace: `const early = new Newcomers();
  early.wait(ctx, steps);
  await early.make(ctx, crm);
  const rest = steps.filter((step) => !isCarried(step) && step.action !== 'insert');`,
    caughtBy: { file: NEWCOMERS, test: 'I3: come last: an opt-out and an edit of the same pass' },
  },
  {
    name: 'T40-nobody-is-looked-for-before-they-are-made',
    file: 'src/engine/crm-create.ts',
    find: 'person === undefined || !(await this.#look(person))',
    replace: 'person === undefined',
    caughtBy: { file: NEWCOMERS, test: 'T40: are looked for right before' },
  },
  {
    name: 'I18-a-refused-batch-is-given-up-whole',
    file: 'src/engine/crm-newcomers.ts',
    find: "if (end !== 'refused' || some.length === 1) continue;",
    replace: 'if (end !== null) continue;',
    caughtBy: { file: NEWCOMERS, test: 'I18: of a batch that is refused each is submitted alone' },
  },
  {
    name: 'I7-whoever-was-met-is-still-under-review',
    file: 'src/plan/crm-agreed.ts',
    find: '...(met === null && submitted !== undefined',
    replace: '...(submitted !== undefined',
    caughtBy: { file: NEWCOMERS, test: 'are met as soon as the organisation says yes' },
  },
  {
    name: 'T27-the-address-that-was-submitted-is-forgotten',
    file: 'src/engine/crm-submitted.ts',
    find: 'address: matchKey(address), submitted',
    replace: 'submitted',
    caughtBy: { file: NEWCOMERS, test: 'T27, T33: also where the import joins them to a household' },
  },
  {
    name: 'everybody-under-review-is-looked-for-in-each-pass',
    file: 'src/rules/review-looks.ts',
    find: '.slice(0, most)',
    replace: '',
    caughtBy: { file: 'src/rules/review-looks.test.ts', test: 'never comes for more than so many in one pass' },
  },
];
