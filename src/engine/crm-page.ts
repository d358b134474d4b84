/**
 * crm-page: one answer of a CRM into the store, and whom it concerns.
 *
 * A record is a whole contact with all its people, found by each of their addresses and by its outside ids. Whoever of
 * the primary's people lives in a contact that moved, or has an address in it, is put in doubt before the page is stored:
 * a kill between the two decides somebody anew for nothing, never forgets anybody. Must never decide, nor delete.
 */
import { contentHash } from '../model/hash.ts';
import type { CrmContact } from '../model/crm.ts';
import { isoOf } from '../model/instant.ts';
import type { Page, Reading, Refused } from '../model/record.ts';
import { householdKeys, referredIds } from '../plan/crm-household.ts';
import type { Known, Shelf, Take, Waiting, WaitingKey } from '../store/rows.ts';
import { contentOf, waitKey } from './context.ts';
import type { StoreAPage } from './enumerate.ts';
import { takeUp } from './take-up.ts';
import type { WorkContext } from './work-context.ts';

/** Why a contact of the CRM waits that cannot be understood. */
const UNREADABLE = 'unreadable-in-crm';

/** A contact that a direct read did not find, with the time at which that was. */
export interface GoneContact extends CrmContact {
  readonly gone_at: string;
}

/** Stores one page of a CRM's contacts. `source`: under which name the primary's ids stand there as references. */
export function storeCrmPage(source: string): StoreAPage {
  return (ctx, shelf, page, use) => storeContacts(ctx, shelf, page as Page<CrmContact>, { ...use, source });
}

/** How a page of contacts came, and under which name the primary's ids stand there. */
export interface Use {
  readonly walk: Parameters<StoreAPage>[3]['walk'];
  readonly direct?: boolean;
  readonly source: string;
}

/** Stores contacts of a CRM as they were read. */
export async function storeContacts(ctx: WorkContext, shelf: Shelf, page: Page<CrmContact>, use: Use): Promise<void> {
  const readAt = ctx.clock.now();
  const readings = page.readings.map((reading) =>
    reading.state === 'deleted' ? reading : { ...reading, state: 'none' as const },
  );
  const known = await ctx.store.known(
    shelf,
    [...readings, ...page.refused].map(({ id }) => id),
  );
  const taken = takeUp(readings, known, readAt, use.direct === true);
  const changed = taken.changed as readonly Reading<CrmContact>[];
  await doubtPeopleOf(ctx, shelf, changed, known, use.source);
  const kept = page.refused.flatMap(({ id }) => known.get(id) ?? []);
  const { waiting, settled } = readability(ctx, readings, page.refused);
  await ctx.store.storePage(ctx.lease, shelf, {
    takes: changed.map((reading) => takeOf(reading, known)),
    seen: [...taken.unchanged, ...taken.stale, ...kept].map(({ recordId }) => recordId),
    readAt,
    walk: use.walk,
    cursors: {},
    marks: {},
    facts: [],
    waiting,
    settled,
    journal: [],
  });
  for (const { id, reason } of waiting) ctx.waits.add(waitKey('contacts', id, reason));
}

/** Nothing is pending about a household: what it means for somebody is decided with their own record. */
function takeOf({ id, hash, version, state, content }: Reading<CrmContact>, known: ReadonlyMap<string, Known>): Take {
  return {
    id,
    hash,
    version,
    state,
    recordId: known.get(id)?.recordId ?? null,
    matchKey: null,
    keys: householdKeys(content),
    content: JSON.stringify(content),
    agreed: true,
  };
}

/** Makes everybody pending again whom a change may concern: by link, by address, and by the primary's own id. */
async function doubtPeopleOf(
  ctx: WorkContext,
  shelf: Shelf,
  changed: readonly Reading<CrmContact>[],
  known: ReadonlyMap<string, Known>,
  source: string,
): Promise<void> {
  if (changed.length === 0) return;
  const before: CrmContact[] = [];
  for (const { id } of changed.filter((reading) => known.has(reading.id))) {
    const content = (await ctx.store.record(shelf, id))?.content ?? null;
    if (content !== null) before.push(contentOf(content) as CrmContact);
  }
  const contacts = [...changed.map(({ content }) => content), ...before];
  const links = await ctx.store.linksInside(
    ctx.sync.name,
    'contacts',
    changed.map(({ id }) => id),
  );
  const people = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const ids = [...links.map(({ primaryId }) => primaryId), ...contacts.flatMap((one) => referredIds(one, source))];
  const found = [
    ...(await ctx.store.known(people, ids)).values(),
    ...(await ctx.store.findByMatchKey(people, [...new Set(contacts.flatMap(householdKeys))])),
  ];
  const items = new Map(
    found
      .filter(({ agreed, hash }) => agreed === hash)
      .map(({ recordId, hash }) => [recordId, { recordId, hash, content: null }]),
  );
  if (items.size > 0) await ctx.store.doubt(ctx.lease, people, [...items.values()]);
}

/** One contact that cannot be understood stops nobody else; what was stored of it stays. */
function readability(
  ctx: WorkContext,
  readings: readonly Reading[],
  refused: readonly Refused[],
): { readonly waiting: readonly Waiting[]; readonly settled: readonly WaitingKey[] } {
  const nameOf = (id: string): string => `${ctx.sync.secondary}/${id}`;
  return {
    waiting: refused.map(({ id, reason }) => ({
      kind: 'parked',
      stream: 'contacts',
      id: nameOf(id),
      reason: UNREADABLE,
      detail: { why: reason },
      run: ctx.run,
    })),
    settled: readings
      .map(({ id }) => ({ stream: 'contacts' as const, id: nameOf(id), reason: UNREADABLE }))
      .filter(({ stream, id, reason }) => ctx.waits.has(waitKey(stream, id, reason))),
  };
}

/** Stores that a contact was looked for and not found: it may be archived, merged away or deleted, and says nothing more. */
export async function storeGoneContact(ctx: WorkContext, shelf: Shelf, id: string, source: string): Promise<void> {
  const stored = await ctx.store.record(shelf, id);
  if (stored === null || stored.content === null || stored.state === 'deleted') return;
  const content: GoneContact = {
    ...(contentOf(stored.content) as CrmContact),
    gone_at: isoOf(ctx.clock.now()),
  };
  const reading: Reading<CrmContact> = {
    id,
    hash: contentHash(content),
    version: stored.version,
    state: 'deleted',
    content,
  };
  const page = { readings: [reading], refused: [], next: null, sourceTime: null, total: null };
  await storeContacts(ctx, shelf, page, { walk: null, direct: true, source });
}
