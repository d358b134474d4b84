import { expect, test } from 'vitest';
import type { CrmChange, CrmContact } from '../model/crm.ts';
import { crmEmail, crmIndividual, household } from '../testing/crm-households.ts';
import { isUnseen } from './crm-seen.ts';

const at = (first_name: string | null, custom_fields: CrmContact['custom_fields'] = {}): readonly CrmContact[] => [
  household('2', [crmIndividual('21', [crmEmail('211', 'ann@example.org')], { first_name, last_name: 'Lee' })], {
    custom_fields,
  }),
];
const fields = (set: Readonly<Record<string, string | null>>): CrmChange => ({ kind: 'fields', contactId: '2', set });
const NAME: CrmChange = { kind: 'name', contactId: '2', individualId: '21', first_name: 'Ann', last_name: 'Lee' };

test('T17: what shows exactly what stood before was read too early', () => {
  expect(isUnseen(fields({ Job: 'Judge' }), at('Ann', { Job: 'Cook' }), at('Ann', { Job: 'Cook' }))).toBe(true);
  expect(isUnseen(fields({ Job: 'Judge' }), at('Ann'), at('Ann'))).toBe(true);
  expect(isUnseen(NAME, at('Anna'), at('Anna'))).toBe(true);
});

test('T41: a form of its own was seen, and so was what stands as it was wanted', () => {
  expect(isUnseen(fields({ Job: 'Judge ' }), at('Ann', { Job: 'Cook' }), at('Ann', { Job: 'Judge' }))).toBe(false);
  expect(isUnseen(fields({ Job: null }), at('Ann', {}), at('Ann', {}))).toBe(false);
  expect(isUnseen(NAME, at('Ann'), at('Ann'))).toBe(false);
  expect(isUnseen(NAME, at('Anna'), at('ANN'))).toBe(false);
});

test('of several fields one that moved shows the write', () => {
  const before = at('Ann', { Job: 'Cook', Diet: 'none' });
  const after = at('Ann', { Job: 'Judge', Diet: 'none' });
  expect(isUnseen(fields({ Job: 'Judge', Diet: 'fish' }), before, after)).toBe(false);
});

test('of any other change nothing is said', () => {
  expect(isUnseen({ kind: 'note', contactId: '2', text: 'a', at: '' }, at('Ann'), at('Ann'))).toBe(false);
});
