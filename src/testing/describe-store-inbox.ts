/**
 * Conformance, part 10: the inbox. A delivery is kept whole or not at all, once, and its hints wait until they were read
 * after it (I16, I5).
 */
import { describe, expect, test } from 'vitest';
import type { DeliveryToTake } from '../store/inbox.ts';
import type { Store } from '../store/store.ts';
import { Crash, crashAt, inPlace, setting, START } from './describe-store-kit.ts';
import type { StoreUnderTest } from './describe-store-kit.ts';
import { createFakeClock } from './fake-clock.ts';

const DAY = 24 * 3_600_000;
const delivery = (deliveryId: string, more: Partial<DeliveryToTake> = {}): DeliveryToTake => ({
  connection: 'crm',
  deliveryId,
  bodyHash: `body of ${deliveryId}`,
  records: ['5'],
  ...more,
});
const waiting = async (store: Store, connection = 'crm'): Promise<readonly string[]> =>
  (await store.hints(connection, 100)).map(({ recordId }) => recordId);

/** Tests deliveries and hints. */
export function describeInbox(under: StoreUnderTest): void {
  const withClock = (look: (store: Store, clock: ReturnType<typeof createFakeClock>) => Promise<void>) => {
    const clock = createFakeClock(START);
    return inPlace(under, setting({ clock }), ({ store }) => look(store, clock));
  };

  describe('I16: the inbox', () => {
    test('keeps what a delivery names, oldest first, each record once, for its connection alone', () =>
      withClock(async (store, clock) => {
        expect(await store.takeDelivery(delivery('a', { records: ['5', '9', '5'] }))).toBe('new');
        clock.advance(1);
        expect(await store.takeDelivery(delivery('b', { records: ['2', '5'] }))).toBe('new');
        expect(await store.takeDelivery(delivery('a', { connection: 'other', records: ['7'] }))).toBe('new');
        expect(await waiting(store)).toEqual(['9', '5', '2']);
        expect(await store.hints('crm', 1)).toMatchObject([{ recordId: '9', since: START }]);
        expect(await waiting(store, 'other')).toEqual(['7']);
      }));

    test('the same delivery again changes nothing; its id with another body is told apart', () =>
      withClock(async (store) => {
        await store.takeDelivery(delivery('a'));
        await store.settleHints((await store.hints('crm', 10)).map(({ hintId }) => hintId));
        expect(await store.takeDelivery(delivery('a'))).toBe('repeat');
        expect(await store.takeDelivery(delivery('a', { bodyHash: 'another', records: ['6'] }))).toBe('other-body');
        expect(await waiting(store)).toEqual([]);
      }));

    test('an id is remembered for more than seven days', () =>
      withClock(async (store, clock) => {
        await store.takeDelivery(delivery('a'));
        clock.advance(7 * DAY + 1);
        expect(await store.takeDelivery(delivery('a'))).toBe('repeat');
        clock.advance(DAY);
        expect(await store.takeDelivery(delivery('a'))).toBe('new');
      }));

    test('who was told of again while being read waits again', () =>
      withClock(async (store) => {
        await store.takeDelivery(delivery('a', { records: ['5', '6'] }));
        const read = await store.hints('crm', 10);
        await store.takeDelivery(delivery('b', { records: ['5'] }));
        await store.settleHints(read.map(({ hintId }) => hintId));
        expect(await waiting(store)).toEqual(['5']);
      }));

    test('more than may wait is refused whole', () =>
      withClock(async (store) => {
        const records = Array.from({ length: 100_000 }, (_, n) => String(n));
        expect(await store.takeDelivery(delivery('a', { records }))).toBe('new');
        expect(await store.takeDelivery(delivery('b', { records: ['x'] }))).toBe('full');
        await store.settleHints((await store.hints('crm', 10)).map(({ hintId }) => hintId));
        expect(await store.takeDelivery(delivery('b', { records: ['x'] }))).toBe('new');
      }));

    test('I5: killed before its commit nothing of it is kept; after it, all of it is', async () => {
      for (const when of ['before', 'after'] as const) {
        const steps = crashAt(`store:takeDelivery:${when}-commit`);
        await inPlace(under, setting({ steps }), async (place) => {
          steps.armed = true;
          await expect(place.store.takeDelivery(delivery('a', { records: ['5', '6'] }))).rejects.toThrow(Crash);
          steps.armed = false;
          const again = await place.reopen(setting());
          expect(await waiting(again)).toEqual(when === 'after' ? ['5', '6'] : []);
          expect(await again.takeDelivery(delivery('a', { records: ['5', '6'] }))).toBe(
            when === 'after' ? 'repeat' : 'new',
          );
        });
      }
    });
  });
}
