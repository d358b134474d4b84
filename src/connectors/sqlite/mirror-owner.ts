/**
 * Whose writes a mirror takes (docs/decisions/0006): one row, looked at inside every write's own transaction.
 *
 * The store's lease cannot fence a write into another file, so the file does it itself: an owner that was paused while
 * another took over finds the row changed and its transaction undone. The row also counts writes, so that a store can
 * tell that an older copy of the mirror was put back. Must never judge who is right: the engine does.
 */
import type { MirrorOwner } from '../../connector/side.ts';
import { LeaseLost } from '../../model/errors.ts';
import { readColumns, readObjects } from './catalogue.ts';
import { foldName, quote } from './dialect.ts';
import type { SqliteFile } from './driver.ts';
import { rejected } from './errors.ts';

const COLUMNS = ['store', 'fence', 'writes'];

/** Reads the row; nobody and nothing where there is none. */
export function readOwner(db: SqliteFile, prefix: string): { owner: MirrorOwner | null; writes: number } {
  if (!isThere(db, prefix)) return { owner: null, writes: 0 };
  const [store, fence, writes] = db.all(`SELECT store, fence, writes FROM ${table(prefix)}`)[0] ?? [];
  const owner = typeof store === 'string' ? { store, fence: Number(fence) } : null;
  return { owner, writes: Number(writes ?? 0) };
}

/** Puts one owner in another's place; in the caller's transaction. */
export function takeOver(db: SqliteFile, prefix: string, owner: MirrorOwner, instead: MirrorOwner | null): void {
  const now = readOwner(db, prefix);
  if (now.owner?.store !== instead?.store || now.owner?.fence !== instead?.fence) throw new LeaseLost(db.connection);
  if (!isThere(db, prefix))
    db.database().exec(`CREATE TABLE ${table(prefix)} (store TEXT, fence INTEGER, writes INTEGER)`);
  db.prepare(`DELETE FROM ${table(prefix)}`).run();
  db.prepare(`INSERT INTO ${table(prefix)} VALUES (?, ?, ?)`).run(owner.store, owner.fence, now.writes);
}

/** Counts a write of this owner; in the write's own transaction, which is undone when somebody else has taken over. */
export function countWrite(db: SqliteFile, prefix: string, owner: MirrorOwner): void {
  const sql = `UPDATE ${table(prefix)} SET writes = writes + 1 WHERE store = ? AND fence = ?`;
  if (db.prepare(sql).run(owner.store, owner.fence).changes === 0) throw new LeaseLost(db.connection);
}

function isThere(db: SqliteFile, prefix: string): boolean {
  const name = nameOf(prefix);
  if (!readObjects(db).has(foldName(name))) return false;
  const columns = readColumns(db, name);
  if (COLUMNS.every((column) => columns.has(column))) return true;
  const message = `"${name}" is in the way: Concord did not make it, and alters nothing of others`;
  throw rejected('SQLITE_FOREIGN_TABLE', db.connection, message);
}

function nameOf(prefix: string): string {
  return `${prefix}concord_mirror_owner`;
}

function table(prefix: string): string {
  return quote(nameOf(prefix));
}
