import { describe, expect, test } from 'vitest';
import type { ApiAnswer } from '../../../connector/wire.ts';
import { parseActivity, parseCandidates, parseListed } from './activities.ts';

const ID = '0f5c1a52-5a53-11ed-9b6a-0242ac120002';
const answer = (body: unknown): ApiAnswer => ({ status: 200, body, sourceTime: 0 });

describe('how an activity stands', () => {
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

describe('how many stand', () => {
  test('is told by one page of the list; one in no known state is left out, to be asked for by itself', () => {
    const activities = [{ activity_id: 'a', state: 'processing' }, { activity_id: 'b', state: 'resting' }, null];
    const done = { activity_id: 'c', state: 'completed', status: { items_total_count: 3 } };
    expect([...parseListed(answer({ activities: [...activities, done], _links: {} }))]).toEqual([
      ['a', { kind: 'running' }],
      ['c', { kind: 'ended', complete: true, taken: 3, faults: 0 }],
    ]);
  });
});

describe('I6: an activity whose answer was lost', () => {
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
