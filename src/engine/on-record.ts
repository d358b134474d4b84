/**
 * on-record: what the ledger knows about the people of some readings, by contact and by address.
 *
 * Reads only. Both count: an OUT follows the address to another contact (T22), and a contact whose address changed is
 * not freed by that (T27). Must never judge: consent/ does.
 */
import { keyOf } from '../consent/standing.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { Reading } from '../model/record.ts';
import type { WorkContext } from './work-context.ts';

/** Reads the facts on each reading's contact and address, by the reading's id; who has none is left out. */
export async function onRecord(
  ctx: Pick<WorkContext, 'store' | 'sync'>,
  readings: readonly Reading<Contact>[],
): Promise<ReadonlyMap<string, readonly ConsentFact[]>> {
  const ids = readings.map((reading) => reading.id);
  const byContact = Map.groupBy(await ctx.store.facts(ctx.sync.name, ids), (fact) => fact.contactId);
  const keys = readings.flatMap(({ content }) => keyOf(content) ?? []);
  const byAddress = await ctx.store.consent(keys);
  return new Map(
    readings.flatMap(({ id, content }) => {
      const key = keyOf(content);
      const facts = [...(byContact.get(id) ?? []), ...(key === null ? [] : (byAddress.get(key) ?? []))];
      return facts.length === 0 ? [] : [[id, facts] as const];
    }),
  );
}
