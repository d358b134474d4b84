/**
 * waiting: what waits for a person, and what a person decides about it.
 *
 * Nothing is sent here: the next pass acts. A decision is taken as the sync's only owner, is on record, and ends with
 * the record it was made about. Must never raise consent, nor hold back an opt-out: one that was refused can be tried
 * again, never dropped.
 */
import type { Call } from '../cli/application.ts';
import type { Decision, SettleResult, WaitingItem, WaitingList } from '../cli/waiting-results.ts';
import type { Sync } from '../config/config.ts';
import { takeLease } from '../engine/session.ts';
import { SWITCHED_ON } from '../engine/switched-on.ts';
import { PARKED } from '../engine/submit-intents.ts';
import type { JournalEntry, Lease, Operation, OperationOutcome, WaitingKind, WaitingRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Installation } from './installation.ts';
import { openSide } from './parts.ts';

const MOST_READ = 20_000;
const MOST_SHOWN = 500;

/** Lists what waits in these syncs, longest waiting first. */
export async function listWaiting(
  at: Installation,
  syncs: readonly Sync[],
  kinds: readonly WaitingKind[],
): Promise<WaitingList> {
  const items: WaitingItem[] = [];
  let total = 0;
  for (const sync of syncs) {
    const rows = (await at.store.waiting(sync.name, MOST_READ)).filter(({ kind }) => kinds.includes(kind));
    total += rows.length;
    items.push(...(await describe(at, sync, rows.slice(0, MOST_SHOWN))));
  }
  return { items, total };
}

async function describe(at: Installation, sync: Sync, rows: readonly WaitingRow[]): Promise<readonly WaitingItem[]> {
  if (rows.length === 0) return [];
  const parked = await parkedOf(at.store, sync.name);
  const shelf = await at.store.shelf(sync.name, 'primary', 'contacts');
  const side = await openSide(at, sync);
  const addressOf = async ({ stream, id }: WaitingRow): Promise<string | null> => {
    if (stream !== 'contacts') return null;
    // A database that is not there says nothing of anybody; that is no reason to hide who waits.
    const content = await side.lane.content(at, shelf, id).catch(() => null);
    const address = content?.['email_address'];
    return typeof address === 'string' ? address : null;
  };
  try {
    return await Promise.all(
      rows.map(async (row) => ({
        sync: sync.name,
        kind: row.kind,
        stream: row.stream,
        id: row.id,
        address: await addressOf(row),
        reason: row.reason,
        why: whyOf(row.detail),
        since: row.since,
        ways: waysOf(row, parked),
      })),
    );
  } finally {
    await side.close();
  }
}

function whyOf(detail: unknown): string | null {
  const { why, channel } = (detail ?? {}) as { readonly why?: unknown; readonly channel?: unknown };
  return typeof why === 'string' ? why : typeof channel === 'string' ? channel : null;
}

/** What a person can do about it; what is tried again by itself needs nobody. */
function waysOf({ kind, id, reason }: WaitingRow, parked: ReadonlyMap<string, Operation>): readonly Decision[] {
  if (reason === SWITCHED_ON) return ['lower', 'keep'];
  if (kind === 'conflict' || kind === 'alarm') return ['keep'];
  const operation = reason === PARKED ? parked.get(id) : undefined;
  if (operation === undefined) return [];
  return operation.lane === 'opt-out' ? ['retry'] : ['retry', 'dismiss'];
}

async function parkedOf(store: Store, sync: string): Promise<ReadonlyMap<string, Operation>> {
  const parked = await store.operations(sync, 'parked', MOST_READ, 'primary');
  return new Map(parked.map((operation) => [operation.primaryId, operation]));
}

/** Takes a decision about one thing that waits, or (`id` null) about all to which it applies. */
export async function settleWaiting(
  at: Installation,
  sync: Sync,
  decision: Decision,
  id: string | null,
  call: Call,
): Promise<SettleResult> {
  const { store, ports } = at;
  const answer = await takeLease({ ...ports, store, signal: call.signal }, sync.name);
  if ('heldBy' in answer) {
    const { host, pid } = answer.heldBy;
    return { sync: sync.name, decision, settled: [], refused: null, owner: `${host}, process ${pid}` };
  }
  try {
    const found = (await store.waiting(sync.name, MOST_READ, id === null ? {} : { id })).map((row) => ({ row }));
    const parked = await parkedOf(store, sync.name);
    const chosen = found.filter(({ row }) => waysOf(row, parked).includes(decision)).map(({ row }) => row);
    if (chosen.length > 0) await record(at, sync, answer.lease, decision, chosen, parked);
    const refused = chosen.length > 0 ? null : found.length === 0 ? 'nothing-waits' : 'not-for-this';
    return { sync: sync.name, decision, settled: chosen.map((row) => row.id), refused, owner: null };
  } finally {
    await store.releaseLease(answer.lease).catch(() => undefined);
  }
}

async function record(
  at: Installation,
  sync: Sync,
  lease: Lease,
  decision: Decision,
  chosen: readonly WaitingRow[],
  parked: ReadonlyMap<string, Operation>,
): Promise<void> {
  const { store, ports } = at;
  const run = ports.ids.next();
  await store.startRun(lease, run, decision);
  const journal = chosen.map((row) => entryOf(run, decision, row));
  if (decision === 'keep') await store.choose(lease, run, chosen, journal);
  else {
    // Noted first: a kill in between leaves a word too many, never a decision that nobody took.
    await store.note(lease, journal);
    if (decision === 'lower') await lowerRows(at, sync, lease);
    const to = decision === 'retry' ? 'pending' : 'dismissed';
    const outcomes = chosen.flatMap(({ id }): OperationOutcome[] => {
      const operation = parked.get(id);
      return operation === undefined ? [] : [{ opId: operation.opId, to, reason: 'by-a-person', link: null }];
    });
    const settled = chosen.map(({ stream, id, reason }) => ({ stream, id, reason }));
    await store.settleOperations(lease, outcomes, [], settled);
  }
  await store.endRun(lease, run, 'done', { settled: chosen.length });
}

/** Has the next pass look at these rows once more: it writes the no that both had agreed on. */
async function lowerRows(at: Installation, sync: Sync, lease: Lease): Promise<void> {
  const { store } = at;
  const shelf = await store.shelf(sync.name, 'primary', 'contacts');
  const side = await openSide(at, sync);
  try {
    for await (const people of side.lane.switchedOn({ store, sync: sync.name }, shelf)) {
      const records = await Promise.all(people.map(({ id }) => store.record(shelf, id)));
      await store.doubt(lease, shelf, records.filter(hasContent));
    }
  } finally {
    await side.close();
  }
}

type Kept = Awaited<ReturnType<Store['record']>>;

function hasContent(record: Kept): record is NonNullable<Kept> & { readonly content: string } {
  return record !== null && record.content !== null;
}

function entryOf(run: string, decision: Decision, { stream, id, reason }: WaitingRow): JournalEntry {
  return {
    run,
    stream,
    id,
    event: 'decided',
    rule: `by-a-person:${decision}`,
    before: reason,
    after: decision,
    evidence: null,
  };
}
