/**
 * Conformance, part 3: what both sides agreed, forgetting it, and the tallies of all that.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordState } from '../model/record.ts';
import type { Shelf, Tallies } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
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

/** Tests agreement, resets and tallies. */
export function describeAgreements(under: StoreUnderTest): void {
  describeAgreement(under);
  describeReset(under);
  describeTallies(under);
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
        expect(await store.tallies(all.shelf)).toEqual({
          byState: { implicit: 2 },
          pendingByState: { implicit: 2 },
          total: 2,
          linked: 0,
          pending: 2,
        });
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
        expect(await store.tallies(all.shelf)).toEqual({
          byState: {},
          pendingByState: {},
          total: 0,
          linked: 0,
          pending: 0,
        });
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
  const pendingByState: Partial<Record<RecordState, number>> = {};
  const waiting = all.filter((one) => one.agreed !== one.hash);
  for (const { state } of waiting) pendingByState[state] = (pendingByState[state] ?? 0) + 1;
  return { byState, pendingByState, total: all.length, linked, pending: waiting.length };
}
