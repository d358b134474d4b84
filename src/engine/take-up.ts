/**
 * take-up: what one page of readings means against what is stored, before anything is written.
 *
 * Pure. Decides for each reading: unchanged, new or changed, or stale; and which consent facts it brings. It never
 * raises consent: readings arrive here already settled against the standing OUTs.
 */
import { MAILABLE, aboutOf, actorOf, insOf, type ReadBy } from '../consent/standing.ts';
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
 * Reads the consent facts in a contact's reading: an OUT that is not on record with this time, the INs of somebody who
 * was out, and a hold on an address that somebody else's OUT does not cover: the new one of a person who is out (T27).
 *
 * A deleted contact's OUT counts as well: the ledger outlives the contact (T22). So does a second OUT of somebody who is
 * out already: an IN between the two must not lift it (T26).
 */
export function factsOf(
  reading: Reading<Contact>,
  before: Known | undefined,
  facts: readonly ConsentFact[],
  by: ReadBy,
): readonly ConsentFact[] {
  const { id, content, state } = reading;
  const onRecord = facts.filter(isOfAllMail);
  if (content.permission_to_send === 'unsubscribed') {
    const at = text(content.opt_out_date);
    // A reading that was lowered by a hold says what the hold says: that is no OUT of anybody.
    const said = onRecord.some((fact) => fact.fact !== 'in' && fact.at === at);
    const about = { ...by, ...aboutOf(id, content) };
    if (!said) return [{ ...about, fact: 'out', actor: actorOf(content.opt_out_source), at }];
    return heldOver(onRecord, about);
  }
  return before?.state === 'unsubscribed' && MAILABLE.has(state) ? insOf(reading, by) : [];
}

/** What was said of one list, or of another medium, says nothing of all mail. */
function isOfAllMail({ medium, scope }: ConsentFact): boolean {
  return medium === 'email' && scope === 'all';
}

type About = ReadBy & Pick<ConsentFact, 'contactId' | 'matchKey' | 'medium' | 'scope' | 'evidence'>;

function heldOver(onRecord: readonly ConsentFact[], about: About): readonly ConsentFact[] {
  const { contactId, matchKey } = about;
  if (matchKey === null || onRecord.some((fact) => fact.fact !== 'in' && fact.matchKey === matchKey)) return [];
  return onRecord
    .filter((fact) => fact.fact === 'out' && fact.contactId === contactId && fact.matchKey !== null)
    .map(({ actor, at }) => ({ ...about, fact: 'hold', actor, at, evidence: 'the address before is out' }));
}

function text(value: string | number | null): string | null {
  return typeof value === 'string' ? value : null;
}
