/**
 * Hostile input in the ordinary suite: every case that was ever found, and a few hundred new ones at each door.
 *
 * `npm run fuzz` tries many more, with time and memory watched. What it finds is put into `corpus/` with what should happen.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Door, Json } from './door.ts';
import { DOORS, inputOf, prepareDoors } from './doors.ts';
import { judge } from './judge.ts';

interface Case {
  readonly name: string;
  readonly expect: 'taken' | 'refused';
  readonly input: Json;
}

const folder = new URL('corpus/', import.meta.url);
const corpus = readdirSync(folder)
  .toSorted()
  .map((file) => ({
    door: file.replace(/\.json$/, ''),
    cases: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Case[],
  }));

function doorOf(name: string): Door {
  const door = DOORS.find((one) => one.name === name);
  if (door === undefined) throw new Error(`no door ${name}`);
  return door;
}

beforeAll(prepareDoors);

describe.each(corpus)('C7: what was found at the door $door', ({ door, cases }) => {
  test.each(cases)('$name is $expect', async ({ input, expect: expected }) => {
    expect(await judge(doorOf(door), input)).toEqual({ kind: expected, detail: '' });
  });
});

describe('C7: hostile input', () => {
  test.each(DOORS.map(({ name, weight }) => ({ name, count: Math.ceil(weight * 10) })))(
    '$count new inputs at the door $name are taken or refused',
    async ({ name, count }) => {
      const kinds = new Set<string>();
      for (let number = 0; number < count; number += 1) {
        const { door, input } = inputOf(DOORS, 20_260_101, number, name);
        const { kind, detail } = await judge(door, input);
        kinds.add(kind);
        expect(['taken', 'refused'], `--only ${name} --seed 20260101 --number ${number}: ${detail}`).toContain(kind);
      }
      expect(kinds).toContain('taken');
    },
  );

  test('every door has found cases, and a number is the same input each time', () => {
    expect(corpus.map(({ door }) => door)).toEqual(DOORS.map(({ name }) => name).toSorted());
    for (let number = 0; number < 50; number += 1) {
      const [one, again] = [inputOf(DOORS, 7, number, null), inputOf(DOORS, 7, number, null)];
      expect(again).toEqual(one);
    }
    expect(inputOf(DOORS, 8, 1, 'links')).not.toEqual(inputOf(DOORS, 7, 1, 'links'));
  });
});

describe('the judge', () => {
  const door: Door = { name: 'x', weight: 1, make: () => null, open: () => undefined, refuses: () => false };

  test('tells a refusal from a crash', async () => {
    const open = (): never => {
      throw new RangeError('canary');
    };
    expect((await judge({ ...door, open, refuses: (error) => error instanceof RangeError }, null)).kind).toBe(
      'refused',
    );
    const crash = await judge({ ...door, open }, null);
    expect(crash.kind).toBe('crash');
    expect(crash.detail).toMatch(/canary/);
  });

  test.each([
    ['a new key', () => Reflect.set(Object.prototype, 'isAdmin', true)],
    ['another function', () => Reflect.set(Array.prototype, 'map', () => [])],
  ])('sees %s in a prototype, and puts it back', async (_, spoil) => {
    const before = Array.prototype.map;
    const verdict = await judge({ ...door, open: () => void spoil() }, null);
    expect(verdict.kind).toBe('prototype');
    expect(Array.prototype.map).toBe(before);
    expect('isAdmin' in {}).toBe(false);
    expect((await judge(door, null)).kind).toBe('taken');
  });
});
