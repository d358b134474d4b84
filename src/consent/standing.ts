/**
 * standing: does an opt-out still stand against a reading that says "mailable"?
 *
 * Pure. An OUT absorbs: only a later IN by the person lifts it, or, where the account itself made the OUT, a later act
 * of that same account (I1, T19, T25). A tie or a missing time counts as out (I2). The order in which facts arrive
 * never matters. It never raises consent: it can only lower what a source says.
 */
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { PermissionState, Reading } from '../model/record.ts';
import { instantOf } from '../model/instant.ts';

export const MAILABLE: ReadonlySet<PermissionState | 'deleted'> = new Set(['explicit', 'implicit'] as const);

/** Finds the latest OUT that neither a fact nor the reading itself lifts; null when none stands. */
export function standingOut(facts: readonly ConsentFact[], reading: Contact): ConsentFact | null {
  let standing: ConsentFact | null = null;
  for (const out of facts) {
    if (out.fact !== 'out') continue;
    if (
      liftedByReading(out, reading) ||
      facts.some((other) => other.fact === 'in' && lifts(other.actor, other.at, out))
    )
      continue;
    if (standing === null || later(out, standing)) standing = out;
  }
  return standing;
}

function liftedByReading(out: ConsentFact, reading: Contact): boolean {
  const actor = actorOf(reading.opt_in_source);
  if (lifts(actor, textOf(reading.opt_in_date), out)) return true;
  // The account may undo what the account did; V3 need not restamp opt_in_date for that, but the address itself moves.
  return out.actor === 'account' && actor !== 'unknown' && lifts('account', textOf(reading.email_updated_at), out);
}

function lifts(actor: ConsentFact['actor'], at: string | null, out: ConsentFact): boolean {
  if (actor === 'unknown' || (actor === 'account' && out.actor !== 'account')) return false;
  const inAt = instantOf(at);
  const outAt = instantOf(out.at);
  return inAt !== null && outAt !== null && inAt > outAt;
}

/** Of OUTs at the same instant the one that is hardest to lift is told. */
const STRICTEST: readonly ConsentFact['actor'][] = ['account', 'unknown', 'person'];

/** A total order, so that the choice among several standing OUTs does not depend on the order of facts. */
function later(a: ConsentFact, b: ConsentFact): boolean {
  const left = rankOf(a);
  const right = rankOf(b);
  const differs = left.findIndex((part, i) => part !== right[i]);
  return differs >= 0 && (left[differs] as string) > (right[differs] as string);
}

function rankOf(out: ConsentFact): readonly (string | number)[] {
  const at = instantOf(out.at) ?? Infinity;
  return [at, STRICTEST.indexOf(out.actor), out.at ?? '', out.channel, out.evidence, out.run, out.readAt];
}

/** Reads V3's `Contact` or `Account`; anything else is nobody we know. */
export function actorOf(source: unknown): ConsentFact['actor'] {
  return source === 'Contact' ? 'person' : source === 'Account' ? 'account' : 'unknown';
}

/** Lowers a reading to unsubscribed when an OUT stands against it; otherwise returns it unchanged. */
export function settle(
  reading: Reading<Contact>,
  facts: readonly ConsentFact[],
  hash: (content: Contact) => string,
): SettledReading {
  if (!MAILABLE.has(reading.state) || facts.length === 0) return { reading, overruled: null };
  const out = standingOut(facts, reading.content);
  if (out === null) return { reading, overruled: null };
  const content: Contact = {
    ...reading.content,
    permission_to_send: 'unsubscribed',
    opt_out_source: out.actor === 'account' ? 'Account' : out.actor === 'person' ? 'Contact' : null,
    opt_out_date: out.at,
  };
  return { reading: { ...reading, content, state: 'unsubscribed', hash: hash(content) }, overruled: out };
}

export interface SettledReading {
  readonly reading: Reading<Contact>;
  /** The OUT that overruled the source's word: channels disagree about this person. */
  readonly overruled: ConsentFact | null;
}

function textOf(value: string | number | null): string | null {
  return typeof value === 'string' ? value : null;
}
