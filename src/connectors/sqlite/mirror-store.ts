/**
 * Reading and writing a mirror's records in SQL: set by set, by index, in the caller's transaction.
 *
 * A record's sub-rows that differ in anything are replaced whole: deleted by owner, then inserted in the content's order.
 * Several rows go in with one statement where they are narrow; wide rows gain nothing from it (measured).
 */
import { CONSENT_COLUMNS } from '../../model/contact.ts';
import type { Content } from '../../model/record.ts';
import type { MirrorWrite } from '../../connector/side.ts';
import { quote, quoteAll } from './dialect.ts';
import type { Cell, Row, SqliteFile } from './driver.ts';
import { mainCells, readUnusual, toContent, unusualOf } from './mirror-rows.ts';
import { mainColumns, MIRROR_TABLES, type Column, type MainTable, type SubTable } from './mirror-tables.ts';

/** Values bound by one insert statement: beyond this, binding costs more than starting a statement. */
const CELLS_PER_INSERT = 48;

export interface StoredRecord {
  readonly id: string;
  readonly content: Content;
}

/** Inserts rows given as one flat list of cells. */
function insertCells(db: SqliteFile, table: string, columns: readonly Column[], cells: readonly Cell[]): void {
  const width = columns.length;
  let rows = Math.max(1, Math.floor(CELLS_PER_INSERT / width));
  for (let at = 0; at < cells.length; at += rows * width) {
    while (rows > 1 && rows * width > cells.length - at) rows >>= 1;
    db.prepare(insertSql(table, columns, rows)).run(...cells.slice(at, at + rows * width));
  }
}

const insertTexts = new Map<string, string>();

/** Writes the insert of so many rows; made once. */
export function insertSql(table: string, columns: readonly Column[], rows: number): string {
  const key = `${rows} ${columns.length} ${table}`;
  let sql = insertTexts.get(key);
  if (sql === undefined) {
    const row = `(${columns.map(() => '?').join(', ')})`;
    const names = quoteAll(columns.map(({ name }) => name));
    sql = `INSERT INTO ${quote(table)} (${names}) VALUES ${Array(rows).fill(row).join(', ')}`;
    insertTexts.set(key, sql);
  }
  return sql;
}

/** Keeps the last of several writes of one record: one set then holds each owner once. */
export function lastOfEach(writes: readonly MirrorWrite[]): readonly MirrorWrite[] {
  const byId = new Map(writes.map((write) => [write.id, write]));
  return byId.size === writes.length ? writes : [...byId.values()];
}

/** Lays down records: calls `write` with the cells of each main row, and gives those of all sub-rows by sub-table. */
export function layDown(
  table: MainTable,
  writes: readonly MirrorWrite[],
  write: (cells: readonly Cell[]) => unknown,
): readonly Cell[][] {
  const under = table.subs.map((): Cell[] => []);
  for (const one of writes) write(mainCells(table, one, under));
  return under;
}

/** Appends sub-rows of records whose owners have none: one list of cells for each sub-table. */
export function insertSubRows(db: SqliteFile, prefix: string, table: MainTable, under: readonly Cell[][]): void {
  for (const [at, sub] of table.subs.entries()) insertCells(db, prefix + sub.name, sub.columns, under[at] as Cell[]);
}

/** Writes records whole: whatever differs from them goes, in the caller's transaction. */
export function writeRecords(db: SqliteFile, prefix: string, table: MainTable, given: readonly MirrorWrite[]): void {
  const writes = lastOfEach(given);
  const upsert = db.prepare(upsertSql(prefix, table));
  const laid = writes.map((write) => layDown(table, [write], (cells) => upsert.run(cells)));
  for (const [at, sub] of table.subs.entries()) {
    const wanted = writes.map(({ id }, n) => [id, laid[n]?.[at] ?? []] as const);
    replaceSubRows(db, prefix, sub, wanted);
  }
}

/** Sub-rows that stand there as they should, in their order, are left: most edits touch none, and each lies elsewhere in two trees. */
function replaceSubRows(
  db: SqliteFile,
  prefix: string,
  sub: SubTable,
  wanted: readonly (readonly [owner: string, cells: readonly Cell[]])[],
): void {
  const ids = JSON.stringify(wanted.map(([id]) => id));
  const stored = groupByOwner(sub, db.all(selectMany(prefix, sub.name, sub.owner, sub.columns), ids));
  // One by one, by equality: over a set the planner might scan, where statistics were taken while the table was small.
  const remove = db.prepare(`DELETE FROM ${quote(prefix + sub.name)} WHERE ${quote(sub.owner)} = ?`);
  const added: Cell[] = [];
  for (const [id, cells] of wanted) {
    const before = stored.get(id)?.flat() ?? [];
    if (before.length === cells.length && cells.every((cell, at) => cell === before[at])) continue;
    if (before.length > 0) remove.run(id);
    for (const cell of cells) added.push(cell);
  }
  insertCells(db, prefix + sub.name, sub.columns, added);
}

function upsertSql(prefix: string, table: MainTable): string {
  const names = mainColumns(table).map(({ name }) => name);
  const sets = names.slice(1).map((name) => `${quote(name)} = excluded.${quote(name)}`);
  const values = names.map(() => '?').join(', ');
  return `INSERT INTO ${quote(prefix + table.name)} (${quoteAll(names)}) VALUES (${values})
    ON CONFLICT (${quote(table.id)}) DO UPDATE SET ${sets.join(', ')}`;
}

/** Writes the consent columns of contacts that have a row. */
export function writeConsentColumns(db: SqliteFile, prefix: string, writes: readonly MirrorWrite[]): void {
  const table = MIRROR_TABLES.contacts;
  const name = quote(prefix + table.name);
  const columns = table.columns.filter((column) => isConsent(column.name));
  const sets = columns.map((column) => `${quote(column.name)} = ?`);
  const find = db.prepare(`SELECT unusual FROM ${name} WHERE contact_id = ?`);
  const update = db.prepare(`UPDATE ${name} SET ${sets.join(', ')}, unusual = ? WHERE contact_id = ?`);
  for (const { id, content } of writes) {
    const row = find.get(id);
    if (row === undefined) continue;
    const picked = { ...table, columns, subs: [] };
    const unusual = mergeUnusual(row[0] ?? null, unusualOf(columns, content));
    update.run([...mainCells(picked, { id, content }, []).slice(1, 1 + columns.length), unusual, id]);
  }
}

function isConsent(name: string): boolean {
  return (CONSENT_COLUMNS as readonly string[]).includes(name);
}

function mergeUnusual(stored: Cell, added: Content | null): Cell {
  if (stored === null && added === null) return null;
  const kept = Object.entries(readUnusual(stored)).filter(([key]) => !isConsent(key));
  const merged = Object.fromEntries([...kept, ...Object.entries(added ?? {})]);
  return Object.keys(merged).length === 0 ? null : JSON.stringify(merged);
}

/** Reads records by id; those without a row are missing. */
export function readRecords(db: SqliteFile, prefix: string, table: MainTable, ids: readonly string[]): StoredRecord[] {
  const wanted = JSON.stringify(ids);
  return withSubRows(db, prefix, table, db.all(selectMany(prefix, table.name, table.id, mainColumns(table)), wanted));
}

/** Reads records in id order after one. */
export function scanRecords(
  db: SqliteFile,
  prefix: string,
  table: MainTable,
  afterId: string | null,
  limit: number,
): StoredRecord[] {
  const where = afterId === null ? '' : `WHERE ${quote(table.id)} > ?`;
  const sql = `${selectAll(prefix, table)} ${where} ORDER BY ${quote(table.id)} LIMIT ?`;
  const rows = db.all(sql, ...(afterId === null ? [limit] : [afterId, limit]));
  return withSubRows(db, prefix, table, rows);
}

/** Writes the select of a main table's rows, without a condition. */
export function selectAll(prefix: string, table: MainTable): string {
  return `SELECT ${quoteAll(mainColumns(table).map(({ name }) => name))} FROM ${quote(prefix + table.name)}`;
}

/** Row order is insertion order, which is the order of the content's list. CROSS JOIN: always by index from the ids. */
function selectMany(prefix: string, table: string, key: string, columns: readonly Column[]): string {
  const names = quoteAll(
    columns.map(({ name }) => name),
    't',
  );
  return `SELECT ${names} FROM (SELECT DISTINCT value FROM json_each(?)) AS wanted
    CROSS JOIN ${quote(prefix + table)} AS t ON t.${quote(key)} = wanted.value ORDER BY t.rowid`;
}

/** Completes main rows with their sub-rows. */
export function withSubRows(db: SqliteFile, prefix: string, table: MainTable, rows: readonly Row[]): StoredRecord[] {
  if (rows.length === 0) return [];
  const ids = JSON.stringify(rows.map((row) => row[0]));
  const bySub = table.subs.map((sub) =>
    groupByOwner(sub, db.all(selectMany(prefix, sub.name, sub.owner, sub.columns), ids)),
  );
  return rows.map((row) => {
    const id = String(row[0]);
    return {
      id,
      content: toContent(
        table,
        row,
        bySub.map((owned) => owned.get(id) ?? []),
      ),
    };
  });
}

function groupByOwner(table: SubTable, rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const at = table.columns.findIndex(({ name }) => name === table.owner);
  const owned = new Map<string, Row[]>();
  for (const row of rows) {
    const owner = String(row[at]);
    const others = owned.get(owner);
    if (others === undefined) owned.set(owner, [row]);
    else others.push(row);
  }
  return owned;
}
