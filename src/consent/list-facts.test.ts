/** What it says that somebody is on other lists than before (T24). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentFact } from '../model/consent.ts';
import { isoOf } from '../model/instant.ts';
import { readingOf } from '../testing/contact-readings.ts';
import { standingOf } from './ledger.ts';
import { listFactsOf, listsLeft, type ListsBefore } from './list-facts.ts';
import type { ReadBy } from './standing.ts';

const T0 = Date.UTC(2026, 0, 1, 10);
const MINUTE = 60_000;
const at = (minute: number): string => isoOf(T0 + minute * MINUTE);
const by = (minute: number): ReadBy => ({
  sync: 'website',
  side: 'primary',
  channel: 'changes',
  readAt: T0 + minute * MINUTE,
  run: 'run1',
});
const NOBODY = { add: [], remove: [] };
const on = (...lists: string[]) => readingOf({ list_memberships: lists });

function told(lists: readonly string[], minute: number, before: Partial<ListsBefore>): readonly ConsentFact[] {
  const rest = { lists: [], ours: NOBODY, facts: [], at: at(minute), visibilityMs: 15 * MINUTE };
  return listFactsOf(on(...lists), { ...rest, ...before }, by(minute));
}
const leftA = told(['b'], 60, { lists: ['a', 'b'] });

describe('T24: a membership that ended', () => {
  test('is an OUT about that list alone, by the account, with the time of the reading', () => {
    expect(leftA).toMatchObject([
      { scope: 'list:a', fact: 'out', actor: 'account', at: at(60), matchKey: 'ann@example.org', medium: 'email' },
    ]);
    expect(listsLeft(leftA)).toEqual(['a']);
    expect(standingOf(leftA, { medium: 'email', scope: 'all' }).stance).toBe('silent');
    expect(standingOf(leftA, { medium: 'email', scope: 'list:b' }).stance).toBe('silent');
  });

  test('by our own write is nobody’s word; another one at the same time is', () => {
    const facts = told([], 60, { lists: ['a', 'b'], ours: { add: [], remove: ['b'] } });
    expect(facts.map(({ scope, fact }) => [scope, fact])).toEqual([['list:a', 'out']]);
  });

  test('that stands again later frees that list, and nothing else', () => {
    const both = [...leftA, ...told([], 90, { lists: ['b'], facts: leftA })];
    const again = told(['a'], 120, { facts: both });
    expect(again).toMatchObject([{ scope: 'list:a', fact: 'in', actor: 'account', at: at(120) }]);
    expect(listsLeft([...both, ...again])).toEqual(['b']);
  });

  test('T17, T26: is not freed by an answer from before it, nor by one so soon after that it may be from before it', () => {
    expect(told(['a', 'b'], 74, { lists: ['b'], facts: leftA })).toEqual([]);
    expect(told(['a', 'b'], 75, { lists: ['b'], facts: leftA })).toHaveLength(1);
    const old = told(['a', 'b'], 75, { lists: ['b'], facts: leftA, at: at(59) });
    expect(listsLeft([...leftA, ...old])).toEqual(['a']);
    const untold = told(['a', 'b'], 75, { lists: ['b'], facts: leftA, at: null });
    expect(listsLeft([...leftA, ...untold])).toEqual(['a']);
  });

  test('T17: each OUT of that list must be old enough, and no other fact', () => {
    const again = told(['a'], 80, { facts: leftA });
    const twice = [...leftA, ...again, ...told([], 110, { lists: ['a', 'b'], facts: leftA })];
    expect(told(['a'], 120, { facts: twice })).toEqual([]);
    expect(told(['a'], 125, { facts: twice })).toMatchObject([{ scope: 'list:a', fact: 'in' }]);
    const late = { ...leftA[0], readAt: T0 + 74 * MINUTE } as ConsentFact;
    const others = [...leftA, { ...late, scope: 'list:z' as const }, { ...late, fact: 'in' as const, at: at(10) }];
    expect(told(['a'], 75, { facts: others })).toHaveLength(1);
  });

  test('by our own write again is no IN; nor is a list that nobody left', () => {
    expect(told(['a', 'b'], 120, { lists: ['b'], facts: leftA, ours: { add: ['a'], remove: [] } })).toEqual([]);
    expect(told(['a', 'c'], 120, { lists: ['a'], facts: [] })).toEqual([]);
  });

  test('whose time nobody told is freed by nothing that comes later', () => {
    const out = told([], 60, { lists: ['a'], at: null });
    expect(listsLeft([...out, ...told(['a'], 120, { facts: out })])).toEqual(['a']);
  });

  test('of a person who is out of all mail is one too: a later opt-in to all mail brings back no list', () => {
    const said = { ...leftA[0], scope: 'all', fact: 'in', actor: 'person', at: at(90) } as ConsentFact;
    expect(listsLeft([...leftA, said])).toEqual(['a']);
    // Nor does an opt-out of all mail make anybody leave a list.
    expect(listsLeft([{ ...said, fact: 'out' }])).toEqual([]);
    const again = told(['a'], 120, { facts: leftA });
    expect(listsLeft([...leftA, ...again, { ...said, fact: 'out', at: at(150) }])).toEqual([]);
  });
});

describe('T27: an address that changes', () => {
  const moved = (lists: string[], facts: readonly ConsentFact[]) =>
    listFactsOf(
      readingOf({ list_memberships: lists, email_address: 'new@example.org' }),
      { lists, ours: NOBODY, facts, at: at(90), visibilityMs: 0 },
      by(90),
    );

  test('holds the lists that were left under the one before, once', () => {
    const [hold, ...more] = moved(['b'], leftA);
    expect(hold).toMatchObject({ scope: 'list:a', fact: 'hold', matchKey: 'new@example.org', at: at(60) });
    expect(more).toEqual([]);
    expect(listsLeft(hold === undefined ? [] : [hold])).toEqual(['a']);
    expect(moved(['b'], hold === undefined ? leftA : [...leftA, hold])).toEqual([]);
  });

  test('holds it although the new address joined that list once before', () => {
    const before = { ...leftA[0], fact: 'in', matchKey: 'new@example.org', at: at(10) } as ConsentFact;
    expect(moved(['b'], [...leftA, before])).toMatchObject([{ fact: 'hold', scope: 'list:a' }]);
  });

  test('holds no list that the person is on, nor one that another contact left', () => {
    expect(moved(['a', 'b'], leftA).filter(({ fact }) => fact === 'hold')).toEqual([]);
    expect(
      moved(
        ['b'],
        leftA.map((fact) => ({ ...fact, contactId: 'c2' })),
      ),
    ).toEqual([]);
  });

  test('without an address nothing is held', () => {
    const reading = readingOf({ list_memberships: ['b'], email_address: null });
    const before = { lists: ['b'], ours: NOBODY, facts: leftA, at: at(90), visibilityMs: 0 };
    expect(listFactsOf(reading, before, by(90))).toEqual([]);
  });
});

test('whatever is read, nothing is ever said of all mail, and no list is left and joined at once', () => {
  const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
  fc.assert(
    fc.property(some, some, some, some, fc.integer({ min: 0, max: 200 }), (lists, now, add, remove, minute) => {
      const facts = told(now, minute, { lists, ours: { add, remove }, facts: leftA });
      expect(facts.every(({ scope }) => scope !== 'all')).toBe(true);
      expect(new Set(facts.map(({ scope }) => scope)).size).toBe(facts.length);
    }),
  );
});
