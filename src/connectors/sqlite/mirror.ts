/**
 * SQLite as a mirror: the contract's methods over one file, each one transaction.
 *
 * Decides when the file is opened, created and put into WAL mode; what is in the tables is decided next door. A mirror
 * that was never prepared reads as empty, so that a dry run creates nothing. Must never alter what Concord did not make:
 * a file that holds tables of others keeps its journal mode too.
 *
 * Steps: `mirror:<method>:before-commit` and `:after-commit` for prepare, take, write, writeConsent, beginLoad, append and
 * (once for each index) finishLoad.
 */
import type { LoadMark, MirrorLedger, MirrorOwner, MirrorSide, MirrorWrite } from '../../connector/side.ts';
import { matchKey } from '../../model/address.ts';
import { ConnectorError } from '../../model/errors.ts';
import type { Content, StreamName } from '../../model/record.ts';
import { readObjects } from './catalogue.ts';
import { quote } from './dialect.ts';
import { SqliteFile, type SqliteOptions } from './driver.ts';
import { rejected } from './errors.ts';
import { appendContacts, finishSteps, loadLost, startLoad } from './mirror-load.ts';
import { countWrite, readOwner, takeOver } from './mirror-owner.ts';
import { inspectTables, prepareTables, readState } from './mirror-prepare.ts';
import {
  readRecords,
  scanRecords,
  selectAll,
  withSubRows,
  writeConsentColumns,
  writeRecords,
  type StoredRecord,
} from './mirror-store.ts';
import { MIRROR_TABLES } from './mirror-tables.ts';

export interface SqliteMirrorOptions extends SqliteOptions {
  /** Put before every table name, so that two mirrors fit one file. */
  readonly prefix: string;
  /** Makes the mirror's identity. */
  readonly newId: () => string;
}

/** Log pages before a checkpoint while loading: the same pages are then copied into the file less often. */
const LOAD_CHECKPOINT_PAGES = 8_000;

/** Opens a mirror; nothing is created before `prepare`. */
export async function openSqliteMirror(options: SqliteMirrorOptions): Promise<MirrorSide> {
  if (/^sqlite_|\0/i.test(options.prefix)) {
    throw rejected('SQLITE_BAD_PREFIX', options.connection, 'a prefix cannot begin with "sqlite_" nor contain NUL');
  }
  return new SqliteMirror(options);
}

class SqliteMirror implements MirrorSide {
  readonly #db: SqliteFile;
  readonly #prefix: string;
  readonly #newId: () => string;
  /** Null: never told, so nothing is looked at (a tool of one's own, a test). */
  #owner: MirrorOwner | null = null;

  constructor(options: SqliteMirrorOptions) {
    this.#db = new SqliteFile(options);
    this.#prefix = options.prefix;
    this.#newId = options.newId;
  }

  prepare(streams: readonly StreamName[]): Promise<void> {
    return this.#db.guard(() => {
      this.#db.create();
      this.#useLog();
      this.#db.transaction('mirror:prepare', () => prepareTables(this.#db, this.#prefix, streams, this.#newId));
    });
  }

  inspect(streams: readonly StreamName[]): Promise<void> {
    return this.#db.guard(() => {
      if (this.#db.exists()) inspectTables(this.#db, this.#prefix, streams);
      else this.#db.demandFolder();
    });
  }

  /** WAL lets people read while we write. It stays with the file, so it is chosen only for a file that is new. */
  #useLog(): void {
    if (readObjects(this.#db).size === 0) this.#db.database().pragma('journal_mode = WAL');
  }

  identity(): Promise<string> {
    return this.#db.guard(() => (this.#db.exists() ? (readState(this.#db, this.#prefix)?.identity ?? '') : ''));
  }

  ledger(): Promise<MirrorLedger> {
    const loading = (): boolean => this.#loading();
    return this.#db.guard(() =>
      this.#db.exists()
        ? { ...readOwner(this.#db, this.#prefix), loading: loading() }
        : { owner: null, writes: 0, loading: false },
    );
  }

  take(owner: MirrorOwner, instead: MirrorOwner | null): Promise<void> {
    return this.#db.guard(() => {
      this.#db.transaction('mirror:take', () => takeOver(this.#db, this.#prefix, owner, instead));
      this.#owner = owner;
    });
  }

  count(stream: StreamName): Promise<number> {
    const sql = `SELECT count(*) FROM ${quote(this.#prefix + MIRROR_TABLES[stream].name)}`;
    return this.#db.guard(() => (this.#holds(stream) ? Number(this.#db.value(sql)) : 0));
  }

  read(stream: StreamName, ids: readonly string[]): Promise<ReadonlyMap<string, Content>> {
    return this.#db.guard(() => {
      const records = this.#reading(stream, () => readRecords(this.#db, this.#prefix, MIRROR_TABLES[stream], ids));
      return new Map(records.map(({ id, content }) => [id, content]));
    });
  }

  scan(stream: StreamName, afterId: string | null, limit: number): Promise<readonly StoredRecord[]> {
    const table = MIRROR_TABLES[stream];
    return this.#db.guard(() =>
      this.#reading(stream, () => scanRecords(this.#db, this.#prefix, table, afterId, limit)),
    );
  }

  findByAddress(key: string): Promise<readonly StoredRecord[]> {
    // Of printable ASCII the match key is the text in lower case: only other addresses need the function.
    const where = `lower(email_address) = ?1 OR (email_address GLOB '*[^!-~]*' AND concord_match_key(email_address) = ?1)`;
    const table = MIRROR_TABLES.contacts;
    return this.#db.guard(() =>
      this.#reading('contacts', () => {
        this.#db.database().function('concord_match_key', { deterministic: true, directOnly: true }, keyOf);
        const sql = `${selectAll(this.#prefix, table)} WHERE ${where} ORDER BY ${quote(table.id)}`;
        return withSubRows(this.#db, this.#prefix, table, this.#db.all(sql, { 1: key }));
      }),
    );
  }

  write(stream: StreamName, writes: readonly MirrorWrite[]): Promise<void> {
    return this.#writing('mirror:write', () => {
      if (stream === 'contacts') this.#refuseWhileLoading();
      writeRecords(this.#db, this.#prefix, MIRROR_TABLES[stream], writes);
    });
  }

  writeConsent(writes: readonly MirrorWrite[]): Promise<void> {
    return this.#writing('mirror:writeConsent', () => writeConsentColumns(this.#db, this.#prefix, writes));
  }

  beginLoad(mark: LoadMark | null): Promise<void> {
    return this.#writing('mirror:beginLoad', () => {
      this.#db.database().pragma(`wal_autocheckpoint = ${LOAD_CHECKPOINT_PAGES}`);
      startLoad(this.#db, this.#prefix, mark);
    });
  }

  append(writes: readonly MirrorWrite[]): Promise<LoadMark> {
    return this.#writing('mirror:append', () => {
      if (!this.#loading()) throw loadLost(this.#db, 'no load is under way');
      return appendContacts(this.#db, this.#prefix, writes);
    });
  }

  finishLoad(progress: () => Promise<void>): Promise<void> {
    return this.#db.guard(async () => {
      if (!this.#loading()) return;
      for (const step of finishSteps(this.#db, this.#prefix)) {
        this.#transaction('mirror:finishLoad', step);
        await progress();
      }
      // Every table, for a load fills them all at once, from a part of each index: to read all of it costs 2 % of a load
      // and told the same (measured).
      this.#db.database().pragma('optimize = 0x10012');
      this.#db.database().pragma('wal_checkpoint(TRUNCATE)');
      this.#db.database().pragma('wal_autocheckpoint = 1000');
    });
  }

  close(): Promise<void> {
    return this.#db.guard(() => this.#db.close());
  }

  #loading(): boolean {
    return readState(this.#db, this.#prefix)?.loading === true;
  }

  /** A load that resumes drops what came after its mark: rows written in between would go with it, unnoticed. */
  #refuseWhileLoading(): void {
    if (!this.#loading()) return;
    const facts = { connection: this.#db.connection };
    throw new ConnectorError('SQLITE_LOADING', 'bug', 'contacts are written only after their load is finished', facts);
  }

  #holds(stream: StreamName): boolean {
    if (!this.#db.exists()) return false;
    return readState(this.#db, this.#prefix)?.tables.has(MIRROR_TABLES[stream].name) === true;
  }

  /** Main and sub-rows come from several statements: one read transaction, so that they are of one moment. */
  #reading(stream: StreamName, work: () => StoredRecord[]): StoredRecord[] {
    return this.#holds(stream) ? this.#db.database().transaction(work).deferred() : [];
  }

  #writing<T>(point: string, work: () => T): Promise<T> {
    return this.#db.guard(() => this.#transaction(point, work));
  }

  #transaction<T>(point: string, work: () => T): T {
    return this.#db.transaction(point, () => {
      if (this.#owner !== null) countWrite(this.#db, this.#prefix, this.#owner);
      return work();
    });
  }
}

function keyOf(address: unknown): string | null {
  return typeof address === 'string' ? matchKey(address) : null;
}
