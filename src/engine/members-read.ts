/**
 * members-read: one person's lists as the account, the rows at home and the record of what was agreed tell them.
 *
 * Whoever has no row of their own at home, waits for an answer of the account, or was written and not read since, is not
 * compared. A row is found under the key and the name that it was agreed on by, too: an address or a list that got
 * another name is nobody's leaving. But a key that is somebody else's now tells nothing: nobody gets, or loses, a list by
 * taking over an address. Must never write.
 */
import { mergeMemberships, withoutRows, type AgreedLists, type MembershipMerge } from '../compare/merge-memberships.ts';
import type { MemberRow, MemberSide, MemberWrite } from '../connector/members.ts';
import type { TableRow, TableSide } from '../connector/side.ts';
import { MAILABLE } from '../consent/standing.ts';
import { matchKey } from '../model/address.ts';
import { contentHash } from '../model/hash.ts';
import type { Content, RecordState } from '../model/record.ts';
import { saysYes, type TableMapping } from '../plan/table-step.ts';
import type { Link, LinkToStore } from '../store/rows.ts';
import type { ListBook } from './list-ids.ts';
import { listsLeftBy } from './list-leavers.ts';
import type { WorkContext } from './work-context.ts';

/** A table of memberships beside the table of the people. */
export interface MemberPlace {
  readonly people: TableSide;
  readonly members: MemberSide;
  readonly mapping: TableMapping;
  readonly twoWay: boolean;
}

/** A person as the account last showed them. */
export interface Subject {
  readonly id: string;
  readonly recordId: number;
  readonly hash: string;
  readonly agreedHash: string | null;
  readonly state: RecordState;
}
/** Reads the content of those who are compared. */
export type ContentOf = (id: string) => Promise<Content | null>;

/** What was agreed of somebody's lists, as their link keeps it. */
export interface MemberBase {
  readonly lists: AgreedLists;
  /** The names by which rows were agreed on. */
  readonly names: Readonly<Record<string, string>>;
  /** The record's hash that the account's later answer has not replaced yet: until then nothing is compared. */
  readonly until: string | null;
}

export interface Compared {
  readonly subject: Subject;
  readonly key: string;
  /** The key under which the rows were agreed on: theirs until they are written anew. */
  readonly keyBefore: string;
  readonly base: MemberBase | null;
  readonly merge: MembershipMerge;
  readonly write: MemberWrite;
  /** List names, as they stand at home and as they are to. */
  readonly stands: readonly string[];
  readonly wanted: readonly string[];
}
export interface ReadPeople {
  readonly compared: readonly Compared[];
  /** Those whose own row is not there. */
  readonly gone: readonly { readonly subject: Subject; readonly key: string; readonly base: MemberBase }[];
  /** Rows at home of these people, and those of lists whose name is nobody's. */
  readonly rows: number;
  readonly nameless: number;
}

/** Compares a batch of people. `waiting`: ids of those of whom an answer of the account is missing. */
export async function readPeople(
  ctx: WorkContext,
  place: MemberPlace,
  book: ListBook,
  subjects: readonly Subject[],
  { contentOf, waiting }: { readonly contentOf: ContentOf; readonly waiting: ReadonlySet<string> },
): Promise<ReadPeople> {
  const ids = subjects.map(({ id }) => id);
  const links = await ctx.store.links(ctx.sync.name, 'contacts', ids);
  const agreed = await ctx.store.links(ctx.sync.name, 'lists', ids);
  const people = await place.people.readByKeys([...links.values()].map((link) => link.secondaryId));
  const keys = new Set([...links.values(), ...agreed.values()].map((link) => link.secondaryId));
  const rows = await place.members.read([...keys]);
  // What is under way in a job stands nowhere yet; the job's end is agreed on before anything is compared.
  const jobs = await ctx.store.inJobs(ctx.sync.name, ids);
  const owners = await ctx.store.linksBySecondary(ctx.sync.name, 'contacts', [...keys]);
  const left = await listsLeftBy(
    ctx,
    ids.map((id) => ({ id, matchKey: matchKey(links.get(id)?.secondaryId ?? '') })),
  );
  const compared: Compared[] = [];
  const gone: { subject: Subject; key: string; base: MemberBase }[] = [];
  let [seen, nameless] = [0, 0];
  for (const subject of subjects) {
    const key = links.get(subject.id)?.secondaryId;
    // A row that somebody else stands in by now says nothing of this person.
    if (key === undefined || (owners.get(key)?.primaryId ?? subject.id) !== subject.id) continue;
    const at = homeOf(key, agreed.get(subject.id), rows, owners);
    seen += at.stands.length;
    nameless += at.stands.filter(({ list }) => !book.ids.has(list)).length;
    const row = people.get(key);
    if (row === undefined) gone.push(...(at.base === null ? [] : [{ subject, key, base: at.base }]));
    else if (isComparable(subject, at, waiting) && jobs.get(subject.id) !== 'open') {
      const account = listsIn(await contentOf(subject.id));
      if (account !== null)
        compared.push(compare(place, book, { ...at, subject, account, row, left: left.get(subject.id) ?? NONE }));
    }
  }
  return { compared, gone, rows: seen, nameless };
}

interface Home {
  readonly key: string;
  readonly keyBefore: string;
  /** Under a new key rows may stand that were another person's. */
  readonly moved: boolean;
  readonly base: MemberBase | null;
  readonly stands: readonly MemberRow[];
}

/** Finds one person's rows, under their key of today and the one that was agreed on, unless that is somebody else's now. */
function homeOf(
  key: string,
  link: Link | undefined,
  rows: ReadonlyMap<string, readonly string[]>,
  owners: ReadonlyMap<string, Link>,
): Home {
  const before = link?.secondaryId ?? key;
  const moved = before !== key;
  const taken = moved && owners.has(before);
  const base = baseOf(link);
  return {
    key,
    keyBefore: before,
    moved,
    base: base !== null && taken ? { ...base, lists: withoutRows(base.lists) } : base,
    stands: rowsOf(rows, taken ? [key] : [key, before]),
  };
}

/** The account's word about them is at hand, and is not the one from before our own write. */
function isComparable({ id, state, hash }: Subject, { base }: Home, waiting: ReadonlySet<string>): boolean {
  return !waiting.has(id) && state !== 'deleted' && base?.until !== hash;
}

/** Reads what a link says was agreed of somebody's lists. */
export function baseOf(link: Link | undefined): MemberBase | null {
  const base = link?.baseline?.fields['members'];
  return base === undefined ? null : (base as MemberBase);
}

/** Makes the link that says it. */
export function memberLink(primaryId: string, secondaryId: string, base: MemberBase): LinkToStore {
  const baseline = { hash: contentHash(base), fields: { members: base } };
  return { stream: 'lists', primaryId, secondaryId, baseline, agrees: null };
}

/** Names lists for the record. Those that are not in the book any more keep the name that they had. */
export function namesOf(lists: AgreedLists, book: ListBook, base: MemberBase | null): MemberBase['names'] {
  return Object.fromEntries(
    Object.keys(lists).flatMap((id): [string, string][] => {
      const name = book.names.get(id) ?? base?.names[id];
      return name === undefined ? [] : [[id, name]];
    }),
  );
}

function rowsOf(
  rows: ReadonlyMap<string, readonly string[]>,
  keys: readonly (string | undefined)[],
): readonly MemberRow[] {
  return [...new Set(keys)].flatMap((person) =>
    person === undefined ? [] : (rows.get(person) ?? []).map((list) => ({ person, list })),
  );
}

function listsIn(content: Content | null): readonly string[] | null {
  const lists = content?.['list_memberships'];
  return Array.isArray(lists) ? lists.map(String) : null;
}

const NONE: ReadonlySet<string> = new Set();

interface Found extends Home {
  readonly subject: Subject;
  readonly account: readonly string[];
  readonly row: TableRow;
  /** Lists that the ledger knows the person to have left. */
  readonly left: ReadonlySet<string>;
}

function compare({ mapping, twoWay }: MemberPlace, book: ListBook, found: Found): Compared {
  const { subject, key, keyBefore, moved, base, stands, account, row, left } = found;
  const saidNo = mapping.consentColumn !== null && !saysYes(row, mapping);
  const own = new Map<string, readonly MemberRow[]>();
  for (const [id, name] of book.names) {
    const rows = stands.filter((one) => isOf(one, id, name, found));
    if (rows.length > 0) own.set(id, rows);
  }
  const merge = mergeMemberships({
    agreed: base?.lists ?? null,
    account: new Set(account),
    table: new Set(own.keys()),
    lists: new Set(book.names.keys()),
    twoWay,
    mayAdd: MAILABLE.has(subject.state) && !saidNo && !moved,
    left,
  });
  const write = writeOf(key, book, merge, own);
  const now = [...new Set(stands.map(({ list }) => list))];
  const removed = new Set(write.remove.map(({ list }) => list));
  const added = write.add.map(({ list }) => list);
  const wanted = [...new Set([...now.filter((name) => !removed.has(name)), ...added])].sort();
  return { subject, key, keyBefore, base, merge, write, stands: now.sort(), wanted };
}

/** Under an old key or an old name only rows that were agreed on are this list's. */
function isOf(row: MemberRow, id: string, name: string, { key, base }: Found): boolean {
  if (row.person === key && row.list === name) return true;
  const state = base?.lists[id];
  return state === 'on' && (row.list === name || row.list === base?.names[id]);
}

/** A row that stands under an old key or name only is written anew under those of today. */
function writeOf(
  person: string,
  book: ListBook,
  { table, agreed }: MembershipMerge,
  own: ReadonlyMap<string, readonly MemberRow[]>,
): MemberWrite {
  const rowOf = (id: string): MemberRow => ({ person, list: book.names.get(id) ?? '' });
  const remove = table.remove.flatMap((id) => own.get(id) ?? []);
  const add = table.add.map(rowOf);
  for (const [id, rows] of own) {
    if (agreed[id] !== 'on' || table.add.includes(id)) continue;
    const now = rowOf(id);
    const old = rows.filter((row) => row.person !== now.person || row.list !== now.list);
    remove.push(...old);
    if (old.length === rows.length) add.push(now);
  }
  return { add, remove };
}
