/**
 * Consent facts: append-only, each kept once however often it is told.
 *
 * Must never change or remove one; the database refuses it too. What a fact means is decided elsewhere.
 */
import type { ConsentFact } from '../../model/consent.ts';
import type { Shelf } from '../rows.ts';
import type { Db } from './database.ts';

/** Adds facts, inside the caller's transaction; one that is known already stays as it was first told. */
export function addFacts(db: Db, sync: string, facts: readonly ConsentFact[]): void {
  for (const fact of facts) {
    db.run(
      `INSERT INTO facts (tenant, sync, contact_id, match_key, fact, channel, actor, at, read_at, evidence, run)
       VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      sync,
      fact.contactId,
      fact.matchKey,
      fact.fact,
      fact.channel,
      fact.actor,
      fact.at,
      fact.readAt,
      fact.evidence,
      fact.run,
    );
  }
}

const FACT = `f.contact_id AS contactId, f.match_key AS matchKey, f.fact, f.channel, f.actor, f.at,
  f.read_at AS readAt, f.evidence, f.run`;

/** Reads the facts about these contacts, in the order in which they became known. */
export function facts(db: Db, sync: string, contactIds: readonly string[]): readonly ConsentFact[] {
  return db.all<ConsentFact>(
    `SELECT ${FACT} FROM (SELECT DISTINCT value FROM json_each(?)) AS asked CROSS JOIN facts AS f
     ON f.tenant = @tenant AND f.sync = ? AND f.contact_id = asked.value ORDER BY f.fact_id`,
    JSON.stringify(contactIds),
    sync,
  );
}

/** Lists the contacts of whom any OUT is known. */
export function outContacts(db: Db, sync: string): readonly string[] {
  return db
    .all<{ id: string }>(
      `SELECT DISTINCT contact_id AS id FROM facts WHERE tenant = @tenant AND sync = ? AND fact = 'out'`,
      sync,
    )
    .map((row) => row.id);
}

/** Lists the newest OUTs (those without a time last) of contacts on this shelf who are unsubscribed now. */
export function newestOuts(db: Db, { shelfId, sync }: Shelf, limit: number): readonly ConsentFact[] {
  return db.all<ConsentFact>(
    `SELECT ${FACT} FROM facts AS f INDEXED BY facts_newest_outs CROSS JOIN records AS r
     ON r.tenant = f.tenant AND r.record_id = (SELECT i.record_id FROM record_ids AS i
       WHERE i.tenant = f.tenant AND i.shelf_id = ? AND i.id = f.contact_id)
     WHERE f.tenant = @tenant AND f.sync = ? AND f.fact = 'out' AND r.state = 'unsubscribed'
     ORDER BY f.at DESC, f.fact_id DESC LIMIT ?`,
    shelfId,
    sync,
    limit,
  );
}
