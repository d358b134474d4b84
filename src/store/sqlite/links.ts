/**
 * Links with their baselines: what both sides last agreed about one record.
 *
 * A link is set whole, as the caller says. Must never guess which of two links to one secondary record is right: the
 * newest is told, because a swap of addresses is confirmed one record at a time (T28).
 */
import type { StreamName } from '../../model/record.ts';
import type { JournalEntry, Lease, Link, LinkToStore } from '../rows.ts';
import { agreeInSync } from './agreement.ts';
import { type Db, fromJson, toJson } from './database.ts';
import { addJournal } from './journal.ts';
import { leased } from './leases.ts';

interface Row {
  readonly linkId: number;
  readonly stream: StreamName;
  readonly primaryId: string;
  readonly secondaryId: string;
  readonly hash: string | null;
  readonly fields: string | null;
}
const LINK = `l.link_id AS linkId, l.stream, l.primary_id AS primaryId, l.secondary_id AS secondaryId,
  l.baseline_hash AS hash, l.baseline_fields AS fields`;

/** Links records that agree already: nothing is sent. */
export function adopt(db: Db, lease: Lease, links: readonly LinkToStore[], entries: readonly JournalEntry[]): void {
  leased(db, 'adopt', lease, () => {
    for (const link of links) putLink(db, lease.sync, link);
    addJournal(db, lease.sync, entries);
  });
}

/** Sets a link, inside the caller's transaction, and agrees the record that it settles. */
export function putLink(db: Db, sync: string, link: LinkToStore): void {
  db.run(
    `INSERT INTO links (tenant, sync, stream, primary_id, secondary_id, baseline_hash, baseline_fields, set_at)
     VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tenant, sync, stream, primary_id) DO UPDATE SET secondary_id = excluded.secondary_id,
       baseline_hash = excluded.baseline_hash, baseline_fields = excluded.baseline_fields, set_at = excluded.set_at`,
    sync,
    link.stream,
    link.primaryId,
    link.secondaryId,
    link.baseline?.hash ?? null,
    link.baseline === null ? null : toJson(link.baseline.fields),
    db.clock.now(),
  );
  if (link.agrees !== null) agreeInSync(db, sync, link.agrees);
}

/** Reads links by primary id. */
export function links(db: Db, sync: string, stream: StreamName, ids: readonly string[]): ReadonlyMap<string, Link> {
  return new Map(read(db, sync, stream, 'primary_id', ids).map((row) => [row.primaryId, linkOf(row)]));
}

/** Reads links by secondary id. */
export function linksBySecondary(
  db: Db,
  sync: string,
  stream: StreamName,
  ids: readonly string[],
): ReadonlyMap<string, Link> {
  return new Map(read(db, sync, stream, 'secondary_id', ids).map((row) => [row.secondaryId, linkOf(row)]));
}

/** Lists the links to anything inside these secondary records: '0' follows '/' in the order of the index. */
export function linksInside(db: Db, sync: string, stream: StreamName, containers: readonly string[]): readonly Link[] {
  const rows = db.all<Row>(
    `SELECT ${LINK} FROM (SELECT DISTINCT value FROM json_each(?)) AS asked CROSS JOIN links AS l
     ON l.tenant = @tenant AND l.sync = ? AND l.stream = ?
       AND l.secondary_id >= asked.value || '/' AND l.secondary_id < asked.value || '0'
     ORDER BY l.secondary_id, l.link_id`,
    JSON.stringify(containers),
    sync,
    stream,
  );
  return rows.map(linkOf);
}

/** Oldest first, so that in a map the newest stays. */
function read(
  db: Db,
  sync: string,
  stream: StreamName,
  by: 'primary_id' | 'secondary_id',
  ids: readonly string[],
): readonly Row[] {
  return db.all<Row>(
    `SELECT ${LINK} FROM (SELECT DISTINCT value FROM json_each(?)) AS asked CROSS JOIN links AS l
     ON l.tenant = @tenant AND l.sync = ? AND l.stream = ? AND l.${by} = asked.value ORDER BY l.set_at, l.link_id`,
    JSON.stringify(ids),
    sync,
    stream,
  );
}

function linkOf({ linkId, stream, primaryId, secondaryId, hash, fields }: Row): Link {
  const baseline =
    hash === null || fields === null ? null : { hash, fields: fromJson(fields) as Readonly<Record<string, unknown>> };
  return { linkId, stream, primaryId, secondaryId, baseline };
}

export function countLinks(db: Db, sync: string, stream: StreamName): number {
  const sql = 'SELECT count(*) AS count FROM links WHERE tenant = @tenant AND sync = ? AND stream = ?';
  return db.one<{ count: number }>(sql, sync, stream)?.count ?? 0;
}
