/**
 * crm-door: may this change be sent to a CRM, as consent stands now?
 *
 * Pure; asked when a change is planned, in the transaction that claims it, and right before it leaves (I1). What a change
 * does is what the CRM's connector declares, so one that is not declared is refused. Switching a flag off always passes
 * (I3). An address that an opt-out or a doubt stands against may be given to nobody mailable (I2).
 */
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { CrmChange } from '../model/crm.ts';
import type { DoorRefusal } from './door.ts';
import type { Standing } from './ledger.ts';

/** Judges one change; null: it may be sent. `stanceOf`: what stands about an address, for all mail. */
export function judgeCrmChange(
  effects: ConsentEffects | undefined,
  change: CrmChange,
  stanceOf: (address: string) => Standing['stance'],
): DoorRefusal | null {
  if (effects === undefined) return 'undeclared';
  if (change.kind === 'opt' && !change.optedIn) return null;
  if (effects.known === 'explicit' || effects.newAddress === 'explicit') return 'opts-in';
  const [stance] = addressesOf(change)
    .map(stanceOf)
    .filter((one) => one === 'out' || one === 'hold');
  if (stance !== undefined && couldBeMailed(effects, change)) return stance;
  // A flag is switched on for nobody: silence is no permission, and a yes of the account is no yes to the CRM (T20).
  return change.kind === 'opt' ? 'raises-known' : null;
}

/** Lists the addresses that a change touches: the old one's doubt goes along to the new (T27). */
export function addressesOf(change: CrmChange): readonly string[] {
  switch (change.kind) {
    case 'submit':
    case 'create':
      return [change.person.address];
    case 'opt':
      return [change.email.address];
    case 'address':
      return [change.email.address, change.address];
    default:
      return [];
  }
}

function couldBeMailed(effects: ConsentEffects, change: CrmChange): boolean {
  if (change.kind === 'submit') return effects.newAddress !== 'not-mailed';
  // Both say the flag with the address: given off, nobody is mailed.
  return (change.kind !== 'create' && change.kind !== 'address') || change.optedIn;
}
