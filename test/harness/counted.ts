/**
 * What every pass of every scenario must satisfy, whatever it is about: the sum of I17 and the quota of I12.
 */
import { expect } from 'vitest';
import type { Simulators } from '../../simulators/main.ts';
import type { PassResult } from '../../src/cli/results.ts';

/** Demands that each record read stands in exactly one bucket, and that no request went beyond a limit. */
export function expectCounted(result: PassResult, simulators: Simulators): void {
  const { read, unchanged, applied, skipped, held, parked, conflicts } = result;
  const skippedAll = Object.values(skipped).reduce((sum, n) => sum + n, 0);
  expect(
    unchanged + applied + skippedAll + held + parked + conflicts,
    `I17: the sum of ${JSON.stringify(result)}`,
  ).toBe(read);
  expect(simulators.requests.excess, 'I12: requests beyond the quota').toBe(0);
}
