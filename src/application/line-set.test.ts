/** No line is carried out that was not saved, none is forgotten, and whoever was not found again can be told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSet } from './line-set.ts';

describe('the lines of a saved plan', () => {
  test('exactly those that were added are in it, and those that were looked for are known as found', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 2000 }), fc.nat({ max: 2000 }), (lines, cut) => {
        const set = new LineSet();
        const [saved, others] = [lines.slice(0, cut), lines.slice(cut)];
        for (const line of saved) set.add(line);
        const looked = lines.filter((_, n) => n % 2 === 0);
        expect(looked.filter((line) => set.find(line))).toEqual(looked.filter((line) => saved.includes(line)));
        expect(lines.filter((line) => set.wasFound(line))).toEqual(looked.filter((line) => !others.includes(line)));
      }),
      { numRuns: 20 },
    );
  });

  test('growing forgets neither a line nor that it was found', () => {
    const set = new LineSet();
    const lines = Array.from({ length: 50_000 }, (_, n) => `contacts\n${n}`);
    lines.forEach((line, n) => {
      set.add(line);
      if (n % 3 === 0) set.find(line);
    });
    for (const line of lines) set.add(line);
    expect(lines.filter((line, n) => set.wasFound(line) !== (n % 3 === 0))).toEqual([]);
    expect(lines.filter((line) => !set.find(line))).toEqual([]);
    expect(lines.filter((line) => set.find(`${line}\n`))).toEqual([]);
  });
});
