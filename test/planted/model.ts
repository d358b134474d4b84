/** Bugs of the model: what two spellings of one address would do to a person's consent. */
import type { PlantedBug } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T31-invisible-characters-kept',
    file: 'src/model/address.ts',
    find: "address.replace(INVISIBLE, '').trim()",
    replace: 'address.trim()',
    caughtBy: {
      file: 'src/model/address.test.ts',
      test: 'T31: the match key joins variants of case, surrounding space and invisible characters',
    },
  },
  {
    name: 'T31-plus-tag-joined',
    file: 'src/model/address.ts',
    find: 'return asciiLower(local);',
    replace: "return asciiLower(local.replace(/\\+.*/, ''));",
    caughtBy: {
      file: 'src/model/address.test.ts',
      test: 'never joins a dotless i, a dotted capital I, a plus tag, dots or another alphabet',
    },
  },
];
