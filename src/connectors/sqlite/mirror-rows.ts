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

/** Gives the cells of a main row, in the order of mainColumns. */
export function mainCells(table: MainTable, write: MirrorWrite): Cell[] {
  const { id, content, deletedAt } = write;
  const cells: Cell[] = [id];
  // One look at each value, told whether it fits and laid down: this runs for every column of every contact.
  const odd: Odd[] = [];
  for (const { name, kind } of table.columns) {
    const value = content[name];
    if (!fits(kind, value)) odd.push([name, value]);
    cells.push(toCell(kind, value));
  }
  const ours = deletedAt !== undefined && (content['deleted_at'] ?? null) === null;
  if (ours) cells[1 + table.columns.findIndex(({ name }) => name === 'deleted_at')] = deletedAt;
  cells.push(toCell('json', content['extra']), ours ? 1 : null, toCell('json', oddOf(odd, table, content)));
  return cells;
}

type Odd = [string, unknown];

/** Collects what the columns cannot hold exactly; null, nearly always, when there is nothing. */
export function unusualOf(table: MainTable, content: Content): Json | null {
  const odd: Odd[] = [];
  for (const { name, kind } of table.columns) if (!fits(kind, content[name])) odd.push([name, content[name]]);
  return oddOf(odd, table, content);
}

function oddOf(odd: Odd[], table: MainTable, content: Content): Json | null {
  for (const sub of table.subs) if (!subFits(sub, content[sub.key])) odd.push([sub.key, content[sub.key]]);
  return odd.length === 0 ? null : Object.fromEntries(odd);
}

/** Appends the cells of a record's sub-rows to `cells`, row by row. */
export function pushSubCells(cells: Cell[], table: SubTable, owner: string, value: unknown): void {
  if (table.shape === 'object') {
    if (value !== null && value !== undefined) pushSmsCells(cells, owner, value as Json);
    return;
  }
  const items = (value ?? []) as readonly unknown[];
  if (table.shape === 'ids') {
    // A pair stands once; `unusual` keeps the list as it came.
    for (let at = 0; at < items.length; at++) {
      if (items.indexOf(items[at]) === at) cells.push(owner, toCell('text', items[at]));
    }
    return;
  }
  for (const item of items) {
    for (const { name, kind } of table.columns) {
      cells.push(name === table.owner ? owner : toCell(kind, (item as Json)[name]));
    }
  }
}

function pushSmsCells(cells: Cell[], owner: string, channel: Json): void {
  const rest = Object.entries(channel).filter(([key, value]) => !(isSmsColumn(key) && typeof value === 'string'));
  cells.push(owner);
  for (const key of SMS_COLUMNS) {
    const value = channel[key];
    cells.push(typeof value === 'string' ? value.toWellFormed() : null);
  }
  cells.push(rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest)));
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

function fits(kind: ColumnKind, value: unknown): boolean {
  if (value === null || value === undefined || kind === 'json') return true;
  if (kind === 'text') return typeof value === 'string' && value.isWellFormed();
  return kind === 'flag' ? typeof value === 'boolean' : Number.isFinite(value);
}

function subFits(table: SubTable, value: unknown): boolean {
  if (value === null || value === undefined) return table.shape === 'object' || value === undefined;
  if (table.shape === 'object') return smsFits(value as Json);
  const items = value as readonly unknown[];
  if (table.shape === 'ids') {
    return items.every((id, at) => typeof id === 'string' && id.isWellFormed() && items.indexOf(id) === at);
  }
  return items.every((item) => rowFits(table.columns, table.owner, item as Json));
}

/** The owner's cell is not the item's: only the others are looked at. */
function rowFits(columns: readonly Column[], owner: string, item: Json): boolean {
  for (const { name, kind } of columns) if (name !== owner && !fits(kind, item[name])) return false;
  return true;
}

/** An SMS channel is put together from columns and `extra` in code-point order of its keys. */
function smsFits(channel: Json): boolean {
  const strings = SMS_COLUMNS.every((key) => typeof channel[key] !== 'string' || channel[key].isWellFormed());
  return strings && JSON.stringify(sortKeys(channel)) === JSON.stringify(channel);
}

function toCell(kind: ColumnKind, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (kind === 'json') return JSON.stringify(value);
  if (typeof value === 'string') return value.toWellFormed();
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
