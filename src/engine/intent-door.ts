/**
 * intent-door: asks the door about an intent, with the facts that the store gives.
 *
 * Holds no rule of its own: which facts concern an intent, and nothing else. Pure.
 */
import type { ConsentEffects } from '../connector/target.ts';
import { addressStanding } from '../consent/address-standing.ts';
import { judgeAtDoor, type DoorVerdict } from '../consent/door.ts';
import { matchKey } from '../model/address.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { PersonIntent } from '../model/intent.ts';

/** Facts by match key; those about the contact itself, whatever its address was then, under the empty key. */
export type FactsByKey = ReadonlyMap<string, readonly ConsentFact[]>;

/** Lists the match keys of the addresses that an intent touches; a text that is no address has none. */
export function matchKeysOf({ address, addressWas }: PersonIntent): readonly string[] {
  return [address, addressWas].flatMap((one) => (one === null ? [] : (matchKey(one) ?? [])));
}

/** Judges an intent. An address without a match key is in doubt. */
export function judgeWith(effects: ConsentEffects | undefined, intent: PersonIntent, facts: FactsByKey): DoorVerdict {
  return judgeAtDoor(effects, intent, (address, scope) => {
    // No channel tells of a single list yet.
    if (scope !== 'all') return { stance: 'silent' };
    const key = matchKey(address);
    if (key === null) return { stance: 'hold' };
    return addressStanding([...(facts.get(key) ?? []), ...(facts.get('') ?? [])]);
  });
}
