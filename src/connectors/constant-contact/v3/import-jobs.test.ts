import { describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../../../connector/wire.ts';
import type { PersonIntent } from '../../../model/intent.ts';
import { intentOf } from '../../../testing/person-intents.ts';
import { buildImport, importRow, parseActivity, parseCandidates } from './import-jobs.ts';

const ID = '0f5c1a52-5a53-11ed-9b6a-0242ac120002';
const fresh = (more: Partial<PersonIntent> = {}) =>
  intentOf({ contactId: null, address: 'nora@example.org', permission: 'implicit', ...more });
const answer = (body: unknown): ApiAnswer => ({ status: 200, body, sourceTime: 0 });

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

describe('how an import stands', () => {
  test.each(['initialized', 'processing'])('%s: it runs', (state) => {
    expect(parseActivity(answer({ state }))).toEqual({ kind: 'running' });
  });

  test('completed is not the whole truth: what was left out is counted', () => {
    const status = { items_total_count: 9, error_count: 1, correctable_count: 2, cannot_add_to_list_count: 3 };
    expect(parseActivity(answer({ state: 'completed', status, activity_errors: ['x'] }))).toEqual({
      kind: 'ended',
      complete: true,
      taken: 9,
      faults: 6,
    });
    expect(parseActivity(answer({ state: 'completed', activity_errors: ['x'] }))).toMatchObject({
      taken: null,
      faults: 1,
    });
  });

  test.each(['cancelled', 'failed', 'timed_out'])('%s: it ended without completing', (state) => {
    expect(parseActivity(answer({ state }))).toMatchObject({ kind: 'ended', complete: false });
  });

  test.each([{}, { state: 'resting' }, null, []])('an answer without a known state is no answer: %j', (body) => {
    expect(() => parseActivity(answer(body))).toThrow('activity');
  });
});

describe('I6: an import whose answer was lost', () => {
  const at = (created_at: string, items_total_count: unknown = 5) => ({
    activity_id: ID,
    created_at,
    status: { items_total_count },
  });
  const from = Date.parse('2026-01-01T10:00:00Z');
  const until = Date.parse('2026-01-01T10:20:00Z');
  const find = (activities: readonly unknown[], next?: string) =>
    parseCandidates(answer({ activities, _links: next === undefined ? {} : { next: { href: next } } }), 5, from, until);

  test('is one that began then with as many rows, the header counted or not', () => {
    expect(find([at('2026-01-01T10:05:00Z'), at('2026-01-01T10:06:00Z', 6)])).toEqual([ID, ID]);
    expect(find([at('2026-01-01T10:05:00Z', 4), at('2026-01-01T09:59:00Z'), at('2026-01-01T10:21:00Z')])).toEqual([]);
  });

  test('cannot be told where an entry of that time says too little, or the page ends too early', () => {
    expect(find([at('2026-01-01T10:05:00Z', null)])).toBeNull();
    expect(find([{ activity_id: ID }])).toBeNull();
    expect(find([at('2026-01-01T10:05:00Z')], '/v3/activities?cursor=x')).toBeNull();
    expect(find([at('2026-01-01T09:05:00Z')], '/v3/activities?cursor=x')).toEqual([]);
  });
});
