/**
 * Conformance, part 2: pages of records (I4, T2, T8, T16).
 */
import { describe, expect, test } from 'vitest';
import type { Known } from '../store/rows.ts';
import { inPlace, page, ready, setting, START, type StoreUnderTest, SYNC, take } from './describe-store-kit.ts';

/** Tests storing and reading pages of records. */
export function describePages(under: StoreUnderTest): void {
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
          textHash: null,
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
          pendingByState: { explicit: 1, implicit: 1 },
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
          textHash: null,
          readAt: START + 7,
          content: changed.content,
        };
        expect(await store.pending(shelf, 0, 9)).toEqual([expected]);
        expect(await store.findByMatchKey(shelf, ['a@ex.org', 'x@ex.org', 'a@ex.org'])).toMatchObject([
          { recordId, matchKey: 'a@ex.org' },
        ]);
      }));

    test('a text hash stands for the content it was read with, and for no other', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const textOf = async () => (await store.known(shelf, ['a'])).get('a')?.textHash;
        const [recordId = 0] = await store.storePage(
          lease,
          shelf,
          page({ takes: [take('a', 'h1', { textHash: 't1' })] }),
        );
        expect(await textOf()).toBe('t1');
        await store.storePage(lease, shelf, page({ seen: [recordId], texts: [{ recordId, textHash: 't2' }] }));
        expect(await textOf()).toBe('t2');
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h2')] }));
        expect(await textOf()).toBeNull();
        await store.storePage(
          lease,
          shelf,
          page({ takes: [take('a', 'h3', { textHash: 't3', agreed: true, content: null })] }),
        );
        await store.resetShelf(lease, shelf, { records: false });
        expect(await textOf()).toBeNull();
      }));

    test('what a load appends is found before and after finishAppend, counted once, and met by a later page', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const fresh = (id: string) => take(id, 'h1', { agreed: true, content: null, recordId: null });
        await store.storePage(lease, shelf, page({ append: true, takes: [fresh('b'), fresh('a')] }));
        const found = async () => [...(await store.known(shelf, ['a', 'b', 'c'])).keys()].sort();
        expect(await found()).toEqual(['a', 'b']);
        await store.finishAppend(lease, shelf);
        await store.finishAppend(lease, shelf);
        expect(await found()).toEqual(['a', 'b']);
        await store.storePage(lease, shelf, page({ append: true, takes: [fresh('c')] }));
        expect((await store.record(shelf, 'c'))?.hash).toBe('h1');
        await store.storePage(lease, shelf, page({ takes: [take('c', 'h2'), take('d', 'h1')] }));
        expect((await store.tallies(shelf)).total).toBe(4);
        expect((await store.record(shelf, 'c'))?.hash).toBe('h2');
        await store.resetShelf(lease, shelf, { records: true });
        expect(await found()).toEqual([]);
      }));

    test('a take without content must be agreed: nothing of the page is stored otherwise', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = [take('a', 'h1'), take('b', 'h1', { content: null })];
        await expect(store.storePage(lease, shelf, page({ takes, cursors: { changes: 'c' } }))).rejects.toThrow(Error);
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

    test('contents are read in record order, without records whose content was let go', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        for (const id of ['z', 'm', 'a'])
          await store.storePage(lease, shelf, page({ takes: [take(id, 'h1', { agreed: true, content: `"${id}"` })] }));
        await store.storePage(lease, shelf, page({ takes: [take('k', 'h1', { agreed: true, content: null })] }));
        expect(await readAll((after) => store.contents(shelf, after, 2))).toEqual(['z', 'm', 'a']);
        expect((await store.contents(shelf, 0, 9)).map(({ content }) => content)).toEqual(['"z"', '"m"', '"a"']);
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
