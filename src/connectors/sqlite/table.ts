/**
 * SQLite as a table of the user's own: the contract's methods over one file.
 *
 * Never creates the file, never alters a schema or a journal mode, and touches no row or column that it was not told
 * to. Rows without a key (NULL) are nobody's here: they are neither counted nor scanned.
 *
 * Steps: `table:write:before-commit` and `:after-commit`.
 */
import type { TableResult, TableRow, TableSide, TableWrite } from '../../connector/side.ts';
import { SqliteFile, type SqliteOptions } from './driver.ts';
import { findByKey, selectRows } from './table-rows.ts';
import { readShape, type TableMapping, type TableShape } from './table-shape.ts';
import { writeRows } from './table-write.ts';

export type SqliteTableOptions = SqliteOptions & TableMapping;

/** Opens a user's table; the file is touched no sooner than the first method is called. */
export async function openSqliteTable(options: SqliteTableOptions): Promise<TableSide> {
  return new SqliteTable(options);
}

class SqliteTable implements TableSide {
  readonly #db: SqliteFile;
  readonly #mapping: TableMapping;
  #known: TableShape | null = null;

  constructor(options: SqliteTableOptions) {
    this.#db = new SqliteFile(options);
    this.#mapping = options;
  }

  inspect(): Promise<void> {
    return this.#db.guard(() => {
      this.#known = readShape(this.#db, this.#mapping);
    });
  }

  readByKeys(keys: readonly string[]): Promise<ReadonlyMap<string, TableRow>> {
    return this.#db.guard(() => {
      const shape = this.#shape();
      const found = keys.map((key) => [key, findByKey(this.#db, shape, key)] as const);
      return new Map(found.flatMap(([key, hit]) => (hit === null ? [] : [[key, hit.row]])));
    });
  }

  scan(afterKey: string | null, limit: number): Promise<readonly { key: string; row: TableRow }[]> {
    return this.#db.guard(() => {
      const shape = this.#shape();
      const where = afterKey === null ? `${shape.key} IS NOT NULL` : `${shape.key} > ?`;
      const values = afterKey === null ? [limit] : [afterKey, limit];
      const rows = selectRows(this.#db, shape, `WHERE ${where} ORDER BY ${shape.key} LIMIT ?`, values);
      return rows.map(({ key, row }) => ({ key, row }));
    });
  }

  count(): Promise<number> {
    return this.#db.guard(() => {
      const shape = this.#shape();
      return Number(this.#db.value(`SELECT count(*) FROM ${shape.table} WHERE ${shape.key} IS NOT NULL`));
    });
  }

  write(writes: readonly TableWrite[]): Promise<readonly TableResult[]> {
    return this.#db.guard(() => writeRows(this.#db, this.#shape(), writes));
  }

  close(): Promise<void> {
    return this.#db.guard(() => this.#db.close());
  }

  #shape(): TableShape {
    this.#known ??= readShape(this.#db, this.#mapping);
    return this.#known;
  }
}
