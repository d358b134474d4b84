/**
 * sms-consent: gathers what is on record about the SMS channels of one page's contacts, and reads their facts.
 *
 * Most contacts have no channel, and of those that have one most say what needs no look at the store. Reads only. Must
 * never judge: consent/sms does.
 */
import { numberKey, smsConsentsOf, smsFactsOf } from '../consent/sms.ts';
import type { ReadBy } from '../consent/standing.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { Reading } from '../model/record.ts';
import type { WorkContext } from './work-context.ts';

/** Reads the SMS facts of readings that are not on record yet. */
export async function smsFacts(
  ctx: Pick<WorkContext, 'store' | 'sync' | 'outs'>,
  readings: readonly Reading<Contact>[],
  by: ReadBy,
): Promise<readonly ConsentFact[]> {
  const telling = readings.filter((reading) => isWorthALook(ctx, reading));
  if (telling.length === 0) return [];
  const ids = telling.map(({ id }) => id);
  const byContact = Map.groupBy(await ctx.store.facts(ctx.sync.name, ids), (fact) => fact.contactId);
  const byNumber = await ctx.store.consent(telling.flatMap(({ content }) => numberKey(content.sms_channel) ?? []));
  return telling.flatMap((reading) => {
    const key = numberKey(reading.content.sms_channel);
    const number = key === null ? [] : (byNumber.get(key) ?? []);
    return smsFactsOf(reading, [...(byContact.get(reading.id) ?? []), ...number], by);
  });
}

/** An IN matters only where an OUT or a hold may stand. */
function isWorthALook({ outs }: Pick<WorkContext, 'outs'>, { id, content }: Reading<Contact>): boolean {
  const consents = smsConsentsOf(content.sms_channel);
  if (consents.some(({ fact }) => fact === 'out' || fact === 'hold')) return true;
  if (!consents.some(({ fact }) => fact === 'in')) return false;
  const key = numberKey(content.sms_channel);
  return outs.has(id) || (key !== null && outs.has(key));
}
