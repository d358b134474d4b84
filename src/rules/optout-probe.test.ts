import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeWindow, worthReading, type ProbeEvidence } from './optout-probe.ts';

const AFTER = '2026-01-01T10:00:00Z';
const IN = '2026-01-01T11:00:00Z';
const BEFORE = '2025-01-01T10:00:00Z';
const row = (id: string, optOutDate: string | null) => ({ id, optOutDate });
const judge = (said: Partial<ProbeEvidence>) =>
  judgeWindow({ after: AFTER, answered: [], expected: [], complete: true, ...said });

describe('T18: does this account honour the opt-out window?', () => {
  test.each([
    ['names the one expected', { answered: [row('a', IN)], expected: ['a'] }, 'works'],
    ['names somebody in its range, nobody was expected', { answered: [row('b', IN)] }, 'works'],
    [
      'names people who opted out before its bound',
      { answered: [row('a', IN), row('b', BEFORE), row('c', BEFORE)], expected: ['a'] },
      'ignored',
    ],
    ['names people who never opted out', { answered: [row('a', null)], expected: [] }, 'ignored'],
    ['names nobody although one was expected', { expected: ['a'] }, 'blind'],
    ['names others only', { answered: [row('b', IN)], expected: ['a'] }, 'blind'],
    ['names nobody, nobody was expected', {}, 'unproven'],
    ['was not read to its end', { expected: ['a'], complete: false }, 'unproven'],
    ['rounds down to the second', { answered: [row('a', '2026-01-01T09:59:59Z')], expected: ['a'] }, 'works'],
  ] as const)('a window that %s', (_name, said, outcome) => {
    expect(judge(said)).toBe(outcome);
  });

  test('blind and works need somebody: an answer alone never condemns a window', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c')), fc.boolean(), (ids, complete) => {
        const outcome = judge({ answered: ids.map((id) => row(id, IN)), complete });
        expect(outcome).toBe(ids.length > 0 ? 'works' : 'unproven');
      }),
    ));

  test('only what may still find somebody is worth its call', () => {
    expect((['works', 'unproven', 'ignored', 'refused', 'blind'] as const).filter(worthReading)).toEqual([
      'works',
      'unproven',
    ]);
  });
});
