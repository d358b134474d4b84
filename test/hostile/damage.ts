/**
 * Damage to a database file, as JSON: what a bad disk, a half copied file, a restored backup or a person with a tool does.
 */
import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type Json, listOf, member, numberOf, textOf } from './door.ts';
import { type Draw, text } from './draw.ts';

/** Draws some damage; `tables` are the names that statements may hurt. */
export function drawDamage(draw: Draw, bytes: number, tables: readonly string[]): Json {
  const kind = draw.next();
  if (kind < 0.1) return { cut: draw.below(bytes) };
  if (kind < 0.35)
    return { flips: Array.from({ length: 1 + draw.below(draw.chance(0.2) ? 400 : 8) }, () => flip(draw, bytes)) };
  if (kind < 0.42) return { log: draw.pick([0, 1, 32, 4_152]), byte: draw.below(256) };
  return { sql: Array.from({ length: 1 + draw.below(3) }, () => statement(draw, tables)) };
}

function flip(draw: Draw, bytes: number): Json {
  return [draw.below(draw.chance(0.3) ? 100 : bytes), draw.below(256)];
}

/** `?` is a cell drawn apart, so that no text needs quoting. */
function statement(draw: Draw, tables: readonly string[]): Json {
  const table = draw.pick(tables);
  const kind = draw.next();
  if (kind < 0.1) return { drop: table };
  if (kind < 0.16) return { version: draw.pick([-1, 0, 1, 2, 99, 2 ** 31 - 1]) };
  if (kind < 0.2) return { owner: draw.below(2 ** 31) };
  if (kind < 0.28) return { column: draw.below(60), of: table };
  return { set: draw.below(60), of: table, cell: cell(draw) };
}

function cell(draw: Draw): Json {
  const kind = draw.below(6);
  if (kind === 0) return null;
  if (kind === 1) return draw.pick([-1, 1.5, 1e300, 2 ** 53, -(2 ** 62)]);
  if (kind === 2) return { blob: Array.from({ length: draw.below(9) }, () => draw.below(256)) };
  if (kind === 3)
    return draw.pick([
      '{',
      '[]',
      'null',
      '[1',
      '{"__proto__":{"a":1}}',
      '"x"',
      '7',
      `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
    ]);
  return text(draw, 2_000);
}

/** Writes the file anew from its good bytes and damages it. What a statement cannot do stays undone. */
export function damage(file: string, good: Uint8Array, input: Json | undefined): void {
  for (const name of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`, `${file}-unclean`])
    rmSync(name, { force: true });
  const cut = member(input, 'cut');
  writeFileSync(file, cut === undefined ? good : good.subarray(0, numberOf(cut)), { mode: 0o600 });
  const statements = listOf(member(input, 'sql'));
  if (statements.length > 0) alter(file, statements);
  const flips = listOf(member(input, 'flips'));
  if (flips.length > 0) overwrite(file, good.length, flips);
  const log = member(input, 'log');
  if (log !== undefined) writeFileSync(`${file}-wal`, Buffer.alloc(numberOf(log), numberOf(member(input, 'byte'))));
}

function overwrite(file: string, bytes: number, flips: readonly Json[]): void {
  const handle = openSync(file, 'r+');
  for (const flip of flips) {
    const [at, byte] = listOf(flip);
    writeSync(handle, Buffer.from([numberOf(byte) & 255]), 0, 1, Math.min(Math.max(0, numberOf(at)), bytes - 1));
  }
  closeSync(handle);
}

function alter(file: string, statements: readonly Json[]): void {
  const raw = new Database(file);
  raw.pragma('ignore_check_constraints = ON');
  raw.pragma('foreign_keys = OFF');
  for (const one of statements) {
    try {
      alterOnce(raw, one);
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
    }
  }
  raw.close();
}

function alterOnce(raw: Database.Database, statement: Json): void {
  if (member(statement, 'drop') !== undefined) raw.exec(`DROP TABLE ${quote(textOf(member(statement, 'drop')))}`);
  if (member(statement, 'version') !== undefined)
    raw.pragma(`user_version = ${Math.trunc(numberOf(member(statement, 'version')))}`);
  if (member(statement, 'owner') !== undefined)
    raw.pragma(`application_id = ${Math.trunc(numberOf(member(statement, 'owner')))}`);
  const table = textOf(member(statement, 'of'));
  if (table === '') return;
  const column = member(statement, 'column');
  if (column !== undefined) raw.exec(`ALTER TABLE ${quote(table)} DROP COLUMN ${quote(nameOf(raw, table, column))}`);
  const set = member(statement, 'set');
  if (set === undefined) return;
  const bound = bind(member(statement, 'cell'));
  raw.prepare(`UPDATE ${quote(table)} SET ${quote(nameOf(raw, table, set))} = ?`).run(bound);
}

function nameOf(raw: Database.Database, table: string, at: Json): string {
  const names = raw.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
  return names[numberOf(at) % Math.max(1, names.length)] ?? '';
}

function bind(cell: Json | undefined): string | number | Buffer | null {
  if (typeof cell === 'string' || typeof cell === 'number') return cell;
  return member(cell, 'blob') === undefined
    ? null
    : Buffer.from(listOf(member(cell, 'blob')).map((one) => numberOf(one) & 255));
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Lists the tables of a good database. */
export function tablesOf(file: string): readonly string[] {
  const raw = new Database(file, { readonly: true });
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
  const names = raw.prepare(sql).pluck().all() as string[];
  raw.close();
  return names;
}
