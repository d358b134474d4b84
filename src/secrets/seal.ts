/**
 * Sealing: bytes that only the holder of a key can read, and only in the place they were sealed for (C3).
 *
 * Decides the form: one byte that names it, a random nonce of 96 bits, a tag of 16 bytes, AES-256-GCM. The place (tenant,
 * table, column, row) is authenticated with it, so that a sealed value moved to another row opens nowhere.
 * Must never put a key or what was sealed into an error.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Entropy } from '../ports/entropy.ts';

/** Where a sealed value lies: tenant, table, column, and what names the row. */
export type Place = readonly [tenant: string, table: string, column: string, ...row: readonly (string | number)[]];

/** Thrown when sealed bytes do not open: another key, another place, or somebody changed them. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
  constructor() {
    super('a sealed value does not open');
  }
}

const FORM = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/** Seals bytes under a key for one place. */
export function seal(key: KeyObject, plain: Uint8Array, place: Place, entropy: Entropy): Uint8Array {
  const nonce = entropy.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(FORM), nonce, cipher.getAuthTag(), body]);
}

/** Opens sealed bytes. Throws SealBroken. */
export function open(key: KeyObject, sealed: Uint8Array, place: Place): Buffer {
  const bytes = Buffer.from(sealed);
  if (bytes.length < HEAD_BYTES || bytes[0] !== FORM) throw new SealBroken();
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticated(place));
  decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]);
  } catch {
    // What the cipher says is of no use to anybody but an attacker.
    throw new SealBroken();
  }
}

/** JSON keeps the parts apart: no two places have the same bytes. */
function authenticated(place: Place): Buffer {
  return Buffer.from(JSON.stringify(place));
}
