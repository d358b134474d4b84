/**
 * Who is meant by "forget this address", in the rows of this store: contacts on both sides, and texts that name them.
 *
 * Reads only. Must never take somebody else for the person: in a text the address or the id must stand by itself.
 */
import { matchKey as toMatchKey } from '../../model/address.ts';
import type { SideName } from '../../model/record.ts';
import type { ForgetOrder } from '../rows.ts';
import type { Db } from './database.ts';

/** One contact of the person, as one side of one sync names it. */
export interface Holder {
  readonly sync: string;
  readonly side: SideName;
  readonly id: string;
}

/** Shorter ids are ordinary words or numbers: in a text they need not be the person's. */
const SHORTEST_NAME = 16;

/** Finds every contact that has the address, or had it by a fact that names it. */
export function holdersOf(db: Db, { matchKey, contacts }: ForgetOrder): readonly Holder[] {
  const told = contacts.flatMap(({ sync, ids }) => ids.map((id): Holder => ({ sync, side: 'primary', id })));
  const stored = db.all<Holder>(
    `SELECT sync, side, contact_id AS id FROM facts
       WHERE tenant = @tenant AND match_key = ? AND contact_id <> '' AND forgotten_at IS NULL
     UNION SELECT s.sync, s.side, r.id FROM shelves AS s CROSS JOIN records AS r
       ON s.tenant = @tenant AND s.stream = 'contacts' AND r.tenant = @tenant AND r.shelf_id = s.shelf_id
       AND r.match_key = ?
     UNION SELECT s.sync, s.side, r.id FROM record_keys AS k CROSS JOIN records AS r CROSS JOIN shelves AS s
       ON k.tenant = @tenant AND k.key = ? AND r.record_id = k.record_id AND r.tenant = @tenant
       AND s.tenant = @tenant AND s.shelf_id = r.shelf_id AND s.stream = 'contacts'`,
    matchKey,
    matchKey,
    matchKey,
  );
  const found = new Map(
    [...told, ...stored, ...pendingOf(db, matchKey)].map((one) => [JSON.stringify([one.sync, one.side, one.id]), one]),
  );
  for (const one of found.values()) {
    for (const linked of linkedTo(db, one)) found.set(JSON.stringify([linked.sync, linked.side, linked.id]), linked);
  }
  return [...found.values()];
}

/** Records that wait to be written carry no match key where the other side is a mirror: their content tells. */
function pendingOf(db: Db, key: string): readonly Holder[] {
  const rows = db.all<Holder & { address: string | null }>(
    `SELECT s.sync, s.side, r.id, json_extract(r.content, '$.email_address') AS address
     FROM shelves AS s CROSS JOIN records AS r
     ON s.tenant = @tenant AND s.stream = 'contacts' AND r.tenant = @tenant AND r.shelf_id = s.shelf_id
       AND r.match_key IS NULL AND r.content IS NOT NULL`,
  );
  return rows
    .filter(({ address }) => typeof address === 'string' && toMatchKey(address) === key)
    .map(({ sync, side, id }) => ({ sync, side, id }));
}

function linkedTo(db: Db, { sync, side, id }: Holder): readonly Holder[] {
  if (side === 'secondary') return [];
  const sql = `SELECT sync, 'secondary' AS side, secondary_id AS id FROM links
    WHERE tenant = @tenant AND sync = ? AND stream = 'contacts' AND primary_id = ?`;
  return db.all<Holder>(sql, sync, id);
}

/** Gives the words by which a text may name the person, in lower case. */
export function wordsFor({ matchKey, spelling }: ForgetOrder, holders: readonly Holder[]): readonly string[] {
  const ids = holders.map(({ id }) => id).filter((id) => id.length >= SHORTEST_NAME || id.includes('@'));
  return [...new Set([matchKey, spelling.trim(), ...ids].map((word) => word.toLowerCase()))];
}

/** Tells whether a text names the person: `joann@example.org` does not name `ann@example.org`. */
export function isNamedIn(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.some((word) => standsAlone(lower, word));
}

function standsAlone(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text.slice(at + word.length, at + word.length + 2);
    // A dot after an address ends a sentence, unless the domain goes on.
    if (!/[\w!#$%&'*+/=?^`{|}~.-]/.test(before) && !/^(?:[\w-]|\.\w)/.test(after)) return true;
  }
  return false;
}
