/**
 * address-standing: what stands about one address, from the facts alone.
 *
 * Pure, and the order of facts never matters. An OUT that no later IN of somebody who may lift it answers is `out`; facts
 * of which none says IN leave an address `silent`, which is no permission (I2).
 */
import type { ConsentFact } from '../model/consent.ts';
import { CONTACT_COLUMNS, type Contact } from '../model/contact.ts';
import type { DoorStanding } from './door.ts';
import { standingOut } from './standing.ts';

/** A reading that says nothing: only facts may lift then. */
const NOTHING = Object.fromEntries(CONTACT_COLUMNS.map((column) => [column, null])) as unknown as Contact;

/** Tells what stands about an address, given every fact about it. */
export function addressStanding(facts: readonly ConsentFact[]): DoorStanding {
  if (standingOut(facts, NOTHING) !== null) return { stance: 'out' };
  return { stance: facts.some((one) => one.fact === 'in') ? 'in' : 'silent' };
}
