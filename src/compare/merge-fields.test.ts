import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeFields, type FieldRule, type Fields, type FieldValue, type Merge } from './merge-fields.ts';

const FIELDS = ['first_name', 'last_name', 'job_title'] as const;
const value = fc.constantFrom<FieldValue>(null, '', 'a', 'b', 1, '1', true, 'null');
const fields: fc.Arbitrary<Fields> = fc.record({
  first_name: value,
  last_name: value,
  job_title: value,
  unmapped: value,
});
const maybe = fc.option(fields, { freq: 4 });
const direction = fc.constantFrom<FieldRule['direction']>('primary-to-secondary', 'secondary-to-primary', 'two-way');
const write = fc.constantFrom<FieldRule['write']>('always', 'if-empty', 'never');
const rules = fc
  .tuple(...FIELDS.map((field) => fc.record({ field: fc.constant(field), direction, write })))
  .map((all): readonly FieldRule[] => all);
const someSide = fc.tuple(maybe, maybe).filter(([primary, secondary]) => primary !== null || secondary !== null);

/** Both sides once the merge was written; a side that lacked the record and got nothing still lacks it. */
function written(merge: Merge, primary: Fields | null, secondary: Fields | null): [Fields | null, Fields | null] {
  const after = (before: Fields | null, set: Fields): Fields | null =>
    before === null && Object.keys(set).length === 0 ? null : { ...before, ...set };
  return [after(primary, merge.primary), after(secondary, merge.secondary)];
}

const PLAIN: FieldRule = { field: 'first_name', direction: 'two-way', write: 'always' };
const one = (first_name: FieldValue): Fields => ({ first_name });

describe('merging the fields of one record', () => {
  test('I7: what one pass agreed leaves the second nothing to write', () =>
    fc.assert(
      fc.property(fc.option(fields), fields, fields, rules, (base, primary, secondary, set) => {
        const first = mergeFields(base, primary, secondary, set);
        const second = mergeFields(first.agreed, ...written(first, primary, secondary), set);
        expect([second.primary, second.secondary, second.lost]).toEqual([{}, {}, []]);
      }),
      { numRuns: 3000 },
    ));

  test('I7: a record that one side lacked is quiet once it was made there and its own one-way fields came back', () =>
    fc.assert(
      fc.property(maybe, someSide, rules, (base, [primary, secondary], set) => {
        const first = mergeFields(base, primary, secondary, set);
        const made = written(first, primary, secondary);
        const second = mergeFields(first.agreed, ...made, set);
        const third = mergeFields(second.agreed, ...written(second, ...made), set);
        expect([third.primary, third.secondary, third.lost]).toEqual([{}, {}, []]);
      }),
      { numRuns: 1000 },
    ));

  test('I8: a write never names an unmapped field, nor one that its direction forbids', () =>
    fc.assert(
      fc.property(maybe, someSide, rules, (base, [primary, secondary], set) => {
        const merge = mergeFields(base, primary, secondary, set);
        const mayGo = (to: FieldRule['direction']): string[] =>
          set.filter((rule) => rule.direction !== to).map((rule) => rule.field);
        for (const field of Object.keys(merge.secondary)) expect(mayGo('secondary-to-primary')).toContain(field);
        for (const field of Object.keys(merge.primary)) expect(mayGo('primary-to-secondary')).toContain(field);
      }),
      { numRuns: 1000 },
    ));

  test('I8: a filled value that is replaced although its side had moved is reported, never dropped without a word', () =>
    fc.assert(
      fc.property(maybe, someSide, rules, (base, [primary, secondary], set) => {
        const merge = mergeFields(base, primary, secondary, set);
        for (const [side, before, writes] of [
          ['primary', primary, merge.primary],
          ['secondary', secondary, merge.secondary],
        ] as const) {
          for (const [field, kept] of Object.entries(writes)) {
            const stood = before?.[field] ?? null;
            const moved = base === null || stood !== (base[field] ?? null);
            if (stood === null || stood === '' || !moved) continue;
            expect(merge.lost).toContainEqual({ field, side, value: stood, kept });
          }
        }
      }),
      { numRuns: 3000 },
    ));

  test('a side that lacks the record never blanks the other', () =>
    fc.assert(
      fc.property(maybe, fields, rules, fc.boolean(), (base, there, set, primaryLacks) => {
        const merge = primaryLacks ? mergeFields(base, null, there, set) : mergeFields(base, there, null, set);
        expect(primaryLacks ? merge.secondary : merge.primary).toEqual({});
      }),
    ));

  test('two-way: which side is called primary matters only where both moved', () => {
    const turned = (set: readonly FieldRule[]): FieldRule[] =>
      set.map((rule) => ({ ...rule, direction: TURNED[rule.direction] }));
    return fc.assert(
      fc.property(fields, fields, fields, rules, (base, primary, secondary, set) => {
        const calm = set.filter(
          ({ field, direction: way }) =>
            way !== 'two-way' || primary[field] === base[field] || secondary[field] === base[field],
        );
        const one = mergeFields(base, primary, secondary, calm);
        const other = mergeFields(base, secondary, primary, turned(calm));
        expect([other.primary, other.secondary, other.agreed]).toEqual([one.secondary, one.primary, one.agreed]);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([null, ''])('at the first meeting an empty field (%o) is no edit: the filled one counts', (empty) => {
    expect(mergeFields(null, one(empty), one('Ann'), [PLAIN]).primary).toEqual(one('Ann'));
    expect(mergeFields(null, one('Ann'), one(empty), [PLAIN]).secondary).toEqual(one('Ann'));
  });

  test('where both moved the primary wins, and the loser is kept', () => {
    expect(mergeFields(one('a'), one('b'), one('c'), [PLAIN])).toMatchObject({
      secondary: one('b'),
      lost: [{ field: 'first_name', side: 'secondary', value: 'c', kept: 'b' }],
    });
  });

  test('if-empty fills what is empty and leaves what is filled', () => {
    const rule: FieldRule = { field: 'first_name', direction: 'primary-to-secondary', write: 'if-empty' };
    expect(mergeFields(one('a'), one('b'), one(''), [rule]).secondary).toEqual(one('b'));
    expect(mergeFields(one('a'), one('b'), one('a'), [rule]).secondary).toEqual({});
  });

  test('I8: what nobody agreed on is not blanked by an empty field, now or later', () => {
    const oneWay: FieldRule = { field: 'first_name', direction: 'primary-to-secondary', write: 'always' };
    for (const base of [null, {}, { last_name: 'x' }])
      for (const empty of [null, ''])
        expect(mergeFields(base, one(empty), one('Ann'), [oneWay])).toEqual({
          primary: {},
          secondary: {},
          agreed: {},
          lost: [],
        });
    expect(mergeFields({}, one(null), one(''), [oneWay]).secondary).toEqual(one(null));
    expect(mergeFields(one('Ann'), one(null), one('Ann'), [oneWay]).secondary).toEqual(one(null));
  });

  test('I8: a value that had not moved is replaced without being called lost', () => {
    expect(mergeFields(one('a'), one('b'), one('a'), [PLAIN])).toMatchObject({ secondary: one('b'), lost: [] });
    expect(mergeFields(one('a'), one('a'), one('c'), [PLAIN])).toMatchObject({ primary: one('c'), lost: [] });
    expect(mergeFields(null, one('a'), null, [PLAIN])).toMatchObject({ secondary: one('a'), lost: [] });
  });

  test('a record that one side lacks comes from the other, whatever was agreed', () => {
    expect(mergeFields(one('a'), null, one('b'), [PLAIN])).toMatchObject({ primary: one('b'), secondary: {} });
    expect(mergeFields(one('a'), one('b'), null, [PLAIN])).toMatchObject({ primary: {}, secondary: one('b') });
    expect(mergeFields(one('b'), null, one('b'), [PLAIN])).toMatchObject({ primary: one('b') });
  });

  test('never leaves even an empty field alone once the record is there', () => {
    const rule: FieldRule = { field: 'first_name', direction: 'primary-to-secondary', write: 'never' };
    expect(mergeFields(one(''), one('b'), one(''), [rule])).toMatchObject({ secondary: {}, agreed: one('') });
  });

  test('never writes a new record, and nothing after', () => {
    const rule: FieldRule = { field: 'first_name', direction: 'primary-to-secondary', write: 'never' };
    expect(mergeFields(null, one('a'), null, [rule]).secondary).toEqual(one('a'));
    expect(mergeFields(one('a'), one('b'), one('a'), [rule]).secondary).toEqual({});
  });
});

const TURNED = {
  'primary-to-secondary': 'secondary-to-primary',
  'secondary-to-primary': 'primary-to-secondary',
  'two-way': 'two-way',
} as const;
