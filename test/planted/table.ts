/** Bugs of writing into a user's table: consent that comes back, rows of others, writes sent twice. */
import type { PlantedBug } from './planted-bug.ts';

const STEP = 'src/plan/table-step.ts';
const STEP_TEST = 'src/plan/table-step.test.ts';
const STORE_TEST = 'src/store/sqlite/store.test.ts';
const CONFORMANCE = 'src/connectors/sqlite/table.conformance.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I1-may_email-raised-over-a-withdrawal',
    file: STEP,
    find: 'mailable && !outHere ? 1 : 0',
    replace: 'mailable ? 1 : 0',
    caughtBy: { file: STEP_TEST, test: 'I1: a withdrawal in the table stands through every later step' },
  },
  {
    name: 'I1-erased-consent-is-nothing-said',
    file: STEP,
    find: 'return base !== null && (base.consent === 1 || base.outHere);',
    replace: 'return base !== null && base.outHere;',
    caughtBy: { file: STEP_TEST, test: 'is held out and shown' },
  },
  {
    name: 'deleted-person-stays-mailable',
    file: STEP,
    find: 'const mailable = MAILABLE.has(state);',
    replace: "const mailable = MAILABLE.has(state) || state === 'deleted';",
    caughtBy: { file: STEP_TEST, test: 'a deleted person keeps the row and loses consent' },
  },
  {
    name: 'T27-row-found-by-address-not-by-link',
    file: 'src/engine/table-keys.ts',
    find: '    const link = links.get(record.id);\n',
    replace: '    const link = links.get(`${record.id} `);\n',
    caughtBy: {
      file: 'test/table/identity.test.ts',
      test: 'the row is found by its link and its key column follows; no second row',
    },
  },
  {
    name: 'T38-expected-row-not-compared',
    file: 'src/connectors/sqlite/table-write.ts',
    find: 'holds(current.row, write.expect ?? {})',
    replace: 'holds(current.row, {})',
    caughtBy: { file: CONFORMANCE, test: 'T38: a row that differs from what the plan saw is not written' },
  },
  {
    name: 'insert-takes-over-a-row-of-others',
    file: 'src/connectors/sqlite/table-write.ts',
    find: 'if (current === null && write.key === null) return insertRow(db, shape, write.set);',
    replace:
      'if (current !== null && write.key === null) return updateRow(db, shape, current, write.set);\n  if (current === null && write.key === null) return insertRow(db, shape, write.set);',
    caughtBy: { file: CONFORMANCE, test: 'an insert over a row that differs is not written' },
  },
  {
    name: 'I6-unknown-outcome-sent-again',
    file: 'src/store/sqlite/outbox.ts',
    find: "move(db, lease.sync, opId, 'verifying', null);",
    replace: "move(db, lease.sync, opId, 'pending', null);",
    caughtBy: { file: STORE_TEST, test: 'I6: recover brings leased back to pending and sending to verifying' },
  },
  {
    name: 'I6-read-back-not-compared',
    file: 'src/engine/table-outbox.ts',
    find: 'return row !== undefined && Object.entries(set)',
    replace: 'return row === undefined || Object.entries(set)',
    caughtBy: { file: 'test/table/crash.test.ts', test: 'of the first load, at' },
  },
  {
    name: 'I3-opt-outs-behind-all-else',
    file: 'src/store/sqlite/outbox.ts',
    find: 'ORDER BY o.lane DESC, o.op_id',
    replace: 'ORDER BY o.lane, o.op_id',
    caughtBy: { file: STORE_TEST, test: 'I3: claims the opt-out lane first, then the oldest' },
  },
  {
    name: 'I13-two-in-flight-on-one-record',
    file: 'src/store/sqlite/outbox.ts',
    find: "f.state IN ('leased', 'sending', 'verifying')",
    replace: "f.state IN ('leased')",
    caughtBy: { file: STORE_TEST, test: 'I13: whatever happens, one record never has two operations in flight' },
  },
  {
    name: 'I3-consent-alone-settles-the-record',
    file: 'src/engine/table-outbox.ts',
    find: 'linkOfOperation(operation, !partly)',
    replace: 'linkOfOperation(operation, true)',
    caughtBy: { file: 'test/table/consent.test.ts', test: 'an opt-out is written while a guard holds the rest' },
  },
  {
    name: 'I3-refused-row-keeps-its-consent',
    file: 'src/engine/table-outbox.ts',
    find: '    refused.map(({ operation }) => operation),',
    replace: '    [],',
    caughtBy: {
      file: 'test/table/first-load.test.ts',
      test: 'an opt-out reaches a row whose other changes the table refuses',
    },
  },
  {
    name: 'I8-lost-value-not-told',
    file: 'src/compare/merge-fields.ts',
    find: 'lost.push({',
    replace: 'void ({',
    caughtBy: { file: 'src/compare/merge-fields.test.ts', test: 'I8: a filled value that is replaced' },
  },
  {
    name: 'I8-empty-blanks-what-was-never-agreed',
    file: 'src/compare/merge-fields.ts',
    find: 'isEmpty(at[source]) && !isEmpty(at[target])) continue;',
    replace: 'isEmpty(at[source]) && isEmpty(at[target])) continue;',
    caughtBy: { file: 'test/table/first-load.test.ts', test: 'a first meeting never blanks what the table has' },
  },
  {
    name: 'if-empty-overwrites',
    file: 'src/compare/merge-fields.ts',
    find: "rule.write === 'if-empty' && isEmpty(target)",
    replace: "rule.write === 'if-empty'",
    caughtBy: { file: 'src/compare/merge-fields.test.ts', test: 'if-empty fills what is empty' },
  },
  {
    name: 'I7-agreed-on-the-loser',
    file: 'src/compare/merge-fields.ts',
    find: 'agreed[rule.field] = at[target];',
    replace: 'agreed[rule.field] = at[source];',
    caughtBy: { file: 'src/compare/merge-fields.test.ts', test: 'I7: what one pass agreed leaves the second nothing' },
  },
  {
    name: 'T36-changed-mapping-not-noticed',
    file: 'src/engine/table-lane.ts',
    find: 'if (before === ctx.sync.fingerprint) return;',
    replace: 'if (before !== null) return;',
    caughtBy: { file: 'test/table/mapping.test.ts', test: 'a field goes to another column' },
  },
  {
    name: 'T31-second-row-under-another-spelling',
    file: 'src/engine/table-keys.ts',
    find: 'matchKey: matchKey(key),',
    replace: 'matchKey: key,',
    caughtBy: { file: 'test/table/first-load.test.ts', test: 'a row is met under another spelling' },
  },
  {
    name: 'T28-chain-of-addresses-not-tried-again',
    file: 'src/engine/table-outbox.ts',
    find: 'if (again.length > 0 && again.length < results.length) {',
    replace: 'if (again.length < 0) {',
    caughtBy: { file: 'test/table/identity.test.ts', test: 'a chain of' },
  },
  {
    name: 'T20-every-no-is-carried',
    file: 'src/plan/table-step.ts',
    find: 'base?.consent === 1 && row !== null',
    replace: 'base?.consent !== 0 && row !== null',
    caughtBy: { file: 'src/plan/table-step.test.ts', test: 'T20: a no that stood there at the first meeting' },
  },
  {
    name: 'I3-agreed-before-it-was-carried',
    file: 'src/plan/table-step.ts',
    find: 'return { consent: 1, outHere };',
    replace: 'return { consent: 0, outHere };',
    caughtBy: { file: 'src/plan/table-step.test.ts', test: 'I3: a no after an agreed yes is out here at once' },
  },
  {
    name: 'I10-carried-past-the-guard',
    file: 'src/engine/table-lane.ts',
    find: 'if (carry !== null && !optOutsOnly)',
    replace: 'if (carry !== null)',
    caughtBy: { file: 'test/table/carried.test.ts', test: 'I10: many at once' },
  },
  {
    name: 'I8-edit-agreed-before-it-was-carried',
    file: 'src/plan/table-step.ts',
    find: 'if (!Object.hasOwn(primary, field)) return',
    replace: 'if (Object.hasOwn(agreed, field)) return',
    caughtBy: { file: 'src/plan/table-step.test.ts', test: 'I8: an edit on its way to the primary' },
  },
  {
    name: 'I3-an-opt-out-can-be-dismissed',
    file: 'src/application/waiting.ts',
    find: "operation.lane === 'opt-out' ? ['retry'] : ['retry', 'dismiss']",
    replace: "['retry', 'dismiss']",
    caughtBy: { file: 'test/table/both-ways.test.ts', test: 'I3: cannot be dismissed where it is an opt-out' },
  },
  {
    name: 'a-kept-conflict-outlives-its-record',
    file: 'src/store/sqlite/choices.ts',
    find: 'choice !== undefined && choice.hash ===',
    replace: 'choice !== undefined && choice.hash !==',
    caughtBy: {
      file: 'src/store/sqlite/store.test.ts',
      test: 'is left as it is by a person, until the record is another',
    },
  },
  {
    name: 'T41-told-what-was-asked-not-what-stands',
    file: 'src/connectors/sqlite/table-write.ts',
    find: 'return readBack(db, shape, newHandle(db, shape, current, set));',
    replace: "return { kind: 'written', row: { ...current.row, ...set } };",
    caughtBy: { file: 'src/connectors/sqlite/table.test.ts', test: 'triggers make of a row is what is told' },
  },
];
