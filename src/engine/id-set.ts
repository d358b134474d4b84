/**
 * id-set: a set of ids for a million of them: eight bytes an id, where the ids themselves would take a hundred.
 *
 * It keeps 64-bit fingerprints, so it never says "new" of an id that was added; that it says "known" of another one is
 * as likely as one in a hundred million, for a million ids. Must not be used where that would cost more than a look.
 */

/** Ids by their fingerprints. */
export class IdSet {
  #size = 0;
  /** Open addressing, two words a slot; a slot with both words 0 is free. */
  #slots = new Uint32Array(2 * 4096);

  has(id: string): boolean {
    const [low, high] = fingerprint(id);
    return this.#slots[this.#find(low, high)] !== 0;
  }

  add(id: string): void {
    const [low, high] = fingerprint(id);
    const at = this.#find(low, high);
    if (this.#slots[at] !== 0) return;
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#size += 1;
    if (this.#size * 4 > this.#slots.length) this.#grow();
  }

  /** Finds the slot of a fingerprint, or the free one where it belongs. */
  #find(low: number, high: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = (high * 2) & mask; ; at = (at + 2) & mask) {
      if (slots[at] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += 2) {
      const low = before[at] ?? 0;
      const high = before[at + 1] ?? 0;
      if (low === 0) continue;
      const to = this.#find(low, high);
      this.#slots[to] = low;
      this.#slots[to + 1] = high;
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
