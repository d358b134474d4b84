/**
 * Jobs: one request that makes many people, whose end is told later, maybe to another pass.
 *
 * An operation that went out in a job names it, so that nobody is written singly while the job runs, and so that each is
 * accounted for at its end. The rows of `jobs` hold nothing about people. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
CREATE TABLE jobs (
  job_id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  sync TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sent', 'running', 'ended', 'over')),
  remote_id TEXT, -- the system's own id; null: its answer was never read
  run TEXT NOT NULL,
  people INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL, -- our time, before the request left
  ended_at INTEGER, -- our time when its end was learned
  detail TEXT NOT NULL -- JSON: what it said of itself at its end; null before
) STRICT;
CREATE INDEX jobs_open ON jobs (tenant, sync, job_id) WHERE state <> 'over';
ALTER TABLE outbox ADD COLUMN job_id INTEGER; -- null: it goes out by itself
CREATE INDEX outbox_jobs ON outbox (tenant, sync, primary_id) WHERE job_id IS NOT NULL;
CREATE INDEX outbox_of_job ON outbox (tenant, sync, job_id) WHERE job_id IS NOT NULL;
`;

export const jobs: Migration = { number: 9, name: '0009-jobs', sql };
