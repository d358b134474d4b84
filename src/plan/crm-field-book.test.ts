import { expect, test } from 'vitest';
import type { CrmField } from '../model/crm.ts';
import { fieldBook, meansCustomFields } from './crm-field-book.ts';
import type { CrmFieldRule } from './crm-mapping.ts';

const rule = (field: string, to: string): CrmFieldRule => ({
  field,
  to,
  direction: 'primary-to-secondary',
  write: 'always',
});
const field = (name: string, label: string | null = null): CrmField => ({ name, label, type: 'Text', options: null });
const ALL = [field('Job', 'Job Title'), field('Firm', 'Work'), field('Office', 'Work')];

test('a field is found by its label or its name, however it is spaced, and the two names are no custom fields', () => {
  const rules = [rule('first_name', 'firstName'), rule('job_title', ' Job  Title'), rule('company_name', 'Firm')];
  expect(fieldBook(rules, ALL)).toMatchObject({
    rules: [{ to: 'firstName' }, { to: 'Job' }, { to: 'Firm' }],
    todo: [],
  });
  expect([meansCustomFields(rules), meansCustomFields(rules.slice(0, 1))]).toEqual([true, false]);
});

test('T42: what is missing, ambiguous or meant twice is left out by itself, and named as the file writes it', () => {
  const rules = [
    rule('job_title', 'Gone'),
    rule('company_name', 'Work'),
    rule('anniversary', 'Office'),
    rule('birthday_day', 'Job'),
    rule('birthday_month', 'Job Title'),
  ];
  const { rules: left, todo } = fieldBook(rules, ALL);
  expect(left).toEqual([rule('anniversary', 'Office')]);
  expect(todo).toEqual([
    { field: 'job_title', to: 'Gone', reason: 'missing' },
    { field: 'company_name', to: 'Work', reason: 'ambiguous' },
    { field: 'birthday_day', to: 'Job', reason: 'two-for-one' },
    { field: 'birthday_month', to: 'Job Title', reason: 'two-for-one' },
  ]);
});

test('a name goes before the label of another field', () => {
  expect(fieldBook([rule('job_title', 'Job')], [field('Job'), field('Old', 'Job')]).rules).toMatchObject([
    { to: 'Job' },
  ]);
});
