/**
 * undo: the inverse plan of one run, made of its journal and of how both sides stand now.
 *
 * Reads the store and the table, sends and writes nothing. Entries come from the journal in pages, so that a run over a
 * whole account needs no more memory than a small one. Must never decide what can be taken back: the plan's rule does.
 */
import type { UndoGroup, UndoItem, UndoLine } from '../cli/undo-results.ts';
import type { Sync, TableSync } from '../config/config.ts';
import type { TableRow, TableSide } from '../connector/side.ts';
import { contentOf } from '../engine/context.ts';
import { EDITABLE } from '../engine/table-carry.ts';
import { inverseOf, type Present } from '../plan/inverse.ts';
import type { TableBase, TableMapping } from '../plan/table-step.ts';
import type { JournalRow, Link, Shelf } from '../store/rows.ts';
import type { Installation } from './installation.ts';
import { openTableSide } from './parts.ts';

const BATCH = 500;

/** Makes the inverse plan of a run; its last item is the summary, or says why there is none. */
export async function* planUndo(at: Installation, run: string): AsyncGenerator<UndoItem> {
  const found = await at.store.findRun(run);
  if (found === null) return yield { kind: 'refused', run, reason: 'unknown-run', sync: null };
  const sync = at.config.syncs.find(({ name }) => name === found.sync);
  if (sync === undefined) return yield { kind: 'refused', run, reason: 'unknown-sync', sync: found.sync };
  const lines: Record<UndoGroup, number> = { reversible: 0, partly: 0, never: 0 };
  for await (const line of linesOf(at, sync, run)) {
    lines[line.group] += 1;
    yield line;
  }
  const { command, startedAt, outcome } = found;
  yield { kind: 'summary', sync: sync.name, run, command, startedAt, outcome, lines };
}

async function* linesOf(at: Installation, sync: Sync, run: string): AsyncGenerator<UndoLine> {
  const table = sync.mode === 'table' ? await openTable(at, sync) : null;
  try {
    for (let after = 0; ;) {
      const entries = await at.store.journalOf(sync.name, run, after, BATCH);
      const last = entries.at(-1);
      if (last === undefined) return;
      after = last.entryId;
      yield* table === null ? mirrorLines(sync, entries) : await tableLines(at, sync, table, entries);
    }
  } finally {
    await table?.side.close();
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

const A_MIRROR: Present = { mapping: null, row: null, base: null, content: null, editable: false };

function mirrorLines(sync: Sync, entries: readonly JournalRow[]): readonly UndoLine[] {
  return entries.flatMap((entry) => toLines(sync, entry, null, A_MIRROR));
}

async function tableLines(
  { store }: Installation,
  sync: Sync,
  { side, mapping, shelf }: OpenTable,
  entries: readonly JournalRow[],
): Promise<readonly UndoLine[]> {
  const ids = [...new Set(entries.flatMap(({ id }) => (id === null ? [] : [id])))];
  const links = await store.links(sync.name, 'contacts', ids);
  const rows = await side.readByKeys([...new Set([...links.values()].map(({ secondaryId }) => secondaryId))]);
  const lines: UndoLine[] = [];
  for (const entry of entries) {
    const link = entry.id === null ? undefined : links.get(entry.id);
    const record = entry.id === null ? null : await store.record(shelf, entry.id);
    const content = record === null || record.content === null ? null : contentOf(record.content);
    const editable = record !== null && EDITABLE.has(record.state);
    const present: Present = { mapping, row: rowOf(link, rows), base: baseOf(link), content, editable };
    lines.push(...toLines(sync, entry, link?.secondaryId ?? null, present));
  }
  return lines;
}

function rowOf(link: Link | undefined, rows: ReadonlyMap<string, TableRow>): TableRow | null {
  return link === undefined ? null : (rows.get(link.secondaryId) ?? null);
}

function baseOf(link: Link | undefined): TableBase | null {
  return (link?.baseline?.fields['table'] ?? null) as TableBase | null;
}

function toLines(sync: Sync, entry: JournalRow, secondaryId: string | null, present: Present): readonly UndoLine[] {
  return inverseOf(entry, present).map((line) => ({
    kind: 'line',
    ...line,
    sync: sync.name,
    stream: entry.stream ?? 'contacts',
    id: entry.id ?? '',
    secondaryId,
  }));
}
