/**
 * Data keys: what secrets are really sealed under, one tenant's alone, kept in the store wrapped by the master key (C3).
 *
 * A store without the master key is so many random bytes; rotating the master key never needs a secret's owner.
 * Must never leave this process unwrapped.
 */
import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { MasterKeyRefused } from '../model/errors.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { WrappedKey } from '../store/vault.ts';
import type { MasterKey } from './master-key.ts';
import { open, seal } from './seal.ts';
import type { Place } from './seal.ts';

/** A data key that may be used. */
export interface DataKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

const KEY_BYTES = 32;

/** Draws a new data key and wraps it under the master key. */
export function drawDataKey(
  tenant: string,
  keyId: string,
  master: MasterKey,
  entropy: Entropy,
): { readonly key: DataKey; readonly wrapped: WrappedKey } {
  const bytes = entropy.bytes(KEY_BYTES);
  const wrapped = seal(master.key, bytes, placeOf(tenant, keyId, master.id), entropy);
  return { key: { keyId, key: createSecretKey(bytes) }, wrapped: { keyId, masterId: master.id, wrapped } };
}

/** Unwraps a data key with whichever of these master keys wrapped it. Throws MasterKeyRefused `another-key`, SealBroken. */
export function unwrapDataKey(tenant: string, wrapped: WrappedKey, masters: readonly MasterKey[]): DataKey {
  const { keyId, masterId } = wrapped;
  const master = masters.find(({ id }) => id === masterId);
  if (master === undefined) throw new MasterKeyRefused('another-key');
  return { keyId, key: createSecretKey(open(master.key, wrapped.wrapped, placeOf(tenant, keyId, masterId))) };
}

function placeOf(tenant: string, keyId: string, masterId: string): Place {
  return [tenant, 'data_keys', 'wrapped', keyId, masterId];
}
