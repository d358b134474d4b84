import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentFact, Scope } from '../model/consent.ts';
import { isoOf } from '../model/instant.ts';
import { lifts, mergeFacts, standingOf } from './ledger.ts';

const START = Date.UTC(2026, 0, 1, 10);
const DAY = 24 * 3_600_000;
const minute = (n: number): string => isoOf(START + n * 60_000);
const ALL = { medium: 'email', scope: 'all' } as const;

function factOf(said: Partial<ConsentFact>): ConsentFact {
  return {
    contactId: 'c1',
    matchKey: 'ann@example.org',
    medium: 'email',
    scope: 'all',
    sync: 'copy',
    side: 'primary',
    fact: 'out',
    channel: 'walk',
    actor: 'person',
    at: minute(5),
    readAt: START,
    evidence: 'contact reading',
    run: 'run1',
    ...said,
  };
}
const out = (said: Partial<ConsentFact> = {}) => factOf(said);
const back = (said: Partial<ConsentFact> = {}) => factOf({ fact: 'in', at: minute(9), ...said });
const stance = (facts: readonly ConsentFact[], scope: Scope = 'all') =>
  standingOf(facts, { medium: 'email', scope }).stance;

const any: fc.Arbitrary<ConsentFact> = fc
  .record({
    fact: fc.constantFrom<ConsentFact['fact']>('out', 'in', 'hold'),
    actor: fc.constantFrom<ConsentFact['actor']>('person', 'account', 'operator', 'unknown'),
    side: fc.constantFrom<ConsentFact['side']>('primary', 'secondary'),
    scope: fc.constantFrom<Scope>('all', 'list:1', 'list:2'),
    at: fc.option(fc.integer({ min: 0, max: 5 }).map(minute), { freq: 5 }),
    readAt: fc.integer({ min: 0, max: 3 }).map((n) => START + n),
    channel: fc.constantFrom('walk', 'window'),
  })
  .map(factOf);
const facts = fc.array(any, { maxLength: 6 });
const scope = fc.constantFrom<Scope>('all', 'list:1');

describe('I1, I2: the algebra of facts', () => {
  test('merging is commutative, associative and idempotent, with nothing as its neutral element', () =>
    fc.assert(
      fc.property(facts, facts, facts, (a, b, c) => {
        expect(mergeFacts(a, b)).toEqual(mergeFacts(b, a));
        expect(mergeFacts(mergeFacts(a, b), c)).toEqual(mergeFacts(a, mergeFacts(b, c)));
        expect(mergeFacts(a, a)).toEqual(mergeFacts(a));
        expect(mergeFacts(a, [])).toEqual(mergeFacts(a));
        expect(mergeFacts(a).every((fact) => a.some((one) => JSON.stringify(one) === JSON.stringify(fact)))).toBe(true);
      }),
    ));

  test('the standing is that of the set: order and repetition never matter, to the deciding fact', () =>
    fc.assert(
      fc.property(
        facts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.nat(6),
        scope,
        ([all, shuffled], again, asked) => {
          const one = standingOf(all, { medium: 'email', scope: asked });
          expect(standingOf([...shuffled, ...all.slice(again)], { medium: 'email', scope: asked })).toEqual(one);
          expect(standingOf(mergeFacts(all), { medium: 'email', scope: asked })).toEqual(one);
        },
      ),
      { numRuns: 2000 },
    ));

  test('OUT absorbs: no OUT and no hold ever frees anybody, and no IN but one that lifts', () =>
    fc.assert(
      fc.property(facts, any, scope, (all, more, asked) => {
        const before = standingOf(all, { medium: 'email', scope: asked });
        const after = standingOf([...all, more], { medium: 'email', scope: asked });
        if (before.stance !== 'out' || after.stance === 'out') return;
        expect(more.fact).toBe('in');
        expect(before.by !== null && lifts(more, before.by)).toBe(true);
      }),
      { numRuns: 3000 },
    ));
});

describe('I1: what an IN may lift', () => {
  const who = ['person', 'account', 'operator', 'unknown'] as const;
  /** By the maker of the IN, the makers of the OUTs that it lifts. */
  const LIFTS = {
    person: ['person', 'account', 'operator', 'unknown'],
    account: ['account'],
    operator: ['person', 'account', 'operator', 'unknown'],
    unknown: [],
  } as const;

  test.each(who)('T25: a later IN by %s lifts what the table says, of OUTs and of holds', (actor) => {
    for (const fact of ['out', 'hold'] as const) {
      const lifted = who.filter((maker) => lifts(back({ actor, readAt: START + 1 }), out({ fact, actor: maker })));
      expect(lifted).toEqual(LIFTS[actor]);
    }
  });

  test.each([
    ['later', 9, 5, true],
    ['at the same instant', 5, 5, false],
    ['earlier', 4, 5, false],
    ['without a time', null, 5, false],
    ['against an OUT without a time', 9, null, false],
  ] as const)('T19: a person comes back %s', (_name, inAt, outAt, lifted) => {
    const all = [out({ at: outAt === null ? null : minute(outAt) }), back({ at: inAt === null ? null : minute(inAt) })];
    expect(stance(all)).toBe(lifted ? 'in' : 'out');
    expect(stance(all.toReversed())).toBe(lifted ? 'in' : 'out');
  });

  test('T25: the account lifts its own OUT on the same side of the same sync alone', () => {
    const made = out({ actor: 'account' });
    expect(stance([made, back({ actor: 'account' })])).toBe('in');
    expect(stance([made, back({ actor: 'account', side: 'secondary' })])).toBe('out');
    expect(stance([made, back({ actor: 'account', sync: 'another' })])).toBe('out');
    expect(stance([made, back({ actor: 'account', at: minute(5) })])).toBe('out');
  });

  test('T19: a person may come back through the other side', () => {
    expect(stance([out(), back({ side: 'secondary', sync: 'another' })])).toBe('in');
  });

  test('a recorded release frees from what was on record when it was made, whatever its time, and from nothing later', () => {
    const release = back({ actor: 'operator', at: null, readAt: START + 1 });
    expect(stance([out({ at: null }), release])).toBe('in');
    expect(stance([out({ readAt: START + 1 }), release])).toBe('out');
    expect(stance([out(), release, out({ at: minute(1), readAt: START + 2 })])).toBe('out');
  });

  test('T20: a flag that nobody known switched on is no IN: it lifts nothing, and raises nobody', () => {
    const flag = back({ side: 'secondary', actor: 'unknown' });
    expect(standingOf([flag], ALL)).toEqual({ stance: 'silent', by: null });
    expect(standingOf([out(), flag], ALL)).toEqual({ stance: 'out', by: out() });
  });

  test('T26: an old page that is read after a fresh OUT does not undo it', () => {
    expect(stance([out(), back({ at: minute(1), readAt: START + DAY })])).toBe('out');
  });

  test('T5: an IN from the future is none, so that it cannot free from every OUT until then', () => {
    const far = back({ at: isoOf(START + DAY + 1) });
    expect(stance([out(), far])).toBe('out');
    expect(stance([far])).toBe('silent');
    expect(stance([out(), back({ at: isoOf(START + DAY) })])).toBe('in');
  });
});

describe('T24: scopes and media', () => {
  test('whoever left one list is out of that list, and of no other mail', () => {
    const left = out({ scope: 'list:1' });
    expect([stance([left, back()], 'list:1'), stance([left, back()], 'list:2'), stance([left, back()])]).toEqual([
      'out',
      'in',
      'in',
    ]);
  });

  test('whoever is out of all mail is out of each list, and no list lifts that', () => {
    expect(stance([out()], 'list:1')).toBe('out');
    expect(stance([out(), back({ scope: 'list:1' })], 'list:1')).toBe('out');
    expect(stance([out(), back({ scope: 'list:1' })])).toBe('out');
  });

  test('coming back to one list lifts the OUT of that list; of another list nothing is heard', () => {
    const all = [out({ scope: 'list:1' }), back({ scope: 'list:1' })];
    expect([stance(all, 'list:1'), stance(all, 'list:2'), stance(all)]).toEqual(['in', 'silent', 'silent']);
  });

  test('a text message is not a mail', () => {
    expect(stance([out({ medium: 'sms' })])).toBe('silent');
    expect(standingOf([out({ medium: 'sms' }), back()], { medium: 'sms', scope: 'all' }).stance).toBe('out');
  });
});

describe('I2: what is told of a standing', () => {
  test('nothing on record is silence', () => expect(standingOf([], ALL)).toEqual({ stance: 'silent', by: null }));

  test('T27: a hold refuses until the person comes back later, and gives way to an OUT', () => {
    const hold = out({ fact: 'hold' });
    expect(standingOf([hold], ALL)).toEqual({ stance: 'hold', by: hold });
    expect(stance([hold, back()])).toBe('in');
    expect(stance([hold, back({ actor: 'account' })])).toBe('hold');
    expect(standingOf([hold, out()], ALL)).toEqual({ stance: 'out', by: out() });
  });

  test('the latest fact decides; one without a time before all others; of one instant the hardest to lift', () => {
    const timeless = out({ at: null });
    expect(standingOf([out({ at: minute(1) }), out({ at: minute(3) }), out({ at: minute(2) })], ALL).by?.at).toBe(
      minute(3),
    );
    expect(standingOf([timeless, out({ at: minute(3) })], ALL).by).toEqual(timeless);
    const makers = (['operator', 'account', 'unknown', 'person'] as const).map((actor) => out({ actor }));
    expect(makers.map((_, n) => standingOf(makers.slice(0, n + 1), ALL).by?.actor)).toEqual([
      'operator',
      'account',
      'unknown',
      'person',
    ]);
    expect(standingOf([back({ at: minute(1) }), back()], ALL).by).toEqual(back());
    expect(standingOf([out(), out({ contactId: 'c2' })], ALL).by?.contactId).toBe('c2');
  });
});
