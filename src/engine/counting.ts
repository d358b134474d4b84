/**
 * counting: the pass's own account, so that read = unchanged + applied + skipped + held + parked + conflicts (I17).
 *
 * Each distinct record (stream and id) counts once, however many channels showed it, and stands in exactly one bucket.
 * Record ids are small integers, so one byte a record holds its bucket: a megabyte for a million people.
 */
import type { StreamName } from '../model/record.ts';

export type Bucket = 'unchanged' | 'applied' | 'held' | 'parked' | 'conflicts' | `skipped.${string}`;
/** Read and changed, but nothing was decided about it yet. */
export const UNDECIDED = 'skipped.unfinished';

export interface Totals {
  readonly read: number;
  readonly unchanged: number;
  readonly applied: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly held: number;
  readonly parked: number;
  readonly conflicts: number;
}

/** Record ids in one leaf. */
const LEAF = 4096;

export class Counting {
  /**
   * Index into `#names` by record id, in leaves that are made when they are needed: record ids are never reused, so they
   * grow far beyond the number of records. 0: not read in this pass.
   */
  readonly #leaves = new Map<number, Uint8Array>();
  readonly #names: (Bucket | 'unread')[] = ['unread', 'unchanged', 'applied'];
  readonly #sizes: number[] = [0, 0, 0];
  /** Records that could not be understood and are not stored have no record id. */
  readonly #refused = new Set<string>();

  /** Takes records up: unchanged until something else is said of them. Repeats count once. */
  take(recordIds: Iterable<number>): void {
    for (const recordId of recordIds) if (this.#at(recordId) === 0) this.#set(recordId, 'unchanged');
  }

  /** Puts a record into a bucket; the latest word counts, but what was applied in this pass is not unchanged afterwards. */
  put(recordId: number, bucket: Bucket): void {
    if (bucket === 'unchanged' && this.#names[this.#at(recordId)] === 'applied') return;
    this.#set(recordId, bucket);
  }

  /** Counts a record that was refused while reading: parked. */
  refuse(stream: StreamName, id: string): void {
    this.#refused.add(`${stream} ${id}`);
  }

  /** Tells whether a record without a place in the store was refused in this pass. */
  wasRefused(stream: StreamName, id: string): boolean {
    return this.#refused.has(`${stream} ${id}`);
  }

  /** Adds up what was counted so far. */
  totals(): Totals {
    const skipped: Record<string, number> = {};
    this.#names.forEach((name, index) => {
      const size = this.#sizes[index] ?? 0;
      if (name.startsWith('skipped.') && size > 0) skipped[name.slice('skipped.'.length)] = size;
    });
    const size = (name: Bucket): number => this.#sizes[this.#names.indexOf(name)] ?? 0;
    const read = this.#sizes.reduce((sum, n, index) => (index === 0 ? sum : sum + n), this.#refused.size);
    return {
      read,
      unchanged: size('unchanged'),
      applied: size('applied'),
      skipped,
      held: size('held'),
      parked: size('parked') + this.#refused.size,
      conflicts: size('conflicts'),
    };
  }

  #at(recordId: number): number {
    return this.#leaves.get(Math.floor(recordId / LEAF))?.[recordId % LEAF] ?? 0;
  }

  #set(recordId: number, bucket: Bucket): void {
    const before = this.#at(recordId);
    const index = this.#indexOf(bucket);
    this.#sizes[before] = (this.#sizes[before] ?? 0) - 1;
    this.#sizes[index] = (this.#sizes[index] ?? 0) + 1;
    this.#leaf(recordId)[recordId % LEAF] = index;
  }

  #leaf(recordId: number): Uint8Array {
    const key = Math.floor(recordId / LEAF);
    const found = this.#leaves.get(key) ?? new Uint8Array(LEAF);
    this.#leaves.set(key, found);
    return found;
  }

  #indexOf(bucket: Bucket): number {
    const found = this.#names.indexOf(bucket);
    if (found > 0) return found;
    this.#sizes.push(0);
    return this.#names.push(bucket) - 1;
  }
}
