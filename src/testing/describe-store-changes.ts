/**
 * Every state-changing method of the store as one example each, and the whole readable state as one value.
 *
 * With both, fences, crashes and tenants are tried over all methods at once: who adds a method adds an example here
 * (the type demands it). Must never be used to test what a method means; the other parts do.
 */
import type { JobToBegin } from '../store/job-rows.ts';
import type { Lease, Shelf } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import {
  entry,
  fact,
  link,
  NOTHING_ELSE,
  operation,
  owner,
  page,
  ready,
  renewal,
  resealed,
  signedIn,
  START,
  step,
  SYNC,
  take,
  TTL,
  waits,
  wrappedKey,
} from './describe-store-kit.ts';

/** What the examples work on. */
export interface Seeded {
  readonly store: Store;
  readonly lease: Lease;
  readonly shelf: Shelf;
  readonly walkId: number;
  /** Record ids of contacts a, b, c. */
  readonly records: readonly [number, number, number];
  /** A record whose content the other side holds. */
  readonly agreed: number;
  /** Operations: one leased, one sending. */
  readonly leasedOp: number;
  readonly sendingOp: number;
  /** A job that was sent, and its one operation. */
  readonly jobId: number;
  readonly jobOp: number;
}

type Method = (seeded: Seeded) => Promise<unknown>;
type LeasedName = {
  [K in keyof Store]: Parameters<Store[K]>[0] extends Lease ? K : never;
}[keyof Store];

/** One change for each method that takes a lease. */
export const LEASED: Readonly<Record<LeasedName, Method>> = {
  renewLease: ({ store, lease }) => store.renewLease(lease, TTL * 2),
  releaseLease: ({ store, lease }) => store.releaseLease(lease),
  startRun: ({ store, lease }) => store.startRun(lease, 'run-2', 'sync'),
  endRun: ({ store, lease }) => store.endRun(lease, 'run-1', 'done', { read: 3 }),
  storePage: ({ store, lease, shelf, walkId, records }) => store.storePage(lease, shelf, fullPage(walkId, records[0])),
  finishAppend: ({ store, lease, shelf }) => store.finishAppend(lease, shelf),
  agree: ({ store, lease, shelf, records }) =>
    store.agree(lease, shelf, [{ recordId: records[1], hash: 'h1' }], {
      dropContent: true,
      journal: [entry('b')],
      waiting: [waits('b')],
      settled: [{ stream: 'contacts', id: 'waits', reason: null }],
      marks: { agreed: 1 },
    }),
  doubt: ({ store, lease, shelf, agreed }) =>
    store.doubt(lease, shelf, [{ recordId: agreed, hash: 'h1', content: '{}' }]),
  resetShelf: ({ store, lease, shelf }) => store.resetShelf(lease, shelf, { records: true }),
  openWalk: ({ store, lease, shelf }) => store.openWalk(lease, shelf, 'verify', null, START),
  closeWalk: ({ store, lease, walkId }) =>
    store.closeWalk(lease, walkId, { cursors: { changes: 'c9' }, marks: { walked: true }, journal: [entry(null)] }),
  takeBounces: ({ store, lease }) => {
    const bounce = { matchKey: 'ann@example.org', code: 'B', at: null, readAt: START, report: 'report-1' };
    return store.takeBounces(lease, [bounce], { bounced: 1 });
  },
  setMarks: ({ store, lease }) => store.setMarks(lease, { colour: 'blue' }),
  choose: ({ store, lease }) =>
    store.choose(
      lease,
      'run-1',
      [{ stream: 'contacts', id: 'waits', reason: 'refused' }],
      [entry('a', { event: 'resolved' })],
    ),
  wait: ({ store, lease }) => store.wait(lease, [waits('z')], [{ stream: 'contacts', id: 'waits', reason: 'refused' }]),
  note: ({ store, lease }) => store.note(lease, [entry('z'), entry(null)]),
  adopt: ({ store, lease, records }) =>
    store.adopt(lease, [link('a', 's-a', { agrees: { recordId: records[0], hash: 'h1' } })], [entry('a')]),
  intend: ({ store, lease }) =>
    store.intend(lease, 'run-1', [operation('z')], { ...NOTHING_ELSE, waiting: [waits('z')], journal: [entry('z')] }),
  recover: ({ store, lease }) => store.recover(lease),
  claim: ({ store, lease }) => store.claim(lease, 1),
  claimJudged: ({ store, lease }) => store.claimJudged(lease, 'primary', 1, () => null),
  ungather: ({ store, lease }) => store.ungather(lease, 'primary', ['op-gathered']),
  beginJob: ({ store, lease }) => store.beginJob(lease, jobOf('op-judged'), () => null),
  moveJob: ({ store, lease, jobId, jobOp }) =>
    store.moveJob(lease, { jobId, state: 'running', remoteId: 'r-1', detail: { n: 1 } }, [
      { opId: jobOp, to: 'verifying', reason: null, link: null },
    ]),
  sending: ({ store, lease, leasedOp }) => store.sending(lease, [leasedOp]),
  settleOperations: ({ store, lease, sendingOp, records }) => {
    const settles = link('op-sending', 's-1', { agrees: { recordId: records[2], hash: 'h1' } });
    return store.settleOperations(
      lease,
      [{ opId: sendingOp, to: 'confirmed', reason: null, link: settles }],
      [waits('w')],
    );
  },
  recordStop: ({ store, lease }) => store.recordStop(lease, { hash: 'plan-2', run: 'run-1', detail: { n: 2 } }),
};

/** One change for each state-changing method that takes none. */
export const UNLEASED = {
  shelf: ({ store }) => store.shelf(SYNC, 'secondary', 'tags'),
  release: ({ store }) => store.release('plan-1'),
  exhaust: ({ store }) => store.exhaust('key', '2026-11-21', START + 5_000),
  reserve: ({ store }) =>
    store.reserve('key', { perSecond: 4, perDay: 10 }, { now: START, days: ['2026-11-22'], abandonAfterMs: 9 }),
  reserveInWindow: ({ store }) => {
    const limits = { perSecond: 4, quota: 10, lengthMs: 9_000, kept: () => 0 };
    return store.reserveInWindow('window', limits, { now: START, abandonAfterMs: 9 });
  },
  noteWindow: ({ store }) => store.noteWindow('window', { quota: 7, remaining: 5, endsAt: START + 9_000 }, START),
  addDataKey: ({ store }) => store.addDataKey(wrappedKey('key-2')),
  putSignIn: ({ store }) => store.putSignIn(signedIn('other')),
  renewSignIn: ({ store }) => store.renewSignIn(signedIn('cc'), renewal()),
  loseSignIn: ({ store }) => store.loseSignIn(signedIn('cc')),
  removeSignIn: ({ store }) => store.removeSignIn('cc'),
  replaceDataKeys: ({ store }) => store.replaceDataKeys(wrappedKey('key-2'), [resealed('cc')]),
} as const satisfies Readonly<Record<string, Method>>;

function jobOf(id: string): JobToBegin {
  return { run: 'run-1', kind: 'import', side: 'primary', primaryIds: [id] };
}

function fullPage(walkId: number, seen: number) {
  return page({
    takes: [take('d', 'h1'), take('c', 'h2', { state: 'unsubscribed' })],
    seen: [seen],
    readAt: START + 10,
    walk: step(walkId, 'page-3', { total: 9 }),
    cursors: { changes: 'c1', window: 'w1' },
    marks: { page: 2 },
    facts: [fact('c')],
    waiting: [waits('c')],
    settled: [{ stream: 'contacts', id: 'waits', reason: null }],
    journal: [entry('c')],
  });
}

/** Fills a store with a little of everything. */
export async function seed(store: Store): Promise<Seeded> {
  const { lease, shelf } = await ready(store);
  await store.startRun(lease, 'run-1', 'sync');
  const { walkId } = await store.openWalk(lease, shelf, 'complete', null, START);
  const takes = [
    take('a', 'h1'),
    take('b', 'h1'),
    take('c', 'h1'),
    take('held', 'h1', { agreed: true, content: null }),
  ];
  const waiting = [waits('waits')];
  const first = page({ takes, walk: step(walkId, 'page-2', { startedSource: START }), waiting, facts: [fact('a')] });
  const [a, b, c, agreed] = (await store.storePage(lease, shelf, first)) as [number, number, number, number];
  const judged = operation('op-judged', { side: 'primary', matchKeys: ['ann@example.org'] });
  const gathered = operation('op-gathered', { side: 'primary', matchKeys: ['bo@example.org'], gathered: true });
  const inJob = operation('op-in-job', { side: 'primary', matchKeys: ['bo@example.org'] });
  const operations = [
    operation('op-leased'),
    operation('op-sending'),
    operation('op-pending'),
    judged,
    gathered,
    inJob,
  ];
  await store.intend(lease, 'run-1', operations, NOTHING_ELSE);
  const [leasedOp, sendingOp] = (await store.claim(lease, 2)).map((one) => one.opId) as [number, number];
  await store.sending(lease, [sendingOp]);
  const begun = await store.beginJob(lease, jobOf('op-in-job'), () => null);
  await store.recordStop(lease, { hash: 'plan-1', run: 'run-1', detail: null });
  await store.addDataKey(wrappedKey('key-1'));
  await store.putSignIn(signedIn('cc'));
  return {
    store,
    lease,
    shelf,
    walkId,
    records: [a, b, c],
    agreed,
    leasedOp,
    sendingOp,
    jobId: begun.job?.jobId ?? 0,
    jobOp: begun.claimed[0]?.opId ?? 0,
  };
}

/** Reads everything the contract shows of a sync. Ends with a claim on the lease, so nothing may follow it. */
export async function wholeState(store: Store): Promise<Readonly<Record<string, unknown>>> {
  const shelf = await store.shelf(SYNC, 'primary', 'contacts');
  const complete = await store.findWalk(shelf, 'complete');
  const verify = await store.findWalk(shelf, 'verify');
  const unseen = complete && (await store.unseen(shelf, complete.walkId, ['implicit', 'unsubscribed'], 9));
  const states = ['pending', 'leased', 'sending', 'verifying', 'confirmed'] as const;
  return {
    runs: await store.runs(SYNC, 99),
    records: await store.records(shelf, 0, 99),
    pending: await store.pending(shelf, 0, 99),
    tallies: await store.tallies(shelf),
    walks: [complete, verify],
    unseen,
    cursors: [await store.cursor(shelf, 'changes'), await store.cursor(shelf, 'window')],
    marks: await Promise.all(['page', 'agreed', 'walked', 'colour'].map((key) => store.mark(SYNC, key))),
    facts: await store.facts(SYNC, ['a', 'b', 'c']),
    bounces: [...(await store.bounces(SYNC, ['ann@example.org'])).values()],
    waiting: await store.waiting(SYNC, 99),
    journal: await store.journal(SYNC, null, null, 99),
    links: [...(await store.links(SYNC, 'contacts', ['a', 'op-sending'])).values()],
    operations: await Promise.all(states.map((state) => store.operations(SYNC, state, 99))),
    jobs: await store.openJobs(SYNC),
    stops: await store.stops(SYNC, 99),
    spent: [await store.spent('key', '2026-11-21'), await store.spent('key', '2026-11-22')],
    window: await store.window('window'),
    keys: await store.dataKeys(),
    signIns: await store.signIns(),
    lease: await store.acquireLease(SYNC, owner('asker'), TTL),
    numbers: await numbers(store),
  };
}

/** What numbers come next: they show what else was made, and are all that tenants of one place share. */
async function numbers(store: Store): Promise<unknown> {
  const days = ['2026-11-21', '2026-11-22'];
  const slot = await store.reserve('key', { perSecond: 4, perDay: 1 }, { now: START, days, abandonAfterMs: 9 });
  return [slot, (await store.shelf('later', 'primary', 'lists')).shelfId];
}
