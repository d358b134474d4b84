import { describe, expect, test } from 'vitest';
import { contactOf } from '../testing/contact-readings.ts';
import { isInferred, mayBeMailed, noteText, outOf, type MailSigns } from './crm-out.ts';

const ANN: MailSigns = {
  state: 'explicit',
  content: contactOf({ email_address: 'ann@example.org' }),
  stance: 'in',
  bounce: null,
  complaint: null,
};
const CODES = ['B', 'D', 'S'];
const said = (more: Partial<MailSigns>) => outOf({ ...ANN, ...more }, CODES);

describe('whether a person is out', () => {
  test.each([
    ['unsubscribed', { state: 'unsubscribed' as const }, 'unsubscribed'],
    ['deleted', { state: 'deleted' as const }, 'deleted'],
    ['a complaint', { complaint: { at: null } }, 'complained'],
    ['a complaint that unsubscribed', { state: 'unsubscribed' as const, complaint: { at: null } }, 'complained'],
    ['a bounce with a code that ends it', { bounce: { code: 'B', at: null } }, 'bounced'],
    ['an opt-out in the ledger', { stance: 'out' as const }, 'on-record'],
    ['an opt-out in the ledger and a bounce', { stance: 'out' as const, bounce: { code: 'B', at: null } }, 'on-record'],
  ])('%s', (_name, more, reason) => {
    expect(said(more)).toMatchObject({ reason });
    expect(mayBeMailed({ ...ANN, ...more }, CODES)).toBe(false);
  });

  test.each(['pending_confirmation', 'temp_hold', 'not_set', 'held', 'none'] as const)(
    "T23: %s is nobody's opt-out and no permission either",
    (state) => {
      expect(said({ state })).toBeNull();
      expect(mayBeMailed({ ...ANN, state }, CODES)).toBe(false);
    },
  );

  test('T23: a bounce that passes, and an address in doubt, are no opt-out', () => {
    expect(said({ bounce: { code: 'V', at: null } })).toBeNull();
    expect(said({ state: 'unsubscribed', stance: 'hold' })).toBeNull();
    expect(mayBeMailed({ ...ANN, stance: 'hold' }, CODES)).toBe(false);
    expect(mayBeMailed({ ...ANN, bounce: { code: 'V', at: null } }, CODES)).toBe(true);
  });

  test('T27: who is unsubscribed and has moved to an address of which nothing is known is out there, too', () => {
    const content = contactOf({ email_address: 'new@example.org', opt_out_date: '2026-03-04T05:06:07Z' });
    expect(said({ state: 'unsubscribed', stance: 'hold', content })).toMatchObject({ reason: 'unsubscribed' });
  });

  test('only what nobody said is inferred', () => {
    expect(isInferred(said({ bounce: { code: 'B', at: null } }))).toBe(true);
    for (const out of [null, said({ state: 'unsubscribed' }), said({ state: 'deleted' }), said({ stance: 'out' })])
      expect(isInferred(out)).toBe(false);
  });

  test('the note of a bounce says what its code means, and the letter of one that nobody documented', () => {
    const text = (code: string): string => {
      const out = outOf({ ...ANN, bounce: { code, at: '2026-03-04T05:06:07Z' } }, [code]);
      return out === null ? '' : noteText('ann@example.org', 'Constant Contact', out);
    };
    const told = 'Concord: ann@example.org is not to be mailed: mail came back to Constant Contact on 2026-03-04';
    expect([text('B'), text('Q')]).toEqual([`${told} (no such address).`, `${told} (code Q).`]);
  });

  test('the note tells address, reason, day and words, and is the same each time', () => {
    const content = contactOf({ opt_out_date: '2026-03-04T05:06:07Z', opt_out_reason: 'too many' });
    const out = said({ state: 'unsubscribed', content });
    expect(out === null ? '' : noteText('ann@example.org', 'Constant Contact', out)).toBe(
      'Concord: ann@example.org is not to be mailed: unsubscribed in Constant Contact on 2026-03-04 (too many).',
    );
  });
});
