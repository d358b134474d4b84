/** Planted bugs stay plantable: each still finds its text and its test; `npm run planted` then proves that it is caught. */
import { existsSync } from 'node:fs';
import { loadBugs } from '../../scripts/planted/load-bugs.ts';
import { describe, expect, test } from 'vitest';
import { readText, root } from '../house/checkout.ts';
import { plant, type PlantedBug } from './planted-bug.ts';

const bugs = await loadBugs();

describe('planted bugs', () => {
  test('every name is used once', () => {
    expect(bugs.length).toBeGreaterThan(0);
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
  });

  test.each(bugs)('$name can be planted', (bug) => {
    expect(plant(bug, readText(bug.file))).not.toBe(readText(bug.file));
    expect(existsSync(root + bug.caughtBy.file)).toBe(true);
  });

  test.each([
    ['is not there', 'zzz', 'x'],
    ['is there twice', 'a', 'b'],
    ['would not change', 'c', 'c'],
  ])('a text that %s is refused', (_, find, replace) => {
    const bug: PlantedBug = { name: 'x', file: 'x', find, replace, caughtBy: { file: 'x', test: 'x' } };
    expect(() => plant(bug, 'a a c')).toThrow(/^x: /);
  });
});
