/**
 * The machine's cryptographic source behind the Entropy port. Decides nothing.
 */
import { randomBytes } from 'node:crypto';
import type { Entropy } from '../ports/entropy.ts';

/** Makes the machine's own source of unguessable bytes. */
export function createSystemEntropy(): Entropy {
  return { bytes: (count) => randomBytes(count) };
}
