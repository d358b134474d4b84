/**
 * Reading the facts: by address, by contact, and of whom any is known.
 *
 * Forgotten people are found, too: an address or an id is asked for as it is and under its keyed name, and what is found
 * by that name is told under what was asked. Must never judge what a fact means.
 */
import type { ConsentFact } from '../../model/consent.ts';
import { IdSet } from '../../model/id-set.ts';
import type { FactRow, KnownOuts, Shelf } from '../rows.ts';
import type { Store } from '../store.ts';
import { forgottenNames } from './chain.ts';
import type { Db } from './database.ts';
import { FACT } from './fact-columns.ts';

type Asked = FactRow & { readonly asked: string; readonly sought: string };

const ROW = `f.seq, f.hash, f.forgotten_at AS forgottenAt, ${FACT}`;

/** JSON object: what is sought, and what was asked for by it. */
function soughtFor(db: Db, asked: readonly string[]): string {
  const names = forgottenNames(db);
  const plain = asked.map((one) => [one, one] as const);
  const named = names === null ? [] : asked.map((one) => [names(one), one] as const);
  return JSON.stringify(Object.fromEntries([...plain, ...named]));
}

function rowOf(row: Asked): FactRow {
  const { asked: _, sought: _sought, ...rest } = row;
  return rest;
}

function factOf(row: Asked): ConsentFact {
  const { seq: _, hash: _hash, forgottenAt: _at, ...fact } = rowOf(row);
  return fact;
}

/**
 * Reads all that is on record about these addresses, over all syncs: what was told with the address, and what was told
 * without one about a contact that is known to have it. An address of which nothing is known is left out.
 */
export function consent(db: Db, matchKeys: readonly string[]): ReadonlyMap<string, readonly ConsentFact[]> {
  const found = new Map<string, ConsentFact[]>();
  for (const row of byAddress(db, matchKeys)) found.set(row.asked, [...(found.get(row.asked) ?? []), factOf(row)]);
  return found;
}

// A forgotten contact's facts count for each address it had: which of them is its last nobody can tell any more.
const OF_HOLDERS = ['f.match_key IS NULL', "f.forgotten_at IS NOT NULL AND f.contact_id <> ''"];

function byAddress(db: Db, matchKeys: readonly string[]): readonly Asked[] {
  const joined = OF_HOLDERS.map(
    (which) => `UNION SELECT h.asked, h.match_key, ${ROW} FROM holders AS h CROSS JOIN facts AS f
       ON f.tenant = @tenant AND f.sync = h.sync AND f.side = h.side AND f.contact_id = h.contact_id AND ${which}`,
  );
  const rows = db.all<Asked>(
    `WITH asked AS (SELECT key AS match_key, value AS asked FROM json_each(?)),
     holders AS (
       SELECT a.asked, a.match_key, h.sync, h.side, h.contact_id FROM asked AS a CROSS JOIN facts AS h
         ON h.tenant = @tenant AND h.match_key = a.match_key
       UNION SELECT a.asked, a.match_key, s.sync, s.side, r.id
         FROM asked AS a CROSS JOIN shelves AS s CROSS JOIN records AS r
         ON s.tenant = @tenant AND s.stream = 'contacts' AND r.tenant = @tenant AND r.shelf_id = s.shelf_id
         AND r.match_key = a.match_key)
     SELECT a.asked, a.match_key AS sought, ${ROW} FROM asked AS a CROSS JOIN facts AS f
       ON f.tenant = @tenant AND f.match_key = a.match_key
     ${joined.join('\n')} ORDER BY seq`,
    soughtFor(db, matchKeys),
  );
  return rows.map((row) => (row.matchKey === row.sought ? { ...row, matchKey: row.asked } : row));
}

/** Reads the facts about these contacts, in the order in which they became known. */
export function facts(db: Db, sync: string, contactIds: readonly string[]): readonly ConsentFact[] {
  return byContact(db, sync, contactIds).map(factOf);
}

function byContact(db: Db, sync: string, contactIds: readonly string[]): readonly Asked[] {
  const rows = db.all<Asked>(
    `SELECT asked.value AS asked, asked.key AS sought, ${ROW}
     FROM json_each(?) AS asked CROSS JOIN facts AS f
     ON f.tenant = @tenant AND f.sync = ? AND f.contact_id = asked.key ORDER BY f.fact_id`,
    soughtFor(db, contactIds),
    sync,
  );
  return rows.map((row) => ({ ...row, contactId: row.asked }));
}

/** Reads what is on record about this address and about these contacts, each fact once, in the order of the chain. */
export function factRows(db: Db, matchKey: string, contacts: Parameters<Store['factRows']>[1]): readonly FactRow[] {
  const found = [...contacts.flatMap(({ sync, ids }) => byContact(db, sync, ids)), ...byAddress(db, [matchKey])];
  const bySeq = new Map(found.map((row) => [row.seq, rowOf(row)]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** Gives the contacts and the addresses of whom any OUT or hold is known. */
export function knownOuts(db: Db, sync: string): KnownOuts {
  const known = new IdSet();
  const rows = db.each<{ name: string }>(
    `SELECT contact_id AS name FROM facts WHERE tenant = @tenant AND sync = ? AND fact <> 'in'
     UNION ALL SELECT match_key FROM facts WHERE tenant = @tenant AND match_key IS NOT NULL AND fact <> 'in'`,
    sync,
  );
  for (const { name } of rows) known.add(name);
  const names = forgottenNames(db);
  return {
    get size() {
      return known.size;
    },
    has: (name) => known.has(name) || (names !== null && known.has(names(name))),
    add: (name) => known.add(name),
  };
}

/** Lists the newest OUTs of all mail (those without a time last) of contacts on this shelf who are unsubscribed now. */
export function newestOuts(db: Db, { shelfId, sync }: Shelf, limit: number): readonly ConsentFact[] {
  return db.all<ConsentFact>(
    `SELECT ${FACT} FROM facts AS f INDEXED BY facts_newest_outs CROSS JOIN records AS r
     ON r.tenant = f.tenant AND r.record_id = (SELECT i.record_id FROM record_ids AS i
       WHERE i.tenant = f.tenant AND i.shelf_id = ? AND i.id = f.contact_id)
     WHERE f.tenant = @tenant AND f.sync = ? AND f.fact = 'out' AND f.medium = 'email' AND f.scope = 'all'
       AND r.state = 'unsubscribed'
     ORDER BY f.at DESC, f.fact_id DESC LIMIT ?`,
    shelfId,
    sync,
    limit,
  );
}
