/**
 * consent-rules: what becomes of an address's permission when a writer asks for another one.
 *
 * Whoever opted out by himself comes back by his own act alone: no word of the account's gives the permission back. What the
 * account took away, the account may give back. Leaving needs nobody's consent. Must stay pure.
 */
import type { EmailState, Source } from '../types.ts';

/** Makes the state of an address that is new to its contact. */
export function newEmail(
  address: string,
  permission: string | null,
  source: Source,
  now: number,
  reason: string | null = null,
): EmailState {
  const word = permission ?? (source === 'Contact' ? 'explicit' : 'implicit');
  const out = word === 'unsubscribed';
  return {
    address,
    permission: word,
    createdAt: now,
    updatedAt: now,
    optInSource: source,
    optInDate: now,
    optOutSource: out ? source : null,
    optOutDate: out ? now : null,
    optOutReason: out ? reason : null,
    confirmStatus: 'off',
  };
}

/** Tells whether a writer would give back what only the person may. */
export function isForbidden(email: EmailState, wanted: string, source: Source): boolean {
  return (
    email.permission === 'unsubscribed' &&
    wanted !== 'unsubscribed' &&
    email.optOutSource === 'Contact' &&
    source === 'Account'
  );
}

/** Makes the state of an address under another permission; the same state where nothing changes. */
export function withPermission(
  email: EmailState,
  wanted: string,
  by: { readonly source: Source; readonly now: number; readonly reason: string | null },
): EmailState {
  const { source, now, reason } = by;
  if (wanted === email.permission) return email;
  if (wanted === 'unsubscribed') {
    const out = { optOutSource: source, optOutDate: now, optOutReason: reason };
    return { ...email, ...out, permission: wanted, updatedAt: now };
  }
  const back = email.permission === 'unsubscribed' || wanted === 'explicit';
  const optIn = back ? { optInSource: source, optInDate: now } : {};
  const cleared = { optOutSource: null, optOutDate: null, optOutReason: null };
  return { ...email, ...optIn, ...cleared, permission: wanted, updatedAt: now };
}
