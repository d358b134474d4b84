/**
 * next-due: when the next pass of a sync starts by itself.
 *
 * Pure: times in, a time out, all in ms since 1970 by our clock, which measures nothing but our own rhythm here. A start
 * that was missed while nothing ran is made up for once, at once: waiting would only make opt-outs later.
 */
import { Cron } from 'croner';
import type { Schedule } from '../model/schedule.ts';

const MINUTE = 60_000;
const FIRST_RETRY_MS = 5 * MINUTE;
const LAST_RETRY_MS = 60 * MINUTE;

/** What is known of the newest pass. */
export interface LastPass {
  /** When it began; null: there was none. */
  readonly startedAt: number | null;
  /** How many passes in a row, it included, ended early or failed in a way that may mend itself. */
  readonly failures: number;
  /** When whoever cut it short said that work can go on; null: nobody did. */
  readonly resumeAt: number | null;
}

/** Tells when the next pass is due; a time that is not after `now` means at once. */
export function nextDue(schedule: Schedule, { startedAt, failures, resumeAt }: LastPass, now: number): number {
  // A clock that was set back must not make the next pass wait for the old time to come again.
  if (startedAt === null || startedAt > now) return now;
  const due = [afterStart(schedule, startedAt)];
  if (resumeAt !== null && resumeAt > now) due.push(resumeAt);
  else if (failures > 0) due.push(now + retryPause(failures));
  return Math.min(...due);
}

/** Tells when a schedule asks for the pass after one that began at `startedAt`. */
function afterStart(schedule: Schedule, startedAt: number): number {
  if (schedule.kind === 'every') return startedAt + schedule.ms;
  const next = new Cron(schedule.expression, { timezone: 'UTC' }).nextRun(new Date(startedAt));
  // Such as the 30th of February: it never comes.
  return next === null ? Infinity : next.getTime();
}

/** Doubles from five minutes to an hour. */
function retryPause(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
}
