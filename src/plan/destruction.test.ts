import { expect, test } from 'vitest';
import { contactOf } from '../testing/contact-readings.ts';
import { changedFields, destructionOf, isOptOut, raisesConsent } from './destruction.ts';

const ANN = contactOf({
  email_address: 'ann@example.org',
  permission_to_send: 'explicit',
  first_name: 'Ann',
  list_memberships: ['l1', 'l2'],
});

test.each([
  ['an edit', { first_name: 'Anne' }, []],
  ['a list joined', { list_memberships: ['l1', 'l2', 'l3'] }, []],
  ['a field blanked', { first_name: null }, ['blanking']],
  ['a list left', { list_memberships: ['l2'] }, ['list-removal']],
  ['another address', { email_address: 'ann@example.com' }, ['address-change']],
  ['the address taken away', { email_address: null }, ['address-change']],
  ['an opt-out', { permission_to_send: 'unsubscribed', opt_in_date: null }, []],
  [
    'all at once',
    { first_name: '', list_memberships: [], email_address: null },
    ['address-change', 'blanking', 'list-removal'],
  ],
] as const)('I10: %s destroys %o', (_name, said, found) => {
  expect(destructionOf(ANN, { ...ANN, ...said }, 'explicit')).toEqual(found);
});

test('what the source itself deleted is its word, not a suspicion', () => {
  expect(destructionOf(ANN, { ...ANN, list_memberships: [] }, 'deleted')).toEqual([]);
  expect(destructionOf(null, ANN, 'explicit')).toEqual([]);
});

test('an opt-out is told apart from being raised', () => {
  const out = contactOf({ ...ANN, permission_to_send: 'unsubscribed' });
  expect(isOptOut(ANN, out, 'unsubscribed')).toBe(true);
  expect(isOptOut(out, out, 'unsubscribed')).toBe(false);
  expect(isOptOut(null, out, 'unsubscribed')).toBe(true);
  // Who left and was deleted since is out by their own word; who was only deleted is not.
  expect(isOptOut(ANN, { ...out, deleted_at: '2026-01-01T00:00:00Z' }, 'deleted')).toBe(true);
  expect(isOptOut(ANN, { ...ANN, deleted_at: '2026-01-01T00:00:00Z' }, 'deleted')).toBe(false);
  expect([raisesConsent(out, 'explicit'), raisesConsent(ANN, 'implicit'), raisesConsent(null, 'explicit')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(raisesConsent({ ...ANN, deleted_at: '2026-01-01T00:00:00Z' }, 'explicit')).toBe(true);
});

test('I10: a first address, and lists where there were none, destroy nothing', () => {
  for (const email_address of [null, undefined])
    expect(destructionOf({ ...ANN, email_address }, ANN, 'explicit')).toEqual([]);
  expect(destructionOf({ ...ANN, list_memberships: undefined }, ANN, 'explicit')).toEqual([]);
  expect(destructionOf(ANN, { ...ANN, list_memberships: undefined }, 'explicit')).toEqual(['list-removal']);
  expect(destructionOf({ ...ANN, first_name: undefined }, { ...ANN, first_name: null }, 'explicit')).toEqual([]);
});

test('fields differ by what they hold; a missing one is null', () => {
  expect(changedFields({ a: 1, b: [1], c: null, d: 'x' }, { a: 1, b: [1, 2], d: '', e: 2 })).toEqual(['b', 'd', 'e']);
  expect(changedFields(null, { a: 1, b: null })).toEqual(['a']);
  expect(changedFields({ a: 1, b: 2 }, { a: 1 })).toEqual(['b']);
  expect(changedFields({ a: { b: 1 } }, { a: { b: 1 } })).toEqual([]);
});
