/**
 * crm-out: is a person out of all mail by what the account says, why, and in which words a CRM is told?
 *
 * Pure. The words are the same each time, so that a note which was written can be found by its text and is written once.
 * A state that nobody stated as a no, such as a temporary hold or a pending confirmation, is doubt and no opt-out (T23).
 */
import { MAILABLE } from '../consent/standing.ts';
import type { Standing } from '../consent/ledger.ts';
import type { Content, RecordState } from '../model/record.ts';

export type OutReason = 'complained' | 'deleted' | 'unsubscribed' | 'bounced' | 'on-record';
export interface Out {
  readonly reason: OutReason;
  /** The source's time, ISO UTC text; null where it said none. */
  readonly at: string | null;
  /** The person's own words, or what the code of a bounce means. */
  readonly detail: string | null;
}

/** What the account knows of one person's mail. */
export interface MailSigns {
  readonly state: RecordState;
  readonly content: Content;
  /** What stands in the ledger about the address, for all mail. */
  readonly stance: Standing['stance'];
  readonly bounce: { readonly code: string; readonly at: string | null } | null;
  readonly complaint: { readonly at: string | null } | null;
}

/** Tells why a person is out; null where nobody said no. */
export function outOf(signs: MailSigns, bounceCodes: readonly string[]): Out | null {
  const { state, content, stance, bounce, complaint } = signs;
  if (complaint !== null) return { reason: 'complained', at: complaint.at, detail: null };
  if (state === 'deleted') return { reason: 'deleted', at: textOf(content['deleted_at']), detail: null };
  const at = textOf(content['opt_out_date']);
  // A mailable contact whose address is in doubt was lowered to unsubscribed when it was read: nobody said no. One that the
  // account itself shows as unsubscribed says when, also after it has moved to an address about which nothing was said.
  if (state === 'unsubscribed' && (stance !== 'hold' || at !== null))
    return { reason: 'unsubscribed', at, detail: textOf(content['opt_out_reason']) };
  // What the person said comes first: a bounce is nobody's word, and a guard may hold it.
  if (stance === 'out') return { reason: 'on-record', at: null, detail: null };
  if (bounce === null || !bounceCodes.includes(bounce.code)) return null;
  return { reason: 'bounced', at: bounce.at, detail: BOUNCES[bounce.code] ?? `code ${bounce.code}` };
}
const BOUNCES: Readonly<Record<string, string>> = {
  B: 'no such address',
  D: 'undeliverable',
  F: 'mailbox full',
  S: 'suspended: no such address',
  X: 'refused',
  Z: 'blocked',
};

/** Tells an opt-out that somebody stated from one that was deduced, which a guard may hold (I10). */
export function isInferred(out: Out | null): boolean {
  return out?.reason === 'bounced';
}

/** Tells whether a person may be mailed beyond doubt. */
export function mayBeMailed(signs: MailSigns, bounceCodes: readonly string[]): boolean {
  return MAILABLE.has(signs.state) && signs.stance !== 'hold' && outOf(signs, bounceCodes) === null;
}

/** Words the note that tells why an address is mailed no more. */
export function noteText(address: string, account: string, { reason, at, detail }: Out): string {
  const day = at === null ? '' : ` on ${at.slice(0, 10)}`;
  const words = detail === null ? '' : ` (${detail})`;
  return `Concord: ${address} is not to be mailed: ${WORDS[reason]} ${account}${day}${words}.`;
}
const WORDS: Readonly<Record<OutReason, string>> = {
  complained: 'reported as unwanted mail in',
  deleted: 'deleted in',
  unsubscribed: 'unsubscribed in',
  bounced: 'mail came back to',
  'on-record': 'an opt-out is on record for',
};

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
