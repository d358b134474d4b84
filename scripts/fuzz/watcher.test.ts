/** The watcher must see what it is there for: doors that are as bad as can be. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Json } from '../../test/hostile/door.ts';
import { shorten } from './shorten.ts';
import { Watcher } from './watcher.ts';

const watcher = new Watcher(new URL('bad-doors.fixture.ts', import.meta.url));
afterAll(() => watcher.close());

describe('C7: the watcher', () => {
  test.each([
    ['hangs', /longer than 1000 ms/],
    ['eats', /memory|MB|longer/],
    ['waits', /within 10000 ms/],
    ['throws', /x was met/],
    ['pollutes', /prototype/],
    ['late', /later/],
  ])('sees an input at which the program %s, and goes on after it', async (door, detail) => {
    const { bad } = await watcher.run(1, 0, 1, door);
    expect(bad).toEqual([{ number: 0, detail: expect.stringMatching(detail) as string }]);
    const calm = await watcher.run(1, 0, 3, 'calm');
    expect(calm.bad).toEqual([]);
    expect(calm.figures).toMatchObject({ calm: { taken: 3, refused: 0 } });
  });

  test('counts every input of a range once, with bad ones in between', async () => {
    const { bad, figures } = await watcher.run(1, 0, 4, 'throws');
    expect(bad.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
    expect(figures).toMatchObject({ throws: { taken: 0, refused: 0 } });
  });

  test('a bad input is shortened to what makes it bad', async () => {
    const isBad = async (input: Json): Promise<boolean> =>
      /x was met/.test((await watcher.try('throws', input)).detail);
    expect(await shorten(['a', { b: 'cxc', d: 1 }, 'e'], isBad)).toEqual('x');
  });
});
