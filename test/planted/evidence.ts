/** Bugs of the evidence: what would let somebody rewrite it unnoticed, or keep what was to be forgotten. */
import type { PlantedBug } from './planted-bug.ts';

const CHAIN_TEST = 'src/store/fact-chain.test.ts';
const STORE_TEST = 'src/store/sqlite/store.test.ts';
const FORGET_TEST = 'test/opt-outs/forget.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I19-lists-of-a-forgotten-person-stay',
    file: 'src/store/sqlite/forget-rows.ts',
    find: "AND stream = 'lists' AND ${idColumn(holder)} = ?`;",
    replace: "AND stream = 'list' AND ${idColumn(holder)} = ?`;",
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'takes what was agreed of their lists' },
  },
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
  {
    name: 'I19-a-moved-name-keeps-its-seal',
    file: 'src/store/fact-chain.ts',
    find: "return row.evidence === '' && row.seal === sealOf(this.#key, { ...row, forgottenAt });",
    replace: "return row.evidence === '' && row.seal !== null;",
    caughtBy: { file: CHAIN_TEST, test: 'a forgotten row keeps its hash and the chain; a moved name or a false date' },
  },
  {
    name: 'I1-forgotten-opt-out-suppresses-nobody',
    file: 'src/store/sqlite/fact-reads.ts',
    find: 'const named = names === null ?',
    replace: 'const named = names !== null || names === null ?',
    caughtBy: { file: FORGET_TEST, test: 'a mirror stands nowhere in the store, is out by evidence, and stays out' },
  },
  {
    name: 'I1-nobody-asks-for-the-forgotten',
    file: 'src/store/sqlite/fact-reads.ts',
    find: 'known.has(name) || (names !== null && known.has(names(name)))',
    replace: 'known.has(name)',
    caughtBy: { file: FORGET_TEST, test: 'a table stands nowhere in the store, is out by evidence, and stays out' },
  },
  {
    name: 'I1-told-without-an-address-is-lost-when-forgotten',
    file: 'src/store/sqlite/forget.ts',
    find: 'name(fact.matchKey ?? matchKey)',
    replace: "name(fact.matchKey ?? '')",
    caughtBy: { file: STORE_TEST, test: 'is out for an address that only the forgotten contact joined to the opt-out' },
  },
  {
    name: 'I3-forgotten-before-the-opt-out-is-written',
    file: 'src/store/sqlite/forget.ts',
    find: "r.state NOT IN ('explicit', 'implicit')`;",
    replace: "r.state IN ('explicit', 'implicit')`;",
    caughtBy: { file: FORGET_TEST, test: 'an opt-out that the other side does not show yet is not forgotten' },
  },
  {
    name: 'I14-forgotten-beside-a-pass',
    file: 'src/store/sqlite/forget.ts',
    find: 'SET owner_id = NULL, fence = fence + 1',
    replace: 'SET fence = fence',
    caughtBy: { file: STORE_TEST, test: 'while a pass is at work; one whose lease has run out loses it' },
  },
  {
    name: 'I19-free-pages-keep-the-forgotten',
    file: 'src/store/sqlite/forget.ts',
    find: "db.define('VACUUM');",
    replace: '',
    caughtBy: { file: 'src/store/sqlite/forget.test.ts', test: 'stands in no byte of the file or its log any more' },
  },
  {
    name: 'I19-a-neighbour-is-forgotten-too',
    file: 'src/store/sqlite/forget-person.ts',
    find: 'return words.some((word) => standsAlone(lower, word));',
    replace: 'return words.some((word) => lower.includes(word) || standsAlone(lower, word));',
    caughtBy: { file: STORE_TEST, test: 'of everybody else nothing' },
  },
  {
    name: 'I19-a-choice-remembers-the-forgotten',
    file: 'src/store/sqlite/forget-rows.ts',
    find: "eraseWhere(db, 'choices', 'id', holder);",
    replace: 'void holder;',
    caughtBy: { file: 'src/store/sqlite/forget.test.ts', test: 'stands in no byte of the file or its log any more' },
  },
];
