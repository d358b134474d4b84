import { expect, test } from 'vitest';
import { accountFieldBook, meansAccountFields, type AccountField } from './account-field-book.ts';
import type { CrmFieldRule } from './crm-mapping.ts';

const rule = (field: string, direction: CrmFieldRule['direction'] = 'two-way'): CrmFieldRule => ({
  field,
  to: 'There',
  direction,
  write: 'always',
});
const field = (id: string, name: string, label: string, type = 'string'): AccountField => ({ id, name, label, type });
const ALL = [
  field('f1', 'shoe_size', 'Shoe size'),
  field('f2', 'diet', 'Diet', 'text_area'),
  field('f3', 'size', 'T-shirt', 'single_select'),
  field('f4', 'since', 'Member since', 'date'),
  field('f5', 'other', 'Twice'),
  field('f6', 'another', 'Twice'),
];
const found = (...rules: readonly CrmFieldRule[]) => accountFieldBook(rules, ALL);

test('a field is found by its id, its name or its label, however it is spaced; a column is left as it is', () => {
  const { rules, todo } = found(rule('custom_field:f1'), rule('custom_field: shoe_size '), rule('first_name'));
  expect(todo.map(({ reason }) => reason)).toEqual(['two-for-one', 'two-for-one']);
  expect(rules).toEqual([rule('first_name')]);
  expect(found(rule('custom_field:f1')).rules).toEqual([rule('custom_field:f1')]);
  expect(found(rule('custom_field:shoe_size')).rules).toEqual([rule('custom_field:f1')]);
  expect(found(rule('custom_field:Shoe  size'), rule('custom_field:Diet')).rules).toEqual([
    rule('custom_field:f1'),
    rule('custom_field:f2'),
  ]);
});

test('T42: what is missing, ambiguous, or no text is left out by itself, and named as the file writes it', () => {
  const { rules, todo } = found(
    rule('custom_field:Gone'),
    rule('custom_field:Twice'),
    rule('custom_field:T-shirt', 'primary-to-secondary'),
    rule('custom_field:Member since'),
    rule('custom_field:Diet', 'secondary-to-primary'),
  );
  expect(rules).toEqual([rule('custom_field:f2', 'secondary-to-primary')]);
  expect(todo).toEqual([
    { field: 'Gone', reason: 'missing' },
    { field: 'Twice', reason: 'ambiguous' },
    { field: 'T-shirt', reason: 'no-text' },
    { field: 'Member since', reason: 'one-way' },
  ]);
});

test('what is no plain text goes to the CRM all the same', () => {
  expect(found(rule('custom_field:f4', 'primary-to-secondary'))).toMatchObject({ rules: [{}], todo: [] });
});

test('the account is asked only where the file means a field of its own', () => {
  expect([meansAccountFields([rule('custom_field:a')]), meansAccountFields([rule('job_title')])]).toEqual([
    true,
    false,
  ]);
});
