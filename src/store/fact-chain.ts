/**
 * fact-chain: how one fact's row vouches for all before it, so that a changed, missing or inserted row is noticed.
 *
 * Pure. Each row carries a number, the hash of the row before and its own hash over that hash and its fields. What names
 * a person (contact, address, evidence) goes in as one keyed hash, `who`: it can be taken out of a row (see
 * forgotten.ts) and the chain still holds. Must never change what is hashed or how: rows of older programs are checked by this code too.
 */
import type { ConsentFact } from '../model/consent.ts';
import { keyedHash, wholeHash } from '../model/hash.ts';
import { sealOf } from './forgotten.ts';

/** What a row says, with what the store adds to the fact itself. */
export interface ChainedFact extends ConsentFact {
  /** How many releases of its address were on record when it was told. */
  readonly releases: number;
}
/** Where a chain ends: the newest row's number and hash; 0 and '' where there is none. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}
export interface ChainLink extends ChainEnd {
  /** Hash of the row before. */
  readonly prev: string;
  readonly who: string;
}
export interface ChainedRow extends ChainedFact, ChainLink {
  readonly factId: number;
  /** When its person was forgotten; null: it names them. */
  readonly forgottenAt: number | null;
  readonly seal: string | null;
}

export type ChainVerdict =
  | { readonly whole: true; readonly facts: number; readonly head: string }
  | { readonly whole: false; readonly facts: number; readonly broken: ChainBreak };
/** `seq` is the number of the row that was changed or is too many, or the number that is missing. */
export interface ChainBreak {
  readonly kind: 'changed' | 'missing' | 'inserted';
  readonly seq: number;
}

export const CHAIN_START: ChainEnd = { seq: 0, hash: '' };

/** Forges the next link after `end`. */
export function linkAfter(end: ChainEnd, key: Uint8Array, fact: ChainedFact): ChainLink {
  const seq = end.seq + 1;
  const who = whoOf(key, fact);
  return { seq, prev: end.hash, who, hash: hashOf(end.hash, seq, who, fact) };
}

function whoOf(key: Uint8Array, { contactId, matchKey, evidence }: ChainedFact): string {
  return keyedHash(key, JSON.stringify([contactId, matchKey, evidence]));
}

function hashOf(prev: string, seq: number, who: string, fact: ChainedFact): string {
  const { sync, side, medium, scope, fact: said, channel, actor, at, readAt, run, releases } = fact;
  const fields = [prev, seq, who, sync, side, medium, scope, said, channel, actor, at, readAt, run, releases];
  return wholeHash(JSON.stringify(fields));
}

/** Follows a chain row by row, in the order of the table, up to its first break. */
export class ChainReader {
  readonly #key: Uint8Array;
  #end: ChainEnd = CHAIN_START;
  #facts = 0;
  #broken: ChainBreak | null = null;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  get isBroken(): boolean {
    return this.#broken !== null;
  }

  /** Takes the next row. */
  take(row: ChainedRow): void {
    this.#facts += 1;
    this.#broken ??= this.#breakAt(row);
    this.#end = row;
  }

  /** Ends at the end that the store noted: rows cut off behind it are noticed there alone. */
  finish(noted: ChainEnd): ChainVerdict {
    const broken = this.#broken ?? this.#breakAtEnd(noted);
    return broken === null
      ? { whole: true, facts: this.#facts, head: noted.hash }
      : { whole: false, facts: this.#facts, broken };
  }

  #breakAt(row: ChainedRow): ChainBreak | null {
    const { seq, prev } = row;
    const { seq: last, hash: before } = this.#end;
    if (seq <= last) return { kind: 'inserted', seq };
    if (!this.#isItself(row)) return { kind: 'changed', seq };
    if (seq > last + 1) return { kind: 'missing', seq: last + 1 };
    // Both rows agree with themselves: the one before was written anew with a hash that fits it.
    return prev === before ? null : { kind: 'changed', seq: Math.max(last, 1) };
  }

  #isItself(row: ChainedRow): boolean {
    return this.#namesItsPerson(row) && row.hash === hashOf(row.prev, row.seq, row.who, row);
  }

  /** Of somebody forgotten only `who` is left, which the hash covers; a seal covers the names in its place. */
  #namesItsPerson(row: ChainedRow): boolean {
    const { forgottenAt } = row;
    if (forgottenAt === null) return row.seal === null && row.who === whoOf(this.#key, row);
    return row.evidence === '' && row.seal === sealOf(this.#key, { ...row, forgottenAt });
  }

  #breakAtEnd(noted: ChainEnd): ChainBreak | null {
    const { seq, hash: last } = this.#end;
    if (noted.seq > seq) return { kind: 'missing', seq: seq + 1 };
    if (noted.seq < seq) return { kind: 'inserted', seq: noted.seq + 1 };
    return noted.hash === last ? null : { kind: 'changed', seq };
  }
}
