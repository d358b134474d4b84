/**
 * door: may this operation be sent for this person, as consent stands now?
 *
 * Judges by the operation's declared effects, the intent and what stands about the address and its lists. Asked when
 * the plan is made and again inside the transaction that claims the row for sending (I1), so it is pure and knows no
 * store. Doubt refuses (I2); silence is no permission; what only lowers always passes (I3). Must never be asked by name
 * of an operation: one that declares nothing is refused, whatever it is called.
 */
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { PersonIntent } from '../model/intent.ts';
import type { Standing } from './ledger.ts';

/** Where the door looks things up: all mail for an address, or one list. */
export type StandingAt = (address: string, scope: 'all' | `list:${string}`) => Pick<Standing, 'stance'>;

export type DoorRefusal =
  | 'undeclared' // the operation says nothing of what it does to consent
  | 'opts-in' // it would make people mailable by itself, with no act of theirs
  | 'raises-known' // a permission for somebody who is known already
  | 'no-evidence' // a new person without a permission that has evidence
  | 'out' // an opt-out stands against the address
  | 'hold' // it is in doubt
  | 'left-list'; // the person left one of the lists

/** `mayMail` false: only what leaves the person unmailable may be sent. */
export type DoorVerdict =
  { readonly kind: 'pass'; readonly mayMail: boolean } | { readonly kind: 'refused'; readonly reason: DoorRefusal };

/** Judges one operation for one person. */
export function judgeAtDoor(
  effects: ConsentEffects | undefined,
  intent: PersonIntent,
  standingAt: StandingAt,
): DoorVerdict {
  if (effects === undefined) return refused('undeclared');
  if (intent.permission === 'implicit' && intent.contactId !== null) return refused('raises-known');
  if (onlyLowers(effects)) return { kind: 'pass', mayMail: false };
  if (effects.known === 'explicit' || effects.newAddress === 'explicit') return refused('opts-in');
  const stands = strictest(addressesOf(intent).map((address) => standingAt(address, 'all').stance));
  if (stands !== null && couldBeMailed(effects, intent)) return refused(stands);
  const left = listsOf(effects, intent).map((list) => standingAt(intent.address, `list:${list}`).stance);
  if (strictest(left) !== null) return refused('left-list');
  if (intent.contactId === null && intent.permission === 'keep' && effects.newAddress !== 'not-mailed')
    return refused('no-evidence');
  return { kind: 'pass', mayMail: stands === null && intent.permission !== 'unsubscribe' };
}

/** Nothing that this operation does can make anybody mailable, on any list: what it brings back it brings back unmailable. */
function onlyLowers(effects: ConsentEffects): boolean {
  return effects.known === 'lowered' && effects.newAddress === 'not-mailed' && !effects.relists;
}

/**
 * A known person's `as-sent` operation without lists, revival or another address keeps what stands: it may go on beside
 * an opt-out, with `mayMail` false, for then the sender refuses to send a permission that mails.
 */
function couldBeMailed(effects: ConsentEffects, intent: PersonIntent): boolean {
  if (intent.permission === 'unsubscribe') return false;
  if (intent.contactId === null) return effects.newAddress !== 'not-mailed';
  if (effects.known === 'raised') return true;
  return (effects.movesAddress && intent.addressWas !== null) || (effects.relists && intent.lists.add.length > 0);
}

function listsOf(effects: ConsentEffects, intent: PersonIntent): readonly string[] {
  return effects.relists ? intent.lists.add : [];
}

/** An address that changes carries its doubt along: the new one gets no IN by moving (T27). */
function addressesOf({ address, addressWas }: PersonIntent): readonly string[] {
  return addressWas === null ? [address] : [address, addressWas];
}

function strictest(stances: readonly Standing['stance'][]): 'out' | 'hold' | null {
  return stances.includes('out') ? 'out' : stances.includes('hold') ? 'hold' : null;
}

function refused(reason: DoorRefusal): DoorVerdict {
  return { kind: 'refused', reason };
}
