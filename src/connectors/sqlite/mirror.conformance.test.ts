import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { noSteps } from '../../ports/steps.ts';
import type { MirrorPlace } from '../../testing/describe-mirror-kit.ts';
import { describeMirror } from '../../testing/describe-mirror.ts';
import { quote } from './dialect.ts';
import { openSqliteMirror } from './mirror.ts';

describeMirror('SQLite', async (): Promise<MirrorPlace> => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-mirror-'));
  const file = join(folder, 'app.db');
  let ids = 0;
  const direct = <T>(work: (database: Database.Database) => T): T => {
    const database = new Database(file);
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    open: ({ steps = noSteps, prefix = '' } = {}) =>
      openSqliteMirror({ connection: 'app', file, prefix, steps, newId: () => `mirror-${ids++}` }),
    makeForeign: async (table) => {
      direct((database) =>
        database.exec(`CREATE TABLE ${quote(table)} (theirs); INSERT INTO ${quote(table)} VALUES (1)`),
      );
    },
    rows: async (table) =>
      direct((database) => database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${quote(table)}`).all()),
    tables: async () =>
      direct((database) =>
        database.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'").all(),
      ).map(({ name }) => name),
    dropTable: async (table) => void direct((database) => database.exec(`DROP TABLE ${quote(table)}`)),
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
