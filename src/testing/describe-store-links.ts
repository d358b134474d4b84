/**
 * Conformance, part 6: links with their baselines (T28).
 */
import { describe, expect, test } from 'vitest';
import { entry, inPlace, link, page, ready, setting, type StoreUnderTest, SYNC, take } from './describe-store-kit.ts';
import { createFakeClock } from './fake-clock.ts';

/** Tests links. */
export function describeLinks(under: StoreUnderTest): void {
  describe('links', () => {
    test('are found from both sides, with the baseline as it was given, in their own sync and stream', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.adopt(
          lease,
          [link('a', 's-a'), link('b', 's-b', { baseline: null }), link('a', 't-a', { stream: 'tags' })],
          [entry('a')],
        );
        const found = await store.links(SYNC, 'contacts', ['a', 'b', 'nobody', 'a']);
        expect([...found.keys()].sort()).toEqual(['a', 'b']);
        expect(found.get('a')).toEqual({
          linkId: expect.any(Number),
          stream: 'contacts',
          primaryId: 'a',
          secondaryId: 's-a',
          baseline: link('a', 's-a').baseline,
        });
        expect(found.get('b')?.baseline).toBeNull();
        expect((await store.linksBySecondary(SYNC, 'contacts', ['s-b', 't-a'])).get('s-b')).toEqual(found.get('b'));
        expect([
          await store.countLinks(SYNC, 'contacts'),
          await store.countLinks(SYNC, 'tags'),
          await store.countLinks('another', 'tags'),
        ]).toEqual([2, 1, 0]);
        expect(await store.journal(SYNC, 'contacts', 'a', 9)).toHaveLength(1);
      }));

    test('settle the primary record that still has the agreed hash: it stops being pending, and keeps its content', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const [a = 0, b = 0] = await store.storePage(lease, shelf, page({ takes: [take('a', 'h1'), take('b', 'h2')] }));
        await store.adopt(
          lease,
          [
            link('a', 's-a', { agrees: { recordId: a, hash: 'h1' } }),
            link('b', 's-b', { agrees: { recordId: b, hash: 'h1' } }),
          ],
          [],
        );
        expect((await store.pending(shelf, 0, 9)).map((one) => one.id)).toEqual(['b']);
        expect((await store.record(shelf, 'a'))?.content).toBe(take('a', 'h1').content);
        expect(await store.tallies(shelf)).toMatchObject({ linked: 1, pending: 1 });
      }));

    test('T28: two records may swap theirs one at a time; the newer link to a secondary record is told', async () => {
      const clock = createFakeClock();
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const { lease } = await ready(store);
        await store.adopt(lease, [link('a', 's-1'), link('b', 's-2')], []);
        clock.advance(1);
        await store.adopt(lease, [link('a', 's-2')], []);
        expect((await store.linksBySecondary(SYNC, 'contacts', ['s-2'])).get('s-2')?.primaryId).toBe('a');
        clock.advance(1);
        await store.adopt(lease, [link('b', 's-1')], []);
        const both = await store.linksBySecondary(SYNC, 'contacts', ['s-1', 's-2']);
        expect([both.get('s-1')?.primaryId, both.get('s-2')?.primaryId]).toEqual(['b', 'a']);
        expect(await store.countLinks(SYNC, 'contacts')).toBe(2);
      });
    });
  });
}
