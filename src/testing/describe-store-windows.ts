/**
 * Conformance, part 8b: windows of requests that the vendor counts itself (I12), over several handles as over processes.
 */
import { describe, expect, test } from 'vitest';
import type { BudgetLedger } from '../store/budget-ledger.ts';
import { inPlace, setting, START, type StoreUnderTest } from './describe-store-kit.ts';

const HOUR = 3_600_000;
type Limits = Parameters<BudgetLedger['reserveInWindow']>[1];
const LIMITS: Limits = { perSecond: 100, quota: 3, lengthMs: HOUR, kept: () => 0 };

function ask(ledger: BudgetLedger, now: number, more: Partial<Limits> = {}) {
  return ledger.reserveInWindow('key', { ...LIMITS, ...more }, { now, abandonAfterMs: 30_000 });
}

/** Tests the windows of the budget ledger. */
export function describeWindows(under: StoreUnderTest): void {
  describe('I12: a window that the vendor counts', () => {
    test('has our figure until there is another, over all handles, and begins anew an hour after its first request', () =>
      inPlace(under, setting(), async (place) => {
        const other = await place.another(setting());
        for (const ledger of [place.store, other, place.store]) expect((await ask(ledger, START)).kind).toBe('go');
        expect(await ask(other, START + HOUR - 1)).toMatchObject({ kind: 'spent', until: START + HOUR });
        expect((await ask(other, START + HOUR)).kind).toBe('go');
        expect(await other.window('key')).toEqual({ quota: 3, remaining: 2, endsAt: START + 2 * HOUR });
      }));

    test('has the vendor’s figures once it said some, and keeps its size for the next hour', () =>
      inPlace(under, setting(), async ({ store }) => {
        await ask(store, START);
        await store.noteWindow('key', { quota: 5_000, remaining: 1, endsAt: START + 60_000 }, START);
        expect((await ask(store, START)).kind).toBe('go');
        expect(await ask(store, START)).toMatchObject({ kind: 'spent', until: START + 60_000 });
        await ask(store, START + 60_000);
        expect(await store.window('key')).toMatchObject({ quota: 5_000, remaining: 4_999 });
      }));

    test('is never told more by a late answer of the same window than is known', () =>
      inPlace(under, setting(), async ({ store }) => {
        await store.noteWindow('key', { quota: 100, remaining: 40, endsAt: START + HOUR }, START);
        await store.noteWindow('key', { quota: 100, remaining: 60, endsAt: START + HOUR + 900 }, START);
        expect(await store.window('key')).toMatchObject({ remaining: 40 });
        await store.noteWindow('key', { quota: 120, remaining: 60, endsAt: START - 1 }, START);
        expect(await store.window('key')).toMatchObject({ quota: 120, remaining: 40 });
        await store.noteWindow('key', { quota: null, remaining: 90, endsAt: START + 2 * HOUR }, START);
        expect(await store.window('key')).toMatchObject({ quota: 120, remaining: 90 });
      }));

    test('leaves what is kept to others and to what is urgent', () =>
      inPlace(under, setting(), async ({ store }) => {
        const kept = (quota: number) => quota - 1;
        expect((await ask(store, START, { kept })).kind).toBe('go');
        expect((await ask(store, START, { kept })).kind).toBe('spent');
        expect((await ask(store, START)).kind).toBe('go');
      }));

    test('T4 does not make anybody wait for a time that a stepped clock told', () =>
      inPlace(under, setting(), async ({ store }) => {
        for (let n = 0; n < 3; n += 1) await ask(store, START);
        expect(await ask(store, START - 24 * HOUR)).toMatchObject({ kind: 'spent', until: START - 23 * HOUR });
      }));

    test('shares the second with all other requests of the group', () =>
      inPlace(under, setting(), async ({ store }) => {
        expect((await ask(store, START, { perSecond: 1 })).kind).toBe('go');
        expect((await ask(store, START, { perSecond: 1 })).kind).toBe('wait');
        expect(await store.window('key')).toMatchObject({ remaining: 2 });
        expect(await store.window('another')).toBeNull();
      }));
  });
}
