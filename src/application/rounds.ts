/**
 * rounds: runs passes by their schedules until it is told to stop.
 *
 * Decides when each sync has its turn, and that no sync waits for another's trouble. Each has its own round: sleep, pass,
 * tell. Must never run two passes of one sync at once, nor end because of what became of a pass.
 */
import pLimit from 'p-limit';
import type { Outcome } from '../cli/results.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Clock } from '../ports/clock.ts';
import { nextDue, type LastPass } from '../rules/next-due.ts';

/** Passes at work at the same time: each needs memory for its pages, and they share the machine. */
const AT_ONCE = 4;
/** A sleep is cut into pieces, so that a hint, a clock that was set, or a machine that slept, is noticed. */
const LONGEST_SLEEP_MS = 5_000;
/** A hint brings a turn nearer, but no resource is asked for more than once a minute (Virtuous's own wish). */
const AFTER_A_START_MS = 60_000;

export interface Round {
  readonly sync: string;
  readonly schedule: Schedule;
  readonly last: LastPass;
}

/** What a round must know of a pass that ended. */
export interface Ended {
  readonly outcome: Outcome;
  readonly reconnect: string | null;
  readonly resumeAt?: number;
}

/** Tells when each of these syncs has its next turn, ms since 1970; one whose time never comes has `Infinity`. */
export function turnsOf(rounds: readonly Round[], now: number): ReadonlyMap<string, number> {
  return new Map(rounds.map(({ sync, schedule, last }) => [sync, nextDue(schedule, last, now)]));
}

/** What rounds need from outside. */
export interface RoundPorts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Syncs of whose systems somebody told that there is news: their turn comes soon, and takes them out. */
  readonly hinted: Pick<Set<string>, 'has' | 'delete'>;
}

/**
 * Runs every round until `signal` is aborted. `pass` must not throw; `ended` is called after each with the time of the
 * next turn. Resolves when the last pass that was at work has ended.
 */
export async function keepRounds<P extends Ended>(
  rounds: readonly Round[],
  { clock, signal, hinted }: RoundPorts,
  pass: (sync: string) => Promise<P>,
  ended: (result: P, nextAt: number) => Promise<void>,
): Promise<void> {
  const turn = pLimit(AT_ONCE);
  const keep = async ({ sync, schedule, last: known }: Round): Promise<void> => {
    let last = known;
    for (;;) {
      const due = (): number =>
        Math.min(nextDue(schedule, last, clock.now()), hinted.has(sync) ? soonAfter(last) : Infinity);
      if (!(await sleepUntil(clock, due, signal))) return;
      await turn(async () => {
        if (signal.aborted) return;
        hinted.delete(sync);
        const startedAt = clock.now();
        const result = await pass(sync);
        last = lastOf(last, startedAt, result);
        await ended(result, nextDue(schedule, last, clock.now()));
      });
    }
  };
  await Promise.all(rounds.map(keep));
}

function soonAfter({ startedAt }: LastPass): number {
  return startedAt === null ? 0 : startedAt + AFTER_A_START_MS;
}

function lastOf(before: LastPass, startedAt: number, { outcome, reconnect, resumeAt }: Ended): LastPass {
  // What a person must mend first is not mended by trying more often than the schedule says.
  const mayMend = outcome === 'partial' || (outcome === 'failed' && reconnect === null);
  return { startedAt, failures: mayMend ? before.failures + 1 : 0, resumeAt: resumeAt ?? null };
}

/** Sleeps until a time that is asked for anew in between; false when it was told to stop. */
async function sleepUntil(clock: Clock, due: () => number, signal: AbortSignal): Promise<boolean> {
  const until = due();
  for (;;) {
    if (signal.aborted) return false;
    // A retry counts from the end of the pass before: asking again may only bring the turn nearer.
    const left = Math.min(until, due()) - clock.now();
    if (left <= 0) return true;
    await clock.sleep(Math.min(left, LONGEST_SLEEP_MS), signal).catch(() => undefined);
  }
}
