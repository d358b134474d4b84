/**
 * verify: reads both sides completely and accounts for each difference.
 *
 * It trusts no snapshot: the primary is walked afresh and compared with the rows as they stand. It writes neither side, and
 * says of each difference what accounts for it; rows that somebody changed are put in doubt, so that the next pass
 * writes them again.
 */
import type { Call } from '../cli/application.ts';
import type { Difference, VerifyItem, VerifySummary } from '../cli/results.ts';
import type { Sync } from '../config/config.ts';
import { settle, type ReadBy } from '../consent/standing.ts';
import { PassCut, waitKey, type PassContext } from '../engine/context.ts';
import { IdSet } from '../model/id-set.ts';
import type { PlanStep } from '../engine/lane.ts';
import { onRecord } from '../engine/on-record.ts';
import { attempt, end } from '../engine/pass.ts';
import { readWhole } from '../engine/unread.ts';
import type { Contact } from '../model/contact.ts';
import { PARKED } from '../engine/submit-intents.ts';
import { LEFT_THERE } from '../engine/table-carry.ts';
import { contentHash } from '../model/hash.ts';
import type { Reading, StreamName } from '../model/record.ts';
import type { Known, Shelf } from '../store/rows.ts';
import { endingOf, inSession } from './frame.ts';
import type { Installation } from './installation.ts';
import { streamed } from './streamed.ts';

interface Account {
  compared: number;
  equal: number;
  readonly differences: Record<string, number>;
  readonly emit: (item: VerifyItem) => Promise<void>;
}

/** A listing that goes on longer than this has no end. */
const MAX_PAGES = 40_000;

/** Compares all streams of a sync. */
export function verifySync(at: Installation, sync: Sync, call: Call): AsyncIterable<VerifyItem> {
  return streamed(async (emit) => {
    const account: Account = { compared: 0, equal: 0, differences: {}, emit };
    const session = await inSession(at, sync, call, 'plan', 'verify', async (ctx) => {
      const cut = await attempt(ctx, async () => {
        await ctx.lane.inspect(ctx.sync.streams);
        // A listing of the other side that breaks off proves nothing about what differs.
        if (ctx.lane.read !== undefined && !(await ctx.lane.read(ctx, true))) throw new PassCut('source-answers-badly');
        for (const stream of ctx.sync.streams) await verifyStream(ctx, stream, account);
      });
      return cut ?? end('done', null);
    });
    const { summary } = session;
    await emit({
      kind: 'summary',
      ...endingOf(sync, session),
      sync: sync.name,
      compared: account.compared,
      equal: account.equal,
      differences: account.differences,
      agree: summary.outcome === 'done' && account.compared === account.equal,
      requests: summary.requests,
      durationMs: summary.durationMs,
    } satisfies VerifySummary);
  });
}

async function verifyStream(ctx: PassContext, stream: StreamName, account: Account): Promise<void> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', stream);
  const shown = new IdSet();
  const asked = new IdSet();
  let from: string | null = null;
  for (let pages = 0; ; pages += 1) {
    // Only a listing that ended tells what is missing at the source.
    if (pages >= MAX_PAGES || (from !== null && asked.has(from))) throw new PassCut('listing-without-end', { stream });
    if (from !== null) asked.add(from);
    await ctx.keepLease();
    const page = readWhole(await ctx.source.snapshot(stream, from, ctx.signal));
    const fresh = page.readings.filter((reading) => !shown.has(reading.id));
    const refused = page.refused.filter((record) => !shown.has(record.id));
    for (const record of [...page.readings, ...page.refused]) shown.add(record.id);
    await comparePage(ctx, shelf, fresh, account);
    for (const { id } of refused) await reportUnreadable(ctx, stream, id, account);
    ctx.emit({ kind: 'progress', phase: 'verifying', stream, done: account.compared, total: page.total });
    if (page.next === null) break;
    from = page.next;
  }
  await findExtraRows(ctx, shelf, shown, account);
}

async function comparePage(
  ctx: PassContext,
  shelf: Shelf,
  readings: readonly Reading[],
  account: Account,
): Promise<void> {
  const known = await ctx.store.known(
    shelf,
    readings.map((reading) => reading.id),
  );
  const settled =
    shelf.stream === 'contacts' ? await settleAll(ctx, readings as readonly Reading<Contact>[]) : readings;
  const steps = await ctx.lane.compareWith(ctx, shelf, settled, known);
  const doubted: { recordId: number; hash: string; content: string }[] = [];
  for (const [index, step] of steps.entries()) {
    account.compared += 1;
    const reading = settled[index];
    if (reading === undefined || isEqual(step, reading, known.get(step.id))) account.equal += 1;
    else {
      const cause = because(ctx, step, reading, known.get(step.id));
      if (cause === 'row-missing' || cause === 'row-was-changed')
        doubted.push({ recordId: step.recordId, hash: reading.hash, content: JSON.stringify(reading.content) });
      await report(ctx, step, cause, account);
    }
  }
  // Somebody changed these rows behind our back: the next pass writes them again.
  if (doubted.length > 0) await ctx.store.doubt(ctx.lease, shelf, doubted);
}

/** Deleted people who were never written, and rows that need nothing, are no difference. */
function isEqual(step: PlanStep, reading: Reading, known: Known | undefined): boolean {
  if (step.action === 'agree' || step.action === 'skip') return true;
  return step.before === null && reading.state === 'deleted' && known === undefined;
}

async function settleAll(ctx: PassContext, readings: readonly Reading<Contact>[]): Promise<readonly Reading[]> {
  const facts = await onRecord(ctx, readings);
  const { sync, run, clock } = ctx;
  const by: ReadBy = { sync: sync.name, side: 'primary', channel: 'verify', readAt: clock.now(), run };
  return readings.map((reading) => settle(reading, facts.get(reading.id) ?? [], by, contentHash).reading);
}

function because(ctx: PassContext, step: PlanStep, reading: Reading, known: Known | undefined): string {
  const waits = (reason: string): boolean => ctx.waits.has(waitKey(step.stream, step.id, reason));
  if (step.action === 'conflict') return 'conflict';
  // The table's own edit is on its way to the primary: the row is right.
  if (step.action === 'edit') return waits(PARKED) ? 'parked' : step.reason === LEFT_THERE ? 'dismissed' : 'pending';
  if (step.action === 'hold' || waits('out-in-table') || waits('unknown-permission')) return 'held';
  if (waits('write-refused') || waits('unreadable')) return 'parked';
  if (known === undefined) return 'new-since';
  if (known.agreed !== known.hash) return 'pending';
  if (known.hash !== reading.hash) return 'changed-since';
  return step.before === null ? 'row-missing' : 'row-was-changed';
}

async function findExtraRows(ctx: PassContext, shelf: Shelf, shown: IdSet, account: Account): Promise<void> {
  for await (const ids of ctx.lane.rows(ctx, shelf)) {
    for (const id of ids) {
      if (shown.has(id)) continue;
      account.compared += 1;
      account.differences['missing-at-source'] = (account.differences['missing-at-source'] ?? 0) + 1;
      await account.emit({
        kind: 'difference',
        sync: ctx.sync.name,
        stream: shelf.stream,
        id,
        field: null,
        primary: null,
        secondary: id,
        because: 'missing-at-source',
      });
    }
  }
}

/** What cannot be read cannot be equal: it waits for a person, as in a pass. */
async function reportUnreadable(ctx: PassContext, stream: StreamName, id: string, account: Account): Promise<void> {
  account.compared += 1;
  account.differences['parked'] = (account.differences['parked'] ?? 0) + 1;
  const told = { kind: 'difference', sync: ctx.sync.name, stream, id, field: null } as const;
  await account.emit({ ...told, primary: id, secondary: null, because: 'parked' });
}

async function report(ctx: PassContext, step: PlanStep, cause: string, account: Account): Promise<void> {
  account.differences[cause] = (account.differences[cause] ?? 0) + 1;
  const base = { kind: 'difference', sync: ctx.sync.name, stream: step.stream, id: step.id, because: cause } as const;
  // A difference that no write would mend (held, in conflict) has no changed field, and is told as a whole.
  if (step.before === null || step.changed.length === 0)
    return account.emit({ ...base, field: null, primary: step.id, secondary: step.before === null ? null : step.id });
  const lines: Difference[] = step.changed.map((field) => ({
    ...base,
    field,
    primary: step.after[field] ?? null,
    secondary: step.before?.[field] ?? null,
  }));
  for (const line of lines) await account.emit(line);
}
