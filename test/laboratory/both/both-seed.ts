/**
 * Plays the history of one seed of two systems and judges it: once, or twice where both must log the same.
 */
import type { Finding } from '../moment.ts';
import { differenceOf, type Judged } from '../seed.ts';
import { shrink } from '../shrink.ts';
import type { BothAct, BothHistory, Donors } from './both-history.ts';
import { playBoth } from './both-stage.ts';
import { drawBothHistory } from './draw-both.ts';

/** Plays a seed; `twice`: again, and any difference between the two logs is a finding. */
export async function judgeBoth(seed: number, twice: boolean): Promise<Judged> {
  const history = drawBothHistory(seed);
  const { findings, passes, requests, log } = await playBoth(history);
  const again = twice ? differenceOf(log, (await playBoth(history)).log) : null;
  const found = again === null ? findings : [...findings, { id: 'replay', text: again }];
  return { seed, findings: found, passes, requests, log };
}

/** Shortens a failing history to what breaks the first of its promises. */
export async function shortenBoth(history: BothHistory, findings: readonly Finding[]): Promise<BothHistory> {
  const id = findings[0]?.id;
  return shrink<BothAct, Donors, BothHistory>(history, async (shorter) => {
    const played = await playBoth(shorter);
    return played.findings.some((finding) => finding.id === id);
  });
}
