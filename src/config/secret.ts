/**
 * A secret that cannot be printed by accident (I20).
 *
 * Decides that logs, JSON, templates and inspectors all show `[secret]`. The value leaves by `reveal` alone, which is
 * to be called where the request is built and nowhere else.
 */
import { inspect } from 'node:util';

const MASK = '[secret]';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Gives the value itself; the caller must not keep or print it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
