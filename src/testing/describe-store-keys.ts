/**
 * Conformance: records that are found by several keys, and links into a record that holds several people.
 */
import { describe, expect, test } from 'vitest';
import {
  AGREED_ONLY,
  Crash,
  crashAt,
  inPlace,
  link,
  page,
  ready,
  setting,
  type StoreUnderTest,
  SYNC,
  take,
} from './describe-store-kit.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
const REF = 'ref:Somewhere\nann-1';

/** Tests finding records by any of their keys. */
export function describeKeys(under: StoreUnderTest): void {
  describe('a record with several keys', () => {
    test('is found by each, with its content; what several bear finds all of them, in record order', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = [take('h2', 'x', { keys: [BOB, ANN] }), take('h1', 'x', { keys: [ANN, REF, ANN] })];
        const [h2, h1] = await store.storePage(lease, shelf, page({ takes }));
        const found = await store.findByKeys(shelf, [REF, ANN, 'nobody@example.org', ANN]);
        expect(found.map(({ key, recordId, content }) => [key, recordId, content])).toEqual([
          [ANN, h2, take('h2', 'x').content],
          [ANN, h1, take('h1', 'x').content],
          [REF, h1, take('h1', 'x').content],
        ]);
        expect(found[0]).toEqual({ ...(await store.record(shelf, 'h2')), key: ANN });
        expect(await store.findByKeys(shelf, [])).toEqual([]);
      }));

    test('loses the keys that its new content no longer bears, and only those', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(
          lease,
          shelf,
          page({ takes: [take('h1', 'x', { keys: [ANN, BOB] }), take('h2', 'x', { keys: [ANN] })] }),
        );
        await store.storePage(lease, shelf, page({ takes: [take('h1', 'y', { keys: [BOB] })] }));
        const ids = async (key: string) => (await store.findByKeys(shelf, [key])).map(({ id }) => id);
        expect([await ids(ANN), await ids(BOB)]).toEqual([['h2'], ['h1']]);
        await store.storePage(lease, shelf, page({ takes: [take('h1', 'z', { keys: [] })] }));
        expect(await ids(BOB)).toEqual([]);
      }));

    test('I11: is found on its own shelf and by its own tenant alone', () =>
      inPlace(under, setting(), async (place) => {
        const { store } = place;
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ takes: [take('h1', 'x', { keys: [ANN] })] }));
        const other = await place.another(setting({ tenant: 'another' }));
        expect(await store.findByKeys(await store.shelf(SYNC, 'secondary', 'contacts'), [ANN])).toEqual([]);
        expect(await other.findByKeys(await other.shelf(SYNC, 'primary', 'contacts'), [ANN])).toEqual([]);
        expect(await other.findByKeys(shelf, [ANN])).toEqual([]);
      }));

    test('I5: has the keys of the page that was stored, when a kill undid the next', async () => {
      const steps = crashAt('store:storePage:before-commit');
      await inPlace(under, setting({ steps }), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ takes: [take('h1', 'x', { keys: [ANN] })] }));
        steps.armed = true;
        const killed = store.storePage(lease, shelf, page({ takes: [take('h1', 'y', { keys: [BOB] })] }));
        await expect(killed).rejects.toThrow(Crash);
        expect((await store.findByKeys(shelf, [ANN, BOB])).map(({ key }) => key)).toEqual([ANN]);
      });
    });

    test('is found no more once its shelf is forgotten, nor do its keys name a record that comes later', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ takes: [take('h1', 'x', { keys: [ANN] })] }));
        await store.resetShelf(lease, shelf, { records: true });
        await store.storePage(lease, shelf, page({ takes: [take('h2', 'x')] }));
        expect(await store.findByKeys(shelf, [ANN])).toEqual([]);
      }));

    test('I19: goes whole when somebody is forgotten whose address is one of its keys', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(
          lease,
          shelf,
          page({
            takes: [
              take('h1', 'x', { keys: [ANN, BOB], agreed: true }),
              take('h2', 'x', { keys: [`jo${ANN}`], agreed: true }),
            ],
          }),
        );
        await store.releaseLease(lease);
        const order = { matchKey: ANN, spelling: ANN, contacts: [], run: 'run-9' };
        expect(await store.forget(order)).toMatchObject({ kind: 'forgotten', erased: { records: 1 } });
        expect(await store.findByKeys(shelf, [ANN, BOB])).toEqual([]);
        expect(await store.findByKeys(shelf, [`jo${ANN}`])).toHaveLength(1);
      }));
  });

  describe('links into one record', () => {
    test('are listed by what holds them, and none of a record whose id only begins alike', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const links = [link('b', '7/2/9'), link('a', '7/1/4'), link('c', '71/1/1'), link('d', '7')];
        await store.adopt(lease, [...links, link('e', '7/1/1', { stream: 'tags' })], []);
        const inside = await store.linksInside(SYNC, 'contacts', ['7', 'nothing', '7']);
        expect(inside.map(({ primaryId, secondaryId }) => [primaryId, secondaryId])).toEqual([
          ['a', '7/1/4'],
          ['b', '7/2/9'],
        ]);
        expect(inside[0]?.baseline).toEqual(link('a', '').baseline);
        expect(await store.linksInside('another', 'contacts', ['7'])).toEqual([]);
        expect(await store.linksInside(SYNC, 'contacts', [])).toEqual([]);
      }));
  });

  describe('doubt without content', () => {
    test('makes a record pending with what the store holds, and none whose content was let go', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const takes = [take('a', 'h1'), take('b', 'h1')];
        const [a = 0, b = 0] = await store.storePage(lease, shelf, page({ takes }));
        await store.agree(lease, shelf, [{ recordId: a, hash: 'h1' }], AGREED_ONLY);
        await store.agree(lease, shelf, [{ recordId: b, hash: 'h1' }], { ...AGREED_ONLY, dropContent: true });
        const doubted = [a, b].map((recordId) => ({ recordId, hash: 'h1', content: null }));
        await store.doubt(lease, shelf, doubted);
        expect(await store.pending(shelf, 0, 9)).toMatchObject([{ id: 'a', content: take('a', 'h1').content }]);
        expect(await store.tallies(shelf)).toMatchObject({ pending: 1 });
      }));
  });
}
