/**
 * Collects what is wrong while a configuration is read, together with where each key stands.
 *
 * Decides that a place is complained about once: after a problem at a key nothing more is said at it or below it, so
 * one slip never sounds like five.
 */
import { formatKey, sortProblems } from './problems.ts';
import type { KeyPath, Position, Problem } from './problems.ts';

interface Place {
  readonly key: Position;
  readonly value: Position;
}

export class Findings {
  readonly #places = new Map<string, Place>();
  readonly #blamed = new Set<string>();
  readonly #problems: Problem[] = [];

  /** Remembers where a key (or a list's item) and its value stand. */
  record(path: KeyPath, key: Position, value: Position): void {
    this.#places.set(JSON.stringify(path), { key, value });
  }

  /** Reports a problem at a key, or at the nearest key above it that is in the file. */
  add(path: KeyPath, message: string, part: keyof Place = 'key'): void {
    this.addAt(this.find(path, part), path, message);
  }

  /** Reports a problem at a position of its own. */
  addAt(position: Position, path: KeyPath, message: string): void {
    if (this.isBlamed(path)) return;
    this.#blamed.add(JSON.stringify(path));
    this.#problems.push({ position, key: formatKey(path), message });
  }

  /** Takes a key that is not in the file as complained about: it was misspelled, not left out. */
  excuse(path: KeyPath): void {
    const place = JSON.stringify(path);
    if (!this.#places.has(place)) this.#blamed.add(place);
  }

  /** Tells whether a problem was reported at this place or above it. */
  isBlamed(path: KeyPath): boolean {
    return path.some((_, index) => this.#blamed.has(JSON.stringify(path.slice(0, index + 1))));
  }

  /** Finds where a key stands, or the nearest key above it. */
  find(path: KeyPath, part: keyof Place = 'key'): Position {
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)));
      if (place !== undefined) return place[length === path.length ? part : 'key'];
    }
    return { line: 1, column: 1 };
  }

  /** All problems in the order of the file. */
  get problems(): readonly Problem[] {
    return sortProblems(this.#problems);
  }
}
