/**
 * Kills a process once, between the CRM's yes to a batch and our record of it: the worst instant of a backfill.
 *
 * Whoever is dead reaches no other durable step. `rows`: how many people the CRM was asked for.
 */
import type { Steps } from '../src/ports/steps.ts';

export class BatchKill implements Steps {
  /** So many people are let through. */
  after = Number.POSITIVE_INFINITY;
  killed = false;
  isDead = false;
  readonly #rows: () => number;

  constructor(rows: () => number) {
    this.#rows = rows;
  }

  reached(point: string): void {
    if (this.isDead) throw new Error('dead');
    if (this.killed || point !== 'store:settleOperations:before-commit' || this.#rows() <= this.after) return;
    this.killed = true;
    this.isDead = true;
    throw new Error('killed');
  }

  /** The next process. */
  revive(): void {
    this.isDead = false;
  }
}
