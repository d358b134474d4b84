/**
 * review-looks: who of those that wait for a CRM's review is looked for in this pass?
 *
 * Pure. The changes that each pass reads show whoever was imported; a look only finds them where those did not. So a
 * pass looks for a few, and for each after ever longer pauses: an hour, two, four, up to a week. Whoever's submission
 * was not answered is looked for at once. A clock that stepped back makes a look due early, never late.
 */
const HOUR = 3_600_000;
const FIRST_PAUSE_MS = HOUR;
const LONGEST_PAUSE_MS = 7 * 24 * HOUR;

/** Somebody who waits. */
export interface Look {
  /** Since when, ms since 1970. */
  readonly since: number;
  /** When they were last looked for; null: never. */
  readonly lookedAt: number | null;
  /** The answer to their submission was lost. */
  readonly unsure: boolean;
}

/** Tells when somebody is to be looked for next. */
export function nextLook({ since, lookedAt, unsure }: Look): number {
  if (lookedAt === null) return unsure ? since : since + FIRST_PAUSE_MS;
  return lookedAt + Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, lookedAt - since));
}

/** Chooses at most so many of those who are due, whose turn is longest overdue first. */
export function dueLooks<T extends Look>(waiting: readonly T[], now: number, most: number): readonly T[] {
  const due = waiting.filter((one) => nextLook(one) <= now || (one.lookedAt ?? one.since) > now);
  return due.sort((a, b) => nextLook(a) - nextLook(b)).slice(0, most);
}
