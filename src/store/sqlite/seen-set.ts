/**
 * Sets of record ids, small on disk and in memory: one page's ids as varint differences, a walk's ids as a bitmap.
 *
 * Pure. A page of 500 neighbouring records takes 500 bytes, 1,000,000 records 125 kB of bitmap. Must never hold an id
 * above what 32 bits can shift by: record ids of one store stay far below 2^40, so division is used, not shifts.
 */

/** Packs ids into ascending varint differences; repeated ids count once. */
export function packIds(ids: readonly number[]): Uint8Array {
  const sorted = Float64Array.from(new Set(ids)).sort();
  const bytes = new Uint8Array(sorted.length * 8);
  let length = 0;
  let last = 0;
  for (const id of sorted) {
    let rest = id - last;
    last = id;
    while (rest >= 128) {
      bytes[length++] = 128 + (rest % 128);
      rest = Math.floor(rest / 128);
    }
    bytes[length++] = rest;
  }
  return bytes.subarray(0, length);
}

/** Calls `visit` with each id that {@link packIds} packed, ascending. */
export function unpackIds(bytes: Uint8Array, visit: (id: number) => void): void {
  let id = 0;
  let rest = 0;
  let weight = 1;
  for (const byte of bytes) {
    rest += (byte % 128) * weight;
    weight *= 128;
    if (byte >= 128) continue;
    id += rest;
    visit(id);
    rest = 0;
    weight = 1;
  }
}

/** A set of whole numbers up to a largest one; larger ones are never in it. */
export class IdBitmap {
  readonly #bits: Uint8Array;
  #size = 0;

  constructor(largest: number) {
    this.#bits = new Uint8Array(Math.floor(largest / 8) + 1);
  }

  /** How many numbers are in it. */
  get size(): number {
    return this.#size;
  }

  add(id: number): void {
    const at = Math.floor(id / 8);
    if (at >= this.#bits.length || this.has(id)) return;
    this.#bits[at] = (this.#bits[at] as number) | (1 << (id % 8));
    this.#size += 1;
  }

  /** Finds the first number from `id` on that is not in it; one beyond the largest where all of them are. */
  nextMissing(id: number): number {
    let next = id;
    while (this.has(next)) next += next % 8 === 0 && this.#bits[next / 8] === 0xff ? 8 : 1;
    return next;
  }

  has(id: number): boolean {
    return ((this.#bits[Math.floor(id / 8)] ?? 0) & (1 << (id % 8))) !== 0;
  }
}
