/**
 * The budget ledger, second part: windows that the vendor counts itself, for all tools of an organisation (I12).
 *
 * What the vendor said last counts, less what left here since. Of two words about one window the lower holds, for
 * answers overtake each other. Must never end a window early because a clock stepped back, nor wait for the old time
 * to come again.
 */
import type { BudgetLedger, Reservation, VendorWindow, WindowWord } from '../budget-ledger.ts';
import { takeSlot } from './budget.ts';
import type { Db } from './database.ts';

type Limits = Parameters<BudgetLedger['reserveInWindow']>[1];
type At = Parameters<BudgetLedger['reserveInWindow']>[2];

/** Our clock and the vendor's are compared to the second, and differently by each answer. */
const SAME_WINDOW_MS = 5_000;
/** A window that ends later than it lasts, and this, was told by a clock that has stepped back since. */
const LEEWAY_MS = 15 * 60_000;

/** Counts one request before it is sent. */
export function reserveInWindow(db: Db, budget: string, limits: Limits, at: At): Reservation {
  return db.write('reserveInWindow', () => {
    const window = standing(readWindow(db, budget), limits, at.now);
    const { quota, remaining, endsAt } = window;
    if (remaining <= limits.kept(quota)) return { kind: 'spent', day: 'this hour', until: endsAt };
    const taken = takeSlot(db, budget, limits.perSecond, at);
    if (taken.kind === 'go') writeWindow(db, budget, { ...window, remaining: remaining - 1 });
    return taken;
  });
}

/** A window that is over is followed by a whole one. */
function standing(known: VendorWindow | null, { quota, lengthMs }: Limits, now: number): VendorWindow {
  if (known === null) return { quota, remaining: quota, endsAt: now + lengthMs };
  if (known.endsAt <= now) return { ...known, remaining: known.quota, endsAt: now + lengthMs };
  return known.endsAt > now + lengthMs + LEEWAY_MS ? { ...known, endsAt: now + lengthMs } : known;
}

/** Notes what the vendor said of its window. */
export function noteWindow(db: Db, budget: string, told: WindowWord, now: number): void {
  db.write('noteWindow', () => {
    const known = readWindow(db, budget);
    const quota = told.quota ?? known?.quota ?? null;
    const endsAt = told.endsAt ?? known?.endsAt ?? null;
    if (quota !== null && endsAt !== null)
      writeWindow(db, budget, corrected(known, { quota, endsAt, remaining: told.remaining }, now));
  });
}

type Word = Pick<VendorWindow, 'quota' | 'endsAt'> & Pick<WindowWord, 'remaining'>;

function corrected(known: VendorWindow | null, { quota, endsAt, remaining }: Word, now: number): VendorWindow {
  // A late answer speaks of a window that is over: it can still tell how large windows are.
  if (endsAt <= now) return { ...(known ?? { remaining: quota, endsAt }), quota };
  const open = known !== null && known.endsAt > now ? known : { remaining: quota, endsAt };
  const left = remaining ?? open.remaining;
  const same = Math.abs(open.endsAt - endsAt) <= SAME_WINDOW_MS;
  return { quota, remaining: same ? Math.min(open.remaining, left) : left, endsAt };
}

/** Reads what is known of a group's window; null before its first request. */
export function readWindow(db: Db, budget: string): VendorWindow | null {
  const sql = 'SELECT quota, remaining, ends_at AS endsAt FROM budget_windows WHERE tenant = @tenant AND budget = ?';
  return db.one<{ quota: number; remaining: number; endsAt: number }>(sql, budget) ?? null;
}

function writeWindow(db: Db, budget: string, { quota, remaining, endsAt }: VendorWindow): void {
  db.run(
    `INSERT INTO budget_windows (tenant, budget, quota, remaining, ends_at) VALUES (@tenant, ?, ?, ?, ?)
     ON CONFLICT (tenant, budget) DO UPDATE
       SET quota = excluded.quota, remaining = excluded.remaining, ends_at = excluded.ends_at`,
    budget,
    quota,
    remaining,
    endsAt,
  );
}
