/**
 * staleness: is a reading older than the one that is stored?
 *
 * A replica behind, or a page fetched before a fresher answer, must not undo what was read since (T17, T26). Only inside
 * the visibility window: later an older version is the source's own will (a restored backup). Pure.
 */
import { instantOf } from '../model/instant.ts';

/** Longest time during which a source may still answer from before a change we have seen. */
export const VISIBILITY_MS = 15 * 60_000;

/** Compares versions `a|b` part by part: older means no part is newer and at least one is older. Unreadable parts decide nothing. */
export function isOlder(incoming: string, stored: string): boolean {
  const left = incoming.split('|').map((part) => instantOf(part || null));
  const right = stored.split('|').map((part) => instantOf(part || null));
  let older = false;
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const a = left[i] ?? null;
    const b = right[i] ?? null;
    if (a === null || b === null) continue;
    if (a > b) return false;
    if (a < b) older = true;
  }
  return older;
}
