/**
 * The chain of a tenant's facts in this store: its key, its end, and following it.
 *
 * The hashes are made here and not by triggers: SQLite has no SHA-256, and a trigger that calls a function of ours would
 * refuse every other program that opens the file. The table takes no row without them, and its triggers refuse a change.
 * Must never be moved but in the transaction that adds the rows.
 */
import { type ChainEnd, ChainReader, type ChainedRow, type ChainVerdict } from '../fact-chain.ts';
import { type NameForgotten, namesBy } from '../forgotten.ts';
import type { Db } from './database.ts';
import { FACT } from './fact-columns.ts';

/** What a tenant's ledger keeps beside its facts. The key is made once and stays. */
export interface LedgerHead extends ChainEnd {
  readonly key: Uint8Array;
  /** How many facts have lost the name of their person. */
  readonly forgotten: number;
}

const ROWS_AT_ONCE = 2000;
const HEAD = 'SELECT seq, hash, key, forgotten FROM ledger_heads WHERE tenant = @tenant';

/** Reads the end of the tenant's chain; null where no fact was ever told. */
export function readHead(db: Db): LedgerHead | null {
  return db.one<LedgerHead>(HEAD) ?? null;
}

/** Reads the end of the tenant's chain, inside the caller's transaction; makes the key with the first fact. */
export function openHead(db: Db): LedgerHead {
  const found = readHead(db);
  if (found !== null) return found;
  // SQLite draws the key, seeded by the system: it decides nothing that a replay would have to repeat.
  db.run("INSERT INTO ledger_heads (tenant, seq, hash, key) VALUES (@tenant, 0, '', randomblob(32))");
  return db.one<LedgerHead>(HEAD) as LedgerHead;
}

/** Gives the maker of forgotten people's names; null where nobody was forgotten, and so nobody can be found by one. */
export function forgottenNames(db: Db): NameForgotten | null {
  const head = readHead(db);
  return head === null || head.forgotten === 0 ? null : namesBy(head.key);
}

/** Notes where the chain ends now, inside the caller's transaction. */
export function putEnd(db: Db, { seq, hash }: ChainEnd): void {
  db.run('UPDATE ledger_heads SET seq = ?, hash = ? WHERE tenant = @tenant', seq, hash);
}

/** Follows the whole chain and names its first break. */
export function verifyChain(db: Db): ChainVerdict {
  return db.read(() => {
    const head = readHead(db);
    const reader = new ChainReader(head?.key ?? new Uint8Array());
    let after = 0;
    for (;;) {
      const rows = db.all<ChainedRow>(
        `SELECT f.fact_id AS factId, ${FACT}, f.releases, f.seq, f.prev, f.who, f.hash,
           f.forgotten_at AS forgottenAt, f.seal FROM facts AS f NOT INDEXED
         WHERE f.tenant = @tenant AND f.fact_id > ? ORDER BY f.fact_id LIMIT ?`,
        after,
        ROWS_AT_ONCE,
      );
      for (const row of rows) reader.take(row);
      after = rows.at(-1)?.factId ?? after;
      if (rows.length < ROWS_AT_ONCE || reader.isBroken) break;
    }
    return reader.finish(head ?? { seq: 0, hash: '' });
  });
}
