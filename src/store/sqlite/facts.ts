/**
 * Consent facts: append-only, each kept once however often it is told.
 *
 * Must never change or remove one; the database refuses it too. What a fact means is decided elsewhere.
 */
import type { ConsentFact } from '../../model/consent.ts';
import { type ChainedFact, type ChainEnd, type ChainLink, linkAfter } from '../fact-chain.ts';
import type { FactRow, Shelf } from '../rows.ts';
import type { Store } from '../store.ts';
import { openHead, putEnd } from './chain.ts';
import type { Db } from './database.ts';
import { FACT } from './fact-columns.ts';

/**
 * Adds facts, inside the caller's transaction, each chained to the one before; one that is known already stays as it
 * was first told, and the chain does not move for it.
 */
export function addFacts(db: Db, sync: string, facts: readonly ConsentFact[]): void {
  if (facts.length === 0) return;
  const { key, ...before } = openHead(db);
  let end: ChainEnd = before;
  for (const told of facts) {
    const fact = { ...told, sync, releases: releasesOf(db, told.matchKey) };
    const link = linkAfter(end, key, fact);
    if (insert(db, fact, link)) end = link;
  }
  if (end !== before) putEnd(db, end);
}

/** A fact that is told again after a release is told anew: the release must not free from what came after it. */
function releasesOf(db: Db, matchKey: string | null): number {
  if (matchKey === null) return 0;
  const sql = "SELECT count(*) AS count FROM facts WHERE tenant = @tenant AND match_key = ? AND actor = 'operator'";
  return db.one<{ count: number }>(sql, matchKey)?.count ?? 0;
}

function insert(db: Db, fact: ChainedFact, { seq, prev, who, hash }: ChainLink): boolean {
  const added = db.run(
    `INSERT INTO facts (tenant, sync, side, contact_id, match_key, medium, scope, fact, channel, actor, at, read_at,
       evidence, run, releases, seq, prev, who, hash)
     VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    fact.sync,
    fact.side,
    fact.contactId,
    fact.matchKey,
    fact.medium,
    fact.scope,
    fact.fact,
    fact.channel,
    fact.actor,
    fact.at,
    fact.readAt,
    fact.evidence,
    fact.run,
    fact.releases,
    seq,
    prev,
    who,
    hash,
  );
  return added > 0;
}

type Asked = FactRow & { readonly asked: string };

/**
 * Reads all that is on record about these addresses, over all syncs: what was told with the address, and what was told
 * without one about a contact that is known to have it. An address of which nothing is known is left out.
 */
export function consent(db: Db, matchKeys: readonly string[]): ReadonlyMap<string, readonly ConsentFact[]> {
  const found = new Map<string, ConsentFact[]>();
  for (const row of byAddress(db, matchKeys)) found.set(row.asked, [...(found.get(row.asked) ?? []), factOf(row)]);
  return found;
}

function rowOf(row: Asked): FactRow {
  const { asked: _, ...rest } = row;
  return rest;
}

function factOf(row: Asked): ConsentFact {
  const { seq: _, hash: _hash, ...fact } = rowOf(row);
  return fact;
}

function byAddress(db: Db, matchKeys: readonly string[]): readonly Asked[] {
  return db.all<Asked>(
    `WITH asked AS (SELECT DISTINCT value AS match_key FROM json_each(?)),
     holders AS (
       SELECT a.match_key, h.sync, h.side, h.contact_id FROM asked AS a CROSS JOIN facts AS h
         ON h.tenant = @tenant AND h.match_key = a.match_key
       UNION SELECT a.match_key, s.sync, s.side, r.id FROM asked AS a CROSS JOIN shelves AS s CROSS JOIN records AS r
         ON s.tenant = @tenant AND s.stream = 'contacts' AND r.tenant = @tenant AND r.shelf_id = s.shelf_id
         AND r.match_key = a.match_key)
     SELECT a.match_key AS asked, f.seq, f.hash, ${FACT} FROM asked AS a CROSS JOIN facts AS f
       ON f.tenant = @tenant AND f.match_key = a.match_key
     UNION SELECT h.match_key, f.seq, f.hash, ${FACT} FROM holders AS h CROSS JOIN facts AS f
       ON f.tenant = @tenant AND f.sync = h.sync AND f.side = h.side AND f.contact_id = h.contact_id
       AND f.match_key IS NULL
     ORDER BY 2`,
    JSON.stringify(matchKeys),
  );
}

/** Reads the facts about these contacts, in the order in which they became known. */
export function facts(db: Db, sync: string, contactIds: readonly string[]): readonly ConsentFact[] {
  return byContact(db, sync, contactIds).map(factOf);
}

function byContact(db: Db, sync: string, contactIds: readonly string[]): readonly Asked[] {
  return db.all<Asked>(
    `SELECT asked.value AS asked, f.seq, f.hash, ${FACT}
     FROM (SELECT DISTINCT value FROM json_each(?)) AS asked CROSS JOIN facts AS f
     ON f.tenant = @tenant AND f.sync = ? AND f.contact_id = asked.value ORDER BY f.fact_id`,
    JSON.stringify(contactIds),
    sync,
  );
}

/** Reads what is on record about this address and about these contacts, each fact once, in the order of the chain. */
export function factRows(db: Db, matchKey: string, contacts: Parameters<Store['factRows']>[1]): readonly FactRow[] {
  const found = [...byAddress(db, [matchKey]), ...contacts.flatMap(({ sync, ids }) => byContact(db, sync, ids))];
  const bySeq = new Map(found.map((row) => [row.seq, rowOf(row)]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** Lists the contacts and the addresses of whom any OUT or hold is known. */
export function outContacts(db: Db, sync: string): readonly string[] {
  return db
    .all<{ id: string }>(
      `SELECT contact_id AS id FROM facts WHERE tenant = @tenant AND sync = ? AND fact <> 'in'
       UNION SELECT match_key FROM facts WHERE tenant = @tenant AND match_key IS NOT NULL AND fact <> 'in'`,
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
