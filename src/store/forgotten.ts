/**
 * forgotten: what a fact keeps of a person who was erased: names that only the ledger's key can make again.
 *
 * Pure. An address or a contact id becomes `forgotten:` and a keyed hash. Whoever comes back with the same address is
 * found by hashing it again; the name alone tells nobody whom it is about. Must never change how a name is made: names
 * of older programs must be found by this code too.
 */
import { keyedHash } from '../model/hash.ts';

const FORGOTTEN = 'forgotten:';

/** Makes the name that stands for an address or a contact id. */
export type NameForgotten = (text: string) => string;

/** Gives the maker of names for a ledger's key. An empty text names nobody and stays empty. */
export function namesBy(key: Uint8Array): NameForgotten {
  return (text) => (text === '' ? '' : `${FORGOTTEN}${keyedHash(key, `name\n${text}`)}`);
}

/** What of a forgotten fact is under its seal: the chain itself can no longer vouch for it. */
export interface Sealed {
  readonly seq: number;
  readonly who: string;
  readonly contactId: string;
  readonly matchKey: string | null;
  readonly forgottenAt: number;
}

/** Seals a fact's new names, so that an opt-out cannot be moved to another name unnoticed. */
export function sealOf(key: Uint8Array, { seq, who, contactId, matchKey, forgottenAt }: Sealed): string {
  return keyedHash(key, `seal\n${JSON.stringify([seq, who, contactId, matchKey, forgottenAt])}`);
}
