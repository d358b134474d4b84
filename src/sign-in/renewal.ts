/**
 * When a pair of tokens is renewed, and when a sign-in is about to die of disuse (I15). Pure.
 *
 * Decides that a renewal is tried well before the access token ends, so that a token endpoint that is down for a while
 * ends no pass, and long before the refresh token dies of disuse.
 */

/** A refresh token of Constant Contact that nobody used for so long is dead. */
export const IDLE_DEATH_MS = 180 * 86_400_000;
/** The same of Virtuous CRM+. No answer tells it: this serves to warn a person, never to give a token up. */
export const VIRTUOUS_IDLE_DEATH_MS = 365 * 86_400_000;
/** So long before its death a person is told. */
export const IDLE_NOTICE_MS = 60 * 86_400_000;
/** From here on any use renews, whatever the access token's own time. */
const IDLE_RENEWAL_MS = 30 * 86_400_000;
/** A token that ends while the request is under way is refused. */
const MARGIN_MS = 60_000;
const EARLY_MS = 3_600_000;

/** The dates of a pair. */
export interface PairDates {
  readonly usedAt: number;
  readonly accessUntil: number | null;
}

/** Tells whether a pair must be renewed before use (`now`), should be if it can (`soon`), or need not. */
export function renewalDue({ usedAt, accessUntil }: PairDates, now: number): 'no' | 'soon' | 'now' {
  if (accessUntil !== null) {
    const early = Math.min(EARLY_MS, (accessUntil - usedAt) / 4);
    if (now >= accessUntil - Math.min(MARGIN_MS, early)) return 'now';
    if (now >= accessUntil - early) return 'soon';
  }
  return now - usedAt >= IDLE_RENEWAL_MS ? 'soon' : 'no';
}

/** How a sign-in stands by its dates alone. */
export type Standing =
  | { readonly kind: 'good' }
  /** Nobody used it for long: it dies at `at`. */
  | { readonly kind: 'idle'; readonly at: number }
  /** No refresh token: it ends at `at`, where somebody said when. */
  | { readonly kind: 'ends'; readonly at: number | null }
  /** The refresh token was refused; what is left works until `until`. */
  | { readonly kind: 'lost'; readonly until: number | null }
  | { readonly kind: 'ended' };

/** Foresees what a person should do something about. */
export function standingOf(
  signIn: PairDates & { readonly renewable: boolean; readonly lostAt: number | null },
  now: number,
  idleDeathMs: number = IDLE_DEATH_MS,
): Standing {
  const over = signIn.accessUntil !== null && now >= signIn.accessUntil;
  if (signIn.lostAt !== null) return over ? { kind: 'ended' } : { kind: 'lost', until: signIn.accessUntil };
  if (!signIn.renewable) return over ? { kind: 'ended' } : { kind: 'ends', at: signIn.accessUntil };
  const idle = now - signIn.usedAt;
  if (idle >= idleDeathMs) return { kind: 'ended' };
  return idle >= idleDeathMs - IDLE_NOTICE_MS ? { kind: 'idle', at: signIn.usedAt + idleDeathMs } : { kind: 'good' };
}
