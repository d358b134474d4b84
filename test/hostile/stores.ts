/**
 * Door: the store's own file after something happened to it. It opens and reads, or is refused as damaged, foreign, newer
 * or out of reach; no other failure may come out, and a file of somebody else's stays as it is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LeaseLost, StoreRefused } from '../../src/model/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import {
  entry,
  fact,
  link,
  NOTHING_ELSE,
  operation,
  owner,
  page,
  ready,
  setting,
  START,
  SYNC,
  take,
  waits,
} from '../../src/testing/describe-store-kit.ts';
import { damage, drawDamage, tablesOf } from './damage.ts';
import type { Door, Json } from './door.ts';
import type { Draw } from './draw.ts';
import { folder } from './folder.ts';

/** A store with something in nearly every table; made once. */
interface Good {
  readonly bytes: Uint8Array;
  readonly tables: readonly string[];
}
let good: Good | null = null;
const LIMITS = { perSecond: 9, perDay: 99 };

/** Makes the good store before the first input, which needs its size. */
export async function prepareStores(): Promise<void> {
  if (good !== null) return;
  const file = join(folder('good'), 'concord.db');
  const store = await openSqliteStore({ file, ...setting() });
  const { lease, shelf } = await ready(store);
  await store.startRun(lease, 'run-1', 'sync');
  const facts = [fact('a'), fact('b', { at: null })];
  const takes = [
    take('a', 'h1', { state: 'unsubscribed', matchKey: 'ann@example.org' }),
    take('b', 'h2'),
    take('c', 'h3'),
  ];
  await store.openWalk(lease, shelf, 'complete', null, 0);
  await store.storePage(
    lease,
    shelf,
    page({ takes, facts, waiting: [waits('b')], cursors: { changes: 'x' }, marks: { m: 1 } }),
  );
  await store.adopt(lease, [link('a', 's-a')], [entry('a')]);
  await store.intend(lease, 'run-1', [operation('b'), operation('c', { lane: 'opt-out' })], NOTHING_ELSE);
  await store.recordStop(lease, { hash: 'stop', run: 'run-1', detail: { percent: 9 } });
  await store.release('stop');
  await store.reserve('group', LIMITS, { now: START, days: ['2026-11-21'], abandonAfterMs: 60_000 });
  await store.endRun(lease, 'run-1', 'stopped', { applied: 1 });
  await store.releaseLease(lease);
  await store.close();
  good = { bytes: readFileSync(file), tables: tablesOf(file) };
}

function theGood(): Good {
  if (good === null) throw new Error('prepareStores comes first');
  return good;
}

export const stores: Door = {
  name: 'stores',
  weight: 1.5,
  make: (draw: Draw): Json => drawDamage(draw, theGood().bytes.length, theGood().tables),
  open,
  // A damaged lease row is another owner's for all that anybody can tell.
  refuses: (error) => error instanceof StoreRefused || error instanceof LeaseLost,
};

async function open(input: Json): Promise<void> {
  const file = join(folder('stores'), 'concord.db');
  damage(file, theGood().bytes, input);
  const store = await openSqliteStore({ file, ...setting() });
  try {
    await look(store);
    await pass(store);
  } finally {
    await store.close();
  }
}

/** What `status` and `why` read, and the start of a pass. */
async function look(store: Store): Promise<void> {
  const shelf = await store.shelf(SYNC, 'primary', 'contacts');
  await store.known(shelf, ['a', 'b']);
  await store.pending(shelf, 0, 10);
  await store.tallies(shelf);
  await store.record(shelf, 'a');
  await store.records(shelf, 0, 10);
  await store.findByMatchKey(shelf, ['ann@example.org']);
  await store.findWalk(shelf, 'complete');
  await store.cursor(shelf, 'changes');
  await store.mark(SYNC, 'm');
  await store.facts(SYNC, ['a', 'b']);
  await store.knownOuts(SYNC);
  await store.newestOuts(shelf, 10);
  await store.waiting(SYNC, 10);
  await store.countWaiting(SYNC);
  await store.journal(SYNC, null, null, 10);
  await store.links(SYNC, 'contacts', ['a']);
  await store.linksBySecondary(SYNC, 'contacts', ['s-a']);
  await store.runs(SYNC, 10);
  await store.stops(SYNC, 10);
  await store.isReleased(SYNC, 'stop');
  await store.countOperations(SYNC);
  await store.operations(SYNC, 'pending', 10);
}

async function pass(store: Store): Promise<void> {
  const answer = await store.acquireLease(SYNC, owner('owner-2'), 60_000);
  if (answer.kind !== 'yours') return;
  const { lease } = answer;
  const shelf = await store.shelf(SYNC, 'primary', 'contacts');
  await store.startRun(lease, 'run-2', 'sync');
  await store.recover(lease);
  await store.storePage(lease, shelf, page({ takes: [take('a', 'h9'), take('z', 'h8')], facts: [fact('z')] }));
  await store.claim(lease, 10);
  await store.reserve('group', LIMITS, { now: START, days: ['2026-11-21'], abandonAfterMs: 60_000 });
  await store.endRun(lease, 'run-2', 'done', {});
  await store.releaseLease(lease);
}
