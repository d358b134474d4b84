/**
 * Between canonical content and the cells of a mirror's rows; pure. What is written reads back with the same hash.
 *
 * A value that its column cannot hold exactly (a number in a text column, a lone surrogate, an id listed twice) is kept
 * whole under `unusual`, and the column gets the nearest it can hold. A cell that somebody else made unreadable comes
 * back as its raw text: the row then differs from what was agreed and is written anew, the others are not disturbed.
 */
import { sortKeys } from '../../model/hash.ts';
import type { Content } from '../../model/record.ts';
import type { MirrorWrite } from '../../connector/side.ts';
import type { Cell, Row } from './driver.ts';
import { SMS_COLUMNS, type Column, type ColumnKind, type MainTable, type SubTable } from './mirror-tables.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Gives the cells of a main row, in the order of mainColumns, and appends those of its sub-rows to `under`, row by row:
 * one list for each sub-table. Each value is looked at once, told whether it fits and laid down: this runs for every
 * field of every contact.
 */
export function mainCells(table: MainTable, write: MirrorWrite, under: readonly Cell[][]): Cell[] {
  const { id, content, deletedAt } = write;
  const cells: Cell[] = [id];
  const odd: Odd[] = [];
  for (const { name, kind } of table.columns) {
    const value = content[name];
    if (!put(cells, kind, value)) odd.push([name, value]);
  }
  const ours = deletedAt !== undefined && (content['deleted_at'] ?? null) === null;
  if (ours) cells[1 + table.columns.findIndex(({ name }) => name === 'deleted_at')] = deletedAt;
  for (const [at, sub] of table.subs.entries()) {
    const value = content[sub.key];
    if (!putSubRows(under[at] as Cell[], sub, id, value)) odd.push([sub.key, value]);
  }
  const unusual = odd.length === 0 ? null : Object.fromEntries(odd);
  cells.push(toCell('json', content['extra']), ours ? 1 : null, toCell('json', unusual));
  return cells;
}

type Odd = [string, unknown];

/** Collects what these columns cannot hold exactly; null, nearly always, when there is nothing. */
export function unusualOf(columns: readonly Column[], content: Content): Json | null {
  const odd = columns.filter(({ name, kind }) => !put([], kind, content[name]));
  return odd.length === 0 ? null : Object.fromEntries(odd.map(({ name }) => [name, content[name]]));
}

/** Appends the cells of a record's sub-rows, row by row; false when they cannot hold the value exactly. */
function putSubRows(cells: Cell[], table: SubTable, owner: string, value: unknown): boolean {
  if (value === null || value === undefined) return table.shape === 'object' || value === undefined;
  if (table.shape === 'object') return putSmsRow(cells, owner, value as Json);
  const items = value as readonly unknown[];
  return table.shape === 'ids' ? putIds(cells, owner, items) : putRows(cells, table, owner, items as readonly Json[]);
}

/** A pair stands once; `unusual` keeps the list as it came. */
function putIds(cells: Cell[], owner: string, ids: readonly unknown[]): boolean {
  let fit = true;
  for (let at = 0; at < ids.length; at += 1) {
    if (at > 0 && ids.indexOf(ids[at]) !== at) {
      fit = false;
      continue;
    }
    cells.push(owner);
    fit = put(cells, 'text', ids[at]) && fit;
  }
  return fit;
}

/** The owner's cell is not the item's: only the others are looked at. */
function putRows(cells: Cell[], table: SubTable, owner: string, items: readonly Json[]): boolean {
  let fit = true;
  for (const item of items) {
    for (const { name, kind } of table.columns) {
      if (name === table.owner) cells.push(owner);
      else fit = put(cells, kind, item[name]) && fit;
    }
  }
  return fit;
}

/** An SMS channel is put together again from columns and `extra` in code-point order of its keys. */
function putSmsRow(cells: Cell[], owner: string, channel: Json): boolean {
  const rest = Object.entries(channel).filter(([key, value]) => !(isSmsColumn(key) && typeof value === 'string'));
  let fit = true;
  cells.push(owner);
  for (const key of SMS_COLUMNS) {
    const value = channel[key];
    if (typeof value === 'string') fit = put(cells, 'text', value) && fit;
    else cells.push(null);
  }
  cells.push(rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest)));
  return fit && JSON.stringify(sortKeys(channel)) === JSON.stringify(channel);
}

/** Rebuilds the content of a record from its main row and its sub-rows (by sub-table, in row order). */
export function toContent(table: MainTable, row: Row, subRows: readonly (readonly Row[])[]): Content {
  const content: Record<string, unknown> = {};
  table.columns.forEach(({ name, kind }, at) => (content[name] = fromCell(kind, row[1 + at] ?? null)));
  table.subs.forEach((sub, at) => (content[sub.key] = fromSubRows(sub, subRows[at] ?? [])));
  const [extra, isOurs, unusual] = row.slice(1 + table.columns.length);
  content['extra'] = fromCell('json', extra ?? null);
  if (isOurs === 1) content['deleted_at'] = null;
  Object.assign(content, readUnusual(unusual ?? null));
  return content;
}

/** Reads our column `unusual`; nothing where somebody else made it unreadable, so that it stands in no write's way. */
export function readUnusual(cell: Cell): Json {
  const value = typeof cell === 'string' ? parseOr(cell) : null;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__proto__'));
}

function fromSubRows(table: SubTable, rows: readonly Row[]): unknown {
  if (table.shape === 'object') return rows[0] === undefined ? null : fromSmsRow(table, rows[0]);
  if (table.shape === 'ids') return rows.map((row) => row[1]);
  return rows.map((row) => {
    const item: Record<string, unknown> = {};
    table.columns.forEach(({ name, kind }, at) => {
      if (name !== table.owner) item[name] = fromCell(kind, row[at] ?? null);
    });
    return item;
  });
}

function fromSmsRow(table: SubTable, row: Row): unknown {
  const known = table.columns.flatMap(({ name }, at): [string, Cell][] => {
    const cell = row[at] ?? null;
    return cell === null || name === 'extra' || name === table.owner ? [] : [[name, cell]];
  });
  const rest = fromCell('json', row[table.columns.length - 1] ?? null) ?? {};
  return sortKeys(Object.fromEntries([...known, ...Object.entries(rest)]));
}

function isSmsColumn(key: string): boolean {
  return (SMS_COLUMNS as readonly string[]).includes(key);
}

/** Appends the cell of a value; false when its column cannot hold the value exactly. */
function put(cells: Cell[], kind: ColumnKind, value: unknown): boolean {
  if (typeof value === 'string' && kind !== 'json') {
    const whole = value.isWellFormed();
    cells.push(whole ? value : value.toWellFormed());
    return whole && kind === 'text';
  }
  cells.push(toCell(kind, value));
  if (value === null || value === undefined || kind === 'json') return true;
  return kind === 'flag' ? typeof value === 'boolean' : kind === 'integer' && Number.isFinite(value);
}

function toCell(kind: ColumnKind, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (kind === 'json') return JSON.stringify(value);
  if (typeof value === 'number') return kind === 'text' ? JSON.stringify(value) : value;
  return typeof value === 'boolean' ? Number(value) : JSON.stringify(value);
}

function fromCell(kind: ColumnKind, cell: Cell): unknown {
  if (cell === null) return null;
  if (kind === 'flag') return cell !== 0;
  return kind === 'json' ? parseOr(String(cell)) : cell;
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
