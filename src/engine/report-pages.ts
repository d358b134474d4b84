/**
 * report-pages: reads a campaign's report newest first until a page brings nothing new.
 *
 * Decides only where to stop. While its older pages are unread that is on record: a reading that was cut short is made
 * whole by the next, which then passes over the pages that are known (I3).
 */
import type { PassContext } from './context.ts';

/** 500 rows a page: a million people by one mailing. */
const MAX_REPORT_PAGES = 2000;

export interface Report<Row> {
  /** The mark that stands while older pages are unread. */
  readonly unfinished: string;
  readonly page: (from: string | null) => Promise<{ readonly notices: readonly Row[]; readonly next: string | null }>;
  /** Leaves out what is on record already. */
  readonly fresh: (rows: readonly Row[]) => Promise<readonly Row[]>;
  /** Makes rows durable, and the marks in the same transaction. */
  readonly take: (rows: readonly Row[], marks: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** Reads one report. */
export async function readNewestFirst<Row>(ctx: PassContext, report: Report<Row>): Promise<void> {
  const { unfinished } = report;
  const cutShort = (await ctx.store.mark(ctx.sync.name, unfinished)) === true;
  let from: string | null = null;
  const seen = new Set<string>();
  for (let pages = 0; pages < MAX_REPORT_PAGES; pages += 1) {
    await ctx.keepLease();
    const answer = await report.page(from);
    const fresh = await report.fresh(answer.notices);
    const over = answer.next === null || (fresh.length === 0 && !cutShort) || seen.has(answer.next);
    await report.take(fresh, over ? {} : { [unfinished]: true });
    if (answer.next === null || over) break;
    seen.add(answer.next);
    from = answer.next;
  }
  if (cutShort || seen.size > 0) await ctx.store.setMarks(ctx.lease, { [unfinished]: false });
}
