/**
 * Demands that the mirror equals the simulator's truth; how the two are compared is in mirror-truth.ts.
 */
import { expect } from 'vitest';
import type { Account } from './account.ts';
import { mirrorDifferences } from './mirror-truth.ts';

/** Compares the whole mirror with the whole truth; `except`: contacts that the scenario knows to differ. */
export function expectMirrorEqualsTruth(account: Account, except: readonly string[] = []): void {
  expect(mirrorDifferences(account.world.state, (sql) => account.rows(sql), except)).toEqual([]);
}
