/**
 * next-cursor: where the next incremental read of a stream starts (I4).
 *
 * The source's own time when the read began, less an overlap; where the source tells no time, the newest value seen less
 * the overlap, yet no older than a day before the window began. Pure. Must never use our own "now" as a watermark, round
 * up, or go past what the source itself has reached (T1, T3, T4, T5).
 */
import { instantOf, isoOf } from '../model/instant.ts';

/** Covers late commits and late indexing at the source; one public client waits 2 minutes for the latter, so 5 are read again. */
export const OVERLAP_MS = 5 * 60_000;
/** A Date header further ahead of this machine than any time zone mistake is no time at all. */
const ABSURD_AHEAD_MS = 26 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export interface WindowRead {
  /** Source's time when the window began, ms; null where it told none. */
  readonly startedSource: number | null;
  /** Our time then: only to recognise absurd values. */
  readonly startedAt: number;
  /** Newest version time among the records read, ISO text; null when none was read. */
  readonly newestSeen: string | null;
  readonly previous: string | null;
}

/** Computes the cursor after a completed window; null when nothing justifies one. */
export function nextCursor(read: WindowRead): string | null {
  const begun = plausible(read.startedSource, read.startedAt);
  if (begun !== null) return isoOf(begun - OVERLAP_MS);
  const newest = past(instantOf(read.newestSeen), read.startedAt);
  const floor = read.startedAt - DAY_MS;
  const previous = instantOf(read.previous) ?? -Infinity;
  const reached = Math.max(newest === null ? -Infinity : newest - OVERLAP_MS, previous, floor);
  return newest === null && read.previous === null ? null : isoOf(Math.min(reached, read.startedAt - OVERLAP_MS));
}

/** A record stamped after our own time proves nothing: either our clock is behind, or somebody's stamp is wrong (T5). */
function past(ms: number | null, startedAt: number): number | null {
  return ms === null || ms > startedAt ? null : ms;
}

function plausible(ms: number | null, startedAt: number): number | null {
  return ms === null || ms > startedAt + ABSURD_AHEAD_MS ? null : ms;
}
