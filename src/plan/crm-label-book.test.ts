import { describe, expect, test } from 'vitest';
import { labelBook } from './crm-label-book.ts';

const tag = (id: string, name: string) => ({ id, name, group: null });
const lists = { as: 'tag', prefix: 'CC: ', twoWay: true } as const;
const named = (...names: string[]) => ({ lists: names.map((name) => ({ id: name, name })), tags: [] });

describe('which tag stands for which list', () => {
  test('one tag of that name is found, however it is spaced', () => {
    const { book, todo } = labelBook(named('News'), [tag('1', ' CC:  News ')], { lists, tags: null });
    expect(book.get('list:News')).toEqual({
      id: 'list:News',
      name: 'CC: News',
      since: 0,
      tag: tag('1', ' CC:  News '),
    });
    expect(todo).toEqual([]);
  });

  test('a missing tag, and a name that several bear, are to-dos with the exact name and stop no other', () => {
    const { book, todo } = labelBook(
      named('News', 'Events', 'Gala'),
      [tag('1', 'CC: Events'), tag('2', 'CC: Gala'), tag('3', 'CC: Gala')],
      { lists, tags: null },
    );
    expect(todo).toEqual([
      { name: 'CC: Gala', reason: 'ambiguous' },
      { name: 'CC: News', reason: 'missing' },
    ]);
    expect([...book.keys()]).toEqual(['list:Events']);
  });

  test('a list and a tag of the account that would share one tag are a to-do', () => {
    const account = { ...named('News'), tags: [{ id: 't', name: 'News' }] };
    expect(labelBook(account, [tag('1', 'CC: News')], { lists, tags: lists }).todo).toEqual([
      { name: 'CC: News', reason: 'two-for-one' },
    ]);
  });

  test('as values of a field no tag is needed, but no name may hold the mark that parts them', () => {
    const field = { as: 'field', field: 'Lists', twoWay: true } as const;
    const { book, todo } = labelBook(named('News', 'A;B'), [], { lists: field, tags: null });
    expect(book.get('list:News')?.tag).toBeNull();
    expect(todo).toEqual([{ name: 'A;B', reason: 'unfit' }]);
  });
});
