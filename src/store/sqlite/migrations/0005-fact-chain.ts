/**
 * Every fact carries its number, the hash of the one before and its own (I19); old facts are chained as they stand.
 *
 * The table is made anew, so that no row can be without its hashes. The key of the hashes is drawn once for each tenant
 * and stays in the store. Must never lose a fact: the old table goes in the same transaction in which its rows are copied.
 */
import { type ChainedFact, CHAIN_START, linkAfter, type ChainEnd } from '../../fact-chain.ts';
import type { Db } from '../database.ts';
import type { Migration } from '../migration.ts';

const BEGIN = `
CREATE TABLE ledger_heads (
  tenant TEXT NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL, -- number of the newest fact: without it, facts cut off at the end would not be missed
  hash TEXT NOT NULL,
  key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO ledger_heads SELECT tenant, 0, '', randomblob(32) FROM (SELECT DISTINCT tenant FROM facts);
CREATE TABLE facts_chained (
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
  releases INTEGER NOT NULL, -- how many releases of this address were on record: what is told again after one is told anew
  seq INTEGER NOT NULL, -- 1, 2, 3 ... for each tenant
  prev TEXT NOT NULL, -- hash of the fact before; '' for the first
  who TEXT NOT NULL, -- keyed hash of contact, address and evidence
  hash TEXT NOT NULL -- of prev, seq, who and all else that the fact says
) STRICT;
`;

const END = `
DROP TABLE facts;
ALTER TABLE facts_chained RENAME TO facts;
-- A unique index takes two nulls for different, so "no time" and "no address" are spelled out.
CREATE UNIQUE INDEX facts_by_key ON facts
  (tenant, sync, contact_id, fact, channel, coalesce(at, ''), side, medium, scope, actor, coalesce(match_key, ''), releases);
CREATE INDEX facts_by_match_key ON facts (tenant, match_key) WHERE match_key IS NOT NULL;
CREATE INDEX facts_without_address ON facts (tenant, sync, side, contact_id) WHERE match_key IS NULL;
CREATE INDEX facts_newest_outs ON facts (tenant, sync, at DESC, fact_id DESC) WHERE fact = 'out';
CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts BEGIN SELECT raise(ABORT, 'facts are append-only'); END;
CREATE TRIGGER facts_are_not_deleted BEFORE DELETE ON facts BEGIN SELECT raise(ABORT, 'facts are append-only'); END;
`;

const ROWS_AT_ONCE = 2000;

function chainFacts(db: Db): void {
  const key = db.one<{ key: Uint8Array }>('SELECT key FROM ledger_heads WHERE tenant = @tenant')?.key;
  if (key === undefined) throw new Error('a tenant with facts has no key');
  let end: ChainEnd = CHAIN_START;
  let after = 0;
  for (;;) {
    const rows = db.all<ChainedFact & { factId: number }>(
      `SELECT fact_id AS factId, contact_id AS contactId, match_key AS matchKey, medium, scope, sync, side, fact, channel,
         actor, at, read_at AS readAt, evidence, run, releases
       FROM facts NOT INDEXED WHERE tenant = @tenant AND fact_id > ? ORDER BY fact_id LIMIT ?`,
      after,
      ROWS_AT_ONCE,
    );
    for (const row of rows) {
      const { seq, prev, who, hash } = linkAfter(end, key, row);
      end = { seq, hash };
      db.run(
        `INSERT INTO facts_chained SELECT fact_id, tenant, sync, side, contact_id, match_key, medium, scope, fact, channel,
           actor, at, read_at, evidence, run, releases, ?, ?, ?, ? FROM facts WHERE tenant = @tenant AND fact_id = ?`,
        seq,
        prev,
        who,
        hash,
        row.factId,
      );
    }
    after = rows.at(-1)?.factId ?? after;
    if (rows.length < ROWS_AT_ONCE) break;
  }
  db.run('UPDATE ledger_heads SET seq = ?, hash = ? WHERE tenant = @tenant', end.seq, end.hash);
}

export const factChain: Migration = {
  number: 5,
  name: '0005-fact-chain',
  sql: BEGIN,
  fill: (db) => {
    db.eachTenant('ledger_heads', chainFacts);
    db.define(END);
  },
};
