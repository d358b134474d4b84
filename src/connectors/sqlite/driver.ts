/**
 * One open SQLite file: connection settings, statement cache, transactions with their named steps.
 *
 * The only file that opens a database. `synchronous=FULL` always, loads included: the store records a page as loaded
 * after our commit, so a commit that a power cut could take back would be a silent loss. A lock is waited for 5 s
 * (inside the driver, so the thread waits too) and then is `unavailable`. The journal mode is not touched here.
 */
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Steps } from '../../ports/steps.ts';
import { rejected, toConnectorError } from './errors.ts';

export type Cell = string | number | null;
export type Row = readonly Cell[];
export type Statement = Database.Statement<unknown[], Row>;

const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIB = 8_192;

export interface SqliteOptions {
  readonly connection: string;
  readonly file: string;
  readonly steps: Steps;
  /** How long a lock of somebody else's is waited for; 5 s where nothing is said. */
  readonly busyTimeoutMs?: number;
}

/** A database file, opened when it is first needed and never created unless asked for. */
export class SqliteFile {
  readonly connection: string;
  readonly file: string;
  readonly #steps: Steps;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, Statement>();
  #database: Database.Database | null = null;

  constructor(options: SqliteOptions) {
    this.connection = options.connection;
    this.file = options.file;
    this.#steps = options.steps;
    this.#busyTimeoutMs = options.busyTimeoutMs ?? BUSY_TIMEOUT_MS;
  }

  exists(): boolean {
    return this.#database !== null || existsSync(this.file);
  }

  /** Creates the file, readable by its owner alone, unless it is there. SQLite gives its log files the same mode. */
  create(): void {
    try {
      closeSync(openSync(this.file, 'wx', 0o600));
    } catch (error) {
      if (!isCode(error, 'EEXIST')) {
        throw rejected('SQLITE_CANTOPEN', this.connection, `no file can be created in ${dirname(this.file)}`);
      }
    }
  }

  /** Throws unless a file could be created here. */
  demandFolder(): void {
    const folder = dirname(this.file);
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch {
      throw rejected('SQLITE_CANTOPEN', this.connection, `no file can be created in ${folder}`);
    }
  }

  /** Gives the open database; the file must exist. */
  database(): Database.Database {
    this.#database ??= this.#open();
    return this.#database;
  }

  #open(): Database.Database {
    const database = new Database(this.file, { fileMustExist: true, timeout: this.#busyTimeoutMs });
    database.pragma('synchronous = FULL');
    database.pragma(`cache_size = -${CACHE_KIB}`);
    // The driver's build turns this on; a user's trigger that updates its own table would then run for ever.
    database.pragma('recursive_triggers = OFF');
    return database;
  }

  /** Gives a statement whose rows come as arrays; compiled once. */
  prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.database().prepare<unknown[], Row>(sql);
      if (statement.reader) statement.raw(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Reads every row of a query. */
  all(sql: string, ...values: readonly unknown[]): Row[] {
    return this.prepare(sql).all(...values);
  }

  /** Reads the first cell of a query's first row; null where there is none. */
  value(sql: string, ...values: readonly unknown[]): Cell {
    return this.prepare(sql).get(...values)?.[0] ?? null;
  }

  /** Runs work as one transaction that holds the write lock from its start; a failure anywhere undoes all of it. */
  transaction<T>(point: string, work: () => T): T {
    const database = this.database();
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#steps.reached(`${point}:before-commit`);
      database.exec('COMMIT');
      this.#steps.reached(`${point}:after-commit`);
      return result;
    } finally {
      if (database.inTransaction) database.exec('ROLLBACK');
    }
  }

  /** Runs work with the driver's errors turned into ConnectorErrors. Async, so that callers get a rejection. */
  async guard<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toConnectorError(error, this.connection);
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database?.close();
    this.#database = null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
