import { describe, expect, test } from 'vitest';
import { crmEmail } from '../testing/crm-households.ts';
import { addressStep, type AddressInput } from './crm-address.ts';

const INPUT: AddressInput = {
  link: { contactId: '2', individualId: '21', emailId: '211' },
  email: crmEmail('211', 'old@example.org'),
  address: 'New@Example.org',
  key: 'new@example.org',
  agreed: 'old@example.org',
  mayBeMailed: true,
  stanceOf: () => 'in',
};
const optedIn = (more: Partial<AddressInput>): boolean | undefined =>
  addressStep({ ...INPUT, ...more }).change?.optedIn;

describe('an address that differs', () => {
  test('T27: the account moved: the same e-mail gets it, as the account spells it', () => {
    expect(addressStep(INPUT)).toEqual({
      change: { kind: 'address', contactId: '2', email: INPUT.email, address: 'New@Example.org', optedIn: true },
      conflict: null,
    });
    expect(addressStep({ ...INPUT, agreed: null }).change).not.toBeNull();
  });

  test('T31: another spelling is no other address', () => {
    const email = crmEmail('211', 'NEW@example.org');
    expect(addressStep({ ...INPUT, email })).toEqual({ change: null, conflict: null });
  });

  test.each([
    ['is off', { email: crmEmail('211', 'old@example.org', { opted_in: false }) }],
    ['is not told', { email: crmEmail('211', 'old@example.org', { opted_in: null }) }],
    ['is on, while the person may not be mailed', { mayBeMailed: false }],
    ['is on, and nothing is known of the new address', { stanceOf: () => 'silent' as const }],
    ['is on, and the new address is in doubt', { stanceOf: () => 'hold' as const }],
    [
      'is on, and the old address was out',
      { stanceOf: (key: string) => (key === 'old@example.org' ? ('out' as const) : ('in' as const)) },
    ],
  ])('T27: a flag that %s does not stay on with the new address', (_name, more) => {
    expect(optedIn(more)).toBe(false);
  });

  test.each([
    ['address-moved-there', { agreed: 'new@example.org' }],
    ['address-moved-both', { agreed: 'first@example.org' }],
    ['address-nowhere', { email: null }],
  ])('%s is a conflict, and nothing is written', (conflict, more) => {
    expect(addressStep({ ...INPUT, ...more })).toEqual({ change: null, conflict });
  });
});
