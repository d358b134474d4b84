/**
 * A saved plan: JSON lines, readable by its owner alone, complete only with its last line.
 *
 * Decides the file's form: a header, then for each sync its lines and its summary, then the end. `apply` takes nothing
 * from a file that was cut off or edited into another form.
 */
import { z } from 'zod';
import type { Files, TextSink } from '../ports/files.ts';
import { escapeJson } from './escape.ts';
import { UsageError } from './messages.ts';
import type { PlanItem, PlanSummary } from './results.ts';

const FORM = 'concord-plan';
const VERSION = 1;

const HEADER = z.looseObject({ kind: z.literal(FORM), version: z.literal(VERSION) });
const END = z.strictObject({ kind: z.literal('end'), items: z.int() });
const LINE = z.looseObject({
  kind: z.literal('line'),
  sync: z.string(),
  stream: z.string(),
  id: z.string(),
  secondaryId: z.string().nullable(),
  action: z.enum(['insert', 'update', 'consent', 'delete', 'adopt', 'held', 'parked', 'conflict']),
  lane: z.enum(['opt-out', 'live']),
  reason: z.string(),
  changes: z.array(z.looseObject({ field: z.string() })),
  base: z.looseObject({ primary: z.string().nullable(), secondary: z.string().nullable() }),
});
const SUMMARY = z.looseObject({
  kind: z.literal('summary'),
  sync: z.string(),
  hash: z.string(),
  fingerprint: z.string(),
});
const ITEM = z.discriminatedUnion('kind', [LINE, SUMMARY, END]);

/** Writes plan items one by one; the file appears when `finish` returns. */
export class PlanWriter {
  readonly #sink: TextSink;
  #items = 0;

  private constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Starts a file that must not exist yet. Throws FileError. */
  static async begin(files: Files, path: string): Promise<PlanWriter> {
    const writer = new PlanWriter(await files.createPrivate(path, { replace: false }));
    await writer.#sink.write(`${escapeJson({ kind: FORM, version: VERSION })}\n`);
    return writer;
  }

  async add(item: PlanItem): Promise<void> {
    this.#items += 1;
    await this.#sink.write(`${escapeJson(item)}\n`);
  }

  async finish(): Promise<void> {
    await this.#sink.write(`${escapeJson({ kind: 'end', items: this.#items })}\n`);
    await this.#sink.finish();
  }

  async discard(): Promise<void> {
    await this.#sink.discard();
  }
}

/** Reads a saved plan from its start to its end, checking each line. Throws FileError and UsageError. */
export async function* readPlanFile(files: Files, path: string): AsyncGenerator<PlanItem> {
  let line = 0;
  let ended = false;
  const refuse = (): UsageError => new UsageError('bad-plan', { path, line });
  for await (const text of files.readLines(path)) {
    line += 1;
    const value = parseLine(text);
    if (line === 1 ? !HEADER.safeParse(value).success : ended) throw refuse();
    if (line === 1) continue;
    const item = ITEM.safeParse(value);
    if (!item.success || (item.data.kind === 'end' && item.data.items !== line - 2)) throw refuse();
    ended = item.data.kind === 'end';
    if (!ended) yield item.data as unknown as PlanItem;
  }
  if (!ended) throw refuse();
}

/** Reads a plan file once, before anything is done with it, and lists its syncs with their summaries. */
export async function inspectPlanFile(files: Files, path: string): Promise<readonly PlanSummary[]> {
  const summaries: PlanSummary[] = [];
  for await (const item of readPlanFile(files, path)) if (item.kind === 'summary') summaries.push(item);
  return summaries;
}

/** Reads one sync's part of a plan file. */
export async function* readPlanOf(files: Files, path: string, sync: string): AsyncGenerator<PlanItem> {
  for await (const item of readPlanFile(files, path)) if (item.sync === sync) yield item;
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
