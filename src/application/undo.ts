/**
 * undo: the inverse plan of one run, made of its journal and of how both sides stand now, and its reversible part
 * carried out.
 *
 * Nothing is sent: what goes back into the table is carried by the next pass. Entries come from the journal in pages, so
 * that a run over a whole account needs no more memory than a small one. Must never decide what can be taken back: the
 * plan's rule does.
 */
import type { Call } from '../cli/application.ts';
import type { PassResult } from '../cli/results.ts';
import type { UndoGroup, UndoItem, UndoLine } from '../cli/undo-results.ts';
import type { Sync, TableSync } from '../config/config.ts';
import type { TableRow, TableSide } from '../connector/side.ts';
import { contentOf } from '../engine/context.ts';
import { attempt, end } from '../engine/pass.ts';
import { EDITABLE } from '../engine/table-carry.ts';
import { undoInTable, type Undoable } from '../engine/undo-table.ts';
import { inverseInCrm } from '../plan/inverse-crm.ts';
import { inverseOf, type InverseLine, type Present } from '../plan/inverse.ts';
import type { TableBase, TableMapping } from '../plan/table-step.ts';
import type { JournalRow, Known, Link, Shelf } from '../store/rows.ts';
import type { Run } from '../store/run-rows.ts';
import { inSession } from './frame.ts';
import type { Installation } from './installation.ts';
import { openTableSide } from './parts.ts';
import { resultOf } from './passes.ts';

const BATCH = 500;

/** Makes the inverse plan of a run; its last item is the summary, or says why there is none. */
export async function* planUndo(at: Installation, run: string): AsyncGenerator<UndoItem> {
  const found = await find(at, run);
  if ('kind' in found) return yield found;
  const { sync } = found;
  const lines: Record<UndoGroup, number> = { reversible: 0, partly: 0, never: 0 };
  for await (const judged of sync.mode === 'table' ? tableEntries(at, sync, run) : untouchable(at, sync, run)) {
    for (const line of judged.flatMap((entry) => toLines(sync, entry))) {
      lines[line.group] += 1;
      yield line;
    }
  }
  const { command, startedAt, outcome } = found.run;
  yield { kind: 'summary', sync: sync.name, run, command, startedAt, outcome, lines };
}

/** Carries out what is reversible of a run, as a run of its own. `run` must be one of a table. */
export async function applyUndo(at: Installation, run: string, call: Call): Promise<PassResult> {
  const found = await find(at, run);
  if ('kind' in found || found.sync.mode !== 'table') throw new Error(`nothing of run ${run} is reversible`);
  const { sync } = found;
  const session = await inSession(at, sync, call, 'sync', 'undo', async (ctx) => {
    const { side, mapping, shelf } = await openTable(at, sync);
    try {
      const reversible = () => undoables(at, sync, run);
      const cut = await attempt(ctx, () => undoInTable(ctx, { side, mapping, shelf, run, find: reversible }));
      return cut ?? end('done', null);
    } finally {
      await side.close();
    }
  });
  return resultOf(at, sync, session);
}

type Found = { readonly run: Run; readonly sync: Sync } | Extract<UndoItem, { kind: 'refused' }>;

async function find(at: Installation, name: string): Promise<Found> {
  const run = await at.store.findRun(name);
  if (run === null) return { kind: 'refused', run: name, reason: 'unknown-run', sync: null };
  const sync = at.config.syncs.find((candidate) => candidate.name === run.sync);
  return sync === undefined ? { kind: 'refused', run: name, reason: 'unknown-sync', sync: run.sync } : { run, sync };
}

/** An entry with its inverse, and what that was judged by. */
interface Judged {
  readonly entry: JournalRow;
  readonly link: Link | undefined;
  readonly record: Known | null;
  readonly present: Present;
  readonly lines: readonly InverseLine[];
}

const A_MIRROR: Present = { mapping: null, row: null, base: null, content: null, editable: false };

/** Of a mirror and of a CRM nothing is put back: what stands there now does not matter. */
async function* untouchable(at: Installation, sync: Sync, run: string): AsyncGenerator<readonly Judged[]> {
  for await (const entries of entriesOf(at, sync, run))
    yield entries.map((entry) => {
      const lines = sync.mode === 'crm' ? inverseInCrm(entry) : inverseOf(entry, A_MIRROR);
      return { entry, link: undefined, record: null, present: A_MIRROR, lines };
    });
}

async function* tableEntries(at: Installation, sync: TableSync, run: string): AsyncGenerator<readonly Judged[]> {
  const table = await openTable(at, sync);
  try {
    for await (const entries of entriesOf(at, sync, run)) yield await judgeEntries(at, sync, table, entries);
  } finally {
    await table.side.close();
  }
}

async function* entriesOf(at: Installation, sync: Sync, run: string): AsyncGenerator<readonly JournalRow[]> {
  for (let after = 0; ;) {
    const entries = await at.store.journalOf(sync.name, run, after, BATCH);
    const last = entries.at(-1);
    if (last === undefined) return;
    after = last.entryId;
    yield entries;
  }
}

interface OpenTable {
  readonly side: TableSide;
  readonly mapping: TableMapping;
  readonly shelf: Shelf;
}

async function openTable({ store, ports }: Installation, sync: TableSync): Promise<OpenTable> {
  return { ...(await openTableSide(sync, ports)), shelf: await store.shelf(sync.name, 'primary', 'contacts') };
}

async function judgeEntries(
  { store }: Installation,
  sync: Sync,
  { side, mapping, shelf }: OpenTable,
  entries: readonly JournalRow[],
): Promise<readonly Judged[]> {
  const ids = [...new Set(entries.flatMap(({ id }) => (id === null ? [] : [id])))];
  const links = await store.links(sync.name, 'contacts', ids);
  const rows = await side.readByKeys([...new Set([...links.values()].map(({ secondaryId }) => secondaryId))]);
  const judged: Judged[] = [];
  for (const entry of entries) {
    const link = entry.id === null ? undefined : links.get(entry.id);
    const record = entry.id === null ? null : await store.record(shelf, entry.id);
    const content = record === null || record.content === null ? null : contentOf(record.content);
    const editable = record !== null && EDITABLE.has(record.state);
    const present: Present = { mapping, row: rowOf(link, rows), base: baseOf(link), content, editable };
    judged.push({ entry, link, record, present, lines: inverseOf(entry, present) });
  }
  return judged;
}

function rowOf(link: Link | undefined, rows: ReadonlyMap<string, TableRow>): TableRow | null {
  return link === undefined ? null : (rows.get(link.secondaryId) ?? null);
}

function baseOf(link: Link | undefined): TableBase | null {
  return (link?.baseline?.fields['table'] ?? null) as TableBase | null;
}

/** Gathers by person what can go back. */
async function* undoables(at: Installation, sync: TableSync, run: string): AsyncGenerator<readonly Undoable[]> {
  for await (const judged of tableEntries(at, sync, run)) {
    const people = new Map<string, Undoable>();
    for (const { link, record, present, lines } of judged) {
      const { row, base } = present;
      const values = valuesOf(lines);
      if (link === undefined || record === null || row === null || base === null) continue;
      if (Object.keys(values).length === 0) continue;
      const { secondaryId } = link;
      const more = people.get(record.id)?.values ?? {};
      people.set(record.id, { record, secondaryId, row, base, values: { ...values, ...more } });
    }
    if (people.size > 0) yield [...people.values()];
  }
}

function valuesOf(lines: readonly InverseLine[]): Undoable['values'] {
  return Object.fromEntries(
    lines
      .filter(({ group }) => group === 'reversible')
      .flatMap(({ field, to }) => (field === null ? [] : [[field, typeof to === 'boolean' ? Number(to) : to]])),
  );
}

function toLines(sync: Sync, { entry, link, lines }: Judged): readonly UndoLine[] {
  return lines.map((line) => ({
    kind: 'line',
    ...line,
    sync: sync.name,
    stream: entry.stream ?? 'contacts',
    id: entry.id ?? '',
    secondaryId: link?.secondaryId ?? null,
  }));
}
