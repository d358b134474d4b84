/**
 * Plays the history of one seed and judges it: once, or twice where both must log the same.
 */
import { drawHistory } from './draw-history.ts';
import type { Act, SyncName, TableHistory } from './history.ts';
import type { Finding } from './moment.ts';
import type { Played } from './player.ts';
import { play } from './table-stage.ts';
import { shrink } from './shrink.ts';

export interface Judged {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly passes: number;
  readonly requests: number;
  readonly log: readonly string[];
}

/** Plays a seed; `twice`: again, and any difference between the two logs is a finding. */
export async function judgeSeed(seed: number, twice: boolean): Promise<Judged> {
  const history = drawHistory(seed);
  const { findings, passes, requests, log } = await play(history);
  const again = twice ? differenceOf(log, (await play(history)).log) : null;
  const found = again === null ? findings : [...findings, { id: 'replay', text: again }];
  return { seed, findings: found, passes, requests, log };
}

/** Shortens a failing history to what breaks the first of its promises. */
export async function shorten(history: TableHistory, findings: readonly Finding[]): Promise<TableHistory> {
  const id = findings[0]?.id;
  return shrink<Act, SyncName, TableHistory>(history, async (shorter) => {
    const played: Pick<Played, 'findings'> = await play(shorter);
    return played.findings.some((finding) => finding.id === id);
  });
}

export function differenceOf(one: readonly string[], other: readonly string[]): string | null {
  const at = one.findIndex((line, n) => line !== other[n]);
  if (at < 0 && one.length === other.length) return null;
  return `played again, line ${at} differs: ${one[at] ?? 'missing'} against ${other[at] ?? 'missing'}`;
}
