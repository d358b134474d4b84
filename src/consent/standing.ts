/**
 * standing: what a reading says about consent, against what is on record.
 *
 * Pure. The rule itself is the ledger's; here a reading's own dates become facts, and a reading that says "mailable"
 * against an OUT or a hold is lowered. It never raises consent: it can only lower what a source says.
 */
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { PermissionState, Reading, SideName } from '../model/record.ts';
import { matchKey } from '../model/address.ts';
import { standingOf } from './ledger.ts';

export const MAILABLE: ReadonlySet<PermissionState | 'deleted'> = new Set(['explicit', 'implicit'] as const);

/** How a reading came to us. */
export interface ReadBy {
  readonly sync: string;
  readonly side: SideName;
  readonly channel: string;
  readonly readAt: number;
  readonly run: string;
}

/** Reads V3's `Contact` or `Account`; anything else is nobody we know. */
export function actorOf(source: unknown): 'person' | 'account' | 'unknown' {
  return source === 'Contact' ? 'person' : source === 'Account' ? 'account' : 'unknown';
}

/** Reads the acts that a mailable contact's own dates tell of. */
export function insOf({ id, content }: Reading<Contact>, by: ReadBy): readonly ConsentFact[] {
  const actor = actorOf(content.opt_in_source);
  const base = { ...by, ...aboutOf(id, content), fact: 'in' as const };
  const told: ConsentFact = { ...base, actor, at: textOf(content.opt_in_date) };
  if (actor === 'unknown') return [told];
  // The account may undo what the account did; V3 need not restamp opt_in_date for that, but the address itself moves.
  return [told, { ...base, actor: 'account', at: textOf(content.email_updated_at) }];
}

/** Says whom a fact in a contact's reading is about. */
export function aboutOf(
  contactId: string,
  content: Contact,
): Pick<ConsentFact, 'contactId' | 'matchKey' | 'medium' | 'scope' | 'evidence'> {
  return { contactId, matchKey: keyOf(content), medium: 'email', scope: 'all', evidence: 'contact reading' };
}

/** Computes the match key of a contact's address; null where it has none. */
export function keyOf(content: Contact): string | null {
  const address = textOf(content.email_address);
  return address === null ? null : matchKey(address);
}

/** Lowers a reading to unsubscribed when an OUT or a hold stands against it; otherwise returns it unchanged. */
export function settle(
  reading: Reading<Contact>,
  facts: readonly ConsentFact[],
  by: ReadBy,
  hash: (content: Contact) => string,
): SettledReading {
  if (!MAILABLE.has(reading.state) || facts.length === 0) return { reading, overruled: null };
  const { stance, by: fact } = standingOf([...facts, ...insOf(reading, by)], { medium: 'email', scope: 'all' });
  if (fact === null || (stance !== 'out' && stance !== 'hold')) return { reading, overruled: null };
  const content: Contact = {
    ...reading.content,
    permission_to_send: 'unsubscribed',
    opt_out_source: fact.actor === 'account' ? 'Account' : fact.actor === 'person' ? 'Contact' : null,
    opt_out_date: fact.at,
  };
  return { reading: { ...reading, content, state: 'unsubscribed', hash: hash(content) }, overruled: fact };
}

export interface SettledReading {
  readonly reading: Reading<Contact>;
  /** The OUT or hold that overruled the source's word: channels disagree about this person. */
  readonly overruled: ConsentFact | null;
}

function textOf(value: string | number | null): string | null {
  return typeof value === 'string' ? value : null;
}
