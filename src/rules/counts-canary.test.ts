import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PeopleCounts } from '../connector/source.ts';
import { offsets, unexplained } from './counts-canary.ts';

const figure = fc.option(fc.nat(1000), { freq: 5 });
const counts: fc.Arbitrary<PeopleCounts> = fc.record({
  total: figure,
  explicit: figure,
  implicit: figure,
  pending: figure,
  unsubscribed: figure,
  sourceTime: fc.constant(null),
});
const ours = fc.record({
  explicit: fc.nat(1000),
  implicit: fc.nat(1000),
  pending_confirmation: fc.nat(1000),
  unsubscribed: fc.nat(1000),
});
const people = (unsubscribed: number | null): PeopleCounts => ({
  total: null,
  explicit: 10,
  implicit: null,
  pending: 2,
  unsubscribed,
  sourceTime: null,
});

test('a difference that stays is no news, however the source counts', () =>
  fc.assert(
    fc.property(counts, ours, (theirs, mine) => {
      expect(unexplained(offsets(theirs, mine), offsets(theirs, mine))).toEqual([]);
    }),
  ));

test('T18: one opt-out that nobody read moves the difference, and reading it moves it back', () => {
  const anchor = offsets(people(5), { explicit: 10, pending_confirmation: 2, unsubscribed: 5 });
  const unseen = offsets({ ...people(6), explicit: 9 }, { explicit: 10, pending_confirmation: 2, unsubscribed: 5 });
  const read = offsets({ ...people(6), explicit: 9 }, { explicit: 9, pending_confirmation: 2, unsubscribed: 6 });
  expect(unexplained(anchor, unseen)).toEqual(['explicit', 'unsubscribed']);
  expect(unexplained(anchor, read)).toEqual([]);
});

test('a figure that one answer lacks says nothing, and without an anchor nothing is unexplained', () => {
  const anchor = offsets(people(5), {});
  expect(unexplained(anchor, offsets(people(null), {}))).toEqual([]);
  expect(unexplained(null, offsets(people(5), {}))).toEqual([]);
});
