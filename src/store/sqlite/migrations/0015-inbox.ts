/**
 * The inbox: deliveries that systems sent by themselves, and the records they hint at.
 *
 * Holds ids and hashes alone. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
CREATE TABLE deliveries (
  tenant TEXT NOT NULL,
  connection TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  at INTEGER NOT NULL, -- our time
  PRIMARY KEY (tenant, connection, delivery_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_age ON deliveries (tenant, at);
CREATE TABLE hints (
  hint_id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  connection TEXT NOT NULL,
  record_id TEXT NOT NULL,
  since INTEGER NOT NULL, -- our time
  UNIQUE (tenant, connection, record_id)
) STRICT;
`;

export const inbox: Migration = { number: 15, name: '0015-inbox', sql };
