/**
 * Walks: complete enumerations that may span several processes, with the set of records that each has seen (I9, T11).
 *
 * What a page saw is one row, so a page of unchanged records costs one insert. Must never conclude that an unseen
 * record is gone: it is only listed, for a direct read (T7).
 */
import type { RecordState } from '../../model/record.ts';
import type { Known, Lease, Shelf, Walk, WalkKind, WalkStep } from '../rows.ts';
import type { Store } from '../store.ts';
import type { Db } from './database.ts';
import { addJournal } from './journal.ts';
import { leased } from './leases.ts';
import { byRecordId } from './records.ts';
import { IdBitmap, packIds, unpackIds } from './seen-set.ts';
import { putCursors, putMarks, requireShelf } from './shelves.ts';

const WALK = `walk_id AS walkId, kind, since, started_source AS startedSource, started_at AS startedAt, resume, pages,
  state, total`;
/** Records looked at in one go: bounds memory, whatever the shelf's size. */
const CHUNK = 10_000;

/** Gives the open or complete walk of this kind, or starts one. */
export function openWalk(db: Db, lease: Lease, shelf: Shelf, kind: WalkKind, since: string | null, now: number): Walk {
  return leased(db, 'openWalk', lease, () => {
    requireShelf(db, lease, shelf);
    const found = findWalk(db, shelf, kind);
    if (found !== null) return found;
    db.run(
      `INSERT INTO walks (tenant, shelf_id, kind, since, started_at, pages, state) VALUES (@tenant, ?, ?, ?, ?, 0, 'open')`,
      shelf.shelfId,
      kind,
      since,
      now,
    );
    return findWalk(db, shelf, kind) as Walk;
  });
}

export function findWalk(db: Db, { shelfId }: Shelf, kind: WalkKind): Walk | null {
  const sql = `SELECT ${WALK} FROM walks WHERE tenant = @tenant AND shelf_id = ? AND kind = ?`;
  return db.one<Walk>(sql, shelfId, kind) ?? null;
}

/** Moves a walk on by one page, inside the page's transaction. */
export function advanceWalk(db: Db, { shelfId }: Shelf, step: WalkStep, seen: readonly number[]): void {
  const moved = db.one<{ page: number }>(
    `UPDATE walks SET resume = ?, pages = pages + 1, state = ?, started_source = coalesce(started_source, ?),
       total = nullif(max(coalesce(total, -1), ?), -1)
     WHERE tenant = @tenant AND walk_id = ? AND shelf_id = ? AND state = 'open' RETURNING pages AS page`,
    step.next,
    step.next === null ? 'complete' : 'open',
    step.startedSource,
    step.total ?? -1,
    step.walkId,
    shelfId,
  );
  if (moved === undefined) throw new Error(`walk ${step.walkId} is not open on shelf ${shelfId}`);
  if (seen.length === 0) return;
  const sql = 'INSERT INTO walk_pages (tenant, walk_id, page, seen) VALUES (@tenant, ?, ?, ?)';
  db.run(sql, step.walkId, moved.page, packIds(seen));
}

/** Ends a walk for good, with what its end justifies. */
export function closeWalk(db: Db, lease: Lease, walkId: number, more: Parameters<Store['closeWalk']>[2]): void {
  leased(db, 'closeWalk', lease, () => {
    const walk = db.one<{ shelfId: number }>(
      `SELECT w.shelf_id AS shelfId FROM walks AS w JOIN shelves AS s ON s.tenant = w.tenant AND s.shelf_id = w.shelf_id
       WHERE w.tenant = @tenant AND w.walk_id = ? AND s.sync = ?`,
      walkId,
      lease.sync,
    );
    if (walk === undefined) throw new Error(`sync ${lease.sync} has no walk ${walkId}`);
    db.run('DELETE FROM walk_pages WHERE tenant = @tenant AND walk_id = ?', walkId);
    db.run('DELETE FROM walks WHERE tenant = @tenant AND walk_id = ?', walkId);
    putCursors(db, walk.shelfId, more.cursors);
    putMarks(db, lease.sync, more.marks);
    addJournal(db, lease.sync, more.journal);
  });
}

interface Unseen {
  readonly distinctSeen: number;
  readonly count: number;
  readonly first: readonly Known[];
}

/** Counts distinct records a walk saw, and lists those it did not see, in these states, whose reading is older than the walk. */
export function unseen(db: Db, shelf: Shelf, walkId: number, states: readonly RecordState[], limit: number): Unseen {
  return db.read(() => {
    const sql = 'SELECT started_at AS startedAt FROM walks WHERE tenant = @tenant AND walk_id = ? AND shelf_id = ?';
    const walk = db.one<{ startedAt: number }>(sql, walkId, shelf.shelfId);
    if (walk === undefined) throw new Error(`shelf ${shelf.shelfId} has no walk ${walkId}`);
    const seen = loadSeen(db, shelf, walkId);
    // A reading taken since the walk began is fresher than the walk (T12): another channel saw that record.
    return scan(db, shelf, seen, { states: JSON.stringify(states), before: walk.startedAt }, limit);
  });
}

function loadSeen(db: Db, { shelfId }: Shelf, walkId: number): IdBitmap {
  const sql = 'SELECT max(record_id) AS largest FROM records WHERE tenant = @tenant AND shelf_id = ?';
  const seen = new IdBitmap(db.one<{ largest: number | null }>(sql, shelfId)?.largest ?? 0);
  const pages = db.all<{ seen: Uint8Array }>(
    'SELECT seen FROM walk_pages WHERE tenant = @tenant AND walk_id = ?',
    walkId,
  );
  for (const page of pages) unpackIds(page.seen, (id) => seen.add(id));
  return seen;
}

interface Wanted {
  /** JSON list. */
  readonly states: string;
  readonly before: number;
}

function scan(db: Db, shelf: Shelf, seen: IdBitmap, wanted: Wanted, limit: number): Unseen {
  const first: Known[] = [];
  let count = 0;
  for (const ids of chunksOfIds(db, shelf, seen, wanted)) {
    const missing = ids.filter((id) => !seen.has(id));
    count += missing.length;
    const listed = missing.slice(0, Math.max(0, limit - first.length));
    if (listed.length > 0) first.push(...byRecordId(db, shelf, listed));
  }
  return { distinctSeen: seen.size, count, first };
}

/** Goes through the records in these states by their ids alone, past what was seen without a gap: nobody is read whom nothing is asked about. */
function* chunksOfIds(db: Db, { shelfId }: Shelf, seen: IdBitmap, wanted: Wanted): Generator<readonly number[]> {
  for (let after = 0; ;) {
    const rows = db.all<{ id: number }>(
      `SELECT record_id AS id FROM records INDEXED BY records_in_order
       WHERE tenant = @tenant AND shelf_id = ? AND record_id >= ? AND read_at < ?
         AND state IN (SELECT value FROM json_each(?)) ORDER BY record_id LIMIT ?`,
      shelfId,
      seen.nextMissing(after + 1),
      wanted.before,
      wanted.states,
      CHUNK,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => row.id);
    after = last.id;
  }
}
