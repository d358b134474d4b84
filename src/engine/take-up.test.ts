import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import { isoOf } from '../model/instant.ts';
import type { Reading } from '../model/record.ts';
import { VISIBILITY_MS } from '../rules/staleness.ts';
import type { Known } from '../store/rows.ts';
import { readingOf } from '../testing/contact-readings.ts';
import { factsOf, takeUp } from './take-up.ts';

const T0 = Date.UTC(2026, 0, 1, 10);
const at = (minute: number): string => isoOf(T0 + minute * 60_000);

function known(reading: Reading<Contact>, said: Partial<Known> = {}): Known {
  const { id, hash, version, state } = reading;
  return { recordId: 1, id, hash, agreed: hash, version, state, readAt: T0, ...said };
}
const knowing = (...stored: Known[]): ReadonlyMap<string, Known> =>
  new Map(stored.map((record) => [record.id, record]));
const BEFORE = readingOf({ updated_at: at(0), email_updated_at: at(1), opt_in_source: 'Contact', opt_in_date: at(0) });
const OUT = readingOf({
  permission_to_send: 'unsubscribed',
  updated_at: at(0),
  email_updated_at: at(5),
  opt_out_source: 'Contact',
  opt_out_date: at(5),
});

describe('taking up a page', () => {
  const reading = fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('Ann', 'Bo'), fc.integer({ min: 0, max: 9 }))
    .map(([id, first_name, minute]) => readingOf({ first_name, updated_at: at(minute) }, id));
  const page = fc.array(reading, { maxLength: 8 });

  test('each distinct record is unchanged, changed or stale, exactly once; of two on a page the later counts (T8)', () =>
    fc.assert(
      fc.property(page, page, fc.boolean(), (shown, stored, direct) => {
        const before = knowing(...stored.map((record) => known(record)));
        const taken = takeUp(shown, before, T0 + 60_000, direct);
        const ids = [...taken.changed, ...taken.unchanged, ...taken.stale].map((record) => record.id).sort();
        expect(ids).toEqual([...new Set(shown.map((record) => record.id))].sort());
        for (const record of taken.changed) expect(record).toBe(shown.findLast((other) => other.id === record.id));
      }),
    ));

  test('T26: an old page after a fresh opt-out changes nothing', () => {
    const taken = takeUp([BEFORE], knowing(known(OUT)), T0 + 60_000, false);
    expect(taken).toMatchObject({ changed: [], stale: [{ id: 'c1' }] });
  });

  test("T17: beyond the visibility window an older version is the source's own will", () => {
    const taken = takeUp([BEFORE], knowing(known(OUT)), T0 + VISIBILITY_MS, false);
    expect(taken.changed).toEqual([BEFORE]);
  });

  test('a direct read is believed whatever its age', () => {
    expect(takeUp([BEFORE], knowing(known(OUT)), T0 + 60_000, true).changed).toEqual([BEFORE]);
  });
});

describe('I1, I19: the consent facts in a reading', () => {
  const how = { sync: 'copy', side: 'primary', channel: 'window', readAt: T0, run: 'run1' } as const;
  const fact = (reading: Reading<Contact>, before?: Known, facts: readonly ConsentFact[] = []) =>
    factsOf(reading, before, facts, how);
  const OUT_FACT = { fact: 'out', actor: 'person', at: at(5), channel: 'window' } as const;

  test.each([
    ['of somebody never seen', undefined],
    ['of somebody who was mailable', known(BEFORE)],
  ])('an OUT %s is a fact', (_name, before) => {
    expect(fact(OUT, before)).toMatchObject([OUT_FACT]);
  });

  test('T26: a second OUT of somebody who is out already is a fact, so that no IN between the two lifts it', () => {
    const first = fact(readingOf({ ...OUT.content, opt_out_date: at(2) }));
    expect(fact(OUT, known(OUT), first)).toMatchObject([OUT_FACT]);
  });

  test('an OUT that is on record already is none, whichever channel told it', () => {
    const onRecord = fact(OUT, undefined);
    expect(onRecord).toHaveLength(1);
    const walked = onRecord.map((one) => ({ ...one, channel: 'walk' }));
    expect(fact(OUT, known(OUT), walked)).toEqual([]);
  });

  test('T24: an OUT of one list, or of another medium, at the same instant does not stand for one of all mail', () => {
    const other = fact(OUT, undefined).flatMap((one) => [
      { ...one, scope: 'list:l1' as const },
      { ...one, medium: 'sms' as const },
    ]);
    expect(fact(OUT, undefined, other)).toMatchObject([{ ...OUT_FACT, scope: 'all', medium: 'email' }]);
    const moved = readingOf({ ...OUT.content, email_address: 'New@Example.org' });
    expect(fact(moved, known(OUT), [...fact(OUT), ...other])).toMatchObject([{ fact: 'hold', scope: 'all' }]);
    const held = other.map((one) => ({ ...one, fact: 'hold' as const, matchKey: 'new@example.org' }));
    expect(fact(moved, known(OUT), [...fact(OUT), ...held])).toMatchObject([{ fact: 'hold', scope: 'all' }]);
  });

  test('T25: somebody back by the account is its act at the time when the address moved as well', () => {
    const back = readingOf({ opt_in_source: 'Account', opt_in_date: at(1), email_updated_at: at(9) });
    expect(fact(back, known(OUT)).map((one) => [one.actor, one.at])).toEqual([
      ['account', at(1)],
      ['account', at(9)],
    ]);
  });

  test('T27: the new address of somebody who is out is held, once, with the OUT that holds it', () => {
    const onRecord = fact(OUT, undefined);
    const moved = readingOf({ ...OUT.content, email_address: 'New@Example.org' });
    const held = fact(moved, known(OUT), onRecord);
    expect(held).toMatchObject([{ fact: 'hold', matchKey: 'new@example.org', actor: 'person', at: at(5) }]);
    expect(fact(moved, known(OUT), [...onRecord, ...held])).toEqual([]);
    expect(fact({ ...moved, id: 'c9' }, undefined, held)).toEqual([]);
    const others = onRecord.map((one) => ({ ...one, contactId: 'c2' }));
    expect(fact(moved, known(OUT), others)).toEqual([]);
  });

  test('T22: the OUT of a deleted contact is a fact as well: the ledger outlives the contact', () => {
    expect(fact(readingOf({ ...OUT.content, deleted_at: at(6) }), undefined)).toMatchObject([OUT_FACT]);
  });

  test.each([
    ['Contact', 'person'],
    ['Account', 'account'],
    [null, 'unknown'],
  ] as const)('somebody who is mailable again by %s is an IN by the %s', (source, actor) => {
    const back = readingOf({ opt_in_source: source, opt_in_date: at(9) });
    expect(fact(back, known(OUT))[0]).toMatchObject({ fact: 'in', actor, at: at(9) });
    expect(fact(back, known(BEFORE))).toEqual([]);
  });

  test.each(['pending_confirmation', 'temp_hold', 'not_set', 'held'] as const)(
    "T23: %s is nobody's IN or OUT",
    (now) => {
      const reading = readingOf({ permission_to_send: now });
      expect([fact(reading, known(OUT)), fact(reading, known(BEFORE)), fact(reading)]).toEqual([[], [], []]);
    },
  );
});
