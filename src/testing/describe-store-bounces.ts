/**
 * Conformance: bounces are kept once, found by their address alone, and say nothing about anybody by themselves.
 */
import { describe, expect, test } from 'vitest';
import type { Bounce } from '../store/bounces.ts';
import { Crash, crashAt, inPlace, ready, setting, START, type StoreUnderTest, SYNC } from './describe-store-kit.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
const bounce = (matchKey: string, more: Partial<Bounce> = {}): Bounce => ({
  matchKey,
  code: 'B',
  at: '2026-11-20T10:00:00Z',
  readAt: START,
  report: 'report-1',
  ...more,
});

/** Tests bounces. */
export function describeBounces(under: StoreUnderTest): void {
  describe('bounces', () => {
    test('are found by their address, oldest first; a new report, code or time is another one', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const told = [
          bounce(ANN, { at: null }),
          bounce(ANN),
          bounce(ANN, { code: 'V', at: '2026-11-20T10:00:00Z' }),
          bounce(ANN, { at: '2026-11-21T10:00:00Z', report: 'report-2' }),
        ];
        await store.takeBounces(lease, [...told.toReversed(), bounce(BOB)], {});
        const found = await store.bounces(SYNC, [ANN, 'nobody@example.org']);
        expect([...found]).toEqual([[ANN, told]]);
        expect(await store.bounces(SYNC, [])).toEqual(new Map());
      }));

    test('that are told again stay as they were told first', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.takeBounces(lease, [bounce(ANN)], {});
        await store.takeBounces(lease, [bounce(ANN, { readAt: START + 5, report: 'report-2' })], {});
        expect((await store.bounces(SYNC, [ANN])).get(ANN)).toEqual([bounce(ANN)]);
      }));

    test('I11: of another sync, or another tenant, are not found', () =>
      inPlace(under, setting(), async (place) => {
        const { lease } = await ready(place.store);
        await place.store.takeBounces(lease, [bounce(ANN)], {});
        expect(await place.store.bounces('another', [ANN])).toEqual(new Map());
        const other = await place.reopen(setting({ tenant: 'another' }));
        expect(await other.bounces(SYNC, [ANN])).toEqual(new Map());
      }));

    test('a store that never had any finds none', () =>
      inPlace(under, setting(), async ({ store }) => {
        expect(await store.bounces(SYNC, [ANN])).toEqual(new Map());
      }));

    test('I19: of a forgotten person go on counting, and are not told anew', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.takeBounces(lease, [bounce(ANN)], {});
        await store.releaseLease(lease);
        await store.forget({ matchKey: ANN, spelling: ANN, contacts: [], run: 'run-9' });
        expect((await store.bounces(SYNC, [ANN])).get(ANN)).toEqual([bounce(ANN)]);
      }));

    test('I5: killed before the commit neither they nor the marks are kept; after it, both are', async () => {
      for (const when of ['before', 'after'] as const) {
        const steps = crashAt(`store:takeBounces:${when}-commit`);
        await inPlace(under, setting({ steps }), async (place) => {
          const { lease } = await ready(place.store);
          steps.armed = true;
          await expect(place.store.takeBounces(lease, [bounce(ANN)], { read: 1 })).rejects.toThrow(Crash);
          steps.armed = false;
          const again = await place.reopen(setting());
          expect((await again.bounces(SYNC, [ANN])).size).toBe(when === 'after' ? 1 : 0);
          expect(await again.mark(SYNC, 'read')).toBe(when === 'after' ? 1 : null);
        });
      }
    });
  });
}
