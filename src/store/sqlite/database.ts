/**
 * One connection to the SQLite store: prepared statements, the tenant in each of them, and the one way to write.
 *
 * Every statement must name @tenant, which is bound here and nowhere else: a query across tenants cannot be written
 * (I11). Every change goes through `write`, so that each transaction has its two named points at which a crash is
 * tried (I5). Must never know what a table means.
 */
import Database from 'better-sqlite3';
import { StoreRefused } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Steps } from '../../ports/steps.ts';

export type SqlValue = string | number | Uint8Array | null;

export class Db {
  readonly tenant: string;
  readonly clock: Clock;
  readonly readOnly: boolean;
  readonly #raw: Database.Database;
  readonly #steps: Steps;
  readonly #bound: { readonly tenant: string };
  readonly #statements = new Map<string, Database.Statement>();

  constructor(raw: Database.Database, tenant: string, clock: Clock, steps: Steps) {
    this.tenant = tenant;
    this.clock = clock;
    this.readOnly = raw.readonly;
    this.#raw = raw;
    this.#steps = steps;
    this.#bound = { tenant };
  }

  /** Reads all rows; the caller names the columns so that a row has the shape of `Row`. */
  all<Row>(sql: string, ...values: readonly SqlValue[]): Row[] {
    return attempt(() => this.#statement(sql).all(...values, this.#bound)) as Row[];
  }

  /** Reads rows one by one, for what is never held whole; nothing else may be asked of this connection meanwhile. */
  *each<Row>(sql: string, ...values: readonly SqlValue[]): Generator<Row, void> {
    try {
      for (const row of this.#statement(sql).iterate(...values, this.#bound)) yield row as Row;
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** Reads the first row. */
  one<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined {
    return attempt(() => this.#statement(sql).get(...values, this.#bound)) as Row | undefined;
  }

  /** Changes rows and tells how many. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#statement(sql).run(...values, this.#bound).changes;
  }

  /** Inserts one row and tells its row number. */
  insert(sql: string, ...values: readonly SqlValue[]): number {
    return Number(this.#statement(sql).run(...values, this.#bound).lastInsertRowid);
  }

  /** Runs statements that are no queries of a tenant: the schema's. */
  define(sql: string): void {
    this.#raw.exec(sql);
  }

  /** Does the same for every tenant that has rows in this table, each by itself: for migrations alone. */
  eachTenant(table: string, work: (db: Db) => void): void {
    const tenants = this.#raw.prepare<[], { tenant: string }>(`SELECT DISTINCT tenant FROM ${table}`).all();
    for (const { tenant } of tenants) work(new Db(this.#raw, tenant, this.clock, this.#steps));
  }

  /** Reads several times from one state of the store. */
  read<T>(reads: () => T): T {
    return this.#transaction('BEGIN', reads, () => undefined);
  }

  /** Makes one change of the store: all of it or nothing. */
  write<T>(method: string, change: () => T): T {
    const result = this.#transaction('BEGIN IMMEDIATE', change, () =>
      this.#steps.reached(`store:${method}:before-commit`),
    );
    this.#steps.reached(`store:${method}:after-commit`);
    return result;
  }

  close(): void {
    this.#raw.close();
  }

  #transaction<T>(begin: string, work: () => T, beforeCommit: () => void): T {
    try {
      this.#raw.exec(begin);
      const result = work();
      beforeCommit();
      this.#raw.exec('COMMIT');
      return result;
    } catch (error) {
      // A failed COMMIT may have rolled back by itself (disk full): a second ROLLBACK would hide the cause.
      if (this.#raw.inTransaction) this.#raw.exec('ROLLBACK');
      throw asRefusal(error);
    }
  }

  #statement(sql: string): Database.Statement {
    const cached = this.#statements.get(sql);
    if (cached !== undefined) return cached;
    if (!sql.includes('@tenant')) throw new Error(`a store statement without tenant: ${sql}`);
    const statement = this.#raw.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asRefusal(error);
  }
}

/**
 * Failures of statements that tests hold against the schema: tables, columns or rows are not as this program left them.
 * A constraint among them is the last line of defence for what is judged before it is written.
 */
const DAMAGE = [
  'SQLITE_CORRUPT',
  'SQLITE_ERROR',
  'SQLITE_CONSTRAINT',
  'SQLITE_MISMATCH',
  'SQLITE_SCHEMA',
  'SQLITE_FORMAT',
  'SQLITE_TOOBIG',
];

/** Turns SQLite's own failures into the store's; leaves all other errors as they are. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  if (code === 'SQLITE_NOTADB') return new StoreRefused('not-a-store', `the store is no SQLite database (${code})`);
  // SQLite's sentence names tables and columns here, never a value.
  if (DAMAGE.some((prefix) => code.startsWith(prefix)))
    return new StoreRefused('corrupt', `the store is damaged (${code}: ${error.message})`);
  const unreachable = [
    'SQLITE_BUSY',
    'SQLITE_CANTOPEN',
    'SQLITE_IOERR',
    'SQLITE_FULL',
    'SQLITE_READONLY',
    'SQLITE_PERM',
  ];
  if (unreachable.some((prefix) => code.startsWith(prefix)))
    return new StoreRefused('unreachable', `the store cannot be used now (${code})`);
  return error;
}

/** Writes any JSON-able value as text; absent is null. */
export function toJson(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/** Reads a value that {@link toJson} wrote. Throws StoreRefused for anything else; the parser's sentence would quote it. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreRefused('corrupt', 'the store is damaged: a value that was JSON is none');
  }
}
