/**
 * Conformance, part 8: jobs, and the operations that went out in them (I1, I6, I13, I18).
 */
import { describe, expect, test } from 'vitest';
import { JOB_MISSED } from '../model/outbox.ts';
import type { Lease, OperationOutcome } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import {
  inPlace,
  NOTHING_ELSE,
  operation,
  ready,
  setting,
  START,
  type StoreUnderTest,
  SYNC,
} from './describe-store-kit.ts';

const judged = (id: string) => operation(id, { side: 'primary', matchKeys: [`${id}@example.org`] });

async function intended(store: Store, lease: Lease, ids: readonly string[]): Promise<void> {
  await store.intend(lease, 'run-1', ids.map(judged), NOTHING_ELSE);
}

function begin(store: Store, lease: Lease, ids: readonly string[], refuse: string | null = null) {
  return store.beginJob(lease, { run: 'run-1', kind: 'import', side: 'primary', primaryIds: ids }, ({ primaryId }) =>
    primaryId === refuse ? 'out' : null,
  );
}

function to(opId: number, state: OperationOutcome['to'], reason: string | null = null): OperationOutcome {
  return { opId, to: state, reason, link: null };
}

/** Tests jobs. */
export function describeJobs(under: StoreUnderTest): void {
  describe('jobs', () => {
    test('I1: begins with those whom the judge lets pass; the refused are superseded with their reason', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await intended(store, lease, ['a', 'b', 'c']);
        const { claimed, refused, job } = await begin(store, lease, ['a', 'b'], 'b');
        expect(claimed).toMatchObject([{ primaryId: 'a', state: 'sending', sentAt: START, jobId: job?.jobId }]);
        expect(refused).toMatchObject([{ primaryId: 'b', state: 'superseded', reason: 'out', jobId: null }]);
        expect(job).toMatchObject({ kind: 'import', state: 'sent', people: 1, remoteId: null, submittedAt: START });
        expect(await store.operations(SYNC, 'pending', 9)).toMatchObject([{ primaryId: 'c', jobId: null }]);
      }));

    test('is not made where nobody is left to go', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await intended(store, lease, ['a']);
        expect((await begin(store, lease, ['a'], 'a')).job).toBeNull();
        expect((await begin(store, lease, ['nobody'])).job).toBeNull();
        expect(await store.openJobs(SYNC)).toEqual([]);
      }));

    test('I13, T39: whoever is under way in a job is claimed neither singly nor by another job', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await intended(store, lease, ['a']);
        await begin(store, lease, ['a']);
        await intended(store, lease, ['a']);
        expect((await begin(store, lease, ['a'])).job).toBeNull();
        expect((await store.claimJudged(lease, 'primary', 9, () => null)).claimed).toEqual([]);
        expect([...(await store.inJobs(SYNC, ['a', 'b']))]).toEqual([['a', 'open']]);
      }));

    test('I3: an opt-out of somebody who is under way in a job does not wait for its end; anything else of theirs does', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await intended(store, lease, ['a', 'b']);
        await begin(store, lease, ['a', 'b']);
        await intended(store, lease, ['b']);
        await store.intend(lease, 'run-1', [{ ...judged('a'), lane: 'opt-out' }], NOTHING_ELSE);
        const { claimed } = await store.claimJudged(lease, 'primary', 9, () => null);
        expect(claimed).toMatchObject([{ primaryId: 'a', lane: 'opt-out' }]);
        await store.sending(lease, [claimed[0]?.opId ?? 0]);
        // Nor does a second job begin beside the two.
        await intended(store, lease, ['a']);
        expect((await begin(store, lease, ['a'])).job).toBeNull();
      }));

    test('takes what was gathered for the choice; single claims leave it alone until it is let go', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const gathered = ['a', 'b'].map((id) => ({ ...judged(id), gathered: true }));
        await store.intend(lease, 'run-1', gathered, NOTHING_ELSE);
        expect((await store.claimJudged(lease, 'primary', 9, () => null)).claimed).toEqual([]);
        const { job } = await store.beginJob(
          lease,
          { run: 'run-1', kind: 'lists', side: 'primary', targets: ['list-1'], primaryIds: ['a'] },
          () => null,
        );
        expect(job).toMatchObject({ people: 1, targets: ['list-1'] });
        await store.ungather(lease, 'primary', ['b']);
        const { claimed } = await store.claimJudged(lease, 'primary', 9, () => null);
        expect(claimed).toMatchObject([{ primaryId: 'b' }]);
      }));

    test('forgets that a job ended without somebody once a write of theirs went through', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await intended(store, lease, ['a']);
        const { job, claimed } = await begin(store, lease, ['a']);
        const missed = to(claimed[0]?.opId ?? 0, 'superseded', JOB_MISSED);
        await store.moveJob(lease, { jobId: job?.jobId ?? 0, state: 'over' }, [missed]);
        await intended(store, lease, ['a']);
        expect([...(await store.inJobs(SYNC, ['a']))]).toEqual([['a', 'missed']]);
        const single = (await store.claimJudged(lease, 'primary', 9, () => null)).claimed[0]?.opId ?? 0;
        await store.sending(lease, [single]);
        await store.settleOperations(lease, [to(single, 'confirmed')], []);
        expect([...(await store.inJobs(SYNC, ['a']))]).toEqual([]);
      }));

    test('I6: a job that a dead pass sent is still known, with its people to be verified', () =>
      inPlace(under, setting(), async (place) => {
        const { store, lease } = await ready(place.store);
        await intended(store, lease, ['a']);
        const { job } = await begin(store, lease, ['a']);
        const next = await place.reopen(setting({ isAlive: () => false }));
        const { lease: mine } = await ready(next);
        await next.recover(mine);
        expect(await next.openJobs(SYNC)).toMatchObject([{ state: 'sent', remoteId: null }]);
        expect(await next.jobOperations(SYNC, job?.jobId ?? 0, 0, 9)).toMatchObject([{ state: 'verifying' }]);
        // Nobody looks for them one by one as long as the job can tell.
        expect(await next.operations(SYNC, 'verifying', 9, 'primary')).toEqual([]);
      }));

    test('I18: ends when it is over, and remembers whom it ended without', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await intended(store, lease, ['a', 'b']);
        const { job, claimed } = await begin(store, lease, ['a', 'b']);
        const jobId = job?.jobId ?? 0;
        const [a = 0, b = 0] = claimed.map(({ opId }) => opId);
        await store.moveJob(lease, { jobId, state: 'running', remoteId: 'r' }, [
          to(a, 'verifying'),
          to(b, 'verifying'),
        ]);
        await store.moveJob(lease, { jobId, state: 'ended', detail: { faults: 1 } }, []);
        expect(await store.openJobs(SYNC)).toMatchObject([
          { state: 'ended', remoteId: 'r', endedAt: START, detail: { faults: 1 } },
        ]);
        await store.moveJob(lease, { jobId, state: 'over' }, [to(a, 'confirmed'), to(b, 'superseded', JOB_MISSED)]);
        expect(await store.openJobs(SYNC)).toEqual([]);
        expect([...(await store.inJobs(SYNC, ['a', 'b']))]).toEqual([['b', 'missed']]);
      }));

    test('a move that an operation may not make leaves the job as it was', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await intended(store, lease, ['a']);
        const { job, claimed } = await begin(store, lease, ['a']);
        const bad = to(claimed[0]?.opId ?? 0, 'dismissed');
        await expect(store.moveJob(lease, { jobId: job?.jobId ?? 0, state: 'over' }, [bad])).rejects.toThrow(Error);
        expect(await store.openJobs(SYNC)).toMatchObject([{ state: 'sent' }]);
      }));
  });
}
