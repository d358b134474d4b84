/**
 * What both sides agreed about records, and forgetting it.
 *
 * `agreed` moves only where the record still has the hash that was agreed: a newer reading stays pending. Must never
 * leave a record that looks agreed while nobody holds its content.
 */
import type { Lease, Shelf } from '../rows.ts';
import type { Store } from '../store.ts';
import type { Db } from './database.ts';
import { addJournal } from './journal.ts';
import { leased } from './leases.ts';
import { putMarks, requireShelf } from './shelves.ts';
import { type Counted, TallyChange } from './tallies.ts';
import { putWaiting } from './waiting.ts';

type AgreeMore = Parameters<Store['agree']>[3];
interface Agreed {
  readonly recordId: number;
  readonly hash: string;
}

/** Sets `agreed` where the record still has this hash; with `dropContent` the content is let go too. */
export function agree(db: Db, lease: Lease, shelf: Shelf, items: readonly Agreed[], more: AgreeMore): void {
  leased(db, 'agree', lease, () => {
    requireShelf(db, lease, shelf);
    agreeRecords(db, shelf.shelfId, items, more.dropContent);
    putWaiting(db, lease.sync, more.waiting, more.settled);
    addJournal(db, lease.sync, more.journal);
    putMarks(db, lease.sync, more.marks);
  });
}

function agreeRecords(db: Db, shelfId: number, items: readonly Agreed[], dropContent: boolean): void {
  const change = new TallyChange();
  for (const { recordId, hash } of items) {
    const before = db.one<Counted>(
      'SELECT state, hash, agreed FROM records WHERE record_id = ? AND tenant = @tenant AND shelf_id = ?',
      recordId,
      shelfId,
    );
    if (before === undefined || before.hash !== hash) continue;
    const content = dropContent ? ', content = NULL' : '';
    db.run(`UPDATE records SET agreed = hash${content} WHERE record_id = ? AND tenant = @tenant`, recordId);
    change.moved(before, { ...before, agreed: hash });
  }
  change.applied(db, shelfId);
}

/** Makes agreed records pending again: what the other side holds is in doubt, under an agreed hash that matches nothing. */
export function doubt(
  db: Db,
  lease: Lease,
  shelf: Shelf,
  items: readonly (Agreed & { readonly content: string | null })[],
): void {
  leased(db, 'doubt', lease, () => {
    requireShelf(db, lease, shelf);
    const change = new TallyChange();
    for (const { recordId, hash, content } of items) {
      const changed = db.run(
        `UPDATE records SET agreed = '', content = coalesce(?, content)
         WHERE record_id = ? AND tenant = @tenant AND shelf_id = ? AND hash = ? AND agreed = hash
           AND coalesce(?, content) IS NOT NULL`,
        content,
        recordId,
        shelf.shelfId,
        hash,
        content,
      );
      if (changed === 0) continue;
      const sql = 'SELECT state, hash, agreed FROM records WHERE record_id = ? AND tenant = @tenant';
      const after = db.one<Counted>(sql, recordId);
      if (after !== undefined) change.moved({ ...after, agreed: hash }, after);
    }
    change.applied(db, shelf.shelfId);
  });
}

/** Agrees records of any shelf of the sync, inside the caller's transaction; their content stays. */
export function agreeInSync(db: Db, sync: string, item: Agreed): void {
  const row = db.one<{ shelfId: number }>(
    `SELECT r.shelf_id AS shelfId FROM records AS r JOIN shelves AS s ON s.tenant = r.tenant AND s.shelf_id = r.shelf_id
     WHERE r.record_id = ? AND r.tenant = @tenant AND s.sync = ?`,
    item.recordId,
    sync,
  );
  if (row !== undefined) agreeRecords(db, row.shelfId, [item], false);
}

/** Forgets that anything was agreed, or all records with walks and cursors. */
export function resetShelf(db: Db, lease: Lease, shelf: Shelf, how: { readonly records: boolean }): void {
  leased(db, 'resetShelf', lease, () => {
    requireShelf(db, lease, shelf);
    if (how.records) forgetRecords(db, shelf);
    else forgetAgreement(db, shelf);
  });
}

function forgetAgreement(db: Db, { shelfId }: Shelf): void {
  // Nobody holds the content of a record that had let it go: with an empty hash its next reading counts as new.
  db.run(
    `UPDATE records SET agreed = NULL, hash = iif(content IS NULL, '', hash), version = iif(content IS NULL, '', version),
       text_hash = NULL
     WHERE tenant = @tenant AND shelf_id = ? AND agreed IS NOT NULL`,
    shelfId,
  );
  db.run('UPDATE tallies SET agreed = 0, pending = records WHERE tenant = @tenant AND shelf_id = ?', shelfId);
}

function forgetRecords(db: Db, { shelfId }: Shelf): void {
  db.run(
    `DELETE FROM walk_pages WHERE tenant = @tenant
       AND walk_id IN (SELECT walk_id FROM walks WHERE tenant = @tenant AND shelf_id = ?)`,
    shelfId,
  );
  db.run('UPDATE shelves SET unindexed_from = NULL WHERE tenant = @tenant AND shelf_id = ?', shelfId);
  for (const table of ['walks', 'cursors', 'tallies', 'record_keys', 'record_ids', 'records'])
    db.run(`DELETE FROM ${table} WHERE tenant = @tenant AND shelf_id = ?`, shelfId);
}
