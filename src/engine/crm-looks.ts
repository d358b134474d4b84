/**
 * crm-looks: looks for a few of those who wait for a CRM's review, by the reference that they were submitted under.
 *
 * Changes and hints show whoever was imported; this finds those whom they did not show. What is found is stored like any
 * reading, and the person decided by it. Must never conclude anything from not finding somebody.
 */
import { contentOf } from './context.ts';
import { storeFound } from './crm-create.ts';
import type { Crm } from './crm-people.ts';
import { IN_REVIEW, type ReviewDetail } from './crm-submitted.ts';
import type { CrmContact } from '../model/crm.ts';
import { isErrorOf } from '../model/errors.ts';
import type { Reading } from '../model/record.ts';
import { dueLooks } from '../rules/review-looks.ts';
import type { WorkContext } from './work-context.ts';

/** A pass looks for so many at most; a request each, or two. */
const LOOKS_A_PASS = 10;
/** Those who wait longest: of more than these the changes alone tell. */
const MOST = 20_000;

/** Looks for whoever is due. Throws ConnectorError. */
export async function lookForSubmitted(ctx: WorkContext, crm: Pick<Crm, 'source' | 'mapping'>): Promise<void> {
  const rows = await ctx.store.waiting(ctx.sync.name, MOST, { reason: IN_REVIEW });
  const waiting = rows.map((row) => ({ ...(row.detail as ReviewDetail), row, since: row.since }));
  for (const { row, unsure, lookedAt } of dueLooks(waiting, ctx.clock.now(), LOOKS_A_PASS)) {
    const found = await find(ctx, crm, row.id, unsure && lookedAt === null);
    await storeFound(ctx, crm, found);
    const detail = { why: null, unsure, lookedAt: ctx.clock.now() } satisfies ReviewDetail;
    const { kind, stream, id, reason } = row;
    await ctx.store.wait(ctx.lease, [{ kind, stream, id, reason, detail, run: ctx.run }], []);
  }
}

async function find(
  ctx: WorkContext,
  { source, mapping }: Pick<Crm, 'source' | 'mapping'>,
  id: string,
  byAddress: boolean,
): Promise<readonly Reading<CrmContact>[]> {
  await ctx.keepLease();
  const bearer = await source.findByReference({ source: mapping.source, id }, ctx.signal);
  if (bearer.kind === 'found') return [bearer.reading];
  const address = byAddress ? await addressOf(ctx, id) : null;
  if (address === null) return [];
  try {
    return await source.findByAddress(address, ctx.signal);
  } catch (error) {
    // One address that too many share, or that stands at a contact that cannot be read, ends nobody else's pass (I17).
    if (isErrorOf(error, 'rejected')) return [];
    throw error;
  }
}

async function addressOf({ store, sync }: WorkContext, id: string): Promise<string | null> {
  const record = await store.record(await store.shelf(sync.name, 'primary', 'contacts'), id);
  const address = record?.content === null || record === null ? null : contentOf(record.content)['email_address'];
  return typeof address === 'string' ? address : null;
}
