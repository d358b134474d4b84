/**
 * What a person decided about something that waits: it is left as it is while the record stays as it was.
 *
 * Bound to the record's hash, so that a choice never outlives what it was made about. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
CREATE TABLE choices (
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  stream TEXT NOT NULL,
  id TEXT NOT NULL,
  reason TEXT NOT NULL,
  hash TEXT NOT NULL, -- the record's; '' where none is stored
  run TEXT NOT NULL,
  chosen_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, sync, stream, id, reason)
) STRICT;
`;

export const choices: Migration = { number: 7, name: '0007-choices', sql };
