/**
 * forget: erases a person from the store, and tells what stays: the suppression, and what the two sides hold themselves.
 *
 * Reads the secondary to find who has the address; sends nothing and changes neither side. Must never erase half: the
 * store does it in one transaction or says why not.
 */
import type { ForgetResult } from '../cli/evidence-results.ts';
import { standingOf } from '../consent/ledger.ts';
import { newId } from '../engine/new-people.ts';
import { matchKey } from '../model/address.ts';
import type { Installation } from './installation.ts';
import { idsOf } from './people-of.ts';

/** Forgets whoever has this address, in all syncs. */
export async function forgetPerson(at: Installation, email: string): Promise<ForgetResult> {
  const key = matchKey(email) ?? '';
  const contacts: { sync: string; ids: readonly string[] }[] = [];
  // Also under the id that somebody had who was made by us, before the account gave them theirs.
  for (const sync of at.config.syncs)
    contacts.push({ sync: sync.name, ids: [...(await idsOf(at, sync, key)), newId(key)] });
  const run = at.ports.ids.next();
  const answer = await at.store.forget({ matchKey: key, spelling: email, contacts, run });
  const facts = (await at.store.consent([key])).get(key) ?? [];
  const { stance } = standingOf(facts, { medium: 'email', scope: 'all' });
  const held = [...new Set(at.config.syncs.flatMap(({ primary, secondary }) => [primary.name, secondary.name]))];
  return { ...answer, stance, notErased: held };
}
