/**
 * Conformance, part 4: walks and what they did not see (I9, T7, T11, T12), and the atomicity of page and cursor (I4).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Steps } from '../ports/steps.ts';
import type { Walk } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import {
  CLOSED_ONLY,
  Crash,
  crashAt,
  inPlace,
  page,
  ready,
  type Ready,
  setting,
  START,
  step,
  type StoreUnderTest,
  take,
} from './describe-store-kit.ts';

/** Tests walks. */
export function describeWalks(under: StoreUnderTest): void {
  describeSteps(under);
  describeUnseen(under);
}

function describeSteps(under: StoreUnderTest): void {
  describe('a walk', () => {
    test('begins once: the open or complete walk of a kind is given again, whoever asks', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        expect(await store.findWalk(shelf, 'changes')).toBeNull();
        const walk = await store.openWalk(lease, shelf, 'changes', 'since-1', START);
        expect(walk).toEqual({
          walkId: walk.walkId,
          kind: 'changes',
          since: 'since-1',
          startedSource: null,
          startedAt: START,
          resume: null,
          pages: 0,
          state: 'open',
          total: null,
        });
        expect(await store.openWalk(lease, shelf, 'changes', 'since-2', START + 5)).toEqual(walk);
        await store.storePage(lease, shelf, page({ walk: step(walk.walkId, null) }));
        expect(await store.openWalk(lease, shelf, 'changes', 'since-2', START + 5)).toMatchObject({
          walkId: walk.walkId,
          state: 'complete',
        });
        expect((await store.openWalk(lease, shelf, 'complete', null, START)).walkId).not.toBe(walk.walkId);
      }));

    test('keeps the source time of its first page, the newest load mark and the largest total', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const { walkId } = await store.openWalk(lease, shelf, 'complete', null, START);
        await store.storePage(lease, shelf, page({ walk: step(walkId, 'p2') }));
        expect(await store.findWalk(shelf, 'complete')).toMatchObject({
          resume: 'p2',
          pages: 1,
          total: null,
          startedSource: null,
        });
        await store.storePage(lease, shelf, page({ walk: step(walkId, 'p3', { startedSource: 5, total: 9 }) }));
        await store.storePage(lease, shelf, page({ walk: step(walkId, 'p4', { startedSource: 8, total: 7 }) }));
        expect(await store.findWalk(shelf, 'complete')).toMatchObject({
          resume: 'p4',
          pages: 3,
          startedSource: 5,
          total: 9,
          state: 'open',
        });
        await store.storePage(lease, shelf, page({ walk: step(walkId, null) }));
        expect(await store.findWalk(shelf, 'complete')).toMatchObject({
          resume: null,
          pages: 4,
          state: 'complete',
        });
      }));

    test('takes no page once it is complete or closed, and none for another shelf', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const tags = await store.shelf(shelf.sync, 'primary', 'tags');
        const { walkId } = await store.openWalk(lease, shelf, 'complete', null, START);
        await expect(store.storePage(lease, tags, page({ walk: step(walkId, 'p2') }))).rejects.toThrow(Error);
        await store.storePage(lease, shelf, page({ walk: step(walkId, null) }));
        await expect(store.storePage(lease, shelf, page({ walk: step(walkId, 'p2') }))).rejects.toThrow(Error);
        await store.closeWalk(lease, walkId, { ...CLOSED_ONLY, cursors: { changes: 'c1' }, marks: { last: 1 } });
        await expect(store.closeWalk(lease, walkId, CLOSED_ONLY)).rejects.toThrow(Error);
        expect(await store.findWalk(shelf, 'complete')).toBeNull();
        expect([await store.cursor(shelf, 'changes'), await store.mark(shelf.sync, 'last')]).toEqual(['c1', 1]);
      }));

    test('I4, I5, T11: killed at any commit and resumed by the next process, it ends with the same records, cursor and seen set', async () => {
      const straight = await walked(under, null);
      for (const method of ['storePage', 'openWalk', 'closeWalk'])
        for (const when of ['before', 'after'])
          for (const nth of [1, 2, 3])
            expect(await walked(under, { point: `store:${method}:${when}-commit`, nth })).toEqual(straight);
    });
  });
}

const PAGES = [['a', 'b'], ['b', 'c'], ['d']];

/** Walks three pages, going on in a new process after each crash, and tells how it ended. */
async function walked(under: StoreUnderTest, crash: { point: string; nth: number } | null): Promise<unknown> {
  const steps = crashAt(crash?.point ?? '');
  let left = crash?.nth ?? 0;
  const dying: Steps = {
    reached(point) {
      if (point === crash?.point) left -= 1;
      steps.armed = left === 0;
      steps.reached(point);
    },
  };
  return inPlace(under, setting({ steps: dying }), async (place) => {
    const end = await walkToTheEnd(place.store).catch(async (error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      return walkToTheEnd(await place.reopen(setting({ isAlive: () => false })));
    });
    return end;
  });
}

/** One process: finds what there is and goes on with it. */
async function walkToTheEnd(store: Store): Promise<unknown> {
  const all = await ready(store);
  const { lease, shelf } = all;
  while ((await store.mark(shelf.sync, 'end')) === null) {
    const walk = await store.openWalk(lease, shelf, 'complete', null, START + 1);
    if (walk.state === 'open') await walkOnePage(all, walk);
    else {
      const end = { unseen: await store.unseen(shelf, walk.walkId, ['implicit'], 9), pages: walk.pages };
      await store.closeWalk(lease, walk.walkId, { ...CLOSED_ONLY, cursors: { changes: 'end' }, marks: { end } });
    }
  }
  return {
    records: (await store.records(shelf, 0, 9)).map((one) => [one.id, one.hash]),
    tallies: await store.tallies(shelf),
    cursor: await store.cursor(shelf, 'changes'),
    walk: await store.findWalk(shelf, 'complete'),
    end: await store.mark(shelf.sync, 'end'),
  };
}

async function walkOnePage({ store, lease, shelf }: Ready, { walkId, resume }: Walk): Promise<void> {
  const at = Number(resume ?? 0);
  // What the page before justified is there together with the place to go on at, or neither is.
  expect(await store.cursor(shelf, 'changes')).toBe(at === 0 ? null : `${at - 1}`);
  const takes = (PAGES[at] ?? []).map((id) => take(id, 'h1'));
  const next = at === PAGES.length - 1 ? null : `${at + 1}`;
  await store.storePage(lease, shelf, page({ takes, walk: step(walkId, next), cursors: { changes: `${at}` } }));
}

function describeUnseen(under: StoreUnderTest): void {
  describe('I9, T7: what a walk did not see', () => {
    test('is counted and listed in record order, in the given states, stored before the walk began', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = ['a', 'b', 'c', 'd', 'e'].map((id) =>
          take(id, 'h1', { state: id === 'd' ? 'deleted' : 'implicit' }),
        );
        const ids = await store.storePage(lease, shelf, page({ takes }));
        const { walkId } = await store.openWalk(lease, shelf, 'complete', null, START + 10);
        await store.storePage(
          lease,
          shelf,
          page({ seen: [ids[0] ?? 0, ids[0] ?? 0], walk: step(walkId, 'p2'), readAt: START + 11 }),
        );
        const all = await store.unseen(shelf, walkId, ['implicit'], 9);
        expect(all).toMatchObject({ distinctSeen: 1, count: 3 });
        expect(all.first.map((one) => one.id)).toEqual(['b', 'c', 'e']);
        expect(await store.unseen(shelf, walkId, ['implicit'], 2)).toMatchObject({
          count: 3,
          first: [{ id: 'b' }, { id: 'c' }],
        });
        expect(await store.unseen(shelf, walkId, ['deleted', 'explicit'], 9)).toMatchObject({
          count: 1,
          first: [{ id: 'd' }],
        });
        expect(await store.unseen(shelf, walkId, [], 9)).toEqual({ distinctSeen: 1, count: 0, first: [] });
      }));

    test('T12: leaves out a record that another channel read since the walk began', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h1'), take('b', 'h1'), take('c', 'h1')] }));
        const { walkId } = await store.openWalk(lease, shelf, 'complete', null, START + 10);
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h2'), take('new', 'h1')], readAt: START + 10 }));
        await store.storePage(lease, shelf, page({ takes: [take('b', 'h2')], readAt: START + 9 }));
        expect((await store.unseen(shelf, walkId, ['implicit'], 9)).first.map((one) => one.id)).toEqual(['b', 'c']);
      }));

    test('is forgotten with the walk: the next walk of the kind has seen nothing', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h1')] }));
        const walk = await store.openWalk(lease, shelf, 'deleted', null, START + 1);
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h1')], walk: step(walk.walkId, null) }));
        expect(await store.unseen(shelf, walk.walkId, ['implicit'], 9)).toMatchObject({ distinctSeen: 1, count: 0 });
        await store.closeWalk(lease, walk.walkId, CLOSED_ONLY);
        const next = await store.openWalk(lease, shelf, 'deleted', null, START + 1);
        expect(await store.unseen(shelf, next.walkId, ['implicit'], 9)).toMatchObject({ distinctSeen: 0, count: 1 });
      }));

    test('T8: equals what a plain set says, whatever the pages repeat', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = Array.from({ length: 40 }, (_, at) => take(`r${at}`, 'h1'));
        const ids = await store.storePage(lease, shelf, page({ takes }));
        const pages = fc.array(fc.array(fc.nat(39), { maxLength: 30 }), { maxLength: 6 });
        await fc.assert(
          fc.asyncProperty(pages, async (shown) => {
            const { walkId } = await store.openWalk(lease, shelf, 'verify', null, START + 1);
            for (const one of shown)
              await store.storePage(
                lease,
                shelf,
                page({ seen: one.map((at) => ids[at] ?? 0), walk: step(walkId, 'on') }),
              );
            const seen = new Set(shown.flat());
            const found = await store.unseen(shelf, walkId, ['implicit'], 40);
            await store.closeWalk(lease, walkId, CLOSED_ONLY);
            expect(found.distinctSeen).toBe(seen.size);
            expect(found.first.map((one) => one.id)).toEqual(
              takes.map((one) => one.id).filter((_, at) => !seen.has(at)),
            );
            expect(found.count).toBe(found.first.length);
          }),
          { numRuns: 40 },
        );
      }));
  });
}
