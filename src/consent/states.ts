/**
 * states: from a vendor's words for consent to ours, for every version of its API.
 *
 * Pure data and one look-up. A word nobody documented, a missing word, or something that is no word at all means
 * `held`: never sendable, and nobody's own opt-out (I2, T23). Words are compared as they are written: an opt-out in
 * another spelling would be held, which mails nobody either. Must never guess a state from any other field.
 */
import type { PermissionState } from '../model/record.ts';

export type ApiVersion = 'v1' | 'v2' | 'v3';

/**
 * Every documented word. V1 and V2 do not say with the status who opted in, so their "active" is the weaker permission.
 * "Removed" is somebody on no list, who said nothing. Of V2's VISITOR and NON_SUBSCRIBER only the names are documented,
 * not what may be done with such a person: held.
 */
export const STATES: Readonly<Record<ApiVersion, ReadonlyMap<unknown, PermissionState>>> = {
  v1: new Map([
    ['Active', 'implicit'],
    ['Unconfirmed', 'pending_confirmation'],
    ['Awaiting Confirmation', 'pending_confirmation'],
    ['Removed', 'not_set'],
    ['Do Not Mail', 'unsubscribed'],
  ]),
  v2: new Map([
    ['ACTIVE', 'implicit'],
    ['UNCONFIRMED', 'pending_confirmation'],
    ['REMOVED', 'not_set'],
    ['OPTOUT', 'unsubscribed'],
    ['VISITOR', 'held'],
    ['NON_SUBSCRIBER', 'held'],
  ]),
  v3: new Map([
    ['explicit', 'explicit'],
    ['implicit', 'implicit'],
    ['not_set', 'not_set'],
    ['pending_confirmation', 'pending_confirmation'],
    ['temp_hold', 'temp_hold'],
    ['unsubscribed', 'unsubscribed'],
  ]),
};

/** V3's words for SMS, as its filter by them documents them. What is not among them holds; who is pending or not set said nothing. */
export const SMS_STATES: ReadonlyMap<unknown, 'explicit' | 'unsubscribed' | 'pending_confirmation' | 'not_set'> =
  new Map([
    ['explicit', 'explicit'],
    ['unsubscribed', 'unsubscribed'],
    ['pending_confirmation', 'pending_confirmation'],
    ['not_set', 'not_set'],
  ]);

/** Reads a word of this version; null for one that is not documented. */
export function knownState(version: ApiVersion, word: unknown): PermissionState | null {
  return STATES[version].get(word) ?? null;
}

/** Tells the state of a contact that is not deleted. Without an address nobody is mailable, but an opt-out is still one. */
export function stateOf(version: ApiVersion, word: unknown, hasAddress: boolean): PermissionState {
  const known = knownState(version, word);
  if (hasAddress) return known ?? 'held';
  return known === 'unsubscribed' ? 'unsubscribed' : 'none';
}
