/**
 * Whose tables are these: creates the mirror's tables, or refuses because somebody else's stand in the way.
 *
 * A table is ours only when our identity row names it and it has every column of ours. Nothing else is ever altered,
 * dropped or filled. One row in `<prefix>concord_mirror` holds the identity, the schema's version, the tables made and
 * whether a load is under way. A table of ours that somebody dropped is made again under a new identity, because what
 * the store believes to be in it is gone.
 */
import type { StreamName } from '../../model/record.ts';
import { readColumns, readObjects, type CatalogueObject } from './catalogue.ts';
import { foldName, quote } from './dialect.ts';
import type { SqliteFile } from './driver.ts';
import { rejected } from './errors.ts';
import {
  createMainSql,
  createSubIndexSql,
  createSubSql,
  mainColumns,
  MIRROR_TABLES,
  subIndexName,
  type Column,
} from './mirror-tables.ts';

const SCHEMA_VERSION = 1;
const STATE_COLUMNS = ['identity', 'schema_version', 'tables', 'loading'];

export interface MirrorState {
  readonly identity: string;
  /** Names without the prefix. */
  readonly tables: ReadonlySet<string>;
  readonly loading: boolean;
}

/** Names the table that holds the mirror's identity. */
export function stateTable(prefix: string): string {
  return quote(`${prefix}concord_mirror`);
}

/** Reads what mirror this is; null where there is none. Throws when a foreign or a newer program's table has its name. */
export function readState(db: SqliteFile, prefix: string): MirrorState | null {
  const name = `${prefix}concord_mirror`;
  if (!readObjects(db).has(foldName(name))) return null;
  const columns = readColumns(db, name);
  if (!STATE_COLUMNS.every((column) => columns.has(column))) throw foreign(db, name);
  const rows = db.all(`SELECT identity, schema_version, tables, loading FROM ${stateTable(prefix)}`);
  const [identity, version, tables, loading] = rows[0] ?? [];
  if (rows.length !== 1 || typeof identity !== 'string' || typeof tables !== 'string') throw foreign(db, name);
  if (Number(version) > SCHEMA_VERSION) {
    throw rejected(
      'SQLITE_MIRROR_NEWER',
      db.connection,
      `the mirror was written by a newer program (${String(version)})`,
    );
  }
  return { identity, tables: new Set(tables.split(' ')), loading: loading === 1 };
}

/** Throws for what `prepareTables` would refuse; reads only. */
export function inspectTables(db: SqliteFile, prefix: string, streams: readonly StreamName[]): void {
  const state = readState(db, prefix);
  const objects = readObjects(db);
  for (const stream of streams)
    for (const table of tablesOf(prefix, stream)) refuseForeign(db, prefix, table, objects, state);
}

/** Creates what is missing for these streams, in the caller's transaction. */
export function prepareTables(
  db: SqliteFile,
  prefix: string,
  streams: readonly StreamName[],
  newId: () => string,
): void {
  const state = readState(db, prefix);
  const objects = readObjects(db);
  const wanted = streams.flatMap((stream) => tablesOf(prefix, stream));
  for (const table of wanted) refuseForeign(db, prefix, table, objects, state);
  const missing = wanted.filter((table) => !objects.has(foldName(prefix + table.name)));
  for (const table of missing) db.database().exec(table.sql);
  if (state?.loading !== true) for (const table of wanted) for (const sql of table.indexes) db.database().exec(sql);
  saveState(
    db,
    prefix,
    state,
    missing.map(({ name }) => name),
    newId,
  );
}

interface OwnTable {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly indexes: readonly string[];
  readonly indexName: string | null;
}

function tablesOf(prefix: string, stream: StreamName): OwnTable[] {
  const main = MIRROR_TABLES[stream];
  const sql = createMainSql(prefix, main, true);
  const own: OwnTable = { name: main.name, sql, columns: mainColumns(main), indexes: [], indexName: null };
  const subs = main.subs.map((sub) => ({
    name: sub.name,
    sql: createSubSql(prefix, sub),
    columns: sub.columns,
    indexes: [createSubIndexSql(prefix, sub)],
    indexName: subIndexName(prefix, sub),
  }));
  return [own, ...subs];
}

function refuseForeign(
  db: SqliteFile,
  prefix: string,
  table: OwnTable,
  objects: ReadonlyMap<string, CatalogueObject>,
  state: MirrorState | null,
): void {
  const name = prefix + table.name;
  const found = objects.get(foldName(name));
  const index = table.indexName === null ? undefined : objects.get(foldName(table.indexName));
  if (index !== undefined && (index.type !== 'index' || foldName(index.table) !== foldName(name))) {
    throw foreign(db, index.name);
  }
  if (found === undefined) return;
  const columns = readColumns(db, name);
  const ours = found.type === 'table' && state?.tables.has(table.name) === true;
  if (!ours || !table.columns.every((column) => columns.has(column.name))) throw foreign(db, found.name);
}

function saveState(
  db: SqliteFile,
  prefix: string,
  state: MirrorState | null,
  made: readonly string[],
  newId: () => string,
): void {
  if (state !== null && made.length === 0) return;
  const name = stateTable(prefix);
  const tables = new Set([...(state?.tables ?? []), ...made]);
  const lost = made.some((table) => state?.tables.has(table) === true);
  const identity = state === null || lost ? newId() : state.identity;
  if (state === null) {
    db.database().exec(`CREATE TABLE ${name} (identity TEXT, schema_version INTEGER, tables TEXT, loading INTEGER)`);
    db.prepare(`INSERT INTO ${name} VALUES (?, ?, '', 0)`).run(identity, SCHEMA_VERSION);
  }
  db.prepare(`UPDATE ${name} SET identity = ?, tables = ?`).run(identity, [...tables].join(' '));
}

function foreign(db: SqliteFile, name: string): Error {
  const message = `"${name}" is in the way: Concord did not make it, and alters nothing of others`;
  return rejected('SQLITE_FOREIGN_TABLE', db.connection, message);
}
