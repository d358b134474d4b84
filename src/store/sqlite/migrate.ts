/**
 * Brings a store to this program's schema, one numbered migration at a time, each in a transaction of its own.
 *
 * `user_version` is the schema's number and moves in the migration's transaction: after a crash the next opening goes
 * on where it ended. Must never touch a store of a newer program (the opener refuses it before).
 */
import { StoreRefused } from '../../model/errors.ts';
import type { Db } from './database.ts';
import type { Migration } from './migration.ts';
import { firstSchema } from './migrations/0001-first.ts';
import { ledger } from './migrations/0002-ledger.ts';
import { outboxSides } from './migrations/0004-outbox-sides.ts';
import { factChain } from './migrations/0005-fact-chain.ts';
import { vault } from './migrations/0006-vault.ts';
import { choices } from './migrations/0007-choices.ts';
import { forgetting } from './migrations/0008-forgetting.ts';
import { jobs } from './migrations/0009-jobs.ts';
import { memberJobs } from './migrations/0011-member-jobs.ts';
import { recordKeys } from './migrations/0013-record-keys.ts';
import { budgetWindows } from './migrations/0014-budget-windows.ts';
import { inbox } from './migrations/0015-inbox.ts';
import { bounces } from './migrations/0020-bounces.ts';

/** In order of their numbers. */
export const MIGRATIONS: readonly Migration[] = [
  firstSchema,
  ledger,
  outboxSides,
  factChain,
  vault,
  choices,
  forgetting,
  jobs,
  memberJobs,
  recordKeys,
  budgetWindows,
  inbox,
  bounces,
];

/** Marks the file as ours: "Cncd". */
export const APPLICATION_ID = 0x436e6364;

/** Tells the newest schema that a program with these migrations knows. */
export function newestSchema(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.number ?? 0;
}

/** Applies what is missing. `current` reads the schema's number; it is read again inside each transaction, because another process may be migrating too. */
export function migrate(db: Db, current: () => number, migrations: readonly Migration[]): void {
  for (const migration of migrations) {
    if (current() >= migration.number) continue;
    db.write('migrate', () => {
      if (current() < migration.number) apply(db, migration, newestSchema(migrations));
    });
  }
}

function apply(db: Db, { number, name, sql, fill }: Migration, schema: number): void {
  db.define(sql);
  fill?.(db);
  db.define(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${number};`);
  db.run(
    'INSERT INTO migrations (tenant, number, name, schema, applied_at) VALUES (@tenant, ?, ?, ?, ?)',
    number,
    name,
    schema,
    db.clock.now(),
  );
}

/** Throws unless this program may work with a store of that schema. */
export function checkSchema(schema: number, migrations: readonly Migration[], readOnly: boolean): void {
  const newest = newestSchema(migrations);
  if (schema > newest)
    throw new StoreRefused('newer', `the store has schema ${schema}, this program knows up to ${newest}`);
  if (readOnly && schema < newest)
    throw new StoreRefused('unreachable', `the store has schema ${schema} and must be brought to ${newest} first`);
}
