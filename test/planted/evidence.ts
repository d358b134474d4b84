/** Bugs of the evidence: what would let somebody rewrite it unnoticed, or keep what was to be forgotten. */
import type { PlantedBug } from './planted-bug.ts';

const CHAIN_TEST = 'src/store/fact-chain.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I19-chain-without-the-row-before',
    file: 'src/store/fact-chain.ts',
    find: "return prev === before ? null : { kind: 'changed'",
    replace: "return prev !== '' || before !== '' ? null : { kind: 'changed'",
    caughtBy: { file: CHAIN_TEST, test: 'a row written anew with a hash that fits it is betrayed by the next' },
  },
  {
    name: 'I19-chain-leaves-out-who-acted',
    file: 'src/store/fact-chain.ts',
    find: 'said, channel, actor, at, readAt, run, releases];',
    replace: 'said, channel, at, readAt, run, releases];',
    caughtBy: { file: CHAIN_TEST, test: 'a row with another actor is named, wherever it stands' },
  },
  {
    name: 'I19-facts-cut-off-at-the-end-are-not-missed',
    file: 'src/store/fact-chain.ts',
    find: "if (noted.seq > seq) return { kind: 'missing', seq: seq + 1 };",
    replace: 'if (noted.seq > seq) return null;',
    caughtBy: { file: 'src/store/sqlite/chain.test.ts', test: 'the newest taken away is named' },
  },
  {
    name: 'I19-chain-moves-for-what-is-known',
    file: 'src/store/sqlite/facts.ts',
    find: 'if (insert(db, fact, link)) end = link;',
    replace: 'insert(db, fact, link);\n    end = link;',
    caughtBy: { file: 'src/store/sqlite/chain.test.ts', test: 'grows with each page, also after the store was opened' },
  },
];
