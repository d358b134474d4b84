/**
 * line-set: the lines of a saved plan, for a million of them: 25 bytes a line, where the lines would take a thousand.
 *
 * A line is in it when two independent fingerprints of 64 bits are: a wrong "in it" would carry out a line that nobody
 * looked at, and one set of fingerprints alone is not certain enough for that.
 */
import { textHash } from '../model/hash.ts';
import { IdSet } from '../model/id-set.ts';

/** Lines by their text. */
export class LineSet {
  readonly #plain = new IdSet();
  readonly #hashed = new IdSet();

  add(line: string): void {
    this.#plain.add(line);
    this.#hashed.add(textHash(line));
  }

  has(line: string): boolean {
    return this.#plain.has(line) && this.#hashed.has(textHash(line));
  }
}
