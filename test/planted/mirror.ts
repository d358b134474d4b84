/** Bugs of writing a mirror and of owning a sync: crashes that show, writes that never end, two owners at once. */
import type { PlantedBug } from './planted-bug.ts';

const LANE = 'src/engine/mirror-lane.ts';
const STORE_TEST = 'src/store/sqlite/store.test.ts';
const MIRROR_TEST = 'src/connectors/sqlite/mirror.conformance.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I7-written-but-never-agreed',
    file: LANE,
    find: 'steps.map((step) => ({ recordId: step.recordId, hash: step.target })),',
    replace: '[],',
    caughtBy: { file: 'test/crash/ordinary-day.test.ts', test: 'the calm run ends with both sides agreed' },
  },
  {
    name: 'I7-row-differs-by-what-was-agreed-alone',
    file: 'src/plan/mirror-step.ts',
    find: "verdict.kind === 'same' || verdict.kind === 'adopt'",
    replace: "verdict.kind === 'same'",
    caughtBy: {
      file: 'src/plan/mirror-step.test.ts',
      test: 'it agrees exactly where the row shows the record already',
    },
  },
  {
    name: 'I7-sub-row-that-does-not-fit-is-not-kept-whole',
    file: 'src/connectors/sqlite/mirror-rows.ts',
    find: 'if (!putSubRows(under[at] as Cell[], sub, id, value)) odd.push([sub.key, value]);',
    replace: 'putSubRows(under[at] as Cell[], sub, id, value);',
    caughtBy: { file: MIRROR_TEST, test: 'I7: contacts read back with the hash they were written with' },
  },
  {
    name: 'I5-agreed-before-it-is-written',
    file: LANE,
    find: "const writes = steps.filter((step) => step.action !== 'agree');",
    replace: `await ctx.store.agree(
    ctx.lease,
    shelf,
    steps.map(({ recordId, target }) => ({ recordId, hash: target })),
    { dropContent: true, journal: [], waiting: [], settled: [], marks: {} },
  );
  const writes = steps.filter((step) => step.action !== 'agree');`,
    caughtBy: { file: 'test/crash/between-files.test.ts', test: 'I5: killed at' },
  },
  {
    name: 'I5-load-mark-not-stored',
    file: 'src/engine/store-page.ts',
    find: 'marks: loadMarks,',
    replace: 'marks: {},',
    caughtBy: { file: 'test/detection/quota.test.ts', test: 'goes on where it stopped, and ends' },
  },
  {
    name: 'I5-load-keeps-what-came-after-its-mark',
    file: 'src/connectors/sqlite/mirror-load.ts',
    find: 'WHERE rowid > ?`).run(last)',
    replace: 'WHERE rowid > ? AND FALSE`).run(last)',
    caughtBy: { file: MIRROR_TEST, test: 'I5: a load killed at any step goes on from the last mark that was recorded' },
  },
  {
    name: 'I5-pending-content-that-goes-back-is-forgotten',
    file: 'src/store/sqlite/pages.ts',
    find: 'return before.agreed === take.hash ? IN_DOUBT : before.agreed;',
    replace: 'return before.agreed;',
    caughtBy: {
      file: STORE_TEST,
      test: 'I5: a pending record that goes back to what was agreed is looked at again',
    },
  },
  {
    name: 'I8-sub-rows-not-replaced',
    file: 'src/connectors/sqlite/mirror-store.ts',
    find: 'if (before.length > 0) remove.run(id);',
    replace: 'void remove;',
    caughtBy: { file: MIRROR_TEST, test: 'a write replaces row and sub-rows, leaves other records alone' },
  },
  {
    name: 'I8-sub-rows-known-by-their-count',
    file: 'src/connectors/sqlite/mirror-store.ts',
    find: 'before.length === cells.length && cells.every((cell, at) => cell === before[at])',
    replace: 'before.length > 0 && before.length === cells.length',
    caughtBy: {
      file: 'src/connectors/sqlite/mirror.test.ts',
      test: 'I8: a write mends sub-rows that somebody else changed',
    },
  },
  {
    name: 'I14-fence-not-checked',
    file: 'src/store/sqlite/leases.ts',
    find: ' || row.fence !== lease.fence)',
    replace: ')',
    caughtBy: { file: STORE_TEST, test: 'an older lease of the same owner is lost too' },
  },
  {
    name: 'I14-mirror-takes-writes-of-a-replaced-owner',
    file: 'src/connectors/sqlite/mirror-owner.ts',
    find: '.changes === 0) throw new LeaseLost(db.connection);',
    replace: '.changes < 0) throw new LeaseLost(db.connection);',
    caughtBy: {
      file: 'test/crash/ownership.test.ts',
      test: 'is stopped by the mirror itself when it wakes between the store and the mirror',
    },
  },
  {
    name: 'I14-lease-never-ends',
    file: 'src/store/sqlite/leases.ts',
    find: 'row.expiresAt > now && isAlive(holder) !== false',
    replace: 'isAlive(holder) !== false',
    caughtBy: { file: STORE_TEST, test: 'takes the sync if its lease expired, not a ms before' },
  },
  {
    name: 'I14-lease-taken-from-the-living',
    file: 'src/store/sqlite/leases.ts',
    find: 'row.expiresAt > now && isAlive(holder) !== false',
    replace: 'row.expiresAt > now && isAlive(holder) === true',
    caughtBy: { file: STORE_TEST, test: 'is given to one owner at a time' },
  },
  {
    name: 'I14-lease-not-renewed',
    file: 'src/engine/session.ts',
    find: 'await store.renewLease(lease, LEASE_MS);',
    replace: '',
    caughtBy: { file: 'test/crash/ownership.test.ts', test: 'a pass that takes long stays the owner' },
  },
  {
    name: 'I20-mirror-readable-by-all',
    file: 'src/connectors/sqlite/driver.ts',
    find: "openSync(this.file, 'wx', 0o600)",
    replace: "openSync(this.file, 'wx', 0o644)",
    caughtBy: { file: 'src/connectors/sqlite/mirror.test.ts', test: 'I20: is readable by its owner alone' },
  },
  {
    name: 'I11-marks-of-another-tenant',
    file: 'src/store/sqlite/shelves.ts',
    find: 'SELECT value FROM marks WHERE tenant = @tenant AND',
    replace: 'SELECT value FROM marks WHERE (tenant = @tenant OR TRUE) AND',
    caughtBy: { file: STORE_TEST, test: 'with the same syncs, ids and hashes in one place' },
  },
];
