/**
 * table-keys: which row of a user's table is which contact.
 *
 * By its link; where the row no longer stands there (a first meeting, or the table respelled the address), by the match
 * key of any spelling (T31). A row that belongs to somebody else, or an address that two contacts bear, is taken: it is
 * never written for the second. Must never write to the table.
 */
import type { TableRow, TableSide } from '../connector/side.ts';
import { matchKey } from '../model/address.ts';
import { contentHash } from '../model/hash.ts';
import type { Content } from '../model/record.ts';
import type { Known, Link, Pending } from '../store/rows.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;

export interface FoundKey {
  readonly key: string;
  /** Another contact has this row or this address already. */
  readonly takenBy?: string;
}

/**
 * Leaves out links to rows that are another's by now (T28): the row had gone, and somebody else took the address and stands
 * there. Who bears the address of the row decides: no two people of the primary do.
 */
export async function withoutOvertaken(
  { store, sync }: WorkContext,
  links: ReadonlyMap<string, Link>,
): Promise<ReadonlyMap<string, Link>> {
  const keys = [...links.values()].flatMap(({ secondaryId }) => keyOf(secondaryId) ?? []);
  const people = await store.findByMatchKey(await store.shelf(sync.name, 'primary', 'contacts'), [...new Set(keys)]);
  const bearers = Map.groupBy(
    people.filter(({ state }) => state !== 'deleted'),
    (record) => record.matchKey,
  );
  const othersOf = ({ primaryId, secondaryId }: Link): readonly string[] =>
    (bearers.get(keyOf(secondaryId) ?? '') ?? []).flatMap(({ id }) => (id === primaryId ? [] : [id]));
  const others = [...links.values()].flatMap(othersOf);
  if (others.length === 0) return links;
  const theirs = await store.links(sync.name, 'contacts', others);
  const isOvertaken = (link: Link): boolean =>
    othersOf(link).some((id) => theirs.get(id)?.secondaryId === link.secondaryId);
  return new Map([...links].filter(([, link]) => !isOvertaken(link)));
}

/** Tells whether a row has to be searched for: one not linked yet, or gone from where its link says. */
export async function anyAdrift(
  side: TableSide,
  batch: readonly Pending[],
  links: ReadonlyMap<string, Link>,
): Promise<boolean> {
  if (batch.some((record) => !links.has(record.id))) return true;
  const standing = await side.readByKeys([...links.values()].map((link) => link.secondaryId));
  return [...links.values()].some((link) => !standing.has(link.secondaryId));
}

/** Reads the table's keys into the store, so that a first meeting finds a row under any spelling of one address (T31). */
export async function readKeys(ctx: WorkContext, side: TableSide): Promise<void> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'secondary', 'contacts');
  await ctx.store.resetShelf(ctx.lease, shelf, { records: true });
  let after: string | null = null;
  for (;;) {
    await ctx.keepLease();
    const rows: readonly { key: string; row: TableRow }[] = await side.scan(after, BATCH);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
    const takes = rows.map(({ key, row }) => ({
      id: key,
      hash: contentHash(row),
      version: '',
      state: 'none' as const,
      matchKey: matchKey(key),
      content: null,
      agreed: true,
    }));
    await ctx.store.storePage(ctx.lease, shelf, {
      takes,
      seen: [],
      readAt: ctx.clock.now(),
      walk: null,
      cursors: {},
      marks: {},
      facts: [],
      waiting: [],
      settled: [],
      journal: [],
    });
  }
}

/** Finds the row of each record; a record without one is missing from the map. */
export async function keysFor(
  ctx: WorkContext,
  side: TableSide,
  batch: readonly Pending[],
  contents: ReadonlyMap<string, Content>,
  links: ReadonlyMap<string, Link>,
): Promise<Map<string, FoundKey>> {
  const standing = await side.readByKeys([...links.values()].map((link) => link.secondaryId));
  const keys = new Map<string, FoundKey>();
  const adrift: Adrift[] = [];
  for (const record of batch) {
    const link = links.get(record.id);
    const own = keyOf(contents.get(record.id)?.['email_address']);
    if (link !== undefined && standing.has(link.secondaryId)) keys.set(record.id, { key: link.secondaryId });
    else
      adrift.push({ record, linked: link !== undefined, own, under: [keyOf(link?.secondaryId), own].filter(isText) });
  }
  if (adrift.length === 0) return keys;
  const meeting = await meet(ctx, [...new Set(adrift.flatMap((one) => one.under))]);
  for (const one of adrift) {
    const found = findOne(one, meeting);
    if (found !== null) keys.set(one.record.id, found);
  }
  return keys;
}

interface Adrift {
  readonly record: Pending;
  readonly linked: boolean;
  readonly own: string | null;
  /** Match keys to look under, the link's own first. */
  readonly under: readonly string[];
}

interface Meeting {
  /** Keys of rows by match key, and whose they are by their links. */
  readonly rows: ReadonlyMap<string, string>;
  readonly owners: ReadonlyMap<string, Link>;
  /** Living contacts by match key, with their links. */
  readonly bearers: ReadonlyMap<string, readonly Known[]>;
  readonly links: ReadonlyMap<string, Link>;
}

async function meet({ store, sync }: WorkContext, matchKeys: readonly string[]): Promise<Meeting> {
  const rows = await store.findByMatchKey(await store.shelf(sync.name, 'secondary', 'contacts'), matchKeys);
  const people = await store.findByMatchKey(await store.shelf(sync.name, 'primary', 'contacts'), matchKeys);
  const living = people.filter((record) => record.state !== 'deleted');
  const ids = (records: readonly Known[]): string[] => records.map((record) => record.id);
  return {
    rows: new Map(rows.map((row) => [row.matchKey, row.id])),
    owners: await store.linksBySecondary(sync.name, 'contacts', ids(rows)),
    bearers: Map.groupBy(living, (record) => record.matchKey),
    links: await store.links(sync.name, 'contacts', ids(living)),
  };
}

function findOne({ record, linked, own, under }: Adrift, meeting: Meeting): FoundKey | null {
  let taken: FoundKey | null = null;
  for (const matched of under) {
    const key = meeting.rows.get(matched);
    const owner = key === undefined ? undefined : meeting.owners.get(key)?.primaryId;
    if (key === undefined) continue;
    if (owner === undefined || owner === record.id) return { key };
    taken ??= { key, takenBy: owner };
  }
  // Whoever is deleted has no claim on what is another's now.
  if (record.state === 'deleted') return null;
  return taken ?? (linked ? null : bornBySomebodyElse(record, own, meeting));
}

/** Of two contacts with one address the linked one has it, else the one that was seen first. */
function bornBySomebodyElse(record: Pending, own: string | null, meeting: Meeting): FoundKey | null {
  const others = (own === null ? [] : (meeting.bearers.get(own) ?? [])).filter((other) => other.id !== record.id);
  const other =
    others.find(({ id }) => meeting.links.has(id)) ?? others.find(({ recordId }) => recordId < record.recordId);
  return other === undefined ? null : { key: meeting.links.get(other.id)?.secondaryId ?? '', takenBy: other.id };
}

function keyOf(address: unknown): string | null {
  return typeof address === 'string' ? matchKey(address) : null;
}

function isText(key: string | null): key is string {
  return key !== null;
}
