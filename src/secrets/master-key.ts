/**
 * The master key: 256 bits that live outside the store and open the data keys in it (C3).
 *
 * Decides how a key is written (base64 or hex of 32 bytes) and what names it in the store: a hash, which tells two keys
 * apart and says nothing about either. Must never be printed, stored or put into an error.
 */
import { createSecretKey, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { MasterKeyRefused } from '../model/errors.ts';
import type { Entropy } from '../ports/entropy.ts';

export interface MasterKey {
  /** Names it beside what it wrapped. */
  readonly id: string;
  /** Prints as an object without content. */
  readonly key: KeyObject;
}

const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/iu;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/u;

/** Reads a key as it is written in a file, a variable or a command's output. Throws MasterKeyRefused `not-a-key`. */
export function parseMasterKey(text: string): MasterKey {
  const word = text.trim();
  const bytes = HEX.test(word) ? Buffer.from(word, 'hex') : BASE64.test(word) ? Buffer.from(word, 'base64') : null;
  if (bytes?.length !== KEY_BYTES) throw new MasterKeyRefused('not-a-key');
  return masterKeyOf(bytes);
}

/** Draws a new key, as the line of text that a key file holds. */
export function drawMasterKey(entropy: Entropy): string {
  return `${Buffer.from(entropy.bytes(KEY_BYTES)).toString('base64')}\n`;
}

function masterKeyOf(bytes: Buffer): MasterKey {
  const id = hash('sha256', Buffer.concat([Buffer.from('concord master key\n'), bytes]), 'hex').slice(0, 16);
  return { id, key: createSecretKey(bytes) };
}
