/**
 * One page of readings, with everything that it changes, in one transaction (I4).
 *
 * A repeated page is harmless (T2, T8): a reading whose hash is stored already only counts as seen, and an id that
 * stands twice on a page counts once, the later reading winning. Must never judge which of two readings is fresher.
 */
import type { Known, Lease, PageToStore, Shelf, Take } from '../rows.ts';
import type { Db } from './database.ts';
import { addFacts } from './facts.ts';
import { addJournal } from './journal.ts';
import { leased } from './leases.ts';
import { type KeysOfRecord, putKeys } from './record-keys.ts';
import { indexAppended, indexRecord, known, noteAppended } from './records.ts';
import { putCursors, putMarks, requireShelf } from './shelves.ts';
import { TallyChange } from './tallies.ts';
import { putWaiting } from './waiting.ts';
import { advanceWalk } from './walks.ts';

/** No content has this hash. */
const IN_DOUBT = '';

/** Stores a page; returns the record ids of its takes, in order. */
export function storePage(db: Db, lease: Lease, shelf: Shelf, page: PageToStore): readonly number[] {
  return leased(db, 'storePage', lease, () => {
    requireShelf(db, lease, shelf);
    const recordIds = storeTakes(db, shelf, page);
    for (const { recordId, textHash } of page.texts ?? []) {
      db.run('UPDATE records SET text_hash = ? WHERE record_id = ? AND tenant = @tenant', textHash, recordId);
    }
    if (page.walk !== null) advanceWalk(db, shelf, page.walk, [...page.seen, ...recordIds]);
    putCursors(db, shelf.shelfId, page.cursors);
    putMarks(db, lease.sync, page.marks);
    addFacts(db, lease.sync, page.facts);
    putWaiting(db, lease.sync, page.waiting, page.settled);
    addJournal(db, lease.sync, page.journal);
    return recordIds;
  });
}

/** Makes what a load appended findable at its usual price. */
export function finishAppend(db: Db, lease: Lease, shelf: Shelf): void {
  leased(db, 'finishAppend', lease, () => {
    requireShelf(db, lease, shelf);
    indexAppended(db, shelf.shelfId);
  });
}

function storeTakes(db: Db, shelf: Shelf, { takes, readAt, append = false }: PageToStore): readonly number[] {
  const latest = new Map(takes.map((take) => [take.id, take]));
  if (!append && takes.length > 0) indexAppended(db, shelf.shelfId);
  // What the caller knows to be new under this lease is not looked up: the unique index would refuse a mistake.
  const stored = known(
    db,
    shelf,
    [...latest.values()].filter((take) => take.recordId !== null).map((take) => take.id),
  );
  const change = new TallyChange();
  let noted = false;
  const add = (take: Take): number => {
    const recordId = insert(db, shelf, take, readAt);
    if (!append) indexRecord(db, shelf.shelfId, take.id, recordId);
    else if (!noted) noteAppended(db, shelf.shelfId, recordId);
    noted = append;
    return recordId;
  };
  const recordIds = new Map<string, number>();
  const keyed: KeysOfRecord[] = [];
  for (const take of latest.values()) {
    const before = stored.get(take.id) ?? null;
    const recordId = before === null ? add(take) : replace(db, before, take, readAt);
    recordIds.set(take.id, recordId);
    if (before?.hash === take.hash) continue;
    change.moved(before, { ...take, agreed: agreedAfter(before, take) });
    if (take.keys !== undefined) keyed.push({ recordId, keys: take.keys });
  }
  putKeys(db, shelf.shelfId, keyed);
  change.applied(db, shelf.shelfId);
  return takes.map((take) => recordIds.get(take.id) as number);
}

/**
 * A pending record that goes back to its agreed content stays pending, under an agreed hash that matches nothing: what
 * was pending may have been sent meanwhile (a kill between the write and `agree`, an operation in flight), and then the
 * other side holds that, not what was agreed (I5). Looking there settles it.
 */
function agreedAfter(before: Known | null, take: Take): string | null {
  if (take.agreed) return take.hash;
  if (before === null) return null;
  return before.agreed === take.hash ? IN_DOUBT : before.agreed;
}

function insert(db: Db, { shelfId }: Shelf, take: Take, readAt: number): number {
  return db.insert(
    `INSERT INTO records (tenant, shelf_id, id, hash, agreed, version, state, text_hash, match_key, read_at, content)
     VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    shelfId,
    take.id,
    take.hash,
    agreedAfter(null, take),
    take.version,
    take.state,
    take.textHash ?? null,
    take.matchKey,
    readAt,
    take.content,
  );
}

function replace(db: Db, before: Known, take: Take, readAt: number): number {
  if (before.hash === take.hash) return before.recordId;
  db.run(
    `UPDATE records SET hash = ?, agreed = ?, version = ?, state = ?, text_hash = ?, match_key = ?, read_at = ?, content = ?
     WHERE record_id = ? AND tenant = @tenant`,
    take.hash,
    agreedAfter(before, take),
    take.version,
    take.state,
    take.textHash ?? null,
    take.matchKey,
    readAt,
    take.content,
    before.recordId,
  );
  return before.recordId;
}
