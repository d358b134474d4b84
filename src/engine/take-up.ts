/**
 * take-up: what one page of readings means against what is stored, before anything is written.
 *
 * Pure. Decides for each reading: unchanged, new or changed, or stale; and which consent facts it brings. It never
 * raises consent: readings arrive here already settled against the standing OUTs.
 */
import { MAILABLE, actorOf } from '../consent/standing.ts';
import { matchKey } from '../model/address.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { Reading } from '../model/record.ts';
import { VISIBILITY_MS, isOlder } from '../rules/staleness.ts';
import type { Known } from '../store/rows.ts';

export interface TakenUp {
  readonly changed: readonly Reading[];
  readonly unchanged: readonly Known[];
  readonly stale: readonly Known[];
}

/** Sorts a page's readings; of two readings of one id on a page the later counts (T8). */
export function takeUp(
  readings: readonly Reading[],
  known: ReadonlyMap<string, Known>,
  readAt: number,
  direct: boolean,
): TakenUp {
  const latest = new Map<string, Reading>();
  for (const reading of readings) latest.set(reading.id, reading);
  const changed: Reading[] = [];
  const unchanged: Known[] = [];
  const stale: Known[] = [];
  for (const reading of latest.values()) {
    const stored = known.get(reading.id);
    if (stored === undefined) changed.push(reading);
    else if (stored.hash === reading.hash) unchanged.push(stored);
    else if (!direct && readAt - stored.readAt < VISIBILITY_MS && isOlder(reading.version, stored.version))
      stale.push(stored);
    else changed.push(reading);
  }
  return { changed, unchanged, stale };
}

/**
 * Reads the consent fact in a contact's reading: an OUT that is not on record with this time, or an IN that lifts one.
 *
 * A deleted contact's OUT counts as well: the ledger outlives the contact (T22). So does a second OUT of somebody who is
 * out already: an IN between the two must not lift it (T26).
 */
export function factsOf(
  reading: Reading<Contact>,
  before: Known | undefined,
  onRecord: readonly ConsentFact[],
  how: { readonly channel: string; readonly readAt: number; readonly run: string },
): ConsentFact | null {
  const { content, state } = reading;
  if (content.permission_to_send === 'unsubscribed') {
    const at = text(content.opt_out_date);
    if (onRecord.some((fact) => fact.fact === 'out' && fact.at === at)) return null;
    return { ...baseOf(reading, how), fact: 'out', actor: actorOf(content.opt_out_source), at };
  }
  if (before?.state === 'unsubscribed' && MAILABLE.has(state)) {
    const at = text(content.opt_in_date);
    return { ...baseOf(reading, how), fact: 'in', actor: actorOf(content.opt_in_source), at };
  }
  return null;
}

function baseOf(
  { id, content }: Reading<Contact>,
  how: { readonly channel: string; readonly readAt: number; readonly run: string },
): Pick<ConsentFact, 'contactId' | 'matchKey' | 'evidence' | 'channel' | 'readAt' | 'run'> {
  const address = text(content.email_address);
  return {
    ...how,
    contactId: id,
    matchKey: address === null ? null : matchKey(address),
    evidence: 'contact reading',
  };
}

function text(value: string | number | null): string | null {
  return typeof value === 'string' ? value : null;
}
