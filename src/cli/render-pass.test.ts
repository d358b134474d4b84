import { describe, expect, test } from 'vitest';
import { renderExplained } from './render-pass.ts';
import type { PlanSummary } from './results.ts';

/** The words of `--explain` use these two alone. */
function explained(memberships: Partial<PlanSummary['memberships']> | null): string {
  const whole = memberships === null ? null : { people: 5, callsOneByOne: 15, ...memberships };
  return renderExplained({ newPeople: null, memberships: whole } as PlanSummary).join('\n');
}

describe('--explain says how lists of people would be changed', () => {
  test('in jobs: how many, at what cost, and what a job can do', () => {
    const words = explained({ singles: 0, jobs: 2, calls: 9, because: null });
    expect(words).toContain('Lists of people: 5 in 2 list jobs; 9 requests, 15 requests if all went one by one.');
    expect(words).toContain('nobody goes into one against whom an opt-out or a doubt stands');
  });

  test('one by one, and why', () => {
    const words = explained({ singles: 5, jobs: 0, calls: 15, because: 'not-cheaper' });
    expect(words).toContain('for so few a job costs as much');
    expect(words).not.toContain('nobody goes into one');
  });

  test('nothing where no list of anybody is changed', () => {
    expect(explained(null)).toBe('  Nobody new is made.');
  });
});
