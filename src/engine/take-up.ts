/**
 * take-up: what one page of readings means against what is stored, before anything is written.
 *
 * Pure. Decides for each reading: unchanged, new or changed, or stale; and which consent facts it brings. It never
 * raises consent: readings arrive here already settled against the standing OUTs.
 */
import { actorOf } from '../consent/standing.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { Reading } from '../model/record.ts';
import { VISIBILITY_MS, isOlder } from '../rules/staleness.ts';
import type { Known } from '../store/store.ts';

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

/** Reads the consent facts in a contact's reading: an OUT that stands in it, or an IN that lifts a stored OUT. */
export function factsOf(
  reading: Reading<Contact>,
  before: Known | undefined,
  how: { readonly channel: string; readonly readAt: number; readonly run: string; readonly matchKey: string | null },
): ConsentFact | null {
  const { content } = reading;
  const base = {
    contactId: reading.id,
    matchKey: how.matchKey,
    channel: how.channel,
    readAt: how.readAt,
    run: how.run,
  };
  if (reading.state === 'unsubscribed' && before?.state !== 'unsubscribed') {
    return {
      ...base,
      fact: 'out',
      actor: actorOf(content.opt_out_source),
      at: text(content.opt_out_date),
      evidence: 'contact reading',
    };
  }
  if (before?.state === 'unsubscribed' && (reading.state === 'explicit' || reading.state === 'implicit')) {
    return {
      ...base,
      fact: 'in',
      actor: actorOf(content.opt_in_source),
      at: text(content.opt_in_date),
      evidence: 'contact reading',
    };
  }
  return null;
}

function text(value: string | number | null): string | null {
  return typeof value === 'string' ? value : null;
}
