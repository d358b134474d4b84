/**
 * The budget ledger: slots of a sliding second and the count of each UTC day, shared by all processes on this file (I12).
 *
 * A request may arrive at the vendor at any instant between `reserve` and `settle`, so its slot is taken for that whole
 * time and a second more. Doubt counts as spent. Must never free a slot early because a clock stepped back.
 */
import type { BudgetLedger, Reservation } from '../budget-ledger.ts';
import type { Db } from './database.ts';

/** A second, and one ms because times are floored to whole ms: two arrivals are then never within one second. */
const SLOT_MS = 1_001;

type Limits = Parameters<BudgetLedger['reserve']>[1];
type At = Parameters<BudgetLedger['reserve']>[2];

/** Counts one request before it is sent. */
export function reserve(db: Db, budget: string, limits: Limits, at: At): Reservation {
  return db.write('reserve', () => {
    const days = [...new Set(at.days)];
    const now = settleTime(db, budget, at.now);
    for (const day of days) {
      const spentDay = spentReservation(db, budget, day, limits.perDay, now);
      if (spentDay !== null) return spentDay;
    }
    const taken = slotAt(db, budget, limits.perSecond, now, at.abandonAfterMs);
    if (taken.kind === 'go') for (const day of days) countDay(db, budget, day);
    return taken;
  });
}

/** Takes a slot of the sliding second, within a caller's transaction. */
export function takeSlot(db: Db, budget: string, perSecond: number, at: Omit<At, 'days'>): Reservation {
  return slotAt(db, budget, perSecond, settleTime(db, budget, at.now), at.abandonAfterMs);
}

function slotAt(db: Db, budget: string, perSecond: number, now: number, abandonAfterMs: number): Reservation {
  forget(db, budget, now, abandonAfterMs);
  const until = freeAt(db, budget, perSecond, now, abandonAfterMs);
  if (until !== null) return { kind: 'wait', until };
  const sql = 'INSERT INTO budget_slots (tenant, budget, reserved_at) VALUES (@tenant, ?, ?)';
  return { kind: 'go', slot: db.insert(sql, budget, now) };
}

/**
 * Tells the time to go by. A caller that was paused on its way here says an old one: the newest that is known holds.
 * If the clock itself stepped back, the slots' times move back with it: each is then kept up to a second longer than
 * needed, never shorter, and nobody waits for the old time to come again.
 */
function settleTime(db: Db, budget: string, said: number): number {
  const sql =
    'SELECT max(max(reserved_at, coalesce(settled_at, 0))) AS newest FROM budget_slots WHERE tenant = @tenant AND budget = ?';
  const newest = db.one<{ newest: number | null }>(sql, budget)?.newest ?? said;
  if (newest <= said) return said;
  if (db.clock.now() >= newest) return newest;
  db.run(
    `UPDATE budget_slots SET reserved_at = min(reserved_at, ?), settled_at = min(settled_at, ?)
     WHERE tenant = @tenant AND budget = ?`,
    said,
    said,
    budget,
  );
  return said;
}

function spentReservation(db: Db, budget: string, day: string, perDay: number, now: number): Reservation | null {
  const row = readDay(db, budget, day);
  // The vendor's word holds until the time it named; after that our own count decides again.
  const until = row?.until !== undefined && row.until !== null && row.until > now ? row.until : null;
  return until !== null || (row?.spent ?? 0) >= perDay ? { kind: 'spent', day, until } : null;
}

function forget(db: Db, budget: string, now: number, abandonAfterMs: number): void {
  db.run(
    'DELETE FROM budget_slots WHERE tenant = @tenant AND budget = ? AND coalesce(settled_at + ?, reserved_at + ?) <= ?',
    budget,
    SLOT_MS,
    abandonAfterMs,
    now,
  );
}

/** Tells when to ask again; null when a slot is free now. */
function freeAt(db: Db, budget: string, perSecond: number, now: number, abandonAfterMs: number): number | null {
  // One in flight may settle this very ms, hence is free a second from now at the earliest: no need to ask before.
  const row = db.one<{ taken: number; earliest: number | null }>(
    `SELECT count(*) AS taken, min(coalesce(settled_at + ?, min(? + ?, reserved_at + ?))) AS earliest
     FROM budget_slots WHERE tenant = @tenant AND budget = ?`,
    SLOT_MS,
    now,
    SLOT_MS,
    abandonAfterMs,
    budget,
  );
  if (row === undefined || row.taken < perSecond) return null;
  return row.earliest ?? now + SLOT_MS;
}

function countDay(db: Db, budget: string, day: string): void {
  db.run(
    `INSERT INTO budget_days (tenant, budget, day, spent) VALUES (@tenant, ?, ?, 1)
     ON CONFLICT (tenant, budget, day) DO UPDATE SET spent = spent + 1`,
    budget,
    day,
  );
}

/** Says that a request has ended, at the latest now; only the first word about a slot counts. */
export function settleSlot(db: Db, slot: number, now: number): void {
  db.write('settle', () => {
    const sql = `UPDATE budget_slots SET settled_at = max(reserved_at, ?)
      WHERE tenant = @tenant AND slot = ? AND settled_at IS NULL`;
    db.run(sql, now, slot);
  });
}

/** Requests counted for a group on a UTC date. */
export function spent(db: Db, budget: string, day: string): number {
  return readDay(db, budget, day)?.spent ?? 0;
}

/** Notes that the vendor called a day's quota gone; of two such words the later time holds. */
export function exhaust(db: Db, budget: string, day: string, until: number): void {
  db.write('exhaust', () => {
    db.run(
      `INSERT INTO budget_days (tenant, budget, day, spent, exhausted_until) VALUES (@tenant, ?, ?, 0, ?)
       ON CONFLICT (tenant, budget, day) DO UPDATE
         SET exhausted_until = max(coalesce(exhausted_until, 0), excluded.exhausted_until)`,
      budget,
      day,
      until,
    );
  });
}

function readDay(db: Db, budget: string, day: string): { spent: number; until: number | null } | undefined {
  const sql =
    'SELECT spent, exhausted_until AS until FROM budget_days WHERE tenant = @tenant AND budget = ? AND day = ?';
  return db.one<{ spent: number; until: number | null }>(sql, budget, day);
}
