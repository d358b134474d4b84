/**
 * crm-address: what becomes of a met person's e-mail in a CRM whose address is another than the account's.
 *
 * Pure. An address that changed at the account is an update of the person's own e-mail, found by link or reference, never
 * a second person (T27). Consent follows the address: the new one gets no yes by moving, and stays on only if it was on,
 * its own standing is a yes, and nothing is held against the old one. So two who swap addresses need no order (T28).
 * What the CRM changed is a conflict.
 */
import { matchKey } from '../model/address.ts';
import type { Standing } from '../consent/ledger.ts';
import type { CrmChange, CrmEmail } from '../model/crm.ts';
import type { CrmLink } from './crm-mapping.ts';

export interface AddressInput {
  readonly link: CrmLink;
  /** The linked e-mail; null: none of the contact's is known to be theirs. */
  readonly email: CrmEmail | null;
  /** As the account spells it, and its match key. */
  readonly address: string;
  readonly key: string;
  /** The match key that both last agreed on. */
  readonly agreed: string | null;
  readonly mayBeMailed: boolean;
  readonly stanceOf: (key: string) => Standing['stance'];
}

export type AddressConflict = 'address-moved-there' | 'address-moved-both' | 'address-nowhere';
export interface AddressStep {
  readonly change: Extract<CrmChange, { kind: 'address' }> | null;
  readonly conflict: AddressConflict | null;
}

/** Decides it. An address that differs only in its spelling is left alone (T31). */
export function addressStep(input: AddressInput): AddressStep {
  const { email, key, agreed, link } = input;
  if (email === null) return { change: null, conflict: 'address-nowhere' };
  const stands = matchKey(email.address);
  if (stands === key) return { change: null, conflict: null };
  if (agreed !== null && agreed !== stands)
    return { change: null, conflict: agreed === key ? 'address-moved-there' : 'address-moved-both' };
  const { contactId } = link;
  const change = {
    kind: 'address',
    contactId,
    email,
    address: input.address,
    optedIn: staysOn(input, stands),
  } as const;
  return { change, conflict: null };
}

function staysOn({ email, key, mayBeMailed, stanceOf }: AddressInput, was: string | null): boolean {
  if (email?.opted_in !== true || !mayBeMailed || stanceOf(key) !== 'in') return false;
  return was === null || !['out', 'hold'].includes(stanceOf(was));
}
