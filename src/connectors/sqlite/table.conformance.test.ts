import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { TableRow } from '../../connector/side.ts';
import { noSteps } from '../../ports/steps.ts';
import { describeTable, type TableColumn, type TablePlace } from '../../testing/describe-table.ts';
import { quote, quoteAll } from './dialect.ts';
import { openSqliteTable } from './table.ts';

const FLAVOURS: Readonly<Record<string, { readonly key: string; readonly end: string }>> = {
  'SQLite, unique index,': { key: ' UNIQUE', end: '' },
  'SQLite, primary key,': { key: ' PRIMARY KEY', end: '' },
  'SQLite, STRICT and WITHOUT ROWID,': { key: ' NOT NULL PRIMARY KEY', end: ' STRICT, WITHOUT ROWID' },
};

for (const [name, { key, end }] of Object.entries(FLAVOURS)) {
  describeTable(name, async (): Promise<TablePlace> => {
    const folder = mkdtempSync(join(tmpdir(), 'concord-table-'));
    const file = join(folder, 'app.db');
    const database = new Database(file);
    const defined = (column: TableColumn, more = ''): string =>
      `${quote(column.name)} ${column.type}${column.notNull === true ? ' NOT NULL' : ''}${more}`;
    return {
      open: ({ steps = noSteps, ...mapping }) =>
        openSqliteTable({ connection: 'app', file, steps, busyTimeoutMs: 50, ...mapping }),
      create: async (spec) => {
        const columns = [defined(spec.key, spec.unique ? key : ''), ...spec.columns.map((column) => defined(column))];
        database.exec(`CREATE TABLE ${quote(spec.table)} (${columns.join(', ')})${spec.unique ? end : ''}`);
      },
      insert: async (table, row) => {
        const places = Object.keys(row).map(() => '?');
        const sql = `INSERT INTO ${quote(table)} (${quoteAll(Object.keys(row))}) VALUES (${places.join(', ')})`;
        database.prepare(sql).run(...Object.values(row));
      },
      rows: async (table, by) =>
        database.prepare<[], TableRow>(`SELECT * FROM ${quote(table)} ORDER BY ${quote(by)}`).all(),
      whileLocked: async (_table, work) => {
        database.exec('BEGIN IMMEDIATE');
        await work().finally(() => database.exec('ROLLBACK'));
      },
      dispose: async () => {
        database.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });
}
