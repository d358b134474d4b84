/**
 * The store's file: made readable by its owner alone, recognised before it is touched, checked after an unclean stop.
 *
 * A file that is not ours is refused and never written to. Marker of an unclean stop: SQLite removes the `-wal` file
 * when the last connection closes, so a filled one that nobody holds open was left by a crash. That costs nothing on
 * a clean opening, and `quick_check` (half a second for 1,000,000 records) runs only when it can find something.
 * Looking removes that sign, so it is replaced by a file `-unclean` that stays until a check went well.
 */
import { chmodSync, closeSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreRefused } from '../../model/errors.ts';
import { asRefusal } from './database.ts';
import { APPLICATION_ID } from './migrate.ts';

const MAGIC = 'SQLite format 3\0';

/** Makes the file if it is missing, and shuts it to all but its owner. */
export function prepareFile(file: string, readOnly: boolean): void {
  if (readOnly && !existsSync(file)) throw new StoreRefused('unreachable', 'there is no store yet');
  if (readOnly) return;
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!existsSync(file)) throw new StoreRefused('unreachable', `the store's file cannot be made: ${String(error)}`);
  }
}

/** Tells the schema of the store in this file (0: nothing in it yet). Throws when it is anything else than a store. */
export function recogniseFile(file: string): number {
  if (statSync(file).size === 0) return 0;
  if (readHead(file) !== MAGIC) throw new StoreRefused('not-a-store', 'the file is no SQLite database');
  const raw = openRaw(file, true);
  try {
    const owner = Number(raw.pragma('application_id', { simple: true }));
    const tables = Number(raw.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
    // Nothing in it: a first opening that crashed before its first migration.
    if (owner === 0 && tables === 0) return 0;
    if (owner !== APPLICATION_ID) throw new StoreRefused('not-a-store', 'the database is not a Concord store');
    return Number(raw.pragma('user_version', { simple: true }));
  } catch (error) {
    throw asRefusal(error);
  } finally {
    raw.close();
  }
}

/** Shuts the files to all but their owner, whoever made them. */
export function protectFile(file: string): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`]) {
    if (existsSync(name) && (statSync(name).mode & 0o077) !== 0) chmodSync(name, 0o600);
  }
}

/** Tells whether the last process on this store ended without closing it. Ask before opening it oneself. */
export function wasLeftUnclean(file: string): boolean {
  if (existsSync(`${file}-unclean`)) return true;
  const wal = `${file}-wal`;
  if (!existsSync(wal) || statSync(wal).size === 0) return false;
  const probe = new Database(file, { timeout: 0 });
  try {
    // An exclusive lock is had only while no other connection is open, in any process.
    probe.pragma('locking_mode = EXCLUSIVE');
    probe.pragma('user_version');
    closeSync(openSync(`${file}-unclean`, 'a', 0o600));
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
    throw asRefusal(error);
  } finally {
    probe.close();
  }
}

/** Throws when SQLite finds the store damaged. */
export function checkIntegrity(raw: Database.Database, file: string): void {
  const verdict = raw.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw new StoreRefused('corrupt', `the store is damaged: ${String(verdict)}`);
  rmSync(`${file}-unclean`, { force: true });
}

/** Opens a connection to an existing file. */
export function openRaw(file: string, readOnly: boolean): Database.Database {
  try {
    return new Database(file, { readonly: readOnly, fileMustExist: true, timeout: 5_000 });
  } catch (error) {
    throw asRefusal(error);
  }
}

function readHead(file: string): string {
  const head = Buffer.alloc(MAGIC.length);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  return head.toString('latin1');
}
