import { expect, test } from 'vitest';
import type { RecordState } from '../model/record.ts';
import { readLists } from './list-ids.ts';

function list(id: string, name: string, state: RecordState = 'none') {
  return { id, state, hash: id, version: '', content: { name } };
}

test('a name that two living lists have is nobody’s; a deleted list and one that is shown twice do not count', async () => {
  const pages = [
    [list('1', 'News'), list('2', 'Twice'), list('3', 'Gone', 'deleted')],
    [list('1', 'News'), list('4', 'Twice'), list('5', 'News of old', 'deleted')],
  ];
  const book = await readLists({
    signal: new AbortController().signal,
    keepLease: () => Promise.resolve(),
    source: {
      snapshot: (_stream, from) => {
        const at = Number(from ?? 0);
        return Promise.resolve({
          readings: pages[at] ?? [],
          refused: [],
          next: at === 0 ? '1' : null,
          total: null,
          sourceTime: null,
        });
      },
    },
  });
  expect([...book.ids]).toEqual([['News', '1']]);
  expect([...book.names]).toEqual([['1', 'News']]);
});
