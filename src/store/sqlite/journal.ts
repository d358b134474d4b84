/**
 * The journal: what was decided or done, by which rule, on what evidence (I19). Append-only.
 *
 * Must never change or remove an entry; the database refuses it too.
 */
import type { StreamName } from '../../model/record.ts';
import type { JournalEntry, JournalRow, Lease } from '../rows.ts';
import { type Db, fromJson, toJson } from './database.ts';
import { leased } from './leases.ts';

/** Appends to the journal alone. */
export function note(db: Db, lease: Lease, entries: readonly JournalEntry[]): void {
  leased(db, 'note', lease, () => addJournal(db, lease.sync, entries));
}

/** Appends entries, inside the caller's transaction. */
export function addJournal(db: Db, sync: string, entries: readonly JournalEntry[]): void {
  const at = db.clock.now();
  for (const entry of entries) {
    db.run(
      `INSERT INTO journal (tenant, sync, run, at, stream, id, event, rule, before, after, evidence)
       VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      sync,
      entry.run,
      at,
      entry.stream,
      entry.id,
      entry.event,
      entry.rule,
      toJson(entry.before),
      toJson(entry.after),
      entry.evidence,
    );
  }
}

/** Reads entries, newest first; a null stream or id means any. */
export function journal(
  db: Db,
  sync: string,
  stream: StreamName | null,
  id: string | null,
  limit: number,
): readonly JournalRow[] {
  const where = ['tenant = @tenant', 'sync = ?'];
  if (stream !== null) where.push('stream = ?');
  if (id !== null) where.push('id = ?');
  // The index serves one record's story; anything wider is read backwards from the end, without sorting it first.
  const by = stream !== null && id !== null ? 'INDEXED BY journal_by_record' : 'NOT INDEXED';
  const rows = db.all<Omit<JournalRow, 'before' | 'after'> & { before: string; after: string }>(
    `SELECT run, at, stream, id, event, rule, before, after, evidence FROM journal ${by}
     WHERE ${where.join(' AND ')} ORDER BY entry_id DESC LIMIT ?`,
    ...[sync, stream, id].filter((value) => value !== null),
    limit,
  );
  return rows.map((row) => ({ ...row, before: fromJson(row.before), after: fromJson(row.after) }));
}

/** Reads what a run wrote, oldest first, after an entry. The pages of one reading add up to one walk over the journal. */
export function journalOf(
  db: Db,
  sync: string,
  run: string,
  afterEntry: number,
  limit: number,
): readonly (JournalRow & { readonly entryId: number })[] {
  const rows = db.all<Omit<JournalRow, 'before' | 'after'> & { entryId: number; before: string; after: string }>(
    `SELECT entry_id AS entryId, run, at, stream, id, event, rule, before, after, evidence FROM journal NOT INDEXED
     WHERE tenant = @tenant AND sync = ? AND run = ? AND entry_id > ? ORDER BY entry_id LIMIT ?`,
    sync,
    run,
    afterEntry,
    limit,
  );
  return rows.map((row) => ({ ...row, before: fromJson(row.before), after: fromJson(row.after) }));
}
