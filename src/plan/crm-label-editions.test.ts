import { describe, expect, test } from 'vitest';
import { bookOf, nextEdition, type LabelEdition } from './crm-label-editions.ts';

const tag = (id: string, name: string) => ({ id, name, group: null });
const NEWS = { id: 'a', name: 'News' };
const EVENTS = { id: 'b', name: 'Events' };
const AS_TAG = { lists: { as: 'tag', prefix: 'CC: ', twoWay: false }, tags: null } as const;
const BOTH = [tag('1', 'CC: News'), tag('2', 'CC: Events')];

const read = (before: LabelEdition | null, tags = BOTH, lists = [NEWS, EVENTS], mapping: typeof AS_TAG = AS_TAG) =>
  nextEdition(before, { lists, tags: [] }, tags, mapping);
const sinces = (at: LabelEdition) => [...bookOf(at)].map(([id, { since }]) => [id, since]);

describe('the label book from one reading to the next', () => {
  test('begins with its first edition, and stays with it while nothing moves', () => {
    const first = read(null);
    expect([first.edition, sinces(first)]).toEqual([
      1,
      [
        ['list:a', 1],
        ['list:b', 1],
      ],
    ]);
    expect(read(first)).toEqual(first);
    expect(read(null, [], []).edition).toBe(1);
  });

  test('a tag that appears makes a new edition; the others stand as they stood', () => {
    const without = read(null, [tag('1', 'CC: News')]);
    expect(without.todo).toEqual([{ name: 'CC: Events', reason: 'missing' }]);
    const then = read(without);
    expect([then.edition, then.todo, sinces(then)]).toEqual([
      2,
      [],
      [
        ['list:a', 1],
        ['list:b', 2],
      ],
    ]);
  });

  test('one that is missing for a while comes back as what it was, and everybody is decided anew', () => {
    const gone = read(read(null), [tag('1', 'CC: News')]);
    expect([gone.edition, [...bookOf(gone).keys()]]).toEqual([1, ['list:a']]);
    const back = read(gone);
    expect([back.edition, bookOf(back).get('list:b')?.since]).toEqual([2, 1]);
  });

  test.each([
    ['another tag with the same name', [tag('1', 'CC: News'), tag('9', 'CC: Events')], [NEWS, EVENTS], AS_TAG],
    ['another name', [...BOTH, tag('3', 'CC: Galas')], [NEWS, { ...EVENTS, name: 'Galas' }], AS_TAG],
  ] as const)('%s is another label than people were compared by', (_, tags, lists, mapping) => {
    const next = read(read(null), [...tags], [...lists], mapping);
    expect([next.edition, bookOf(next).get('list:a')?.since, bookOf(next).get('list:b')?.since]).toEqual([2, 1, 2]);
  });

  test('so is a value of a field, or of another field', () => {
    const field = (name: string) => ({ lists: { as: 'field', field: name, twoWay: false }, tags: null }) as const;
    const account = { lists: [NEWS], tags: [] };
    const first = nextEdition(read(null), account, BOTH, field('Lists'));
    const second = nextEdition(first, account, BOTH, field('Mailings'));
    expect([first.edition, second.edition, bookOf(second).get('list:a')]).toEqual([
      2,
      3,
      { id: 'list:a', name: 'News', tag: null, since: 3 },
    ]);
  });
});
