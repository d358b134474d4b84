/**
 * line-set: the lines of a saved plan, and which of them were found again, for a million of them: some 16 bytes a line,
 * where the lines would take a thousand.
 *
 * A line is known by 95 bits of its SHA-256: a wrong "in it" would carry out a line that nobody looked at, and for a
 * million lines against a million others that is as likely as one in 10^16. The bit beside them says that it was found
 * again, so that no second set is needed for that. It lies in many small parts that grow one at a time, so that growing
 * never needs the whole of it twice.
 */
import { textHash } from '../model/hash.ts';

/** A power of two. */
const PARTS = 64;
/** Words of a slot. */
const WORDS = 3;
const SLOTS_AT_FIRST = 64;
const GROWTH = 1.25;
/** Fuller than this, and looking for a free slot takes long. */
const FULLEST = 0.8;
const FOUND = 1;

type Print = readonly [first: number, second: number, third: number];

/** Lines by their text. */
export class LineSet {
  readonly #parts = Array.from({ length: PARTS }, () => new Part());

  /** Adds a line; to add it again changes nothing. */
  add(line: string): void {
    const print = printOf(line);
    this.#partOf(print).add(print);
  }

  /** Tells whether a line was added, and remembers that it was found again. */
  find(line: string): boolean {
    const print = printOf(line);
    return this.#partOf(print).find(print);
  }

  /** Tells whether a line was added and found again. */
  wasFound(line: string): boolean {
    const print = printOf(line);
    return this.#partOf(print).wasFound(print);
  }

  #partOf([, second]: Print): Part {
    return this.#parts[second % PARTS] as Part;
  }
}

class Part {
  #used = 0;
  /** Open addressing; a slot whose first word is 0 is free. */
  #slots = new Uint32Array(WORDS * SLOTS_AT_FIRST);

  add(print: Print): void {
    if (this.#slots[this.#slotOf(print)] !== 0) return;
    if ((this.#used + 1) * WORDS > this.#slots.length * FULLEST) this.#grow();
    this.#slots.set(print, this.#slotOf(print));
    this.#used += 1;
  }

  find(print: Print): boolean {
    const at = this.#slotOf(print);
    if (this.#slots[at] === 0) return false;
    this.#slots[at + 2] = print[2] | FOUND;
    return true;
  }

  wasFound(print: Print): boolean {
    const at = this.#slotOf(print);
    return this.#slots[at] !== 0 && ((this.#slots[at + 2] ?? 0) & FOUND) === FOUND;
  }

  /** Gives the slot of a line, or the free one where it belongs. */
  #slotOf([first, second, third]: Print): number {
    const slots = this.#slots;
    for (let at = WORDS * Math.floor((first / 2 ** 32) * (slots.length / WORDS)); ; at += WORDS) {
      if (at === slots.length) at = 0;
      if (slots[at] === 0) return at;
      const isTail = ((slots[at + 2] ?? 0) | FOUND) === (third | FOUND);
      if (slots[at] === first && slots[at + 1] === second && isTail) return at;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(WORDS * Math.ceil((before.length / WORDS) * GROWTH));
    for (let at = 0; at < before.length; at += WORDS) {
      const [first = 0, second = 0, third = 0] = before.subarray(at, at + WORDS);
      if (first !== 0) this.#slots.set([first, second, third], this.#slotOf([first, second, third]));
    }
  }
}

/** The first word is never 0, which means "free"; the last bit is kept for `FOUND`. */
function printOf(line: string): Print {
  const bytes = Buffer.from(textHash(line), 'base64url');
  return [bytes.readUInt32LE(0) || 1, bytes.readUInt32LE(4), (bytes.readUInt32LE(8) & ~FOUND) >>> 0];
}
