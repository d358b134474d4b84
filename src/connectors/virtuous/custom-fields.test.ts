import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldRows, readFields } from './custom-fields.ts';

const NONE = (): void => undefined;

describe('custom fields in every shape', () => {
  test.each([
    [[{ name: 'Size', value: '42', displayName: 'Shoe' }]],
    [[{ dataType: 'Text', name: 'Size', value: '42' }]],
    [[{ name: 'Size', value: 42 }]],
    [{ Size: '42' }],
    [{ Size: 42 }],
  ])('%j is one field', (raw) => expect(readFields(raw, NONE)).toEqual({ Size: '42' }));

  test.each([[null], [undefined], [[]], [{}]])('%j is none', (raw) => expect(readFields(raw, NONE)).toEqual({}));

  test('a truth value has the spelling that was recorded, and an empty one is null', () => {
    const raw = [
      { name: 'b', value: true },
      { name: 'a', value: '' },
      { name: 'c', value: null },
    ];
    expect(Object.entries(readFields(raw, NONE))).toEqual([
      ['a', null],
      ['b', 'True'],
      ['c', null],
    ]);
  });

  test('a value of no simple kind is kept apart, and a name that reaches a prototype is nobody’s (C7)', () => {
    const kept: unknown[] = [];
    const raw = JSON.parse('{"Many":["x"],"__proto__":"y","constructor":"z"}') as unknown;
    expect(readFields(raw, (name, value) => kept.push([name, value]))).toEqual({});
    expect(kept).toEqual([['Many', ['x']]]);
  });

  test.each([['text'], [[{ value: '1' }]], [[null]]])('%j is no set of fields', (raw) =>
    expect(() => readFields(raw, NONE)).toThrow('customFields'),
  );
});

test('T37 what is written holds every field that stands, with the changes laid over, as a list', () => {
  const stands = [
    { name: 'Size', value: '42', displayName: 'Shoe' },
    { name: 'Pet', value: 'Cat' },
  ];
  expect(fieldRows(stands, { Pet: null, Car: 'Red' })).toEqual([
    { name: 'Size', value: '42' },
    { name: 'Pet', value: '' },
    { name: 'Car', value: 'Red' },
  ]);
});

test('T37 what was written and is read again is what stood, with the changes', () => {
  const names = fc.stringMatching(/^[a-z]{1,6}$/u);
  const values = fc.option(fc.stringMatching(/^[a-z]{1,4}$/u));
  const some = fc.dictionary(names, values, { maxKeys: 5 });
  fc.assert(
    fc.property(some, some, (stands, set) => {
      expect(readFields(fieldRows({ ...stands }, set), NONE)).toEqual({ ...stands, ...set });
    }),
  );
});
