/**
 * Bounces in SQLite, each kept once however often a report tells it.
 *
 * Whose they are is hashed by the ledger's key, so that forgetting somebody has nothing to take here, and a report that is
 * read once more writes nobody down again (I19). Must never keep an address.
 */
import type { Bounce } from '../bounces.ts';
import { namesBy } from '../forgotten.ts';
import type { Lease } from '../rows.ts';
import { openHead, readHead } from './chain.ts';
import type { Db } from './database.ts';
import { leased } from './leases.ts';
import { putMarks } from './shelves.ts';

/** Keeps bounces and sets marks. */
export function takeBounces(
  db: Db,
  lease: Lease,
  bounces: readonly Bounce[],
  marks: Readonly<Record<string, unknown>>,
): void {
  leased(db, 'takeBounces', lease, () => {
    const name = namesBy(openHead(db).key);
    for (const { matchKey, code, at, readAt, report } of bounces)
      db.run(
        `INSERT INTO bounces (tenant, sync, name, code, at, read_at, report) VALUES (@tenant, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
        lease.sync,
        name(matchKey),
        code,
        at ?? '',
        readAt,
        report,
      );
    putMarks(db, lease.sync, marks);
  });
}

/** Reads the bounces of these addresses. */
export function bounces(db: Db, sync: string, matchKeys: readonly string[]): ReadonlyMap<string, readonly Bounce[]> {
  const head = readHead(db);
  if (head === null) return new Map();
  const name = namesBy(head.key);
  const asked = new Map(matchKeys.map((key) => [name(key), key]));
  const rows = db.all<Omit<Bounce, 'matchKey'> & { readonly name: string }>(
    `SELECT b.name, b.code, nullif(b.at, '') AS at, b.read_at AS readAt, b.report
     FROM json_each(?) AS asked CROSS JOIN bounces AS b
     ON b.tenant = @tenant AND b.sync = ? AND b.name = asked.value ORDER BY b.at, b.code`,
    JSON.stringify([...asked.keys()]),
    sync,
  );
  const told = rows.map(({ name: named, ...row }): Bounce => ({ ...row, matchKey: asked.get(named) ?? '' }));
  return Map.groupBy(told, ({ matchKey }) => matchKey);
}
