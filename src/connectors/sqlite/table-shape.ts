/**
 * A user's table as the catalogue shows it, checked against the mapping: what is missing is named, nothing is guessed.
 *
 * Names are matched as SQLite matches them and then taken from the catalogue, quoted; the mapping's own spelling is
 * what rows are keyed by. Must never write.
 */
import { countTriggers, isUnique, readColumns, readObjects, type CatalogueColumn } from './catalogue.ts';
import { foldName, quote } from './dialect.ts';
import type { SqliteFile } from './driver.ts';
import { rejected } from './errors.ts';

export interface TableMapping {
  readonly table: string;
  readonly key: string;
  /** Mapped columns beside the key. */
  readonly columns: readonly string[];
}

export interface TableShape {
  /** Quoted, as are all names here. */
  readonly table: string;
  readonly key: string;
  /** The mapping's names, the key first; `quoted` in the same order. */
  readonly names: readonly string[];
  readonly quoted: readonly string[];
  /** What finds a row again whatever a trigger did to its key: the row number, or the key where there is none. */
  readonly handle: string;
  /** ` OR ABORT` where our word must stand above the table's own conflict clause. */
  readonly conflict: string;
}

/** Reads the shape of the mapped table. Throws ConnectorError `rejected` naming what is not as configured. */
export function readShape(db: SqliteFile, mapping: TableMapping): TableShape {
  const refuse = (code: string, message: string): Error => rejected(code, db.connection, message);
  if (!db.exists()) throw refuse('SQLITE_NO_FILE', `there is no file for table "${mapping.table}"`);
  const object = readObjects(db).get(foldName(mapping.table));
  if (object?.type !== 'table') throw refuse('SQLITE_NO_TABLE', `there is no table "${mapping.table}"`);
  const columns = readColumns(db, object.name);
  const names = [...new Set([mapping.key, ...mapping.columns])];
  const missing = names.filter((name) => !columns.has(foldName(name)));
  if (missing.length > 0) {
    throw refuse('SQLITE_NO_COLUMN', `table "${object.name}" has no column ${missing.map((m) => `"${m}"`).join(', ')}`);
  }
  const found = names.map((name) => columns.get(foldName(name)) as CatalogueColumn);
  const key = found[0] as CatalogueColumn;
  const place = `column "${key.name}" of table "${object.name}"`;
  if (!isUnique(db, object.name, key)) throw refuse('SQLITE_KEY_NOT_UNIQUE', `${place} is not unique by itself`);
  if (!hasPlainKeys(db, object.name, key)) throw refuse('SQLITE_KEY_TYPE', `${place} holds values that are no text`);
  return {
    table: quote(object.name),
    key: quote(key.name),
    names,
    quoted: found.map(({ name }) => quote(name)),
    handle: rowNumberName(db, object.name, columns) ?? quote(key.name),
    conflict: conflictClause(db, object.name, object.sql),
  };
}

/**
 * A key travels as text. Columns with a type convert it back; in one without, a number would never be found again,
 * and a blob in none.
 */
function hasPlainKeys(db: SqliteFile, table: string, key: CatalogueColumn): boolean {
  const untyped = key.type === '' || /blob/i.test(key.type);
  const kinds = untyped ? "('text', 'null')" : "('text', 'null', 'integer', 'real')";
  const column = quote(key.name);
  return db.value(`SELECT EXISTS (SELECT 1 FROM ${quote(table)} WHERE typeof(${column}) NOT IN ${kinds})`) === 0;
}

/** A column may bear one of the three names of the row number; a table WITHOUT ROWID has none. */
function rowNumberName(db: SqliteFile, table: string, columns: ReadonlyMap<string, CatalogueColumn>): string | null {
  if (db.value("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'", table) !== 0) return null;
  return ['rowid', '_rowid_', 'oid'].find((name) => !columns.has(name)) ?? null;
}

/**
 * A table declared with ON CONFLICT REPLACE or IGNORE would drop somebody's row, or ours, without a word: OR ABORT
 * overrides that. It would override the clauses inside the user's triggers too, so where there are triggers it is only
 * used against REPLACE.
 */
function conflictClause(db: SqliteFile, table: string, sql: string): string {
  const replaces = /\bON\s+CONFLICT\s+REPLACE\b/i.test(sql);
  return replaces || countTriggers(db, table) === 0 ? ' OR ABORT' : '';
}
