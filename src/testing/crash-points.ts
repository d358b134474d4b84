/**
 * Kills a run at named durable steps (I5): a Steps that throws at one visit of one point, and the list of those reached.
 */
import type { Steps } from '../ports/steps.ts';

/** Stands for the process being gone: only a suite catches it. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export interface CrashSteps extends Steps {
  /** Every point reached so far, in order. */
  readonly visited: readonly string[];
}

/** Makes steps that throw at the n-th step reached, counted from 0; without `at` they only take notes. */
export function crashAt(at?: number): CrashSteps {
  const visited: string[] = [];
  return {
    visited,
    reached(point) {
      visited.push(point);
      if (visited.length - 1 === at) throw new Killed(point);
    },
  };
}
