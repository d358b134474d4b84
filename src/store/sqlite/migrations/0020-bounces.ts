/**
 * Bounces: from which addresses a mailing came back.
 *
 * `name` is a keyed name, as facts keep of a forgotten person. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
CREATE TABLE bounces (
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  at TEXT NOT NULL, -- the source's; '' where it said none
  read_at INTEGER NOT NULL, -- our time
  report TEXT NOT NULL,
  PRIMARY KEY (tenant, sync, name, code, at)
) STRICT, WITHOUT ROWID;
`;

export const bounces: Migration = { number: 20, name: '0020-bounces', sql };
