/**
 * Conformance, part 9: the vault. Sealed sign-ins and wrapped keys come back as they were given, and a pair is replaced
 * only by what was made from it (I15, C3).
 */
import { describe, expect, test } from 'vitest';
import { inPlace, renewal, resealed, setting, signedIn, START, wrappedKey } from './describe-store-kit.ts';
import type { StoreUnderTest } from './describe-store-kit.ts';
import { createFakeClock } from './fake-clock.ts';
import type { Store } from '../store/store.ts';

/** Tests keys, sign-ins and their renewal. */
export function describeVault(under: StoreUnderTest): void {
  const withSignIn = (look: (store: Store) => Promise<void>) =>
    inPlace(under, setting(), async ({ store }) => {
      await store.addDataKey(wrappedKey('key-1'));
      expect(await store.putSignIn(signedIn('cc'))).toBe('stored');
      await look(store);
    });

  describe('C3: the vault', () => {
    test('gives sealed bytes and dates back exactly, and knows nothing of a connection that never signed in', () =>
      withSignIn(async (store) => {
        expect(await store.signIn('cc')).toEqual(signedIn('cc'));
        expect(await store.signIn('other')).toBeNull();
      }));

    test('lists data keys newest first', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        for (const keyId of ['key-b', 'key-a', 'key-c']) {
          await store.addDataKey(wrappedKey(keyId));
          clock.advance(1);
        }
        expect(await store.dataKeys()).toEqual([wrappedKey('key-c'), wrappedKey('key-a'), wrappedKey('key-b')]);
      });
    });

    test('refuses what is sealed under a key that is gone, and keeps what was there', () =>
      withSignIn(async (store) => {
        expect(await store.putSignIn(signedIn('cc', { keyId: 'gone', generation: 9 }))).toBe('key-gone');
        expect(await store.renewSignIn(signedIn('cc'), renewal({ keyId: 'gone' }))).toBe('key-gone');
        expect(await store.signIn('cc')).toEqual(signedIn('cc'));
      }));

    test('replaces all data keys at once, and nothing when a sign-in has moved, come or gone meanwhile', () =>
      withSignIn(async (store) => {
        const next = wrappedKey('key-2');
        for (const stale of [
          [],
          [resealed('cc', { generation: 2 })],
          [resealed('cc', { signIn: 'before' })],
          [resealed('cc', { keyId: 'key-0' })],
          [resealed('cc'), resealed('other')],
        ])
          expect(await store.replaceDataKeys(next, stale)).toBe('superseded');
        expect(await store.dataKeys()).toEqual([wrappedKey('key-1')]);
        expect(await store.replaceDataKeys(next, [resealed('cc')])).toBe('stored');
        expect(await store.dataKeys()).toEqual([next]);
        expect(await store.signIn('cc')).toEqual(
          signedIn('cc', { keyId: 'key-2', sealed: Buffer.from('under another key') }),
        );
      }));
  });

  describe('I15: a pair of tokens', () => {
    test('is replaced by what was made from it, once', () =>
      withSignIn(async (store) => {
        expect(await store.renewSignIn(signedIn('cc'), renewal())).toBe('stored');
        expect(await store.renewSignIn(signedIn('cc'), renewal({ usedAt: 0 }))).toBe('superseded');
        expect(await store.signIn('cc')).toEqual({ ...signedIn('cc'), ...renewal(), generation: 2 });
      }));

    test('is not replaced by the renewal of an earlier sign-in', () =>
      withSignIn(async (store) => {
        await store.putSignIn(signedIn('cc', { signIn: 'sign-in-2' }));
        expect(await store.renewSignIn(signedIn('cc'), renewal())).toBe('superseded');
        expect(await store.loseSignIn(signedIn('cc'))).toBe('superseded');
        expect(await store.signIn('cc')).toEqual(signedIn('cc', { signIn: 'sign-in-2' }));
      }));

    test('that was called lost keeps its first time, and is found again by a renewal made from it', () =>
      withSignIn(async (store) => {
        expect(await store.loseSignIn(signedIn('cc'))).toBe('stored');
        expect((await store.signIn('cc'))?.lostAt).toBe(START);
        expect(await store.renewSignIn(signedIn('cc'), renewal())).toBe('stored');
        expect((await store.signIn('cc'))?.lostAt).toBeNull();
        expect(await store.loseSignIn(signedIn('cc'))).toBe('superseded');
      }));

    test('goes when it is taken away', () =>
      withSignIn(async (store) => {
        await store.removeSignIn('cc');
        expect(await store.signIns()).toEqual([]);
      }));
  });
}
