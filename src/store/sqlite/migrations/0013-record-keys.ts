/**
 * Several keys for one record: a CRM's contact is a household, and is found by each of its addresses and outside ids.
 *
 * Apart from the records, whose own match key holds one. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
CREATE TABLE record_keys (
  tenant TEXT NOT NULL,
  shelf_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  PRIMARY KEY (tenant, shelf_id, key, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_keys_of_record ON record_keys (tenant, record_id);
`;

export const recordKeys: Migration = { number: 13, name: '0013-record-keys', sql };
