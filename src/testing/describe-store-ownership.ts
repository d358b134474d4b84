/**
 * Conformance, part 1: who may write. Leases and fences (I14), crashes at every commit (I5), tenants (I11), runs, stops.
 */
import { describe, expect, test } from 'vitest';
import { LeaseLost } from '../model/errors.ts';
import { LEASED, seed, type Seeded, UNLEASED, wholeState } from './describe-store-changes.ts';
import {
  Crash,
  crashAt,
  inPlace,
  lease,
  owner,
  page,
  ready,
  setting,
  START,
  type StoreUnderTest,
  SYNC,
  take,
  TTL,
} from './describe-store-kit.ts';
import { createFakeClock } from './fake-clock.ts';

const CHANGES: readonly (readonly [string, (seeded: Seeded) => Promise<unknown>])[] = Object.entries({
  ...LEASED,
  ...UNLEASED,
});

/** Tests leases, fences, crashes, tenants, runs and stops. */
export function describeOwnership(under: StoreUnderTest): void {
  describeLeases(under);
  describeFences(under);
  describeCrashes(under);
  describeTenants(under);
  describeRuns(under);
}

function describeLeases(under: StoreUnderTest): void {
  describe('I14: a lease', () => {
    test('is given to one owner at a time, and tells the others who holds it, since when and until when', () =>
      inPlace(under, setting(), async ({ store }) => {
        await lease(store);
        const second = await store.acquireLease(SYNC, owner('owner-2'), TTL);
        expect(second).toEqual({ kind: 'taken', owner: owner('owner-1'), since: START, expiresAt: START + TTL });
        expect((await store.acquireLease('another-sync', owner('owner-2'), TTL)).kind).toBe('yours');
      }));

    test('takes the sync if its lease expired, not a ms before', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        await lease(store);
        clock.advance(TTL - 1);
        expect((await store.acquireLease(SYNC, owner('owner-2'), TTL)).kind).toBe('taken');
        clock.advance(1);
        expect((await store.acquireLease(SYNC, owner('owner-2'), TTL)).kind).toBe('yours');
      });
    });

    test('takes the sync if its owner is known to be dead, not if that cannot be told', async () => {
      const alive = new Map<string, boolean>([
        ['dead', false],
        ['alive', true],
      ]);
      const isAlive = ({ id }: { id: string }) => alive.get(id) ?? null;
      await inPlace(under, setting({ isAlive }), async ({ store }) => {
        for (const [id, kind] of [
          ['dead', 'yours'],
          ['alive', 'taken'],
          ['unknown', 'taken'],
        ] as const) {
          await lease(store, id, `sync-${id}`);
          expect((await store.acquireLease(`sync-${id}`, owner('next'), TTL)).kind, id).toBe(kind);
        }
      });
    });

    test('has a fence that rises with each owner and never falls, over a release and a reopening too', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async (place) => {
        const first = await lease(place.store, 'one');
        await place.store.releaseLease(first);
        const second = await lease(place.store, 'two');
        clock.advance(TTL);
        const reopened = await place.reopen(setting({ clock }));
        const third = await lease(reopened, 'three');
        await reopened.releaseLease(third);
        const fourth = await lease(reopened, 'one');
        const fences = [first, second, third, fourth].map((one) => one.fence);
        expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
      });
    });

    test('is extended by a renewal, also after it ran out while nobody took it', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const mine = await lease(store);
        clock.advance(TTL + 5);
        await store.renewLease(mine, TTL);
        const asked = await store.acquireLease(SYNC, owner('owner-2'), TTL);
        expect(asked).toMatchObject({ kind: 'taken', since: START, expiresAt: START + 5 + TTL * 2 });
      });
    });
  });
}

function describeFences(under: StoreUnderTest): void {
  describe('I14: every state-changing method that takes a lease throws LeaseLost once another owner has taken over', () => {
    test.each(Object.entries(LEASED))('%s', async (_name, change) => {
      const states: unknown[] = [];
      for (const tried of [false, true]) {
        await inPlace(under, setting({ isAlive: () => false }), async ({ store }) => {
          const seeded = await seed(store);
          await store.acquireLease(SYNC, owner('owner-2'), TTL);
          if (tried) await expect(change(seeded)).rejects.toBeInstanceOf(LeaseLost);
          states.push(await wholeState(store));
        });
      }
      expect(states[1], 'nothing was changed').toEqual(states[0]);
    });

    test('an older lease of the same owner is lost too: the fence decides, not the name', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const older = await lease(store);
        clock.advance(TTL);
        const newer = await lease(store);
        await expect(store.setMarks(older, { a: 1 })).rejects.toBeInstanceOf(LeaseLost);
        await store.setMarks(newer, { a: 2 });
        expect(await store.mark(SYNC, 'a')).toBe(2);
      });
    });

    test('and after its own release, or for a lease of another sync', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease: mine, shelf } = await ready(store);
        const other = await lease(store, 'owner-1', 'another-sync');
        await expect(store.storePage(other, shelf, page())).rejects.toThrow(Error);
        await store.releaseLease(mine);
        await expect(store.setMarks(mine, { a: 1 })).rejects.toBeInstanceOf(LeaseLost);
      }));
  });
}

function describeCrashes(under: StoreUnderTest): void {
  describe('I5: a change is one transaction: a crash before its commit leaves nothing, after it everything', () => {
    test.each(CHANGES)('%s', async (name, change) => {
      const state = async (point: string | null, run: boolean) => {
        const steps = crashAt(point ?? 'nowhere');
        return inPlace(under, setting({ steps }), async (place) => {
          const seeded = await seed(place.store);
          steps.armed = true;
          if (run && point === null) await change(seeded);
          if (run && point !== null) await expect(change(seeded)).rejects.toBeInstanceOf(Crash);
          if (run) expect(steps.seen).toContain(point ?? `store:${name}:after-commit`);
          steps.armed = false;
          return wholeState(await place.reopen(setting()));
        });
      };
      const before = await state(null, false);
      const after = await state(null, true);
      // finishAppend changes what a look-up costs and nothing that it finds.
      if (name !== 'finishAppend') expect(after, 'the example shows').not.toEqual(before);
      expect(await state(`store:${name}:before-commit`, true)).toEqual(before);
      expect(await state(`store:${name}:after-commit`, true)).toEqual(after);
    });
  });
}

function describeTenants(under: StoreUnderTest): void {
  describe('I11: tenants never touch', () => {
    test('with the same syncs, ids and hashes in one place: what one does, the other does not see', () =>
      inPlace(under, setting({ tenant: 'north' }), async (place) => {
        const south = await place.another(setting({ tenant: 'south' }));
        // Read before there is anything to see: two tenants who both see too much would look alike.
        const untouched = await wholeState(await place.another(setting({ tenant: 'nobody' })));
        const north = await seed(place.store);
        await place.store.setMarks(north.lease, { page: 7 });
        expect(await wholeState(south)).toEqual({ ...untouched, numbers: expect.anything() });
        expect(await south.release('plan-1')).toBe(false);
        expect(await place.store.isReleased(SYNC, 'plan-1')).toBe(false);
        expect(north.lease.fence).toBe(1);
      }));

    test('every change made as one tenant leaves another tenant with the same rows as it was', async () => {
      for (const [name, change] of CHANGES) {
        await inPlace(under, setting({ tenant: 'north' }), async (place) => {
          const south = await place.another(setting({ tenant: 'south' }));
          await seed(south);
          await change(await seed(place.store));
          const alone = await inPlace(under, setting({ tenant: 'north' }), async (other) => {
            const twin = await other.another(setting({ tenant: 'south' }));
            await seed(twin);
            await seed(other.store);
            return wholeState(twin);
          });
          expect(await wholeState(south), name).toEqual({ ...alone, numbers: expect.anything() });
        });
      }
    });

    test("one tenant's row numbers open nothing of another's", () =>
      inPlace(under, setting({ tenant: 'north' }), async (place) => {
        const north = await seed(place.store);
        const store = await place.another(setting({ tenant: 'south' }));
        const own = await lease(store);
        expect(await store.records(north.shelf, 0, 9)).toEqual([]);
        expect((await store.tallies(north.shelf)).total).toBe(0);
        expect(await store.findWalk(north.shelf, 'complete')).toBeNull();
        await expect(store.storePage(own, north.shelf, page({ takes: [take('a', 'x')] }))).rejects.toThrow(Error);
        await expect(store.closeWalk(own, north.walkId, { cursors: {}, marks: {}, journal: [] })).rejects.toThrow(
          Error,
        );
        await expect(store.sending(own, [north.leasedOp])).rejects.toThrow(Error);
        await expect(store.unseen(north.shelf, north.walkId, ['implicit'], 9)).rejects.toThrow(Error);
      }));
  });
}

function describeRuns(under: StoreUnderTest): void {
  describe('runs and stops', () => {
    test('runs are told newest first, with the summary as it was given', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const { lease: mine } = await ready(store);
        await store.startRun(mine, 'run-1', 'plan');
        clock.advance(5);
        await store.endRun(mine, 'run-1', 'partial', { read: 2, skipped: { unfinished: 1 } });
        await store.startRun(mine, 'run-2', 'sync');
        const [second, first] = await store.runs(SYNC, 9);
        expect(first).toEqual({
          run: 'run-1',
          sync: SYNC,
          command: 'plan',
          startedAt: START,
          endedAt: START + 5,
          outcome: 'partial',
          summary: { read: 2, skipped: { unfinished: 1 } },
        });
        expect(second).toMatchObject({ run: 'run-2', endedAt: null, outcome: null });
        expect(await store.findRun('run-1')).toEqual(first);
        expect(await store.findRun('run-3')).toBeNull();
        expect(await store.runs(SYNC, 1)).toHaveLength(1);
        expect(await store.runs('another', 9)).toEqual([]);
      });
    });

    test('I10: a release lets exactly the plan with its hash through, and tells whether that stop is known', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease: mine } = await ready(store);
        await store.recordStop(mine, { hash: 'plan-1', run: 'run-1', detail: { deletes: 40 } });
        await store.recordStop(mine, { hash: 'plan-2', run: 'run-1', detail: null });
        expect(await store.release('plan-9')).toBe(false);
        expect(await store.isReleased(SYNC, 'plan-1')).toBe(false);
        expect(await store.release('plan-1')).toBe(true);
        expect(await store.isReleased(SYNC, 'plan-1')).toBe(true);
        expect(await store.isReleased(SYNC, 'plan-2')).toBe(false);
        expect(await store.isReleased('another', 'plan-1')).toBe(false);
        await store.recordStop(mine, { hash: 'plan-1', run: 'run-2', detail: { deletes: 40 } });
        expect(await store.isReleased(SYNC, 'plan-1')).toBe(true);
        expect((await store.stops(SYNC, 9)).find((one) => one.hash === 'plan-1')).toEqual({
          hash: 'plan-1',
          run: 'run-2',
          sync: SYNC,
          at: START,
          detail: { deletes: 40 },
          releasedAt: START,
        });
      }));
  });
}
