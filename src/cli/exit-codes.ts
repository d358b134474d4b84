/**
 * Exit codes: what a script learns from a command.
 *
 * Decides the code of an outcome and which code wins over several syncs; the contract is docs/configuration.md's last
 * table. Must never be decided elsewhere.
 */
import type { Ending, PassResult } from './results.ts';

export const EXIT = { ok: 0, failed: 1, usage: 2, stopped: 3, attention: 4, reconnect: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The first of these that occurs is the exit. */
export const EXIT_ORDER = [2, 5, 1, 3, 4, 0] as const satisfies readonly ExitCode[];

/** Picks the exit over several syncs; of none at all it is 0. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return EXIT_ORDER.find((code) => codes.includes(code)) ?? EXIT.ok;
}

/** Tells the exit of one pass. */
export function exitOfPass(result: PassResult): ExitCode {
  const { waiting } = result;
  const open = result.parked + result.conflicts + result.disagreeing + waiting.parked + waiting.conflicts;
  return exitOfEnding(result, open === 0);
}

/** Tells the exit of anything that ends like a pass; `clean`: nothing waits for a person, both sides agree. */
export function exitOfEnding(ending: Pick<Ending, 'outcome' | 'reconnect'>, clean: boolean): ExitCode {
  switch (ending.outcome) {
    case 'done':
      return clean ? EXIT.ok : EXIT.attention;
    case 'partial':
      return EXIT.failed;
    case 'stopped':
      return EXIT.stopped;
    case 'failed':
      return ending.reconnect === null ? EXIT.failed : EXIT.reconnect;
  }
}
