/**
 * Consent facts by address: medium, scope, side, and holds; old facts are carried over as they were told.
 *
 * The table is made anew because its key and its checks change. What was kept came from the primary and was about all
 * mail by email. Must never lose a fact: the old table goes in the same transaction in which its rows are copied.
 */
import type { Migration } from '../migration.ts';

export const ledger: Migration = {
  number: 2,
  name: '0002-ledger',
  sql: `
CREATE TABLE facts_by_address (
  fact_id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('primary', 'secondary')),
  contact_id TEXT NOT NULL,
  match_key TEXT, -- null: the source told no address
  medium TEXT NOT NULL CHECK (medium IN ('email', 'sms')),
  scope TEXT NOT NULL,
  fact TEXT NOT NULL CHECK (fact IN ('out', 'in', 'hold')),
  channel TEXT NOT NULL,
  actor TEXT NOT NULL CHECK (actor IN ('person', 'account', 'operator', 'unknown')),
  at TEXT,
  read_at INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  run TEXT NOT NULL,
  releases INTEGER NOT NULL -- how many releases of this address were on record: what is told again after one is told anew
) STRICT;
INSERT INTO facts_by_address
  SELECT fact_id, tenant, sync, 'primary', contact_id, match_key, 'email', 'all', fact, channel,
    CASE WHEN actor IN ('person', 'account') THEN actor ELSE 'unknown' END, at, read_at, evidence, run, 0
  FROM facts ORDER BY fact_id;
DROP TABLE facts;
ALTER TABLE facts_by_address RENAME TO facts;
-- A unique index takes two nulls for different, so "no time" and "no address" are spelled out.
CREATE UNIQUE INDEX facts_by_key ON facts
  (tenant, sync, contact_id, fact, channel, coalesce(at, ''), side, medium, scope, actor, coalesce(match_key, ''), releases);
CREATE INDEX facts_by_match_key ON facts (tenant, match_key) WHERE match_key IS NOT NULL;
CREATE INDEX facts_without_address ON facts (tenant, sync, side, contact_id) WHERE match_key IS NULL;
CREATE INDEX facts_newest_outs ON facts (tenant, sync, at DESC, fact_id DESC) WHERE fact = 'out';
CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts BEGIN SELECT raise(ABORT, 'facts are append-only'); END;
CREATE TRIGGER facts_are_not_deleted BEFORE DELETE ON facts BEGIN SELECT raise(ABORT, 'facts are append-only'); END;
`,
};
