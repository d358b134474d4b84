/** Bugs that random histories of the whole program must find by themselves, each named by the seed that does. */
import type { PlantedBug } from './planted-bug.ts';

const LABORATORY = 'test/laboratory/laboratory.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I1-found-by-chance-standing-OUT-ignored',
    file: 'src/consent/standing.ts',
    find: "if (fact === null || (stance !== 'out'",
    replace: "if (fact === null || (stance === 'out'",
    caughtBy: { file: LABORATORY, test: 'seed 78 keeps every promise' },
  },
  {
    name: 'I4-found-by-chance-cursor-from-our-now',
    file: 'src/rules/next-cursor.ts',
    find: 'const begun = plausible(read.startedSource, read.startedAt);',
    replace: 'const begun = read.startedAt;',
    caughtBy: { file: LABORATORY, test: 'seed 55 keeps every promise' },
  },
  {
    name: 'I5-found-by-chance-load-counts-from-its-end',
    file: 'src/engine/people.ts',
    find: "marks: { 'people:walkAt': walk.startedAt, 'people:sweepAt'",
    replace: "marks: { 'people:walkAt': ctx.clock.now(), 'people:sweepAt'",
    caughtBy: { file: LABORATORY, test: 'seed 10045 keeps every promise' },
  },
  {
    name: 'I9-found-by-chance-absence-is-deletion',
    file: 'src/engine/missing.ts',
    find: '() => read(ctx, shelf, suspect, channel));',
    replace: '() => storeGone(ctx, shelf, suspect.id, channel));',
    caughtBy: { file: LABORATORY, test: 'seed 25 keeps every promise' },
  },
  {
    name: 'I13-found-by-chance-made-people-are-met-as-strangers',
    file: 'src/engine/table-carry.ts',
    find: 'if (mapping.creates !== null) await linkThoseMade(ctx);',
    replace: '',
    caughtBy: { file: LABORATORY, test: 'seed 17 keeps every promise' },
  },
  {
    name: 'I8-memberships-agreed-under-a-key-not-written-yet',
    file: 'src/engine/memberships.ts',
    find: 'memberLink(subject.id, keyBefore, before), after, write',
    replace: 'memberLink(subject.id, key, before), after, write',
    caughtBy: {
      file: 'test/table/memberships.test.ts',
      test: 'I5 I8: follow them through a kill at members:write:before-commit; nobody leaves by that either',
    },
  },
  {
    name: 'I15-found-by-chance-rotated-token-let-go',
    file: 'src/sign-in/token-source.ts',
    find: 'refreshToken: pair.refreshToken ?? from.tokens.refreshToken,',
    replace: 'refreshToken: from.tokens.refreshToken ?? pair.refreshToken,',
    caughtBy: { file: LABORATORY, test: 'seed 1 keeps every promise' },
  },
  {
    name: 'I15-found-by-chance-token-used-before-its-pair-is-kept',
    file: 'src/sign-in/token-source.ts',
    find: 'await this.#parts.keeper.renew(from, { usedAt, accessUntil }, tokens);',
    replace: 'return { ...from, usedAt, accessUntil, tokens };',
    caughtBy: { file: LABORATORY, test: 'seed 5 keeps every promise' },
  },
];
