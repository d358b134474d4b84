/**
 * table-lowering: an opt-out reaches the row even when the rest of its write cannot.
 *
 * A table may refuse a change (a constraint, an address that another row bears), and a row may be another contact's by
 * its link: who opted out must not stay mailable there for that. The baseline is lowered first, so that our own 0 is
 * never taken for the table's (a kill in between only repeats it). Must never raise, nor touch another column.
 */
import type { TableSide } from '../connector/side.ts';
import type { TableBase, TableMapping } from '../plan/table-step.ts';
import type { LinkToStore, Operation } from '../store/rows.ts';
import type { WorkContext } from './work-context.ts';
import type { PlanStep } from './lane.ts';
import { baselineOf, type TablePayload } from './table-operations.ts';

/** Lowers the rows of refused operations: the one that stands, and the one that bears the address they wanted. */
export async function lowerRefused(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  refused: readonly Operation[],
): Promise<void> {
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const known = await ctx.store.known(
    shelf,
    refused.map(({ primaryId }) => primaryId),
  );
  const keys = refused.flatMap(({ payload, primaryId }) => {
    const { agreed, write, secondaryId } = payload as TablePayload;
    // A no of the table's own is about that row alone, until the primary has it: then it is about the address (T28).
    const said = !agreed.outHere || known.get(primaryId)?.state === 'unsubscribed';
    return agreed.consent === 0 && said ? [write.key, secondaryId] : [];
  });
  await lowerRows(ctx, side, mapping, keys);
}

/**
 * Lowers the row of the address that somebody has moved to and opted out of, while a guard holds their write: after a swap it is
 * another contact's by its link (T28), and a no is about the address.
 */
export async function lowerAhead(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  steps: readonly PlanStep[],
): Promise<void> {
  const out = steps.filter(({ action, state }) => action === 'update' && state === 'unsubscribed');
  await lowerRows(
    ctx,
    side,
    mapping,
    out.map(({ payload }) => textOf((payload as TablePayload).write.set[mapping.key])),
  );
}

/** Lowers rows that belong to another contact by its link while the one with that address has opted out. */
export async function lowerBeside(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  steps: readonly PlanStep[],
): Promise<void> {
  const taken = steps.filter((step) => step.action === 'conflict' && step.state === 'unsubscribed');
  await lowerRows(
    ctx,
    side,
    mapping,
    taken.map((step) => textOf(step.before?.[mapping.key])),
  );
}

function textOf(key: unknown): string | null {
  return typeof key === 'string' || typeof key === 'number' ? String(key) : null;
}

async function lowerRows(
  ctx: WorkContext,
  side: TableSide,
  { consentColumn }: TableMapping,
  wanted: readonly (string | null)[],
): Promise<void> {
  const keys = [...new Set(wanted.filter((key) => key !== null && key !== ''))];
  if (consentColumn === null || keys.length === 0) return;
  const rows = [...(await side.readByKeys(keys as string[]))].filter(([, row]) => mayMail(row[consentColumn]));
  const links = await ctx.store.linksBySecondary(
    ctx.sync.name,
    'contacts',
    rows.map(([key]) => key),
  );
  await ctx.store.adopt(
    ctx.lease,
    [...links.values()].flatMap(({ stream, primaryId, secondaryId, baseline }): LinkToStore[] => {
      const base = (baseline?.fields['table'] ?? null) as TableBase | null;
      if (base === null) return [];
      return [{ stream, primaryId, secondaryId, baseline: baselineOf({ ...base, consent: 0 }, false), agrees: null }];
    }),
    rows.map(([key]) => ({
      run: ctx.run,
      stream: 'contacts',
      id: links.get(key)?.primaryId ?? null,
      event: 'consent',
      rule: 'opt-outs-are-never-held-back',
      before: { [consentColumn]: 1 },
      after: { [consentColumn]: 0 },
      evidence: null,
    })),
  );
  await side.write(rows.map(([key, row]) => ({ key, set: { [consentColumn]: 0 }, expect: row })));
}

/** Anything but a clear no, or nothing said, may be read as a yes by the table's own system. */
function mayMail(cell: string | number | null | undefined): boolean {
  return cell !== null && cell !== undefined && cell !== 0 && !['', '0'].includes(String(cell).trim());
}
