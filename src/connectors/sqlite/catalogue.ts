/**
 * Reads SQLite's catalogue: which objects, columns and unique keys there are. Only reads, only binds.
 */
import { foldName } from './dialect.ts';
import type { SqliteFile } from './driver.ts';

export interface CatalogueObject {
  readonly type: string;
  readonly name: string;
  /** The table an index or trigger belongs to. */
  readonly table: string;
  readonly sql: string;
}
export interface CatalogueColumn {
  readonly name: string;
  readonly type: string;
  /** Place in the primary key, from 1; 0: not part of it. */
  readonly key: number;
  readonly generated: boolean;
}

/** Lists every object by its folded name; SQLite lets a table and an index share no name either. Triggers have a name space of their own. */
export function readObjects(db: SqliteFile): ReadonlyMap<string, CatalogueObject> {
  const rows = db.all("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema WHERE type <> 'trigger'");
  const objects = rows.map(([type, name, table, sql]) => ({
    type: String(type),
    name: String(name),
    table: String(table),
    sql: String(sql),
  }));
  return new Map(objects.map((object) => [foldName(object.name), object]));
}

/** Counts the triggers of a table. */
export function countTriggers(db: SqliteFile, table: string): number {
  const sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE";
  return Number(db.value(sql, table));
}

/** Reads a table's columns by their folded names, generated ones included. */
export function readColumns(db: SqliteFile, table: string): ReadonlyMap<string, CatalogueColumn> {
  // hidden: 1 a virtual table's hidden column, 2 and 3 generated ones.
  const rows = db.all("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1", table);
  const columns = rows.map(([name, type, key, hidden]) => ({
    name: String(name),
    type: String(type),
    key: Number(key),
    generated: hidden !== 0,
  }));
  return new Map(columns.map((column) => [foldName(column.name), column]));
}

/** Tells whether a column alone is unique: by an index over all rows and exactly this column, or as the only primary key. */
export function isUnique(db: SqliteFile, table: string, column: CatalogueColumn): boolean {
  const keys = [...readColumns(db, table).values()].filter((other) => other.key > 0);
  if (column.key > 0 && keys.length === 1) return true;
  const sql = `SELECT group_concat(coalesce(i.name, ''), '/') = ? FROM pragma_index_list(?, 'main') AS l,
    pragma_index_info(l.name, 'main') AS i WHERE l."unique" = 1 AND l.partial = 0 GROUP BY l.name HAVING count(*) = 1`;
  return db.all(sql, column.name, table).some(([matches]) => matches === 1);
}
