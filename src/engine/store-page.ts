/**
 * store-page: one answer of the source into the store, with the cursor or walk step that it justifies (I4).
 *
 * The same path for every channel: settle consent against standing OUTs, compare with what is stored, write once.
 * Must never write to the secondary (a load's append happens before, in the lane) nor decide what follows.
 */
import { MAILABLE, keyOf, settle, type ReadBy } from '../consent/standing.ts';
import { matchKey } from '../model/address.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import { contentHash } from '../model/hash.ts';
import type { Page, Reading } from '../model/record.ts';
import type { Known, PageToStore, Shelf, Take, WalkStep } from '../store/rows.ts';
import { type PassContext, waitKey } from './context.ts';
import { UNDECIDED } from './counting.ts';
import { clearedBy, consentJournal, heldOf, overruledOf, refusals, type SettledPage } from './page-notes.ts';
import { listFacts } from './list-leavers.ts';
import { onRecord } from './on-record.ts';
import { smsFacts } from './sms-consent.ts';
import { factsOf, takeUp, type TakenUp } from './take-up.ts';
import type { IdSet } from '../model/id-set.ts';
import { lookUp } from './loaded-ids.ts';
import { newTexts, skipKnownTexts, type Looked } from './unread.ts';

export interface PageUse {
  readonly channel: string;
  readonly walk: WalkStep | null;
  /** Read one by one: fresher than any listing. */
  readonly direct?: boolean;
  /** A first load: new readings are appended to the secondary first, and count as agreed. */
  readonly load?: IdSet;
}

/** Stores one page of readings. */
export async function storePage(ctx: PassContext, shelf: Shelf, raw: Page, use: PageUse): Promise<void> {
  const readAt = ctx.clock.now();
  const by: ReadBy = { sync: ctx.sync.name, side: shelf.side, channel: use.channel, readAt, run: ctx.run };
  const { page, same, texts, known: looked } = await skipKnownTexts(ctx, shelf, raw, use.load);
  const settled =
    shelf.stream === 'contacts'
      ? await settlePage(ctx, page.readings as readonly Reading<Contact>[], by)
      : plain(page.readings);
  const known = await lookUpRest(ctx, shelf, page, looked, use.load);
  const taken = takeUp(settled.readings, known, readAt, use.direct === true);
  const fresh = use.load !== undefined ? taken.changed.filter((reading) => !known.has(reading.id)) : [];
  const loadMarks = fresh.length > 0 ? await ctx.lane.append(ctx, fresh) : {};
  const agreed = new Set(fresh.map((reading) => reading.id));
  const toStore: PageToStore = {
    takes: taken.changed.map((reading) => takeOf(ctx, reading, known.get(reading.id), texts, agreed.has(reading.id))),
    texts: newTexts(taken.unchanged, texts),
    seen: [...same, ...taken.unchanged, ...taken.stale, ...refusedKnown(page, known)].map((record) => record.recordId),
    append: use.load !== undefined,
    readAt,
    walk: use.walk,
    cursors: {},
    marks: loadMarks,
    facts: await pageFacts(ctx, shelf, raw, taken.changed, known, { by, onRecord: settled.facts }),
    waiting: [
      ...refusals(ctx, shelf, page),
      ...heldOf(ctx, shelf, taken.changed),
      ...overruledOf(ctx, settled.overruled),
    ],
    settled: clearedBy(ctx, shelf, settled, same),
    journal: use.load !== undefined ? [] : consentJournal(ctx, shelf, taken.changed, known, use.channel),
  };
  const recordIds = await ctx.store.storePage(ctx.lease, shelf, toStore);
  for (const reading of fresh) use.load?.add(reading.id);
  remember(ctx, toStore);
  ctx.counting.take(same.map((record) => record.recordId));
  countPage(ctx, taken, recordIds, agreed);
  countRefused(ctx, shelf, page, known);
}

/** Keeps what the pass holds in memory in step with what was just stored. */
function remember(ctx: PassContext, { facts, waiting }: PageToStore): void {
  for (const { fact, contactId, matchKey: key } of facts) {
    if (fact === 'in') continue;
    ctx.outs.add(contactId);
    if (key !== null) ctx.outs.add(key);
  }
  for (const { stream, id, reason } of waiting) ctx.waits.add(waitKey(stream, id, reason));
}

/** Looks up what the page shows, but for what was looked up by its text already. */
async function lookUpRest(
  ctx: PassContext,
  shelf: Shelf,
  page: Page,
  looked: Looked,
  load: IdSet | undefined,
): Promise<ReadonlyMap<string, Known>> {
  const ids = [...page.readings, ...page.refused].map((record) => record.id).filter((id) => !looked.asked.has(id));
  if (ids.length === 0) return looked.known;
  return new Map([...looked.known, ...(await lookUp(ctx, shelf, ids, load))]);
}

function plain(readings: readonly Reading[]): SettledPage {
  return { readings, overruled: [], facts: new Map() };
}

async function settlePage(ctx: PassContext, readings: readonly Reading<Contact>[], by: ReadBy): Promise<SettledPage> {
  const doubtful = readings.filter(
    (reading) =>
      isOnRecord(ctx, reading) &&
      (MAILABLE.has(reading.state) || reading.content.permission_to_send === 'unsubscribed'),
  );
  if (doubtful.length === 0) return plain(readings);
  const facts = await onRecord(ctx, doubtful);
  const overruled: ConsentFact[] = [];
  const settledReadings = readings.map((reading) => {
    const result = settle(reading, facts.get(reading.id) ?? [], by, contentHash);
    // Named by the contact that is contradicted: the fact may be about another that had the address before (T22).
    if (result.overruled !== null) overruled.push({ ...result.overruled, contactId: reading.id });
    return result.reading;
  });
  return { readings: settledReadings, overruled, facts };
}

/** Consent follows the address; what is on record about the contact counts as well, whatever its address was. */
function isOnRecord(ctx: PassContext, { id, content }: Reading<Contact>): boolean {
  if (ctx.outs.has(id)) return true;
  const key = ctx.outs.size === 0 ? null : keyOf(content);
  return key !== null && ctx.outs.has(key);
}

function takeOf(
  ctx: PassContext,
  reading: Reading,
  known: Known | undefined,
  texts: ReadonlyMap<string, string>,
  agreed: boolean,
): Take {
  const address = reading.content['email_address'];
  return {
    id: reading.id,
    hash: reading.hash,
    version: reading.version,
    state: reading.state,
    textHash: texts.get(reading.id) ?? null,
    recordId: known?.recordId ?? null,
    matchKey: ctx.lane.kind !== 'mirror' && typeof address === 'string' ? matchKey(address) : null,
    content: agreed ? null : JSON.stringify(reading.content),
    agreed,
  };
}

async function pageFacts(
  ctx: PassContext,
  shelf: Shelf,
  { sourceTime }: Page,
  changed: readonly Reading[],
  known: ReadonlyMap<string, Known>,
  { by, onRecord: facts }: { readonly by: ReadBy; readonly onRecord: SettledPage['facts'] },
): Promise<readonly ConsentFact[]> {
  if (shelf.stream !== 'contacts') return [];
  const people = changed as readonly Reading<Contact>[];
  const ofAllMail = people.flatMap((reading) =>
    factsOf(reading, known.get(reading.id), facts.get(reading.id) ?? [], by),
  );
  const ofLists = await listFacts(ctx, shelf, people, known, sourceTime, by);
  return [...ofAllMail, ...ofLists, ...(await smsFacts(ctx, people, by))];
}

/** A stored record whose new answer cannot be understood was still shown: it is not missing. */
function refusedKnown(page: Page, known: ReadonlyMap<string, Known>): Known[] {
  return page.refused.flatMap((bad) => known.get(bad.id) ?? []);
}

function countPage(ctx: PassContext, taken: TakenUp, recordIds: readonly number[], agreed: ReadonlySet<string>): void {
  ctx.counting.take(taken.unchanged.map((record) => record.recordId));
  for (const record of taken.stale) ctx.counting.put(record.recordId, 'skipped.stale-reading');
  taken.changed.forEach((reading, index) => {
    const recordId = recordIds[index];
    if (recordId === undefined) return;
    if (!agreed.has(reading.id)) ctx.counting.put(recordId, UNDECIDED);
    else ctx.counting.put(recordId, reading.state === 'held' ? 'held' : 'applied');
  });
}

/** A refused answer about a stored record counts for that record; what was stored before stays. */
function countRefused(ctx: PassContext, shelf: Shelf, page: Page, known: ReadonlyMap<string, Known>): void {
  for (const bad of page.refused) {
    const stored = known.get(bad.id);
    if (stored === undefined) ctx.counting.refuse(shelf.stream, bad.id);
    else ctx.counting.put(stored.recordId, 'parked');
  }
}
