import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Counting, UNDECIDED, type Bucket, type Totals } from './counting.ts';

const recordId = fc.oneof(fc.nat(30), fc.constantFrom(4095, 4096, 2 ** 33));
const bucket = fc.constantFrom<Bucket>(
  'unchanged',
  'applied',
  'held',
  'parked',
  'conflicts',
  'skipped.guard',
  UNDECIDED,
);
const step = fc.oneof(
  fc.record({ kind: fc.constant('take' as const), ids: fc.array(recordId, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('put' as const), recordId, bucket }),
  fc.record({ kind: fc.constant('refuse' as const), id: fc.constantFrom('a', 'b', 'c') }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function count(steps: readonly Step[]): Totals {
  const counting = new Counting();
  for (const one of steps) {
    if (one.kind === 'take') counting.take(one.ids);
    else if (one.kind === 'put') counting.put(one.recordId, one.bucket);
    else counting.refuse('contacts', one.id);
  }
  return counting.totals();
}

function sum({ unchanged, applied, skipped, held, parked, conflicts }: Totals): number {
  return unchanged + applied + held + parked + conflicts + Object.values(skipped).reduce((a, b) => a + b, 0);
}

describe('I17: everything is counted', () => {
  test('read = unchanged + applied + skipped + held + parked + conflicts, over distinct records, whatever happens', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const totals = count(steps);
        const records = new Set(
          steps.flatMap((one) => (one.kind === 'take' ? one.ids : one.kind === 'put' ? [one.recordId] : [])),
        );
        const refused = new Set(steps.flatMap((one) => (one.kind === 'refuse' ? [one.id] : [])));
        expect(totals.read).toBe(records.size + refused.size);
        expect(sum(totals)).toBe(totals.read);
        expect(Object.values(totals.skipped).every((n) => n > 0)).toBe(true);
      }),
      { numRuns: 1000 },
    ));

  test('the latest word counts, but what was applied is not unchanged when another channel shows it again', () => {
    const counting = new Counting();
    counting.take([1, 2, 3]);
    counting.put(1, 'applied');
    counting.put(1, 'unchanged');
    counting.take([1]);
    counting.put(2, UNDECIDED);
    counting.put(2, 'conflicts');
    expect(counting.totals()).toEqual({
      read: 3,
      unchanged: 1,
      applied: 1,
      skipped: {},
      held: 0,
      parked: 0,
      conflicts: 1,
    });
  });
});
