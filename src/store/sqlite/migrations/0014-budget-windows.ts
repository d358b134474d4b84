/**
 * Windows of requests that a vendor counts itself, for all tools of an organisation: what it said last, and what we sent
 * since. Must never be edited once released.
 */
import type { Migration } from '../migration.ts';

const sql = `
CREATE TABLE budget_windows (
  tenant TEXT NOT NULL,
  budget TEXT NOT NULL,
  quota INTEGER NOT NULL, -- requests in a window, by the vendor's word or by ours before there is one
  remaining INTEGER NOT NULL,
  ends_at INTEGER NOT NULL, -- our time
  PRIMARY KEY (tenant, budget)
) STRICT, WITHOUT ROWID;
`;

export const budgetWindows: Migration = { number: 14, name: '0014-budget-windows', sql };
