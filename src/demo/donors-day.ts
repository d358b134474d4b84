/**
 * The morning that three donors have in both systems: who does what, and where.
 *
 * Pure: chosen from the truth of both, always in the same order, nobody twice.
 */
import { listOf, partOf, textOf, type Operation, type SimulatedCrm, type Truth, type World } from './world.ts';

/** People needed so that three of those in both systems can be found. */
export const FEWEST_DONORS = 60;

/** One donor and what happens to them; `said` is how the story tells it. */
export interface Deed {
  readonly who: 'clicked' | 'withdrawn' | 'bounced';
  readonly contactId: string;
  readonly email: string;
  readonly said: string;
  readonly operation: Operation;
}

const WHO: readonly Deed['who'][] = ['clicked', 'withdrawn', 'bounced'];

/** Casts three people whom both systems have, who may be mailed by either. */
export function castDonors(world: World, crm: SimulatedCrm): readonly Deed[] {
  const fit = [...world.contacts()].filter((truth) => isMailable(truth) && isIn(flagsOf(crm, addressOf(truth))));
  return WHO.map((who, nth) => {
    const truth = fit[nth];
    if (truth === undefined) throw new Error('too few people live in both systems');
    return deedOf(who, textOf(truth, 'contact_id') ?? '', addressOf(truth));
  });
}

function deedOf(who: Deed['who'], contactId: string, email: string): Deed {
  switch (who) {
    case 'clicked':
      return {
        who,
        contactId,
        email,
        said: 'opts out by a link in a mail, which leaves updated_at as it was',
        operation: { op: 'unsubscribe', contact_id: contactId, how: 'campaign' },
      };
    case 'withdrawn':
      return {
        who,
        contactId,
        email,
        said: 'tells the office, which unticks the flag in the CRM',
        operation: { op: 'crmOptOut', contact: { email }, value: email },
      };
    case 'bounced':
      return {
        who,
        contactId,
        email,
        said: 'has left that address: the mail comes back',
        operation: { op: 'bounce', contact_id: contactId, code: 'B' },
      };
  }
}

/** The flags of an address in the CRM, wherever it stands. */
export function flagsOf(crm: SimulatedCrm, email: string): readonly boolean[] {
  const methods = listOf(crm.contact(email) ?? {}, 'individuals').flatMap((person) => listOf(person, 'methods'));
  return methods.filter((method) => method['value'] === email).map((method) => method['isOptedIn'] === true);
}

/** The notes that stand at the contact with an address. */
export function notesOf(crm: SimulatedCrm, email: string): readonly string[] {
  const id = crm.contact(email)?.['id'];
  return crm
    .notes()
    .filter((note) => note['contactId'] === id)
    .flatMap((note) => textOf(note, 'note') ?? []);
}

/** What the account says of somebody. */
export function permissionOf(truth: Truth): string {
  return textOf(partOf(truth, 'email_address'), 'permission_to_send') ?? 'none';
}

function isIn(flags: readonly boolean[]): boolean {
  return flags.length > 0 && flags.every(Boolean);
}

function isMailable(truth: Truth): boolean {
  return truth['deleted_at'] === undefined && ['explicit', 'implicit'].includes(permissionOf(truth));
}

function addressOf(truth: Truth): string {
  return textOf(partOf(truth, 'email_address'), 'address') ?? '';
}
