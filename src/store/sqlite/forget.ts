/**
 * Forgetting a person: one transaction that takes what names them and leaves what suppresses them (I19).
 *
 * Facts keep their number, hash and what was said; contact and address become keyed names, so that whoever comes back is
 * still held to them (I1). Records, links, operations and waiting rows go whole, journal entries lose their texts. Refused
 * while a pass is at work, or while an opt-out of this person is still to be carried out: forgetting it would mail them
 * (I3). Must never touch what the two sides hold.
 */
import type { Erased, ForgetAnswer, ForgetOrder, Owner } from '../rows.ts';
import { namesBy, sealOf } from '../forgotten.ts';
import { openHead } from './chain.ts';
import type { Db } from './database.ts';
import { eraseTexts, eraseRows } from './forget-rows.ts';
import { type Holder, holdersOf, wordsFor } from './forget-person.ts';
import { addJournal } from './journal.ts';
import { findHolder } from './leases.ts';

/** Forgets whoever has this address. */
export function forget(db: Db, isAlive: (owner: Owner) => boolean | null, order: ForgetOrder): ForgetAnswer {
  const answer = db.write('forget', () => decide(db, isAlive, order));
  return answer.kind === 'forgotten' ? { ...answer, swept: sweep(db) } : answer;
}

function decide(db: Db, isAlive: (owner: Owner) => boolean | null, order: ForgetOrder): ForgetAnswer {
  const busy = findHolder(db, isAlive);
  if (busy !== null) return { kind: 'busy', ...busy };
  const holders = holdersOf(db, order);
  const syncs = new Set(holders.filter((one) => isUnderWay(db, one)).map(({ sync }) => sync));
  if (syncs.size > 0) return { kind: 'under-way', syncs: [...syncs].sort() };
  return { kind: 'forgotten', erased: erase(db, order, holders), swept: false };
}

/** Is an opt-out of this contact still to be written, or a write under way whose outcome nobody knows? */
function isUnderWay(db: Db, { sync, side, id }: Holder): boolean {
  const operation = `SELECT 1 FROM outbox WHERE tenant = @tenant AND sync = ? AND stream = 'contacts'
    AND ${side === 'primary' ? 'primary_id' : 'secondary_id'} = ?
    AND (state IN ('leased', 'sending', 'verifying') OR (lane = 'opt-out' AND state IN ('pending', 'parked')))`;
  const record = `SELECT 1 FROM shelves AS s CROSS JOIN record_ids AS i CROSS JOIN records AS r
    ON s.tenant = @tenant AND s.sync = ? AND s.side = ? AND s.stream = 'contacts'
    AND i.tenant = @tenant AND i.shelf_id = s.shelf_id AND i.id = ? AND r.record_id = i.record_id
    AND r.agreed IS NOT r.hash AND r.state NOT IN ('explicit', 'implicit')`;
  return db.one(operation, sync, id) !== undefined || db.one(record, sync, side, id) !== undefined;
}

function erase(db: Db, order: ForgetOrder, holders: readonly Holder[]): Erased {
  // A pass whose lease has run out may still be at work: its next write must fail, for it knows the person.
  db.run('UPDATE leases SET owner_id = NULL, fence = fence + 1 WHERE tenant = @tenant');
  const facts = eraseFacts(db, order, holders);
  const key = openHead(db).key;
  const words = wordsFor(order, holders);
  const rows = eraseRows(db, holders, words);
  const erased = { facts, ...rows, journal: eraseTexts(db, holders, words, namesBy(key)) };
  const syncs = new Set(holders.map(({ sync }) => sync));
  const entry = { run: order.run, stream: null, id: null, event: 'forgotten', rule: 'erasure-asked' };
  for (const sync of syncs) addJournal(db, sync, [{ ...entry, before: null, after: null, evidence: null }]);
  return erased;
}

interface FactToForget {
  readonly factId: number;
  readonly contactId: string;
  readonly matchKey: string | null;
  readonly seq: number;
  readonly who: string;
}
const TO_FORGET = 'SELECT fact_id AS factId, contact_id AS contactId, match_key AS matchKey, seq, who FROM facts';

function eraseFacts(db: Db, { matchKey }: ForgetOrder, holders: readonly Holder[]): number {
  const byAddress = db.all<FactToForget>(
    `${TO_FORGET} WHERE tenant = @tenant AND match_key = ? AND forgotten_at IS NULL`,
    matchKey,
  );
  const byHolder = holders.flatMap(({ sync, side, id }) =>
    db.all<FactToForget>(
      `${TO_FORGET} WHERE tenant = @tenant AND sync = ? AND contact_id = ? AND side = ? AND forgotten_at IS NULL`,
      sync,
      id,
      side,
    ),
  );
  const found = new Map([...byAddress, ...byHolder].map((fact) => [fact.factId, fact]));
  if (found.size === 0) return 0;
  const { key } = openHead(db);
  const name = namesBy(key);
  const forgottenAt = db.clock.now();
  for (const fact of found.values()) {
    // What was told without an address was told about somebody who has this one: it must still suppress it.
    const named = { contactId: name(fact.contactId), matchKey: name(fact.matchKey ?? matchKey), forgottenAt };
    db.run(
      `UPDATE facts SET contact_id = ?, match_key = ?, evidence = '', forgotten_at = ?, seal = ?
       WHERE tenant = @tenant AND fact_id = ?`,
      named.contactId,
      named.matchKey,
      forgottenAt,
      sealOf(key, { ...fact, ...named }),
      fact.factId,
    );
  }
  db.run('UPDATE ledger_heads SET forgotten = forgotten + ? WHERE tenant = @tenant', found.size);
  return found.size;
}

/** Writes the file anew: free pages and the log would keep what was erased. */
function sweep(db: Db): boolean {
  try {
    db.define('VACUUM');
    db.define('PRAGMA wal_checkpoint(TRUNCATE)');
    return true;
  } catch {
    // Another process reads, or the disk is full. The erasure itself is durable; asking again sweeps again.
    return false;
  }
}
