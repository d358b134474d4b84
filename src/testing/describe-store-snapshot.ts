/**
 * Conformance, part 2: records, pages, agreement and tallies (I4, T2, T8, T16).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordState } from '../model/record.ts';
import type { Known, Shelf, Store, Tallies } from '../store/store.ts';
import {
  AGREED_ONLY,
  inPlace,
  page,
  ready,
  type Ready,
  setting,
  START,
  type StoreUnderTest,
  SYNC,
  take,
} from './describe-store-kit.ts';

/** Tests records, pages, agreement and tallies. */
export function describeSnapshot(under: StoreUnderTest): void {
  describePages(under);
  describeAgreement(under);
  describeReset(under);
  describeTallies(under);
}

function describePages(under: StoreUnderTest): void {
  describe('a page', () => {
    test('returns the record ids of its takes in order, and what is known of them by id', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const [b, a] = await store.storePage(
          lease,
          shelf,
          page({ takes: [take('b', 'h1', { state: 'explicit' }), take('a', 'h1')] }),
        );
        const known = await store.known(shelf, ['a', 'b', 'nobody', 'a']);
        expect([...known.keys()].sort()).toEqual(['a', 'b']);
        expect(known.get('b')).toEqual({
          recordId: b,
          id: 'b',
          hash: 'h1',
          agreed: null,
          version: 'v-h1',
          state: 'explicit',
          readAt: START,
        });
        expect(known.get('a')?.recordId).toBe(a);
        expect(await store.known(shelf, [])).toEqual(new Map());
      }));

    test('T2, T8: a take whose hash is stored already only counts as seen', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const once = await store.storePage(lease, shelf, page({ takes: [take('a', 'h1')] }));
        const before = await store.record(shelf, 'a');
        const again = take('a', 'h1', { version: 'v-later', state: 'unsubscribed', content: '{}' });
        const twice = await store.storePage(lease, shelf, page({ takes: [again], readAt: START + 99 }));
        expect(twice).toEqual(once);
        expect(await store.record(shelf, 'a')).toEqual(before);
        expect((await store.tallies(shelf)).total).toBe(1);
      }));

    test('T8: of two takes of one id on a page the later wins, and the record counts once', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = [take('a', 'h1'), take('b', 'h1'), take('a', 'h2', { state: 'explicit' })];
        const [first, , second] = await store.storePage(lease, shelf, page({ takes }));
        expect(second).toBe(first);
        expect(await store.record(shelf, 'a')).toMatchObject({ recordId: first, hash: 'h2', state: 'explicit' });
        expect(await store.tallies(shelf)).toEqual({
          byState: { explicit: 1, implicit: 1 },
          total: 2,
          linked: 0,
          pending: 2,
        });
      }));

    test('a new hash replaces state, version, match key, time and content, and makes the record pending', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const [recordId] = await store.storePage(
          lease,
          shelf,
          page({ takes: [take('a', 'h1', { agreed: true, content: null })] }),
        );
        expect(await store.pending(shelf, 0, 9)).toEqual([]);
        const changed = take('a', 'h2', { state: 'unsubscribed', matchKey: 'a@ex.org' });
        await store.storePage(lease, shelf, page({ takes: [changed], readAt: START + 7 }));
        const expected = {
          recordId,
          id: 'a',
          hash: 'h2',
          agreed: 'h1',
          version: 'v-h2',
          state: 'unsubscribed',
          readAt: START + 7,
          content: changed.content,
        };
        expect(await store.pending(shelf, 0, 9)).toEqual([expected]);
        expect(await store.findByMatchKey(shelf, ['a@ex.org', 'x@ex.org', 'a@ex.org'])).toMatchObject([
          { recordId, matchKey: 'a@ex.org' },
        ]);
      }));

    test('a take without content must be agreed: nothing of the page is stored otherwise', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = [take('a', 'h1'), take('b', 'h1', { content: null })];
        await expect(store.storePage(lease, shelf, page({ takes, cursors: { changes: 'c' } }))).rejects.toThrow();
        expect((await store.tallies(shelf)).total).toBe(0);
        expect(await store.cursor(shelf, 'changes')).toBeNull();
      }));

    test('T16: a cursor is kept for each shelf and channel, as text that nobody touches', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const lists = await store.shelf(SYNC, 'primary', 'lists');
        await store.storePage(
          lease,
          shelf,
          page({ cursors: { changes: '2026-11-21T10:00:00.1234567Z', window: 'w' } }),
        );
        await store.storePage(lease, lists, page({ cursors: { changes: 'l' } }));
        expect(await store.cursor(shelf, 'changes')).toBe('2026-11-21T10:00:00.1234567Z');
        expect(await store.cursor(shelf, 'window')).toBe('w');
        expect(await store.cursor(lists, 'changes')).toBe('l');
        expect(await store.cursor(lists, 'window')).toBeNull();
      }));

    test('a shelf is found again, and is its own for each sync, side and stream', () =>
      inPlace(under, setting(), async (place) => {
        const first = await place.store.shelf(SYNC, 'primary', 'contacts');
        const others = [
          ['other', 'primary', 'contacts'],
          [SYNC, 'secondary', 'contacts'],
          [SYNC, 'primary', 'tags'],
        ] as const;
        const ids = await Promise.all(
          others.map(async ([sync, side, stream]) => (await place.store.shelf(sync, side, stream)).shelfId),
        );
        expect(new Set([first.shelfId, ...ids]).size).toBe(4);
        expect(await (await place.reopen(setting())).shelf(SYNC, 'primary', 'contacts')).toEqual(first);
      }));

    test('records and pending records are read in record order, page by page, on their own shelf alone', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const tags = await store.shelf(SYNC, 'primary', 'tags');
        for (const id of ['z', 'm', 'a', 'k', 'b']) {
          await store.storePage(lease, shelf, page({ takes: [take(id, 'h1', { agreed: id === 'a' })] }));
          await store.storePage(lease, tags, page({ takes: [take(id, 'h1')] }));
        }
        expect(await readAll((after) => store.records(shelf, after, 2))).toEqual(['z', 'm', 'a', 'k', 'b']);
        expect(await readAll((after) => store.pending(shelf, after, 2))).toEqual(['z', 'm', 'k', 'b']);
      }));
  });
}

async function readAll(read: (after: number) => Promise<readonly Known[]>): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after = 0; ;) {
    const batch = await read(after);
    const last = batch.at(-1);
    if (last === undefined) return ids;
    ids.push(...batch.map((one) => one.id));
    after = last.recordId;
  }
}

async function oneAgreed({ store, lease, shelf }: Ready, hash: string, dropContent = false): Promise<number> {
  const [recordId = 0] = await store.storePage(lease, shelf, page({ takes: [take('a', hash)] }));
  await store.agree(lease, shelf, [{ recordId, hash }], { ...AGREED_ONLY, dropContent });
  return recordId;
}

function describeAgreement(under: StoreUnderTest): void {
  describe('agreement', () => {
    test('is set where the record still has this hash, and with dropContent its content is let go', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = [take('a', 'h1'), take('b', 'h1'), take('c', 'h1')];
        const [a = 0, b = 0, c = 0] = await store.storePage(lease, shelf, page({ takes }));
        await store.storePage(lease, shelf, page({ takes: [take('b', 'h2')] }));
        await store.agree(
          lease,
          shelf,
          [a, b].map((recordId) => ({ recordId, hash: 'h1' })),
          { ...AGREED_ONLY, dropContent: true },
        );
        await store.agree(lease, shelf, [{ recordId: c, hash: 'h1' }], AGREED_ONLY);
        expect(await store.record(shelf, 'a')).toMatchObject({ agreed: 'h1', content: null });
        expect(await store.record(shelf, 'b')).toMatchObject({
          agreed: null,
          hash: 'h2',
          content: take('b', 'h2').content,
        });
        expect(await store.record(shelf, 'c')).toMatchObject({ agreed: 'h1', content: take('c', 'h1').content });
        expect(await store.record(shelf, 'nobody')).toBeNull();
        expect((await store.pending(shelf, 0, 9)).map((one) => one.id)).toEqual(['b']);
      }));

    test('I5: a pending record that goes back to what was agreed is looked at again: the pending content may have been sent', () =>
      inPlace(under, setting(), async ({ store }) => {
        const all = await ready(store);
        const recordId = await oneAgreed(all, 'h1', true);
        await store.storePage(all.lease, all.shelf, page({ takes: [take('a', 'h2')] }));
        await store.storePage(all.lease, all.shelf, page({ takes: [take('a', 'h1')] }));
        expect(await store.pending(all.shelf, 0, 9)).toMatchObject([
          { id: 'a', hash: 'h1', content: take('a', 'h1').content },
        ]);
        expect(await store.tallies(all.shelf)).toMatchObject({ linked: 1, pending: 1 });
        await store.agree(all.lease, all.shelf, [{ recordId, hash: 'h1' }], AGREED_ONLY);
        expect(await store.pending(all.shelf, 0, 9)).toEqual([]);
      }));
  });
}

function describeReset(under: StoreUnderTest): void {
  describe('resetShelf', () => {
    test('forgets that anything was agreed; content that was let go counts as unread, so its next reading is stored', () =>
      inPlace(under, setting(), async ({ store }) => {
        const all = await ready(store);
        await oneAgreed(all, 'h1', true);
        await store.storePage(
          all.lease,
          all.shelf,
          page({ takes: [take('b', 'h1', { agreed: true })], cursors: { changes: 'c' } }),
        );
        await store.resetShelf(all.lease, all.shelf, { records: false });
        expect(await store.tallies(all.shelf)).toEqual({ byState: { implicit: 2 }, total: 2, linked: 0, pending: 2 });
        expect((await store.pending(all.shelf, 0, 9)).map((one) => one.id)).toEqual(['b']);
        expect((await store.known(all.shelf, ['a'])).get('a')?.hash).not.toBe('h1');
        await store.storePage(all.lease, all.shelf, page({ takes: [take('a', 'h1')] }));
        expect((await store.pending(all.shelf, 0, 9)).map((one) => one.id)).toEqual(['a', 'b']);
        expect(await store.cursor(all.shelf, 'changes')).toBe('c');
      }));

    test('forgets all records with walks and cursors of the shelf, and never gives their numbers again', () =>
      inPlace(under, setting(), async ({ store }) => {
        const all = await ready(store);
        const tags = await store.shelf(SYNC, 'primary', 'tags');
        const recordId = await oneAgreed(all, 'h1');
        await store.storePage(all.lease, all.shelf, page({ cursors: { changes: 'c' } }));
        await store.storePage(all.lease, tags, page({ takes: [take('a', 'h1')], cursors: { changes: 't' } }));
        await store.resetShelf(all.lease, tags, { records: true });
        const walk = await store.openWalk(all.lease, all.shelf, 'complete', null, START);
        await store.resetShelf(all.lease, all.shelf, { records: true });
        expect(await store.tallies(all.shelf)).toEqual({ byState: {}, total: 0, linked: 0, pending: 0 });
        expect(await store.cursor(all.shelf, 'changes')).toBeNull();
        expect(await store.findWalk(all.shelf, 'complete')).toBeNull();
        const [anew] = await store.storePage(all.lease, all.shelf, page({ takes: [take('a', 'h1')] }));
        expect(anew).toBeGreaterThan(recordId + 1);
        expect((await store.openWalk(all.lease, all.shelf, 'complete', null, START)).walkId).toBeGreaterThan(
          walk.walkId,
        );
      }));
  });
}

const STATES = ['explicit', 'unsubscribed', 'deleted'] as const satisfies readonly RecordState[];
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const hash = fc.constantFrom('h1', 'h2', 'h3');
const change = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('page' as const),
      takes: fc.array(fc.record({ id, hash, state: fc.constantFrom(...STATES), agreed: fc.boolean() }), {
        maxLength: 4,
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('agree' as const),
      items: fc.array(fc.record({ at: fc.nat(6), hash }), { maxLength: 4 }),
      dropContent: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), records: fc.boolean() }) },
);

function describeTallies(under: StoreUnderTest): void {
  test('tallies equal a recount after any history', () =>
    inPlace(under, setting(), async ({ store }) => {
      const { lease, shelf } = await ready(store);
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
          await store.resetShelf(lease, shelf, { records: true });
          const ids: number[] = [];
          for (const one of changes) {
            if (one.kind === 'page')
              ids.push(
                ...(await store.storePage(lease, shelf, page({ takes: one.takes.map((t) => take(t.id, t.hash, t)) }))),
              );
            else if (one.kind === 'reset') await store.resetShelf(lease, shelf, one);
            else
              await store.agree(
                lease,
                shelf,
                one.items.map((item) => ({ recordId: ids[item.at] ?? 0, hash: item.hash })),
                { ...AGREED_ONLY, dropContent: one.dropContent },
              );
            expect(await store.tallies(shelf)).toEqual(await recount(store, shelf));
          }
        }),
        { numRuns: 60 },
      );
    }));
}

async function recount(store: Store, shelf: Shelf): Promise<Tallies> {
  const all = await store.records(shelf, 0, 1_000);
  const byState: Partial<Record<RecordState, number>> = {};
  for (const { state } of all) byState[state] = (byState[state] ?? 0) + 1;
  const linked = all.filter((one) => one.agreed !== null && one.state !== 'deleted').length;
  return { byState, total: all.length, linked, pending: all.filter((one) => one.agreed !== one.hash).length };
}
