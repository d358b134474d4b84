/** What a contact's SMS channel says about consent: by number, apart from mail, and held where it is not understood. */
import { describe, expect, test } from 'vitest';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import { readingOf } from '../testing/contact-readings.ts';
import { standingOf } from './ledger.ts';
import { numberKey, smsConsentsOf, smsFactsOf } from './sms.ts';
import { MAILABLE, settle, type ReadBy } from './standing.ts';
import { SMS_STATES } from './states.ts';

const T0 = Date.UTC(2026, 0, 1, 10);
const BY: ReadBy = { sync: 'copy', side: 'primary', channel: 'walk', readAt: T0, run: 'run1' };
const IN_AT = '2026-01-01T08:00:00.000Z';
const OUT_AT = '2026-01-01T09:00:00.000Z';
const DATES = { opt_in_date: IN_AT, opt_out_date: OUT_AT, updated_at: '2026-01-01T09:30:00Z' };
const SMS = { medium: 'sms', scope: 'all' } as const;

function channel(word: unknown, more: object = {}): NonNullable<Contact['sms_channel']> {
  const consent = { sms_consent_permission: word, consent_type: 'promotional_sms', ...DATES, ...more };
  return { sms_channel_id: 's1', sms_address: '5085550100', dial_code: '1', sms_channel_consents: [consent] };
}
function told(sms_channel: Contact['sms_channel'], onRecord: readonly ConsentFact[] = []): readonly ConsentFact[] {
  return smsFactsOf(readingOf({ sms_channel }), onRecord, BY);
}
const OUT = told(channel('unsubscribed'));

describe('a number', () => {
  test.each([
    [{ full_sms_address: '+1 (508) 555-0100' }, 'tel:+15085550100'],
    [{ full_sms_address: '+15085550100', sms_address: '5550000', dial_code: '44' }, 'tel:+15085550100'],
    [{ sms_address: '+15085550100', dial_code: '1' }, 'tel:+15085550100'],
    [{ sms_address: '508.555.0100', dial_code: '1' }, 'tel:+15085550100'],
    [{ sms_address: '508555', dial_code: '' }, null],
    [{ full_sms_address: '5085550100' }, null],
    [{ sms_address: '5085550100' }, null],
    [{ dial_code: '1', sms_address: ' ' }, null],
    [{ full_sms_address: '+123456' }, null],
    [{ full_sms_address: '+1234567' }, 'tel:+1234567'],
    [{ full_sms_address: '+123456789012345' }, 'tel:+123456789012345'],
    [{ full_sms_address: '+1234567890123456' }, null],
    [{ full_sms_address: '+1508555010x' }, null],
    [{ full_sms_address: 15085550100, sms_address: 5085550100, dial_code: 1 }, null],
    [null, null],
  ])('of %o is known as %s, in international form alone', (given, key) => {
    expect(numberKey(given)).toBe(key);
  });
});

describe('SMS consent', () => {
  test('I1: an opt-out is a fact about the number, by nobody known, with the source’s time', () => {
    expect(OUT).toEqual([
      {
        ...BY,
        contactId: 'c1',
        matchKey: 'tel:+15085550100',
        medium: 'sms',
        scope: 'all',
        actor: 'unknown',
        fact: 'out',
        at: OUT_AT,
        evidence: 'SMS consent in a contact reading; the source names nobody who gave or took it',
      },
    ]);
    expect(standingOf(OUT, SMS).stance).toBe('out');
  });

  test('an opt-out that is on record already is none; one of another time, or another number, is one', () => {
    expect(told(channel('unsubscribed'), OUT)).toEqual([]);
    expect(told(channel('unsubscribed', { opt_out_date: '2026-01-02T09:00:00Z' }), OUT)).toHaveLength(1);
    expect(told({ ...channel('unsubscribed'), sms_address: '5085550199' }, OUT)).toHaveLength(1);
    const mail = OUT.map((fact) => ({ ...fact, medium: 'email' as const }));
    expect(told(channel('unsubscribed'), mail)).toHaveLength(1);
  });

  test('T20: an opt-in is told of a number that was out, and frees it from nothing: nobody is named', () => {
    const later = channel('explicit', { opt_in_date: '2026-01-03T08:00:00Z' });
    expect(told(later)).toEqual([]);
    const back = told(later, OUT);
    expect(back).toMatchObject([{ fact: 'in', actor: 'unknown', at: '2026-01-03T08:00:00.000Z' }]);
    expect(standingOf([...OUT, ...back], SMS).stance).toBe('out');
    expect(told(later, [...OUT, ...back])).toEqual([]);
    const onlyIn = told(later, OUT).map((fact) => ({ ...fact, matchKey: 'tel:+1', at: IN_AT }));
    expect(told(later, onlyIn)).toEqual([]);
  });

  test.each(['pending_confirmation', 'not_set'])('T23: %s is nobody’s IN or OUT', (word) => {
    expect([told(channel(word)), told(channel(word), OUT)]).toEqual([[], []]);
  });

  test.each([
    ['an unknown word', channel('grandfathered'), '2026-01-01T09:30:00.000Z'],
    ['another spelling', channel('Unsubscribed'), '2026-01-01T09:30:00.000Z'],
    ['no word', channel(undefined, { updated_at: 7 }), null],
    ['another kind of consent', channel('explicit', { consent_type: 'transactional' }), '2026-01-01T09:30:00.000Z'],
    ['a consent that is none', { ...channel('explicit'), sms_channel_consents: ['explicit'] }, null],
    ['a consent that is a list', { ...channel('explicit'), sms_channel_consents: [[]] }, null],
    ['no consent at all', { ...channel('explicit'), sms_channel_consents: [null] }, null],
    ['consents that are no list', { ...channel('explicit'), sms_channel_consents: 'explicit' }, null],
  ])('I2: what nobody documented holds: %s', (_, given, at) => {
    const facts = told(given);
    const evidence = 'SMS consent in a contact reading that nobody documented';
    expect(facts).toMatchObject([{ fact: 'hold', medium: 'sms', at, evidence }]);
    expect(standingOf(facts, SMS).stance).toBe('hold');
  });

  test('each consent of a channel counts, and an unreadable time is none', () => {
    const two = [
      ...(channel('explicit')['sms_channel_consents'] as object[]),
      ...(channel('unsubscribed', { opt_out_date: 'soon' })['sms_channel_consents'] as object[]),
    ];
    expect(smsConsentsOf({ sms_channel_consents: two })).toEqual([
      { fact: 'in', at: IN_AT },
      { fact: 'out', at: null },
    ]);
  });

  test.each([null, {}, { sms_channel_consents: null }, { sms_channel_consents: [] }])(
    'a channel without any says nothing: %o',
    (given) => {
      expect(told(given, OUT)).toEqual([]);
    },
  );

  test('SMS and mail never count for each other', () => {
    expect(standingOf(OUT, { medium: 'email', scope: 'all' }).stance).toBe('silent');
    const reading = readingOf({ sms_channel: channel('unsubscribed') });
    expect(MAILABLE.has(settle(reading, OUT, BY, () => 'h').reading.state)).toBe(true);
    const mail: ConsentFact[] = OUT.map((fact) => ({ ...fact, medium: 'email' }));
    expect(standingOf(mail, SMS).stance).toBe('silent');
  });

  test('the table holds the words that the vendor filters by, and no others', () => {
    expect([...SMS_STATES]).toEqual(
      ['explicit', 'unsubscribed', 'pending_confirmation', 'not_set'].map((word) => [word, word]),
    );
  });
});
