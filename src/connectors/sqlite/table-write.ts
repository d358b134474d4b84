/**
 * Writing rows of a user's table: one guarded row at a time, each under a savepoint.
 *
 * A row is written only if it stands as the plan saw it. A write that finds its own outcome already there was done by a
 * pass that died before it could say so: it counts as written. An insert never takes over a row that differs. What the
 * table refuses is told by the constraint's and column's name, never by a value (I20).
 */
import Database from 'better-sqlite3';
import type { TableResult, TableRow, TableWrite } from '../../connector/side.ts';
import { ConnectorError } from '../../model/errors.ts';
import { quote } from './dialect.ts';
import type { SqliteFile } from './driver.ts';
import { findByKey, holds, selectRows, type FoundRow } from './table-rows.ts';
import type { TableShape } from './table-shape.ts';

/** A row that takes the whole transaction with it, by a ROLLBACK clause of the table's: the others go again without it. */
class Unravelled extends Error {
  readonly at: number;
  readonly reason: string;
  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
    this.reason = reason;
  }
}

/** Writes all rows in one transaction; results in order. */
export function writeRows(db: SqliteFile, shape: TableShape, writes: readonly TableWrite[]): readonly TableResult[] {
  const refused = new Map<number, TableResult>();
  for (;;) {
    try {
      return db.transaction('table:write', () =>
        writes.map((write, at) => refused.get(at) ?? writeGuarded(db, shape, write, at)),
      );
    } catch (error) {
      if (error instanceof Unravelled) refused.set(error.at, { kind: 'refused', reason: error.reason });
      else if (refusalOf(error) !== null) return writeApart(db, shape, writes, error);
      else throw error;
    }
  }
}

/** A constraint that is checked at commit does not say which row broke it: each row then gets its own transaction. */
function writeApart(
  db: SqliteFile,
  shape: TableShape,
  writes: readonly TableWrite[],
  error: unknown,
): readonly TableResult[] {
  if (writes.length === 1) return [{ kind: 'refused', reason: refusalOf(error) ?? 'refused at commit' }];
  return writes.flatMap((write) => writeRows(db, shape, [write]));
}

function writeGuarded(db: SqliteFile, shape: TableShape, write: TableWrite, at: number): TableResult {
  const database = db.database();
  database.exec('SAVEPOINT concord_row');
  try {
    const result = writeRow(db, shape, write);
    database.exec(result.kind === 'refused' ? 'ROLLBACK TO concord_row; RELEASE concord_row' : 'RELEASE concord_row');
    return result;
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === null) throw error;
    if (!database.inTransaction) throw new Unravelled(at, reason);
    database.exec('ROLLBACK TO concord_row; RELEASE concord_row');
    return { kind: 'refused', reason };
  }
}

function writeRow(db: SqliteFile, shape: TableShape, write: TableWrite): TableResult {
  const key = newKey(shape, write);
  const expected = { ...write.expect, ...write.set };
  const current = findByKey(db, shape, write.key ?? key);
  if (current === null && write.key === null) return insertRow(db, shape, write.set);
  if (current !== null && write.key !== null && holds(current.row, write.expect ?? {})) {
    return updateRow(db, shape, current, write.set);
  }
  // Not as the plan saw it: done already, perhaps under the new key, or somebody else's doing.
  const there = current ?? findByKey(db, shape, key);
  return there !== null && holds(there.row, expected) ? { kind: 'written', row: there.row } : { kind: 'moved' };
}

/** The key under which the row stands when the write is done. */
function newKey(shape: TableShape, write: TableWrite): string {
  const [keyName] = shape.names;
  const unmapped = Object.keys({ ...write.set, ...write.expect }).find((name) => !shape.names.includes(name));
  if (unmapped !== undefined) throw planFault(`column "${unmapped}" is not mapped`);
  const set = write.set[keyName ?? ''];
  const key = set === undefined || set === null ? write.key : String(set);
  if (key === null) throw planFault('a new row needs its key');
  return key;
}

function planFault(message: string): ConnectorError {
  return new ConnectorError('SQLITE_TABLE_PLAN', 'bug', message);
}

function insertRow(db: SqliteFile, shape: TableShape, set: TableRow): TableResult {
  const names = Object.keys(set);
  const columns = names.map((name) => columnOf(shape, name)).join(', ');
  const places = names.map(() => '?').join(', ');
  const sql = `INSERT${shape.conflict} INTO ${shape.table} (${columns}) VALUES (${places})`;
  const done = db.prepare(sql).run(...bound(set));
  if (done.changes === 0) return { kind: 'refused', reason: 'the table ignored the row, by a rule of its own' };
  const handle = shape.handle === shape.key ? set[shape.names[0] ?? ''] : done.lastInsertRowid;
  return readBack(db, shape, handle);
}

function updateRow(db: SqliteFile, shape: TableShape, current: FoundRow, set: TableRow): TableResult {
  const names = Object.keys(set);
  if (names.length === 0) return { kind: 'written', row: current.row };
  const sets = names.map((name) => `${columnOf(shape, name)} = ?`).join(', ');
  const sql = `UPDATE${shape.conflict} ${shape.table} SET ${sets} WHERE ${shape.handle} = ?`;
  const done = db.prepare(sql).run(...bound(set), current.handle);
  if (done.changes === 0) return { kind: 'refused', reason: 'the table ignored the change, by a rule of its own' };
  return readBack(db, shape, newHandle(db, shape, current, set));
}

/** The row number stays, unless it is the key itself that changes. */
function newHandle(db: SqliteFile, shape: TableShape, current: FoundRow, set: TableRow): unknown {
  const key = set[shape.names[0] ?? ''];
  if (key === undefined) return current.handle;
  if (shape.handle === shape.key) return key;
  const kept = selectRows(db, shape, `WHERE ${shape.handle} = ?`, [current.handle])[0];
  return kept === undefined ? findByKey(db, shape, String(key))?.handle : current.handle;
}

/** Tells what the table made of the row: types, triggers and generated columns may have had their say (T41). */
function readBack(db: SqliteFile, shape: TableShape, handle: unknown): TableResult {
  const found = selectRows(db, shape, `WHERE ${shape.handle} = ?`, [handle ?? null])[0];
  if (found === undefined)
    return { kind: 'refused', reason: 'the row was gone after the write, by a rule of the table' };
  return { kind: 'written', row: found.row };
}

/** The driver binds every number as a float: a whole one would become 1.0 where the column does not turn it back. */
function bound(set: TableRow): unknown[] {
  return Object.values(set).map((value) => (Number.isSafeInteger(value) ? BigInt(Number(value)) : value));
}

function columnOf(shape: TableShape, name: string): string {
  return shape.quoted[shape.names.indexOf(name)] ?? quote(name);
}

const BY_RULE: Readonly<Record<string, string>> = {
  SQLITE_CONSTRAINT_TRIGGER: 'a trigger of the table refused it',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'foreign key constraint: the row it refers to is missing, or is referred to',
  SQLITE_MISMATCH: 'a value has the wrong type for its column',
  SQLITE_TOOBIG: 'a value is too long',
};
/** Sentences of SQLite's that name constraints and columns only. */
const NAMES_ONLY =
  /^(UNIQUE|NOT NULL|CHECK) constraint failed: |^cannot (store \w+ value in|UPDATE generated|INSERT into generated)/;

/** Gives the reason when the table itself refused a row; null for any other failure. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof Database.SqliteError)) return null;
  if (error.code in BY_RULE) return BY_RULE[error.code] ?? null;
  if (NAMES_ONLY.test(error.message)) return error.message;
  return error.code.startsWith('SQLITE_CONSTRAINT') ? 'a constraint of the table refused it' : null;
}
