/** Exit codes are the contract's. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quietPass } from '../testing/cli-io.ts';
import { EXIT_ORDER, exitOfPass, worstExit } from './exit-codes.ts';

test.each([
  [{}, 0],
  [{ held: 3 }, 0],
  [{ parked: 1 }, 4],
  [{ conflicts: 1 }, 4],
  [{ disagreeing: 1 }, 4],
  [{ waiting: { parked: 0, conflicts: 2 } }, 4],
  [{ outcome: 'partial', parked: 1 }, 1],
  [{ outcome: 'stopped' }, 3],
  [{ outcome: 'failed' }, 1],
  [{ outcome: 'failed', reconnect: 'cc' }, 5],
] as const)('a pass with %j exits with %i', (more, exit) => {
  expect(exitOfPass(quietPass('copy', more))).toBe(exit);
});

test('over several syncs the first of 2, 5, 1, 3, 4, 0 that occurs is the exit, in whatever order they ran', () => {
  expect(EXIT_ORDER).toEqual([2, 5, 1, 3, 4, 0]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EXIT_ORDER), { minLength: 1 }), (codes) => {
      const exit = worstExit(codes);
      expect(codes).toContain(exit);
      for (const better of EXIT_ORDER.slice(0, EXIT_ORDER.indexOf(exit))) expect(codes).not.toContain(better);
    }),
  );
  expect(worstExit([])).toBe(0);
});
