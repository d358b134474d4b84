import { describe, expect, test } from 'vitest';
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { CrmChange, CrmEmail, NewCrmPerson } from '../model/crm.ts';
import { judgeCrmChange } from './crm-door.ts';

const AS_SENT: ConsentEffects = {
  newAddress: 'as-sent',
  known: 'as-sent',
  revives: false,
  relists: false,
  movesAddress: true,
};
const IMPORT: ConsentEffects = { ...AS_SENT, newAddress: 'implicit', known: 'unchanged' };
const email: CrmEmail = { id: '9', type: 'Home Email', address: 'ann@crm.example', opted_in: true, primary: true };
const person: NewCrmPerson = {
  reference: { source: 'Constant Contact', id: 'c1' },
  address: 'ann@crm.example',
  address_type: 'Home Email',
  first_name: 'Ann',
  last_name: 'Lee',
  tags: [],
  custom_fields: {},
};
const opt = (optedIn: boolean): CrmChange => ({ kind: 'opt', contactId: '1', email, optedIn });
const move = (optedIn: boolean): CrmChange => ({
  kind: 'address',
  contactId: '1',
  email: { ...email, address: 'old@crm.example' },
  address: 'ann@crm.example',
  optedIn,
});

describe("the CRM's door", () => {
  test('I3: switching a flag off passes whatever stands', () => {
    for (const stance of ['out', 'hold', 'in', 'silent'] as const)
      expect(judgeCrmChange(AS_SENT, opt(false), () => stance)).toBeNull();
  });

  test('I1: a change that declares nothing is refused, even one that only lowers', () => {
    expect(judgeCrmChange(undefined, opt(false), () => 'in')).toBe('undeclared');
    expect(judgeCrmChange(undefined, { kind: 'note', contactId: '1', text: 'x', at: '' }, () => 'in')).toBe(
      'undeclared',
    );
  });

  test('T20: a flag is switched on for nobody, whatever stands', () => {
    for (const stance of ['in', 'silent'] as const)
      expect(judgeCrmChange(AS_SENT, opt(true), () => stance)).toBe('raises-known');
    expect(judgeCrmChange(AS_SENT, opt(true), () => 'out')).toBe('out');
  });

  test.each(['out', 'hold'] as const)(
    'I1, T22: while %s stands nobody is submitted, created mailable, or given the address mailable',
    (stance) => {
      expect(judgeCrmChange(IMPORT, { kind: 'submit', person }, () => stance)).toBe(stance);
      expect(judgeCrmChange(AS_SENT, { kind: 'create', person, optedIn: true }, () => stance)).toBe(stance);
      expect(judgeCrmChange(AS_SENT, { kind: 'create', person, optedIn: false }, () => stance)).toBeNull();
      expect(judgeCrmChange(AS_SENT, move(true), () => stance)).toBe(stance);
      expect(judgeCrmChange(AS_SENT, move(false), () => stance)).toBeNull();
    },
  );

  test('T27: the new address of somebody whose old one is out gets no yes', () => {
    const stanceOf = (address: string) => (address === 'old@crm.example' ? 'out' : 'in');
    expect(judgeCrmChange(AS_SENT, move(true), stanceOf)).toBe('out');
  });

  test('what touches no address passes beside an opt-out', () => {
    const stanceOf = () => 'out' as const;
    expect(judgeCrmChange(AS_SENT, { kind: 'fields', contactId: '1', set: { a: 'b' } }, stanceOf)).toBeNull();
  });
});
