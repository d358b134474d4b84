/** Bugs of writing to people: a door that lets pass, a claim that does not ask, an answer that is guessed. */
import type { PlantedBug } from './planted-bug.ts';

const DOOR = 'src/consent/door.ts';
const DOOR_TEST = 'src/consent/door.test.ts';
const SUBMIT = 'src/engine/submit-intents.ts';
const SUBMIT_TEST = 'src/engine/submit-intents.test.ts';
const TARGET = 'src/connectors/constant-contact/v3/people-target.ts';
const TARGET_TEST = 'src/connectors/constant-contact/v3/people-target.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I1-undeclared-operation-passes',
    file: DOOR,
    find: "if (effects === undefined) return refused('undeclared');",
    replace: "if (effects === undefined) return { kind: 'pass', mayMail: true };",
    caughtBy: { file: DOOR_TEST, test: 'I1: an operation that declares nothing is refused' },
  },
  {
    name: 'I1-claim-does-not-ask',
    file: 'src/store/sqlite/outbox.ts',
    find: 'const reason = judge(operation, new Map(own));',
    replace: 'const reason = judge(operation, new Map());',
    caughtBy: {
      file: 'src/store/sqlite/store.test.ts',
      test: 'I1: the judge sees every fact of the tenant about the addresses',
    },
  },
  {
    name: 'T21-deleted-comes-back',
    file: TARGET,
    find: "before.state === 'deleted' || ",
    replace: '',
    caughtBy: { file: TARGET_TEST, test: 'T21: a deleted person is not brought back' },
  },
  {
    name: 'T37-put-with-the-changes-alone',
    file: 'src/connectors/constant-contact/v3/write-bodies.ts',
    find: 'columns({ ...contact, ...intent.fields })',
    replace: 'columns({ ...intent.fields })',
    caughtBy: { file: TARGET_TEST, test: 'T37: is read, laid over, sent whole, and read back' },
  },
  {
    name: 'T38-version-not-compared',
    file: TARGET,
    find: ' || before.version !== intent.version',
    replace: '',
    caughtBy: { file: TARGET_TEST, test: 'T38: is not sent when the person is not what the plan saw' },
  },
  {
    name: 'I6-a-write-is-sent-again',
    file: 'src/http/judge.ts',
    find: "return arrived && (errorClass === 'unavailable' || errorClass === 'not_ready');",
    replace: "return arrived && errorClass === 'not_ready';",
    caughtBy: { file: 'src/http/wire.test.ts', test: 'leaves the outcome unknown, after one request' },
  },
  {
    name: 'I6-absent-too-early',
    file: SUBMIT,
    find: 'if (age < target.visibilityMs) {',
    replace: 'if (age < 0) {',
    caughtBy: { file: SUBMIT_TEST, test: 'I6: what a read does not show stays unknown until it must be visible' },
  },
  {
    name: 'T40-a-deleted-one-is-not-looked-for',
    file: 'src/connectors/constant-contact/v3/write-requests.ts',
    find: "query: { email: address, status: 'all', include: INCLUDE }",
    replace: "query: { email: address, status: 'active', include: INCLUDE }",
    caughtBy: { file: TARGET_TEST, test: 'T40: whose address is taken is decided anew' },
  },
];
