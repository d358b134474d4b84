/**
 * Judges one input: it must be taken, or refused with an error of our own, and leave the prototypes as they were.
 *
 * Time and memory are watched from outside (scripts/fuzz), because whoever hangs cannot tell.
 */
import type { Door, Json } from './door.ts';

export interface Verdict {
  readonly kind: 'taken' | 'refused' | 'crash' | 'prototype';
  /** What went wrong, for who mends it. */
  readonly detail: string;
}

const PROTOTYPES: readonly object[] = [
  Object.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Function.prototype,
  Map.prototype,
  Set.prototype,
  Error.prototype,
  Promise.prototype,
];
const untouched = PROTOTYPES.map((one) => snapshot(one));

/** Judges one input at one door. */
export async function judge(door: Door, input: Json): Promise<Verdict> {
  const verdict = await hand(door, input);
  return mended() ? { kind: 'prototype', detail: 'a prototype was changed' } : verdict;
}

async function hand(door: Door, input: Json): Promise<Verdict> {
  try {
    await door.open(input);
    return { kind: 'taken', detail: '' };
  } catch (error) {
    if (door.refuses(error)) return { kind: 'refused', detail: '' };
    return { kind: 'crash', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Puts every prototype back as it was at the start; tells whether one had changed. */
function mended(): boolean {
  let changed = false;
  PROTOTYPES.forEach((one, at) => {
    const before = untouched[at] ?? new Map<PropertyKey, unknown>();
    for (const key of Reflect.ownKeys(one)) {
      if (before.has(key) && Object.getOwnPropertyDescriptor(one, key)?.value === before.get(key)) continue;
      changed = true;
      if (before.has(key))
        Object.defineProperty(one, key, { value: before.get(key), writable: true, configurable: true });
      else Reflect.deleteProperty(one, key);
    }
  });
  return changed;
}

function snapshot(one: object): ReadonlyMap<PropertyKey, unknown> {
  return new Map(Reflect.ownKeys(one).map((key) => [key, Object.getOwnPropertyDescriptor(one, key)?.value as unknown]));
}
