import { describe, expect, test } from 'vitest';
import { CONTACT_LIST, CUSTOM_FIELD, LIST_A, TAG } from './answers.fixture.ts';
import { readCustomField, readList, readSegment, readTag } from './schema-records.ts';

describe('lists', () => {
  test('have their columns in order, and no counted figure', () => {
    const reading = readList(CONTACT_LIST);
    expect(reading).toMatchObject({ id: LIST_A, version: '2016-03-03T15:53:04Z', state: 'none' });
    expect(JSON.stringify(reading.content)).toBe(
      '{"name":"Newsletter","description":null,"favorite":true,"created_at":"2016-01-23T13:48:44Z",' +
        '"updated_at":"2016-03-03T15:53:04Z","deleted_at":null,"extra":null}',
    );
    expect(readList({ ...CONTACT_LIST, membership_count: 99 }).hash).toBe(reading.hash);
  });
  test('are deleted when they say so, readably or not', () => {
    expect(readList({ ...CONTACT_LIST, deleted_at: '2024-01-01T00:00:00Z' }).state).toBe('deleted');
    expect(readList({ ...CONTACT_LIST, deleted_at: 'gone' })).toMatchObject({
      state: 'deleted',
      content: { deleted_at: null },
    });
  });
  test('keep unknown keys', () => {
    expect(readList({ ...CONTACT_LIST, channel: 'email' }).content.extra).toEqual({ channel: 'email' });
  });
  test.each([
    [{ ...CONTACT_LIST, list_id: null }, 'list_id: missing'],
    [{ ...CONTACT_LIST, favorite: 'canary' }, 'favorite: not true or false'],
    [[], 'list: not a list of objects'],
  ])('%# is refused by its field', (raw, reason) => expect(() => readList(raw)).toThrow(reason));
});

test('tags have their columns and no counted figure', () => {
  const raw = {
    tag_id: TAG,
    name: 'Donor',
    tag_source: 'Contact',
    contacts_count: 3,
    created_at: '2024-01-01T00:00:00Z',
    updated_at: '2024-01-02T00:00:00Z',
  };
  const reading = readTag(raw);
  expect(reading).toMatchObject({
    id: TAG,
    version: '2024-01-02T00:00:00Z',
    content: { name: 'Donor', tag_source: 'Contact', extra: null },
  });
  expect(readTag({ ...raw, contacts_count: 4 }).hash).toBe(reading.hash);
});

describe('custom fields', () => {
  test('have sorted choices, metadata as text with sorted keys, and keep the rest', () => {
    const { content } = readCustomField(CUSTOM_FIELD);
    expect(content).toMatchObject({ label: 'Vehicle', name: 'vehicle', type: 'single_select' });
    expect(content.metadata).toBe('{"allow_negative":false,"display_type":"dropdown"}');
    expect(content.choices).toEqual([
      { choice_id: 1, choice_label: 'Car', display_order: 2 },
      { choice_id: 2, choice_label: 'Bus', display_order: 1 },
    ]);
    expect(content.extra).toEqual({ choices: { '1.deleted_at': '2024-05-01' }, version: 2 });
  });
  test.each([
    [{ choices: [{ choice_label: 'x' }] }, 'choices.choice_id: missing'],
    [{ choices: [{ choice_id: 1 }, { choice_id: 1 }] }, 'choices: one id twice'],
    [{ metadata: 'canary' }, 'metadata: not an object'],
  ])('%j is refused', (more, reason) => expect(() => readCustomField({ ...CUSTOM_FIELD, ...more })).toThrow(reason));
});

describe('segments', () => {
  test('have text ids, criteria where the answer has them, and the time of their edit as version', () => {
    const raw = {
      segment_id: 14,
      name: 'Active',
      created_at: '2024-01-01T00:00:00Z',
      edited_at: '2024-01-02T00:00:00.123Z',
    };
    expect(readSegment(raw)).toMatchObject({
      id: '14',
      version: '2024-01-02T00:00:00.123Z',
      content: { segment_criteria: null },
    });
    expect(readSegment({ ...raw, segment_criteria: '{"a":1}' }).content.segment_criteria).toBe('{"a":1}');
    expect(readSegment({ ...raw, segment_criteria: { b: 1, a: 2 } }).content.segment_criteria).toBe('{"a":2,"b":1}');
    expect(() => readSegment({ ...raw, segment_id: 'x' })).toThrow('segment_id: not a whole number');
  });
});
