/**
 * id-set: a set of ids for a million of them: a dozen bytes an id, where the ids themselves would take a hundred.
 *
 * It keeps 64-bit fingerprints, so it never says "new" of an id that was added; that it says "known" of another one is
 * as likely as one in ten million, for a million ids. It lies in many small parts that grow one at a time, so that
 * growing never needs the whole of it twice. Must not be used where a wrong "known" would cost more than a look.
 */

/** A power of two. */
const PARTS = 64;
const SLOTS_AT_FIRST = 64;
const GROWTH = 1.25;
/** Fuller than this, and looking for a free slot takes long. */
const FULLEST = 0.8;
const WORDS = 2 ** 32;

/** Ids by their fingerprints. */
export class IdSet {
  readonly #parts = Array.from({ length: PARTS }, () => new Part());
  #size = 0;

  /** How many ids are in it. */
  get size(): number {
    return this.#size;
  }

  has(id: string): boolean {
    const [low, high] = fingerprint(id);
    return this.#partOf(high).has(low, high);
  }

  add(id: string): void {
    const [low, high] = fingerprint(id);
    if (this.#partOf(high).add(low, high)) this.#size += 1;
  }

  #partOf(high: number): Part {
    return this.#parts[high % PARTS] as Part;
  }
}

class Part {
  #used = 0;
  /** Open addressing, two words a slot; a slot whose first word is 0 is free. */
  #slots = new Uint32Array(2 * SLOTS_AT_FIRST);

  has(low: number, high: number): boolean {
    return this.#slots[this.#find(low, high)] !== 0;
  }

  /** Adds a fingerprint; false when it was there. */
  add(low: number, high: number): boolean {
    if (this.has(low, high)) return false;
    if ((this.#used + 1) * 2 > this.#slots.length * FULLEST) this.#grow();
    this.#put(low, high);
    this.#used += 1;
    return true;
  }

  #put(low: number, high: number): void {
    const at = this.#find(low, high);
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
  }

  /** Finds the slot of a fingerprint, or the free one where it belongs. */
  #find(low: number, high: number): number {
    const slots = this.#slots;
    for (let at = 2 * Math.floor((low / WORDS) * (slots.length / 2)); ; at += 2) {
      if (at === slots.length) at = 0;
      if (slots[at] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * Math.ceil((before.length / 2) * GROWTH));
    for (let at = 0; at < before.length; at += 2) {
      const low = before[at] ?? 0;
      if (low !== 0) this.#put(low, before[at + 1] ?? 0);
    }
  }
}

/** Two independent 32-bit hashes of an id; the first is never 0, which means "free". */
function fingerprint(id: string): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
  }
  return [low >>> 0 || 1, high >>> 0];
}
