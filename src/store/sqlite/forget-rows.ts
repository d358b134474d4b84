/**
 * What goes of a person besides the facts: rows that are about them go whole, texts that name them are emptied.
 *
 * Inside the caller's transaction. Whole tables are looked through, for a text may name the person anywhere: this is a
 * rare command. Must never remove a row that is about somebody else.
 */
import type { NameForgotten } from '../forgotten.ts';
import type { Erased } from '../rows.ts';
import type { Db } from './database.ts';
import { type Holder, isNamedIn } from './forget-person.ts';
import { dropKeys } from './record-keys.ts';
import { type Counted, TallyChange } from './tallies.ts';

/** Removes records, links, operations, waiting rows and choices of these contacts, and what waits or is to be written and names them. */
export function eraseRows(
  db: Db,
  holders: readonly Holder[],
  words: readonly string[],
): Omit<Erased, 'facts' | 'journal'> {
  const count = (of: (holder: Holder) => number) => holders.reduce((sum, holder) => sum + of(holder), 0);
  for (const holder of holders) {
    eraseWhere(db, 'choices', 'id', holder);
    eraseMemberships(db, holder);
  }
  emptyMentions(db, 'runs', 'run_no', 'summary', words);
  emptyMentions(db, 'stops', 'stop_no', 'detail', words);
  return {
    records: count((holder) => eraseRecords(db, holder)),
    operations:
      count((holder) => eraseWhere(db, 'outbox', idColumn(holder), holder)) +
      eraseMentions(db, 'outbox', 'op_id', ['primary_id', 'secondary_id', 'match_keys'], words),
    waiting:
      count((holder) => eraseWhere(db, 'waiting', 'id', holder)) +
      eraseMentions(db, 'waiting', 'waiting_id', ['id', 'detail'], words),
    links: count((holder) => eraseWhere(db, 'links', idColumn(holder), holder)),
  };
}

function idColumn({ side }: Holder): string {
  return side === 'primary' ? 'primary_id' : 'secondary_id';
}

/** What was agreed of somebody's lists is linked by the same two ids, as another stream: part of the same person. */
function eraseMemberships(db: Db, holder: Holder): void {
  const sql = `DELETE FROM links WHERE tenant = @tenant AND sync = ? AND stream = 'lists' AND ${idColumn(holder)} = ?`;
  db.run(sql, holder.sync, holder.id);
}

function eraseWhere(db: Db, table: string, column: string, { sync, id }: Holder): number {
  return db.run(
    `DELETE FROM ${table} WHERE tenant = @tenant AND sync = ? AND stream = 'contacts' AND ${column} = ?`,
    sync,
    id,
  );
}

function eraseRecords(db: Db, { sync, side, id }: Holder): number {
  const rows = db.all<Counted & { recordId: number; shelfId: number }>(
    `SELECT r.record_id AS recordId, r.shelf_id AS shelfId, r.state, r.hash, r.agreed
     FROM shelves AS s CROSS JOIN records AS r INDEXED BY records_in_order
     ON s.tenant = @tenant AND s.sync = ? AND s.side = ? AND s.stream = 'contacts'
       AND r.tenant = @tenant AND r.shelf_id = s.shelf_id AND r.id = ?`,
    sync,
    side,
    id,
  );
  for (const row of rows) {
    db.run('DELETE FROM record_ids WHERE tenant = @tenant AND shelf_id = ? AND id = ?', row.shelfId, id);
    db.run('DELETE FROM records WHERE tenant = @tenant AND record_id = ?', row.recordId);
    const change = new TallyChange();
    change.gone(row);
    change.applied(db, row.shelfId);
  }
  dropKeys(
    db,
    rows.map(({ recordId }) => recordId),
  );
  return rows.length;
}

/** Finds rows of a table in which one of these columns names the person. */
function mentions(
  db: Db,
  table: string,
  key: string,
  columns: readonly string[],
  words: readonly string[],
): readonly number[] {
  const likely = columns.flatMap((column) => words.map(() => `instr(lower(${column}), ?) > 0`)).join(' OR ');
  const rows = db.all<Record<string, string | number | null>>(
    `SELECT ${key} AS rowKey, ${columns.join(', ')} FROM ${table} WHERE tenant = @tenant AND (${likely})`,
    ...columns.flatMap(() => words),
  );
  return rows
    .filter((row) => columns.some((column) => isNamedIn(String(row[column] ?? ''), words)))
    .map((row) => Number(row['rowKey']));
}

function eraseMentions(
  db: Db,
  table: string,
  key: string,
  columns: readonly string[],
  words: readonly string[],
): number {
  const found = mentions(db, table, key, columns, words);
  for (const row of found) db.run(`DELETE FROM ${table} WHERE tenant = @tenant AND ${key} = ?`, row);
  return found.length;
}

function emptyMentions(db: Db, table: string, key: string, column: string, words: readonly string[]): void {
  for (const row of mentions(db, table, key, [column], words))
    db.run(`UPDATE ${table} SET ${column} = 'null' WHERE tenant = @tenant AND ${key} = ?`, row);
}

/** Empties the texts of journal entries about these contacts, and of any other that names them. */
export function eraseTexts(db: Db, holders: readonly Holder[], words: readonly string[], name: NameForgotten): number {
  const about = holders.flatMap(({ sync, id }) =>
    db.all<{ entryId: number }>(
      `SELECT entry_id AS entryId FROM journal WHERE tenant = @tenant AND sync = ? AND stream = 'contacts' AND id = ?`,
      sync,
      id,
    ),
  );
  const own = new Set(about.map(({ entryId }) => entryId));
  const sql =
    "UPDATE journal SET before = 'null', after = 'null', evidence = NULL, id = ? WHERE tenant = @tenant AND entry_id = ?";
  for (const entryId of new Set([
    ...own,
    ...mentions(db, 'journal', 'entry_id', ['id', 'before', 'after', 'evidence'], words),
  ])) {
    const before = db.one<{ id: string | null }>(
      'SELECT id FROM journal WHERE tenant = @tenant AND entry_id = ?',
      entryId,
    );
    const id = before?.id ?? null;
    const names = id !== null && (own.has(entryId) || isNamedIn(id, words));
    db.run(sql, names ? name(id) : id, entryId);
    own.add(entryId);
  }
  return own.size;
}
