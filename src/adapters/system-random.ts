/**
 * Real randomness behind the Random port. Good enough for backoff jitter; must never make a secret or an id.
 */
import type { Random } from '../ports/random.ts';

/** Makes the machine's own randomness. */
export function createSystemRandom(): Random {
  return { next: () => Math.random() };
}
