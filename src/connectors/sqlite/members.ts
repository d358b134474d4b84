/**
 * SQLite as a table of list memberships: the contract's methods over one file.
 *
 * Only the two named columns are read and written. A row that stands is not inserted twice; one that the table refuses is
 * told and the other people's go on. Never creates the file nor alters a schema.
 *
 * Steps: `members:write:before-commit` and `:after-commit`.
 */
import Database from 'better-sqlite3';
import type { MemberRow, MemberSide, MemberWrite } from '../../connector/members.ts';
import { readColumns, readObjects } from './catalogue.ts';
import { foldName, quote } from './dialect.ts';
import { SqliteFile, type SqliteOptions } from './driver.ts';
import { rejected } from './errors.ts';

export interface MembersMapping {
  readonly table: string;
  readonly person: string;
  readonly list: string;
}

/** Opens a table of memberships; the file is touched no sooner than the first method is called. */
export function openSqliteMembers(options: SqliteOptions & MembersMapping): MemberSide {
  return new SqliteMembers(options);
}

/** Quoted names. */
interface Shape {
  readonly table: string;
  readonly person: string;
  readonly list: string;
}

class SqliteMembers implements MemberSide {
  readonly #db: SqliteFile;
  readonly #mapping: MembersMapping;
  #known: Shape | null = null;

  constructor(options: SqliteOptions & MembersMapping) {
    this.#db = new SqliteFile(options);
    this.#mapping = options;
  }

  inspect(): Promise<void> {
    return this.#db.guard(() => {
      this.#known = readShape(this.#db, this.#mapping);
    });
  }

  read(people: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.#db.guard(() => {
      const { table, person, list } = this.#shape();
      const sql = `SELECT DISTINCT asked.value, m.${list} FROM json_each(?) AS asked CROSS JOIN ${table} AS m
        ON m.${person} = asked.value WHERE m.${list} IS NOT NULL ORDER BY asked.value, m.${list}`;
      const found = new Map<string, string[]>();
      for (const [key, name] of this.#db.all(sql, JSON.stringify(people))) {
        const names = found.get(String(key)) ?? [];
        names.push(String(name));
        found.set(String(key), names);
      }
      return found;
    });
  }

  count(): Promise<number> {
    return this.#db.guard(() => {
      const { table, person, list } = this.#shape();
      return Number(this.#db.value(`SELECT count(*) FROM (SELECT DISTINCT ${person}, ${list} FROM ${table})`));
    });
  }

  write(writes: readonly MemberWrite[]): Promise<readonly boolean[]> {
    return this.#db.guard(() =>
      this.#db.transaction('members:write', () => writes.map((write) => writeOne(this.#db, this.#shape(), write))),
    );
  }

  close(): Promise<void> {
    return this.#db.guard(() => this.#db.close());
  }

  #shape(): Shape {
    this.#known ??= readShape(this.#db, this.#mapping);
    return this.#known;
  }
}

function readShape(db: SqliteFile, { table, person, list }: MembersMapping): Shape {
  const refuse = (code: string, message: string): Error => rejected(code, db.connection, message);
  if (!db.exists()) throw refuse('SQLITE_NO_FILE', `there is no file for table "${table}"`);
  const object = readObjects(db).get(foldName(table));
  if (object?.type !== 'table') throw refuse('SQLITE_NO_TABLE', `there is no table "${table}"`);
  const columns = readColumns(db, object.name);
  const missing = [person, list].filter((name) => !columns.has(foldName(name)));
  if (missing.length > 0) {
    const names = missing.map((name) => `"${name}"`).join(', ');
    throw refuse('SQLITE_NO_COLUMN', `table "${object.name}" has no column ${names}`);
  }
  const quoted = (name: string): string => quote(columns.get(foldName(name))?.name ?? name);
  return { table: quote(object.name), person: quoted(person), list: quoted(list) };
}

/** A constraint of the table's takes back this person's rows and nobody else's. */
function writeOne(db: SqliteFile, shape: Shape, { add, remove }: MemberWrite): boolean {
  const database = db.database();
  database.exec('SAVEPOINT concord_member');
  try {
    for (const row of remove) removeRow(db, shape, row);
    for (const row of add) addRow(db, shape, row);
    database.exec('RELEASE concord_member');
    return true;
  } catch (error) {
    const refused = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_CONSTRAINT');
    if (!refused || !database.inTransaction) throw error;
    database.exec('ROLLBACK TO concord_member; RELEASE concord_member');
    return false;
  }
}

function addRow(db: SqliteFile, { table, person, list }: Shape, row: MemberRow): void {
  const there = `SELECT 1 FROM ${table} WHERE ${person} = ? AND ${list} = ?`;
  const sql = `INSERT INTO ${table} (${person}, ${list}) SELECT ?, ? WHERE NOT EXISTS (${there})`;
  db.prepare(sql).run(row.person, row.list, row.person, row.list);
}

function removeRow(db: SqliteFile, { table, person, list }: Shape, row: MemberRow): void {
  db.prepare(`DELETE FROM ${table} WHERE ${person} = ? AND ${list} = ?`).run(row.person, row.list);
}
