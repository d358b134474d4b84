/**
 * Opens the SQLite store: recognise the file, check it after a crash, migrate, hand out the composed store.
 *
 * Must never open without a tenant (I11), and never overwrite a file that is not a store this program understands.
 */
import type Database from 'better-sqlite3';
import type { Clock } from '../../ports/clock.ts';
import type { Steps } from '../../ports/steps.ts';
import type { Owner } from '../rows.ts';
import type { Store } from '../store.ts';
import { composeStore } from './compose.ts';
import { asRefusal, Db } from './database.ts';
import { checkIntegrity, openRaw, prepareFile, protectFile, recogniseFile, wasLeftUnclean } from './file.ts';
import type { Migration } from './migration.ts';
import { checkSchema, migrate, MIGRATIONS } from './migrate.ts';

export interface SqliteStoreOptions {
  readonly file: string;
  /** Every row read or written belongs to it. Missing or empty throws. */
  readonly tenant: string;
  readonly clock: Clock;
  readonly steps: Steps;
  /** Tells whether a lease's owner still runs; null: cannot tell. */
  readonly isAlive: (owner: Owner) => boolean | null;
  /** For looking only: nothing is made, migrated or changed. */
  readonly readOnly?: boolean;
  /** For tests of migrating alone: another list than this program's. */
  readonly migrations?: readonly Migration[];
}

/** Opens the store in this file, making it if it is missing. Throws StoreRefused. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  if (typeof options.tenant !== 'string' || options.tenant === '') throw new Error('a store needs a tenant');
  const { file, readOnly = false, migrations = MIGRATIONS } = options;
  prepareFile(file, readOnly);
  checkSchema(recogniseFile(file), migrations, readOnly);
  const raw = connect(file, readOnly);
  try {
    const db = new Db(raw, options.tenant, options.clock, options.steps);
    const schema = () => Number(raw.pragma('user_version', { simple: true }));
    if (!readOnly) migrate(db, schema, migrations);
    // Asked again: a newer program may have migrated since the file was recognised.
    checkSchema(schema(), migrations, readOnly);
    const budget = readOnly ? openRaw(file, true) : connectUnsynced(file);
    return composeStore(db, new Db(budget, options.tenant, options.clock, options.steps), options.isAlive);
  } catch (error) {
    raw.close();
    throw asRefusal(error);
  }
}

/**
 * Connects for the budget: what it commits survives any kill, but not a power cut before the next ordinary commit. Each
 * request would otherwise wait for the disk twice; a machine that lost its power has let more than a second pass, and a
 * day's count may then lack the last few requests.
 */
function connectUnsynced(file: string): Database.Database {
  const raw = openRaw(file, false);
  raw.pragma('foreign_keys = ON');
  raw.pragma('synchronous = NORMAL');
  raw.pragma('cache_size = -500');
  return raw;
}

function connect(file: string, readOnly: boolean): Database.Database {
  const unclean = !readOnly && wasLeftUnclean(file);
  const raw = openRaw(file, readOnly);
  try {
    // A whole pass has 200 MB of memory for 1,000,000 records, and a load appends: more cache saves little there.
    raw.pragma('cache_size = -8000');
    raw.pragma('foreign_keys = ON');
    if (readOnly) return raw;
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = FULL');
    // 64 MB of log: pages of the random index are then written home once for many commits (measured: a third less CPU).
    raw.pragma('wal_autocheckpoint = 16000');
    raw.pragma('journal_size_limit = 67108864');
    protectFile(file);
    if (unclean) checkIntegrity(raw, file);
    return raw;
  } catch (error) {
    raw.close();
    throw asRefusal(error);
  }
}
