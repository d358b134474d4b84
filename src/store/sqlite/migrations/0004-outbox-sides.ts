/**
 * The outbox tells which side an operation goes to, and whose consent it touches.
 *
 * One person may have one write in flight on each side (I13), so the side joins the keys. An operation with match keys is
 * claimed only with a judgement of consent; a user's table has none. `sent_at` says since when an unknown outcome may
 * still be invisible (I6). Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
ALTER TABLE outbox ADD COLUMN side TEXT NOT NULL DEFAULT 'secondary';
ALTER TABLE outbox ADD COLUMN match_keys TEXT; -- JSON list; null: nobody's consent is touched outside
ALTER TABLE outbox ADD COLUMN sent_at INTEGER; -- our time when it last left
DROP INDEX outbox_claims;
DROP INDEX outbox_one_pending;
DROP INDEX outbox_one_in_flight;
CREATE INDEX outbox_claims ON outbox (tenant, sync, lane DESC, op_id) WHERE state = 'pending';
CREATE UNIQUE INDEX outbox_one_pending ON outbox (tenant, sync, side, stream, primary_id) WHERE state = 'pending';
CREATE UNIQUE INDEX outbox_one_in_flight ON outbox (tenant, sync, side, stream, primary_id)
  WHERE state IN ('leased', 'sending', 'verifying');
`;

export const outboxSides: Migration = { number: 4, name: '0004-outbox-sides', sql };
