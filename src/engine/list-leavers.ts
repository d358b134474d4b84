/**
 * list-leavers: gathers what is needed to tell who left a list, and who has left which.
 *
 * Only a lane whose store keeps the content itself is asked: rows of a mirror may have been changed by anybody, and
 * nothing is put on a list from there. Reads only. Must never judge: consent/list-facts does.
 */
import { listFactsOf, listsLeft } from '../consent/list-facts.ts';
import { keyOf, type ReadBy } from '../consent/standing.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import { isoOf } from '../model/instant.ts';
import type { SetChange } from '../model/intent.ts';
import type { Reading } from '../model/record.ts';
import { VISIBILITY_MS } from '../rules/staleness.ts';
import type { Known, Operation, Shelf } from '../store/rows.ts';
import type { PassContext } from './context.ts';
import { onRecord } from './on-record.ts';
import { intentIn } from './refused.ts';
import type { WorkContext } from './work-context.ts';

interface Moved {
  readonly reading: Reading<Contact>;
  readonly known: Known | undefined;
  readonly lists: readonly string[];
}

/** Reads the facts about single lists in what one page changed. `sourceTime`: ms since 1970, null where untold. */
export async function listFacts(
  ctx: PassContext,
  shelf: Shelf,
  changed: readonly Reading<Contact>[],
  known: ReadonlyMap<string, Known>,
  sourceTime: number | null,
  by: ReadBy,
): Promise<readonly ConsentFact[]> {
  if (ctx.lane.kind === 'mirror') return [];
  const moved = await movedOf(ctx, shelf, changed, known);
  if (moved.length === 0) return [];
  const readings = moved.map(({ reading }) => reading);
  const facts = await onRecord(ctx, readings);
  const sent = await ctx.store.sentOperations(
    ctx.sync.name,
    'primary',
    readings.map(({ id }) => id),
  );
  const at = sourceTime === null ? null : isoOf(sourceTime);
  return moved.flatMap(({ reading, known: stored, lists }) => {
    const ours = oursSince(stored, sent);
    const before = { lists, ours, facts: facts.get(reading.id) ?? [], at, visibilityMs: VISIBILITY_MS };
    return listFactsOf(reading, before, by);
  });
}

/** Picks whose lists or address moved; of people nobody knew, those of whom something is on record. */
async function movedOf(
  ctx: PassContext,
  shelf: Shelf,
  changed: readonly Reading<Contact>[],
  known: ReadonlyMap<string, Known>,
): Promise<readonly Moved[]> {
  const stored = changed.flatMap((reading) => known.get(reading.id) ?? []);
  const contents = await ctx.lane.lastContent(ctx, shelf, stored);
  return changed.flatMap((reading): Moved[] => {
    const last = contents.get(reading.id) as Contact | undefined;
    const lists = last?.list_memberships ?? [];
    const now = reading.content.list_memberships;
    const same = lists.length === now.length && lists.every((list) => now.includes(list));
    const onlyMoved = same && (last === undefined || keyOf(last) === keyOf(reading.content));
    return onlyMoved || (last === undefined && !isOnRecord(ctx, reading.id, keyOf(reading.content)))
      ? []
      : [{ reading, known: known.get(reading.id), lists }];
  });
}

/** What left for a contact since it was last read, as far as it may have arrived. A job may work long after it left. */
function oursSince(known: Known | undefined, sent: readonly Operation[]): SetChange {
  const own = sent.filter(
    ({ primaryId, sentAt, jobId, state }) =>
      primaryId === known?.id && ((sentAt ?? 0) >= known.readAt || (jobId !== null && state === 'verifying')),
  );
  const lists = own.map((operation) => intentIn(operation).lists);
  return { add: lists.flatMap(({ add }) => add), remove: lists.flatMap(({ remove }) => remove) };
}

/** Tells which lists these people left, by the id that was given; whoever left none is left out. */
export async function listsLeftBy(
  ctx: Pick<WorkContext, 'store' | 'sync' | 'outs'>,
  people: readonly { readonly id: string; readonly matchKey: string | null }[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const asked = people.filter(({ id, matchKey }) => isOnRecord(ctx, id, matchKey));
  if (asked.length === 0) return new Map();
  const ids = asked.map(({ id }) => id);
  const byContact = Map.groupBy(await ctx.store.facts(ctx.sync.name, ids), (fact) => fact.contactId);
  const byAddress = await ctx.store.consent(asked.flatMap(({ matchKey }) => matchKey ?? []));
  return new Map(
    asked.flatMap(({ id, matchKey }): [string, ReadonlySet<string>][] => {
      const address = matchKey === null ? [] : (byAddress.get(matchKey) ?? []);
      const left = new Set(listsLeft([...(byContact.get(id) ?? []), ...address]));
      return left.size === 0 ? [] : [[id, left]];
    }),
  );
}

function isOnRecord({ outs }: Pick<WorkContext, 'outs'>, id: string, matchKey: string | null): boolean {
  return outs.has(id) || (matchKey !== null && outs.has(matchKey));
}
