/** Doors that behave as badly as what the watcher is there to find. */
import type { Door } from '../../test/hostile/door.ts';

const calm: Door = { name: 'calm', weight: 1, make: () => 'x', open: () => undefined, refuses: () => false };

export const DOORS: readonly Door[] = [
  calm,
  {
    ...calm,
    name: 'hangs',
    open: () => {
      for (;;);
    },
  },
  {
    ...calm,
    name: 'eats',
    open: () => {
      const kept: number[][] = [];
      for (;;) kept.push(Array<number>(1_000_000).fill(0.5));
    },
  },
  { ...calm, name: 'waits', open: () => new Promise<void>(() => undefined) },
  {
    ...calm,
    name: 'throws',
    make: () => ['a', { b: 'cxc', d: 1 }, 'e'],
    open: (input) => {
      if (JSON.stringify(input).includes('x')) throw new TypeError('x was met');
    },
  },
  {
    ...calm,
    name: 'pollutes',
    open: () => {
      Reflect.set(Object.prototype, 'isAdmin', true);
    },
  },
  {
    ...calm,
    name: 'late',
    open: () => {
      setTimeout(() => {
        throw new Error('later');
      }, 1);
      return new Promise<void>((resolve) => setTimeout(resolve, 50));
    },
  },
];

export async function prepareDoors(): Promise<void> {}
