/**
 * intent-door: asks the door about an intent, with the facts that the store gives.
 *
 * Holds no rule of its own: which facts concern an intent, and nothing else. Pure.
 */
import { judgeAtDoor, type DoorVerdict } from '../consent/door.ts';
import { standingOf } from '../consent/ledger.ts';
import { matchKey } from '../model/address.ts';
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { PersonIntent } from '../model/intent.ts';

/** All that is on record about addresses, by match key. */
export type FactsByKey = ReadonlyMap<string, readonly ConsentFact[]>;

/** Lists the match keys of the addresses that an intent touches; a text that is no address has none. */
export function matchKeysOf({ address, addressWas }: PersonIntent): readonly string[] {
  return [address, addressWas].flatMap((one) => (one === null ? [] : (matchKey(one) ?? [])));
}

/** Judges an intent. An address without a match key is in doubt. */
export function judgeWith(effects: ConsentEffects | undefined, intent: PersonIntent, facts: FactsByKey): DoorVerdict {
  return judgeAtDoor(effects, intent, (address, scope) => {
    const key = matchKey(address);
    if (key === null) return { stance: 'hold' };
    return standingOf(facts.get(key) ?? [], { medium: 'email', scope });
  });
}
