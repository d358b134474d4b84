/** Shortens a bad input: whatever can go while it stays bad is let go. */
import type { Json } from '../../test/hostile/door.ts';

const MOST_TRIES = 300;

/** Returns a smaller input for which `isBad` still says yes. */
export async function shorten(input: Json, isBad: (smaller: Json) => Promise<boolean>): Promise<Json> {
  let best = input;
  let tries = 0;
  for (let found = true; found && tries < MOST_TRIES;) {
    found = false;
    for (const smaller of smallerOnes(best)) {
      tries += 1;
      if (tries > MOST_TRIES) break;
      if (!(await isBad(smaller))) continue;
      best = smaller;
      found = true;
      break;
    }
  }
  return best;
}

/** Lists what a value could become by one cut, the deepest cuts last. */
function* smallerOnes(value: Json): Generator<Json> {
  if (typeof value === 'string') yield* shorterTexts(value);
  if (typeof value === 'number' && Math.abs(value) > 1) yield Math.trunc(value / 2);
  if (value === null || typeof value !== 'object') return;
  yield* Object.values(value);
  if (Array.isArray(value)) yield* smallerLists(value as readonly Json[]);
  else yield* smallerObjects(value as Readonly<Record<string, Json>>);
}

function* shorterTexts(text: string): Generator<string> {
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length; at += size) yield text.slice(0, at) + text.slice(at + size);
  }
}

function* smallerLists(list: readonly Json[]): Generator<Json> {
  if (list.length > 1) yield list.slice(0, list.length / 2);
  if (list.length > 1) yield list.slice(list.length / 2);
  for (const at of list.keys()) yield list.toSpliced(at, 1);
  for (const [at, item] of list.entries()) for (const smaller of smallerOnes(item)) yield list.with(at, smaller);
}

function* smallerObjects(object: Readonly<Record<string, Json>>): Generator<Json> {
  const members = Object.entries(object);
  for (const at of members.keys()) yield Object.fromEntries(members.toSpliced(at, 1));
  for (const [at, [key, inner]] of members.entries())
    for (const smaller of smallerOnes(inner)) yield Object.fromEntries(members.with(at, [key, smaller]));
}
