/**
 * The first schema. Every table carries the tenant and every key begins with it (I11).
 *
 * Must never be edited once released: a change is a further migration. Facts and journal refuse UPDATE and DELETE here,
 * in the database, because they are evidence (I19).
 */
import type { Migration } from '../migration.ts';

const ownership = `
CREATE TABLE migrations (
  tenant TEXT NOT NULL, -- whose opening ran it
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  schema INTEGER NOT NULL, -- newest schema that the program knew which ran it
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE leases (
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  owner_id TEXT, -- null: released; the row stays so that the fence never falls
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  since INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, sync)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  run_no INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  run TEXT NOT NULL,
  sync TEXT NOT NULL,
  command TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT,
  summary TEXT NOT NULL DEFAULT 'null',
  UNIQUE (tenant, run)
) STRICT;
CREATE INDEX runs_by_sync ON runs (tenant, sync);

CREATE TABLE stops (
  stop_no INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  hash TEXT NOT NULL,
  sync TEXT NOT NULL,
  run TEXT NOT NULL,
  at INTEGER NOT NULL,
  detail TEXT NOT NULL,
  released_at INTEGER,
  UNIQUE (tenant, hash, sync)
) STRICT;
`;

// record_ids alone is written at random places; the records' own indexes are appended to. A pending record whose content was
// let go (resetShelf) is pending but cannot be listed: it waits to be read again, under a hash that matches nothing.
const snapshot = `
CREATE TABLE shelves (
  shelf_id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  side TEXT NOT NULL,
  stream TEXT NOT NULL,
  unindexed_from INTEGER, -- first record whose id is not in record_ids yet; null: all are
  UNIQUE (tenant, sync, side, stream),
  UNIQUE (tenant, shelf_id)
) STRICT;

CREATE TABLE records (
  record_id INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: operations and walks remember it
  tenant TEXT NOT NULL,
  shelf_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  hash TEXT NOT NULL,
  agreed TEXT,
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  text_hash TEXT,
  match_key TEXT,
  read_at INTEGER NOT NULL,
  content TEXT,
  CHECK (content IS NOT NULL OR agreed IS hash OR hash = ''),
  FOREIGN KEY (tenant, shelf_id) REFERENCES shelves (tenant, shelf_id)
) STRICT;
-- Apart from the records, so that a first load can append and sort the ids in once at its end.
CREATE TABLE record_ids (
  tenant TEXT NOT NULL,
  shelf_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  PRIMARY KEY (tenant, shelf_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_in_order ON records (tenant, shelf_id);
CREATE INDEX records_pending ON records (tenant, shelf_id) WHERE agreed IS NOT hash AND content IS NOT NULL;
CREATE INDEX records_by_match_key ON records (tenant, shelf_id, match_key) WHERE match_key IS NOT NULL;

CREATE TABLE tallies (
  tenant TEXT NOT NULL,
  shelf_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  records INTEGER NOT NULL,
  agreed INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  PRIMARY KEY (tenant, shelf_id, state),
  FOREIGN KEY (tenant, shelf_id) REFERENCES shelves (tenant, shelf_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE walks (
  walk_id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  shelf_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  since TEXT,
  started_source INTEGER,
  started_at INTEGER NOT NULL,
  resume TEXT,
  pages INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'complete')),
  total INTEGER,
  UNIQUE (tenant, shelf_id, kind),
  UNIQUE (tenant, walk_id),
  FOREIGN KEY (tenant, shelf_id) REFERENCES shelves (tenant, shelf_id)
) STRICT;

CREATE TABLE walk_pages (
  tenant TEXT NOT NULL,
  walk_id INTEGER NOT NULL,
  page INTEGER NOT NULL,
  seen BLOB NOT NULL, -- record ids, ascending, as varint differences
  PRIMARY KEY (tenant, walk_id, page),
  FOREIGN KEY (tenant, walk_id) REFERENCES walks (tenant, walk_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (
  tenant TEXT NOT NULL,
  shelf_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant, shelf_id, channel),
  FOREIGN KEY (tenant, shelf_id) REFERENCES shelves (tenant, shelf_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE marks (
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant, sync, key)
) STRICT, WITHOUT ROWID;
`;

const evidence = `
CREATE TABLE facts (
  fact_id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  contact_id TEXT NOT NULL,
  match_key TEXT,
  fact TEXT NOT NULL CHECK (fact IN ('out', 'in')),
  channel TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT,
  read_at INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  run TEXT NOT NULL
) STRICT;
-- A unique index takes two nulls for different, so "no time" is spelled out.
CREATE UNIQUE INDEX facts_by_key ON facts (tenant, sync, contact_id, fact, channel, coalesce(at, ''));
CREATE INDEX facts_newest_outs ON facts (tenant, sync, at DESC, fact_id DESC) WHERE fact = 'out';
CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts BEGIN SELECT raise(ABORT, 'facts are append-only'); END;
CREATE TRIGGER facts_are_not_deleted BEFORE DELETE ON facts BEGIN SELECT raise(ABORT, 'facts are append-only'); END;

CREATE TABLE waiting (
  waiting_id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('held', 'parked', 'conflict', 'alarm')),
  stream TEXT NOT NULL,
  id TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  run TEXT NOT NULL,
  since INTEGER NOT NULL,
  UNIQUE (tenant, sync, stream, id, reason)
) STRICT;

CREATE TABLE journal (
  entry_id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  run TEXT NOT NULL,
  at INTEGER NOT NULL,
  stream TEXT,
  id TEXT,
  event TEXT NOT NULL,
  rule TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  evidence TEXT
) STRICT;
CREATE INDEX journal_by_record ON journal (tenant, sync, stream, id) WHERE id IS NOT NULL;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_deleted BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
`;

// Two of the outbox's rules are unique indexes, so that no code can break them: one pending operation for each record,
// and one in flight (I13). links_by_secondary is not unique: while two addresses swap, two links name one row (T28).
const writing = `
CREATE TABLE links (
  link_id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  stream TEXT NOT NULL,
  primary_id TEXT NOT NULL,
  secondary_id TEXT NOT NULL,
  baseline_hash TEXT,
  baseline_fields TEXT,
  set_at INTEGER NOT NULL,
  UNIQUE (tenant, sync, stream, primary_id)
) STRICT;
CREATE INDEX links_by_secondary ON links (tenant, sync, stream, secondary_id);

CREATE TABLE outbox (
  op_id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  run TEXT NOT NULL,
  stream TEXT NOT NULL,
  lane TEXT NOT NULL CHECK (lane IN ('opt-out', 'live')),
  primary_id TEXT NOT NULL,
  secondary_id TEXT NOT NULL,
  record_id INTEGER NOT NULL,
  record_hash TEXT NOT NULL,
  payload TEXT NOT NULL,
  baseline TEXT NOT NULL,
  journal TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT
) STRICT;
CREATE INDEX outbox_by_record ON outbox (tenant, sync, stream, primary_id);
CREATE INDEX outbox_by_state ON outbox (tenant, sync, state);
CREATE INDEX outbox_claims ON outbox (tenant, sync, lane DESC, op_id) WHERE state = 'pending';
CREATE UNIQUE INDEX outbox_one_pending ON outbox (tenant, sync, stream, primary_id) WHERE state = 'pending';
CREATE UNIQUE INDEX outbox_one_in_flight ON outbox (tenant, sync, stream, primary_id)
  WHERE state IN ('leased', 'sending', 'verifying');

CREATE TABLE budget_slots (
  slot INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: a late settle must not free another's slot
  tenant TEXT NOT NULL,
  budget TEXT NOT NULL,
  reserved_at INTEGER NOT NULL,
  settled_at INTEGER
) STRICT;
CREATE INDEX budget_slots_by_budget ON budget_slots (tenant, budget);

CREATE TABLE budget_days (
  tenant TEXT NOT NULL,
  budget TEXT NOT NULL,
  day TEXT NOT NULL,
  spent INTEGER NOT NULL,
  exhausted_until INTEGER,
  PRIMARY KEY (tenant, budget, day)
) STRICT, WITHOUT ROWID;
`;

export const firstSchema: Migration = {
  number: 1,
  name: '0001-first',
  sql: ownership + snapshot + evidence + writing,
};
