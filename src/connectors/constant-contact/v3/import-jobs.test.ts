import { describe, expect, test } from 'vitest';
import type { PersonIntent } from '../../../model/intent.ts';
import { intentOf } from '../../../testing/person-intents.ts';
import { buildImport, importRow } from './import-jobs.ts';

const ID = '0f5c1a52-5a53-11ed-9b6a-0242ac120002';
const fresh = (more: Partial<PersonIntent> = {}) =>
  intentOf({ contactId: null, address: 'nora@example.org', permission: 'implicit', ...more });

describe('a row of an import', () => {
  test('holds the address and what is filled; a blank cell is left out, for nobody knows what it does', () => {
    const fields = { first_name: 'Nora', last_name: null, job_title: '' };
    expect(importRow(fresh({ fields }))).toEqual({ email: 'nora@example.org', first_name: 'Nora' });
  });

  test.each<[string, Partial<PersonIntent>]>([
    ['somebody who is known', { contactId: ID }],
    ['anybody whose permission is another than implicit', { permission: 'keep' }],
    ['tags', { tags: { add: ['t'], remove: [] } }],
    ['an address that is longer than an import takes', { address: `${'x'.repeat(40)}@example.org` }],
    ['what is no address', { address: 'nobody' }],
    ['a text that is longer than an import takes', { fields: { first_name: 'x'.repeat(51) } }],
    ['a day, whose form in an import is not known', { fields: { anniversary: '2001-02-03' } }],
    ['custom fields', { customFields: { f: 'x' } }],
  ])('is not made of %s', (_what, more) => {
    expect(importRow(fresh(more))).toBeNull();
  });

  test('goes with its list in one request', () => {
    expect(buildImport([{ email: 'nora@example.org' }], ['list-1'])).toEqual({
      method: 'POST',
      path: '/activities/contacts_json_import',
      json: { import_data: [{ email: 'nora@example.org' }], list_ids: ['list-1'] },
    });
  });
});
