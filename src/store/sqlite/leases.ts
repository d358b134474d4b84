/**
 * Who owns a sync: leases with a fence that rises with each owner and never falls, not even by a release (I14).
 *
 * `leased` is the door of every state-changing method: it looks at the fence inside the change's own transaction.
 * Must never judge by the clock that an owner who was not replaced has lost its lease.
 */
import { LeaseLost } from '../../model/errors.ts';
import type { Lease, LeaseAnswer, Owner } from '../rows.ts';
import type { Db } from './database.ts';

interface LeaseRow {
  readonly ownerId: string | null;
  readonly host: string;
  readonly pid: number;
  readonly fence: number;
  readonly since: number;
  readonly expiresAt: number;
}

/** Makes a change under a lease; throws LeaseLost when another owner has taken over. */
export function leased<T>(db: Db, method: string, lease: Lease, change: () => T): T {
  return db.write(method, () => {
    const row = readLease(db, lease.sync);
    if (row === undefined || row.ownerId !== lease.owner.id || row.fence !== lease.fence)
      throw new LeaseLost(lease.sync);
    return change();
  });
}

/** Takes the sync if it is free, expired, or its owner is known to be dead. */
export function acquireLease(
  db: Db,
  isAlive: (owner: Owner) => boolean | null,
  sync: string,
  owner: Owner,
  ttlMs: number,
): LeaseAnswer {
  return db.write('acquireLease', () => {
    const row = readLease(db, sync);
    const now = db.clock.now();
    const holder = row === undefined ? null : holderOf(row);
    if (row !== undefined && holder !== null && row.expiresAt > now && isAlive(holder) !== false)
      return { kind: 'taken', owner: holder, since: row.since, expiresAt: row.expiresAt };
    const fence = (row?.fence ?? 0) + 1;
    db.run(
      `INSERT INTO leases (tenant, sync, owner_id, host, pid, fence, since, expires_at)
       VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (tenant, sync) DO UPDATE SET owner_id = excluded.owner_id, host = excluded.host,
         pid = excluded.pid, fence = excluded.fence, since = excluded.since, expires_at = excluded.expires_at`,
      sync,
      owner.id,
      owner.host,
      owner.pid,
      fence,
      now,
      now + ttlMs,
    );
    return { kind: 'yours', lease: { sync, owner, fence } };
  });
}

/** Finds an owner of any sync who may be at work, as `acquireLease` judges it; null: nobody is. */
export function findHolder(
  db: Db,
  isAlive: (owner: Owner) => boolean | null,
): { readonly sync: string; readonly owner: Owner } | null {
  const syncs = db.all<{ sync: string }>('SELECT sync FROM leases WHERE tenant = @tenant AND owner_id IS NOT NULL');
  for (const { sync } of syncs) {
    const row = readLease(db, sync);
    const owner = row === undefined ? null : holderOf(row);
    if (row !== undefined && owner !== null && row.expiresAt > db.clock.now() && isAlive(owner) !== false)
      return { sync, owner };
  }
  return null;
}

/** Extends a lease; also one that has run out, as long as nobody took it. */
export function renewLease(db: Db, lease: Lease, ttlMs: number): void {
  leased(db, 'renewLease', lease, () => {
    const expiresAt = db.clock.now() + ttlMs;
    db.run('UPDATE leases SET expires_at = ? WHERE tenant = @tenant AND sync = ?', expiresAt, lease.sync);
  });
}

export function releaseLease(db: Db, lease: Lease): void {
  leased(db, 'releaseLease', lease, () => {
    db.run('UPDATE leases SET owner_id = NULL WHERE tenant = @tenant AND sync = ?', lease.sync);
  });
}

function readLease(db: Db, sync: string): LeaseRow | undefined {
  return db.one<LeaseRow>(
    `SELECT owner_id AS ownerId, host, pid, fence, since, expires_at AS expiresAt
     FROM leases WHERE tenant = @tenant AND sync = ?`,
    sync,
  );
}

function holderOf(row: LeaseRow): Owner | null {
  return row.ownerId === null ? null : { id: row.ownerId, host: row.host, pid: row.pid };
}
