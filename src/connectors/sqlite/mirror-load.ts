/**
 * The first load: contacts appended to bare heaps, indexes built once at the end.
 *
 * Keeping indexes by random ids while appending costs as much again as all else, so a load works on tables without
 * them, the primary key's own index included: `contacts` is made without its key and gets it at the end (declareKey).
 * Every commit here is a full one, so a mark in the store is never ahead of the file, be it after a power cut; should
 * it be (a copy was put back), the load is refused as lost. What stands after the mark was appended by a pass that died
 * before it could say so, and goes. While a load is under way only appends and consent columns are written.
 */
import { ConnectorError } from '../../model/errors.ts';
import type { LoadMark, MirrorWrite } from '../../connector/side.ts';
import { readColumns } from './catalogue.ts';
import { quote } from './dialect.ts';
import type { SqliteFile } from './driver.ts';
import { stateTable } from './mirror-prepare.ts';
import { insertSql, insertSubRows, lastOfEach, layDown } from './mirror-store.ts';
import { createMainSql, createSubIndexSql, mainColumns, MIRROR_TABLES, subIndexName } from './mirror-tables.ts';

const TABLE = MIRROR_TABLES.contacts;
const NAMES = [TABLE.name, ...TABLE.subs.map(({ name }) => name)];

/** Empties the tables, or drops what is after the mark, and takes the indexes away; in the caller's transaction. */
export function startLoad(db: SqliteFile, prefix: string, mark: LoadMark | null): void {
  for (const sub of TABLE.subs) db.database().exec(`DROP INDEX IF EXISTS ${quote(subIndexName(prefix, sub))}`);
  if (mark === null) emptyTables(db, prefix);
  else dropAfter(db, prefix, mark);
  db.prepare(`UPDATE ${stateTable(prefix)} SET loading = 1`).run();
}

function emptyTables(db: SqliteFile, prefix: string): void {
  for (const name of NAMES) db.prepare(`DELETE FROM ${quote(prefix + name)}`).run();
  const name = prefix + TABLE.name;
  const sql =
    "SELECT count(*) FROM sqlite_schema WHERE tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL AND type <> 'table'";
  // What others hung on the table (an index, a trigger, a column) would go with it: then it is loaded with its key.
  if (Number(db.value(sql, name)) > 0 || readColumns(db, name).size > mainColumns(TABLE).length) return;
  db.database().exec(`DROP TABLE ${quote(name)}; ${createMainSql(prefix, TABLE, false)}`);
}

function dropAfter(db: SqliteFile, prefix: string, mark: LoadMark): void {
  const reached = JSON.parse(mark) as Readonly<Record<string, number>>;
  for (const name of NAMES) {
    const last = reached[name] ?? 0;
    if (maxRow(db, prefix + name) < last) throw loadLost(db, 'the tables are behind the mark of their load');
    db.prepare(`DELETE FROM ${quote(prefix + name)} WHERE rowid > ?`).run(last);
  }
}

/** Appends contacts; in the caller's transaction. */
export function appendContacts(db: SqliteFile, prefix: string, given: readonly MirrorWrite[]): LoadMark {
  const writes = lastOfEach(given);
  const insert = db.prepare(insertSql(prefix + TABLE.name, mainColumns(TABLE), 1));
  const under = layDown(TABLE, writes, (cells) => insert.run(...cells));
  insertSubRows(db, prefix, TABLE, under);
  return JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, maxRow(db, prefix + name)])));
}

function maxRow(db: SqliteFile, table: string): number {
  return Number(db.value(`SELECT max(rowid) FROM ${quote(table)}`) ?? 0);
}

/** Lists the steps that end a load, each harmless to repeat and each to be run in a transaction of its own. */
export function finishSteps(db: SqliteFile, prefix: string): readonly (() => void)[] {
  const indexes = TABLE.subs.map((sub) => () => void db.database().exec(createSubIndexSql(prefix, sub)));
  const done = (): void => void db.prepare(`UPDATE ${stateTable(prefix)} SET loading = 0`).run();
  return [() => declareKey(db, prefix), ...indexes, done];
}

/**
 * Declares the primary key of a table that was loaded without it, without copying its rows.
 *
 * SQLite keeps such a key as a unique index named sqlite_autoindex_…: one is built, and then the catalogue is told that
 * it is the key's. This is the documented way to change a constraint in place (writable_schema, a new schema version
 * for other connections, all in one transaction); the outcome is checked before it may be committed.
 */
function declareKey(db: SqliteFile, prefix: string): void {
  const name = prefix + TABLE.name;
  if (readColumns(db, name).get(TABLE.id)?.key === 1) return;
  const index = `sqlite_autoindex_${name}_1`;
  const draft = `${prefix}concord_contacts_key`;
  const database = db.database();
  database.exec(`CREATE UNIQUE INDEX ${quote(draft)} ON ${quote(name)} (${quote(TABLE.id)})`);
  const version = Number(db.value('PRAGMA schema_version'));
  database.unsafeMode(true);
  try {
    database.pragma('writable_schema = ON');
    database.prepare('UPDATE sqlite_schema SET name = ?, sql = NULL WHERE name = ?').run(index, draft);
    const update = database.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?");
    update.run(createMainSql(prefix, TABLE, true), name);
    database.pragma(`schema_version = ${version + 1}`);
  } finally {
    database.pragma('writable_schema = RESET');
    database.unsafeMode(false);
  }
  const origin = db.value("SELECT origin FROM pragma_index_list(?, 'main') WHERE name = ?", name, index);
  if (readColumns(db, name).get(TABLE.id)?.key !== 1 || origin !== 'pk') {
    throw new ConnectorError('SQLITE_LOAD_KEY', 'bug', 'the primary key was not taken', { connection: db.connection });
  }
}

/** Says that a load cannot go on and must begin anew. */
export function loadLost(db: SqliteFile, message: string): ConnectorError {
  return new ConnectorError('SQLITE_LOAD_LOST', 'cursor_gone', message, { connection: db.connection });
}
