import { describe, expect, test } from 'vitest';
import { renderBackfill, renderExplained } from './render-pass.ts';
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

describe('what making people in a CRM takes', () => {
  const one = {
    made: 100_000,
    met: 0,
    way: 'batch',
    calls: 1000,
    callsOneByOne: 100_000,
    hours: 0.9,
    callsPerHour: 1200,
  } as const;

  test('is told in requests and hours, and batches with what they save', () => {
    expect(renderBackfill(one)).toBe(
      'New in the CRM: 100,000 contacts, 1,000 requests in all, 100,000 if each went alone; about 0.9 h at 1,200 an hour; opt-outs and edits go first, and a pass ends when an hour is spent.',
    );
    expect(renderBackfill({ ...one, made: 1, way: 'single', calls: 5, hours: null })).toBe(
      'New in the CRM: 1 contact, 5 requests in all; nothing of an hour is left over for it.',
    );
  });
});
