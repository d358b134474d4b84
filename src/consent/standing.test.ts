import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import { contentHash } from '../model/hash.ts';
import { instantOf, isoOf } from '../model/instant.ts';
import type { PermissionState, Reading } from '../model/record.ts';
import { readingOf } from '../testing/contact-readings.ts';
import { standingOf } from './ledger.ts';
import { insOf, MAILABLE, settle as settleBy, type ReadBy } from './standing.ts';

const START = Date.UTC(2026, 0, 1, 10);
const minute = (n: number): string => isoOf(START + n * 60_000);
const time = fc.option(fc.integer({ min: 0, max: 6 }).map(minute), { freq: 6 });
const by: ReadBy = { sync: 'copy', side: 'primary', channel: 'walk', readAt: START, run: 'run9' };
const actor = fc.constantFrom<ConsentFact['actor']>('person', 'account', 'unknown');
const source = fc.constantFrom('Contact', 'Account', 'Martian', null);
const fact: fc.Arbitrary<ConsentFact> = fc.record({
  contactId: fc.constant('c1'),
  matchKey: fc.constant('ann@example.org'),
  medium: fc.constant<'email'>('email'),
  scope: fc.constant<'all'>('all'),
  sync: fc.constant('copy'),
  side: fc.constant<'primary'>('primary'),
  fact: fc.constantFrom<ConsentFact['fact']>('out', 'in'),
  channel: fc.constantFrom('walk', 'window', 'campaign-report'),
  actor,
  at: time,
  readAt: fc.constant(START),
  evidence: fc.constantFrom('contact reading', 'report r1'),
  run: fc.constantFrom('run1', 'run2'),
});
const facts = fc.array(fact, { maxLength: 6 });
const permission = fc.constantFrom<PermissionState>(
  'explicit',
  'implicit',
  'not_set',
  'pending_confirmation',
  'temp_hold',
  'unsubscribed',
);
const reading = fc
  .record({
    permission_to_send: permission,
    opt_in_source: source,
    opt_in_date: time,
    email_updated_at: time,
    first_name: fc.constantFrom('Ann', null),
  })
  .map((said) => readingOf(said));

const factOf = (said: Partial<ConsentFact>): ConsentFact => ({
  contactId: 'c1',
  matchKey: null,
  medium: 'email',
  scope: 'all',
  sync: 'copy',
  side: 'primary',
  fact: 'out',
  channel: 'walk',
  actor: 'person',
  at: minute(0),
  readAt: START,
  evidence: 'contact reading',
  run: 'run1',
  ...said,
});
const settle = (reading: Reading<Contact>, facts: readonly ConsentFact[]) => settleBy(reading, facts, by, contentHash);
const standingOut = (facts: readonly ConsentFact[], reading: Reading<Contact>) => {
  const standing = standingOf([...facts, ...insOf(reading, by)], { medium: 'email', scope: 'all' });
  return standing.stance === 'out' ? standing.by : null;
};
const mailable = (said: Parameters<typeof readingOf>[0]) => readingOf({ permission_to_send: 'explicit', ...said });

describe('I1, I2: an opt-out that stands', () => {
  test('the order in which facts arrive, and how often, never matters', () =>
    fc.assert(
      fc.property(
        facts.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
        ),
        reading,
        ([all, shuffled, again], seen) => {
          expect(settle(seen, [...shuffled, ...again]).reading).toEqual(settle(seen, all).reading);
        },
      ),
      { numRuns: 3000 },
    ));

  test('settling twice is settling once', () =>
    fc.assert(
      fc.property(facts, reading, (all, seen) => {
        const once = settle(seen, all).reading;
        expect(settle(once, all).reading).toEqual(once);
      }),
    ));

  test('settling never raises: what is not mailable stays as the source says it', () =>
    fc.assert(
      fc.property(facts, reading, (all, seen) => {
        const settled = settle(seen, all);
        if (MAILABLE.has(seen.state)) expect([seen.state, 'unsubscribed']).toContain(settled.reading.state);
        else expect(settled).toEqual({ reading: seen, overruled: null });
        expect(settled.reading.hash).toBe(contentHash(settled.reading.content));
      }),
    ));

  test('OUT absorbs: more OUTs never free anybody', () =>
    fc.assert(
      fc.property(facts, facts, reading, (all, more, seen) => {
        if (standingOut(all, seen) === null) return;
        const outs = more.filter((one) => one.fact === 'out');
        expect(standingOut([...all, ...outs], seen)).not.toBeNull();
      }),
    ));

  test("T19: only a later IN by the person lifts a person's OUT; ties and missing times are OUT", () =>
    fc.assert(
      fc.property(time, time, source, fc.constantFrom('reading', 'fact'), (out, back, by, how) => {
        const asReading = mailable(how === 'reading' ? { opt_in_source: by, opt_in_date: back } : {});
        const asFact = factOf({ fact: 'in', actor: by === 'Contact' ? 'person' : 'account', at: back });
        const all = [factOf({ at: out }), ...(how === 'fact' ? [asFact] : [])];
        const lifted = by === 'Contact' && out !== null && back !== null && back > out;
        expect(standingOut(all, asReading) === null).toBe(lifted);
      }),
    ));

  test("T25: an account's later IN lifts only the account's own OUT", () =>
    fc.assert(
      fc.property(actor, time, time, (who, out, back) => {
        const seen = mailable({ opt_in_source: 'Account', opt_in_date: back });
        const lifted = who === 'account' && out !== null && back !== null && back > out;
        expect(standingOut([factOf({ actor: who, at: out })], seen) === null).toBe(lifted);
      }),
    ));

  test('T25: the account undoes its own OUT although its opt-in date stays; nobody known undoes nothing', () => {
    const out = factOf({ actor: 'account', at: minute(3) });
    const undone = { opt_in_date: minute(1), email_updated_at: minute(4) };
    expect(standingOut([out], mailable({ ...undone, opt_in_source: 'Account' }))).toBeNull();
    expect(standingOut([out], mailable({ ...undone, opt_in_source: null }))).toBe(out);
    expect(standingOut([{ ...out, actor: 'person' }], mailable({ ...undone, opt_in_source: 'Account' }))).toEqual({
      ...out,
      actor: 'person',
    });
  });

  test('a person who is out is told with the time and the maker of the OUT that stands', () => {
    const { reading: settled, overruled } = settle(mailable({}), [factOf({ at: minute(2) })]);
    expect(settled.content).toMatchObject({
      permission_to_send: 'unsubscribed',
      opt_out_source: 'Contact',
      opt_out_date: minute(2),
    });
    expect(instantOf(overruled?.at ?? null)).toBe(START + 120_000);
  });
});

describe('what a reading becomes', () => {
  const back = readingOf({ opt_in_source: 'Contact', opt_in_date: minute(2), email_updated_at: minute(2) });

  test('T19: a person who opted in later, by the reading itself, stays as the source says', () => {
    expect(settle(back, [factOf({})])).toEqual({ reading: back, overruled: null });
    expect(settle(back, [factOf({ fact: 'in' })])).toEqual({ reading: back, overruled: null });
  });

  test.each([
    ['person', 'Contact'],
    ['account', 'Account'],
    ['unknown', null],
    ['operator', null],
  ] as const)('I1: an OUT by the %s is shown as by %s, with its time', (actor, source) => {
    const out = factOf({ actor, at: minute(4) });
    const { reading: lowered, overruled } = settle(back, [out]);
    expect(overruled).toEqual(out);
    expect(lowered).toMatchObject({ state: 'unsubscribed', hash: contentHash(lowered.content) });
    expect(lowered.content).toEqual({
      ...back.content,
      permission_to_send: 'unsubscribed',
      opt_out_source: source,
      opt_out_date: minute(4),
    });
  });

  test('I2: a hold lowers as an OUT does', () => {
    const hold = factOf({ fact: 'hold', at: minute(4) });
    expect(settle(back, [hold])).toMatchObject({ reading: { state: 'unsubscribed' }, overruled: hold });
  });
});

describe('the acts that a reading tells of', () => {
  test('T20: of nobody known it is one, and lifts nothing', () => {
    const [told, ...more] = insOf(readingOf({ opt_in_source: 'Martian', opt_in_date: minute(3) }), by);
    expect(more).toEqual([]);
    expect(told).toEqual({
      ...by,
      contactId: 'c1',
      matchKey: 'ann@example.org',
      medium: 'email',
      scope: 'all',
      evidence: 'contact reading',
      fact: 'in',
      actor: 'unknown',
      at: minute(3),
    });
  });

  test('a time that is no text is none', () => {
    const odd = readingOf({ opt_in_source: 'Contact', opt_in_date: 7, email_address: 7 });
    expect(insOf(odd, by)[0]).toMatchObject({ at: null, matchKey: null });
  });
});
