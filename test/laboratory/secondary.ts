/**
 * The database beside Concord, as its owner sees it: a table of their own, and a log of every write that anybody could notice.
 *
 * Holds what the owner did to their rows, so that oracles can tell it from what Concord did. Must never look at Concord's store.
 */
import Database from 'better-sqlite3';
import type { Row } from '../harness/mirror-truth.ts';

/** One write that a trigger saw. */
export interface SeenWrite {
  readonly place: 'mirror' | 'table' | 'members';
  readonly what: 'insert' | 'update' | 'delete';
  /** Contact id in the mirror, address in the table and in its memberships. */
  readonly id: string;
}

export interface Look {
  readonly writes: readonly SeenWrite[];
  readonly mirror: readonly Row[];
  readonly table: readonly Row[];
  readonly members: readonly Row[];
}

const PEOPLE = `CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT,
  may_email INTEGER, remark TEXT, signed_up TEXT);
  CREATE TABLE newsletter_members (email TEXT NOT NULL, list_name TEXT NOT NULL, UNIQUE (email, list_name));
  INSERT INTO people (email, given_name, may_email, remark) VALUES ('own@example.org', 'Own', 1, 'never yours');
  CREATE TABLE seen_writes (n INTEGER PRIMARY KEY, place TEXT, what TEXT, id TEXT);`;

export class Secondary {
  readonly file: string;
  /** Rows that their owner took out, by row number, with how many changes the account had seen by then. */
  readonly withdrawn = new Map<number, number>();
  /** How often the owner changed what is carried, by address. */
  readonly edits = new Map<string, number>();
  /** Addresses of rows that their owner ever took out. */
  readonly everWithdrawn = new Set<string>();
  /** What the owner wrote beside, by row number. */
  readonly remarks = new Map<number, string>();
  /** Addresses of rows whose name their owner ever wrote. */
  readonly renamed = new Set<string>();
  /** Addresses of rows whose name their owner wrote since the command that is at work began. */
  readonly renamedMeanwhile = new Set<string>();
  /** The name that they wrote last, by address. */
  readonly names = new Map<string, string>();
  /** Rows that their owner entered with a yes, or set back to one, and Concord has not written since. */
  readonly ownersYes = new Set<string>();
  /** Addresses of rows whose owner ever took their no back. */
  readonly takenBack = new Set<string>();
  #watched = 0;

  constructor(file: string) {
    this.file = file;
    this.#with((db) =>
      db.exec(PEOPLE + watchOf('people', 'table', 'email') + watchOf('newsletter_members', 'members', 'email')),
    );
  }

  rows(sql: string): readonly Row[] {
    return this.#with((db) => db.prepare<[], Row>(sql).all());
  }

  /**
   * Looks at everything at once: what was written since the last look, the mirror's people, the table. Watches the mirror too as soon as it
   * is there, and anew each time, for the files of a crash may lack the watch.
   */
  look(): Look {
    return this.#with((db) => {
      const hasMirror = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'contacts'`).get() !== undefined;
      if (hasMirror) db.exec(watchOf('contacts', 'mirror', 'contact_id'));
      const seen = db
        .prepare<[number], SeenWrite & { n: number }>(
          'SELECT n, place, what, id FROM seen_writes WHERE n > ? ORDER BY n',
        )
        .all(this.#watched);
      for (const { place, id } of seen) if (place === 'table') this.ownersYes.delete(id);
      this.#watched = seen.at(-1)?.n ?? this.#watched;
      return {
        writes: seen.map(({ place, what, id }) => ({ place, what, id })),
        mirror: hasMirror ? db.prepare<[], Row>('SELECT * FROM contacts ORDER BY contact_id').all() : [],
        table: db.prepare<[], Row>('SELECT * FROM people ORDER BY id').all(),
        members: db.prepare<[], Row>('SELECT * FROM newsletter_members ORDER BY email, list_name').all(),
      };
    });
  }

  /** The owner takes somebody out who was in. */
  withdraw(address: string, changes: number): boolean {
    this.everWithdrawn.add(address);
    this.count(address);
    return this.#edit('UPDATE people SET may_email = 0 WHERE email = ? AND may_email = 1 RETURNING id', address, (id) =>
      this.withdrawn.set(id, changes),
    );
  }

  /** The owner corrects a name. */
  rename(address: string, name: string): boolean {
    this.renamed.add(address);
    this.renamedMeanwhile.add(address);
    this.count(address);
    const sql = 'UPDATE people SET given_name = ? WHERE email = ? RETURNING id';
    return this.#edit(sql, address, () => this.names.set(address, name), name);
  }

  /** The owner takes their own no back. */
  takeBack(address: string): boolean {
    const [row] = this.#with((db) =>
      db.prepare<[string], { id: number }>('SELECT id FROM people WHERE email = ?').all(address),
    );
    if (row === undefined || !this.withdrawn.has(row.id)) return false;
    return this.#edit('UPDATE people SET may_email = 1 WHERE email = ? RETURNING id', address, (id) => {
      this.withdrawn.delete(id);
      this.ownersYes.add(address);
      this.takenBack.add(address);
    });
  }

  remark(address: string, text: string): boolean {
    return this.#edit(
      'UPDATE people SET remark = ? WHERE email = ? RETURNING id',
      address,
      (id) => this.remarks.set(id, text),
      text,
    );
  }

  /** Notes that the owner changed what is carried. */
  count(address: string): void {
    this.edits.set(address, (this.edits.get(address) ?? 0) + 1);
  }

  /** Writes as the owner and gives what `RETURNING` says; the watch forgets it, for it is none of Concord's writes. */
  asOwner(sql: string, ...values: (string | number | null)[]): readonly Row[] {
    return this.#with((db) => {
      const last = db.prepare<[], number>('SELECT coalesce(max(n), 0) FROM seen_writes').pluck().get() ?? 0;
      const rows = db.prepare<(string | number | null)[], Row>(sql).all(...values);
      db.prepare('DELETE FROM seen_writes WHERE n > ?').run(last);
      return rows;
    });
  }

  #edit(sql: string, address: string, note: (id: number) => unknown, ...first: string[]): boolean {
    const [row] = this.asOwner(sql, ...first, address);
    if (row === undefined) return false;
    note(Number(row['id']));
    return true;
  }

  #with<T>(work: (db: Database.Database) => T): T {
    const db = new Database(this.file);
    try {
      db.pragma('synchronous = OFF');
      return work(db);
    } finally {
      db.close();
    }
  }
}

function watchOf(table: string, place: SeenWrite['place'], key: string): string {
  const on = (what: SeenWrite['what'], row: 'new' | 'old'): string =>
    `CREATE TRIGGER IF NOT EXISTS watch_${table}_${what} AFTER ${what} ON ${table}
     BEGIN INSERT INTO seen_writes (place, what, id) VALUES ('${place}', '${what}', ${row}.${key}); END;`;
  return on('insert', 'new') + on('update', 'new') + on('delete', 'old');
}
