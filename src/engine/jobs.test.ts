import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BulkTarget } from '../connector/bulk.ts';
import type { PeopleTarget } from '../connector/target.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { fact, page, ready, setting, type Ready, START } from '../testing/describe-store-kit.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { intentOf } from '../testing/person-intents.ts';
import { makeNew } from './jobs.ts';
import { intendAll, type PersonWrite, type SubmitHooks } from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

let folder = '';
let store: Store;
let base: Ready;
const clock = createFakeClock(START);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concord-jobs-'));
  store = await openSqliteStore({ file: join(folder, 'concord.db'), ...setting({ clock }) });
  base = await ready(store);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const EFFECTS = {
  newAddress: 'implicit',
  known: 'unchanged',
  revives: true,
  relists: true,
  movesAddress: false,
} as const;

function rig() {
  const submitted: string[][] = [];
  const ends: string[] = [];
  const bulk: BulkTarget = {
    kind: 'import',
    effects: EFFECTS,
    limits: { rows: 3, bytes: 1_000 },
    calls: 2,
    readBack: 500,
    rowBytes: () => 10,
    submit: async (intents) => {
      submitted.push(intents.map(({ address }) => address));
      return `job-${submitted.length}`;
    },
    standings: async () => new Map(),
    toldAtOnce: 500,
    find: async () => [],
    members: [],
  };
  const target: PeopleTarget = {
    operations: new Map([['create', { effects: { ...EFFECTS, newAddress: 'as-sent' }, calls: 2 }]]),
    bulk,
    visibilityMs: 120_000,
    send: async () => ({ kind: 'written', reading: null }),
    lookUp: async () => ({ kind: 'not-done' }),
  };
  const hooks: SubmitHooks = {
    side: 'primary',
    agreed: async () => null,
    ended: ({ id }, end, reason) => void ends.push(`${id} ${end}${reason === null ? '' : ` ${reason}`}`),
  };
  const ctx = {
    sync: { name: base.lease.sync },
    run: 'run-1',
    lease: base.lease,
    store,
    clock,
    signal: new AbortController().signal,
    waits: new Set<string>(),
    keepLease: async () => undefined,
  } as unknown as WorkContext;
  return { ctx, target, hooks, submitted, ends };
}

function write(id: string): PersonWrite {
  const baseline = { hash: '', fields: {} };
  const lists = { add: ['list-1'], remove: [] };
  const intent = intentOf({ address: `${id}@example.org`, contactId: null, permission: 'implicit', lists });
  return { id, secondaryId: id, recordId: 1, recordHash: 'h', intent, baseline, journal: [], more: null };
}
const gathered = (id: string): PersonWrite => ({ ...write(id), gathered: true });
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const people = ids.map((id) => ({ id, bytes: 10 }));

describe('jobs of new people', () => {
  test('are cut at the limits, and whoever is left over goes alone', async () => {
    const { ctx, target, hooks, submitted, ends } = rig();
    await intendAll(ctx, target, ids.map(gathered), hooks);
    await makeNew(ctx, target, people, 1, hooks);
    expect(submitted.map((job) => job.length)).toEqual([3, 3]);
    expect(ends.at(-1)).toBe('g applied');
    expect(await store.openJobs(base.lease.sync)).toMatchObject([
      { state: 'running', remoteId: 'job-1', people: 3 },
      { state: 'running', remoteId: 'job-2', people: 3 },
    ]);
  });

  test('I1: an opt-out that becomes known after the plan keeps its person out of the job', async () => {
    const { ctx, target, hooks, submitted, ends } = rig();
    await intendAll(ctx, target, ids.slice(0, 3).map(gathered), hooks);
    await store.storePage(base.lease, base.shelf, page({ facts: [fact('someone', { matchKey: 'b@example.org' })] }));
    await makeNew(ctx, target, people.slice(0, 3), 1, hooks);
    expect(submitted).toEqual([['a@example.org', 'c@example.org']]);
    expect(ends).toContain('b refused out');
    expect(await store.operations(base.lease.sync, 'superseded', 9)).toMatchObject([{ primaryId: 'b', reason: 'out' }]);
  });
});
