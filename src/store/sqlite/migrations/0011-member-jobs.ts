/**
 * Jobs change people who are there, so a person may have an opt-out on its way beside the job that they are in.
 *
 * What goes out in a job holds back every single edit of its people (I13), but no opt-out (I3): the rule of one in flight
 * counts single writes alone, and the code that claims looks at jobs too. `gathered` waits until all of a pass are known
 * and the way of each is chosen. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
ALTER TABLE outbox ADD COLUMN gathered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN targets TEXT NOT NULL DEFAULT '[]'; -- JSON list: ids of the lists or tags that it is about
DROP INDEX outbox_one_in_flight;
CREATE UNIQUE INDEX outbox_one_in_flight ON outbox (tenant, sync, side, stream, primary_id)
  WHERE state IN ('leased', 'sending', 'verifying') AND job_id IS NULL;
`;

export const memberJobs: Migration = { number: 11, name: '0011-member-jobs', sql };
