/**
 * Sign-ins of connections, sealed, and the wrapped keys they are sealed under. Nothing in them can be read without the
 * master key, which is never in a store. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
CREATE TABLE data_keys (
  tenant TEXT NOT NULL,
  key_id TEXT NOT NULL,
  master_id TEXT NOT NULL, -- names the master key that wrapped it
  wrapped BLOB NOT NULL,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, key_id)
) STRICT;
CREATE TABLE sign_ins (
  tenant TEXT NOT NULL,
  connection TEXT NOT NULL,
  sign_in TEXT NOT NULL,
  generation INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  signed_in_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  access_until INTEGER, -- null: nobody said
  renewable INTEGER NOT NULL CHECK (renewable IN (0, 1)),
  lost_at INTEGER,
  PRIMARY KEY (tenant, connection),
  FOREIGN KEY (tenant, key_id) REFERENCES data_keys (tenant, key_id)
) STRICT;
`;

export const vault: Migration = { number: 6, name: '0006-vault', sql };
