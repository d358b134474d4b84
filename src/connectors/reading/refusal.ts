/**
 * One bad record never spoils its page (I17): it becomes a refusal with a reason, and the others are read.
 */
import { textHash } from '../../model/hash.ts';
import type { Content, Reading, Refused } from '../../model/record.ts';
import { isRecord, recordId, Unreadable } from './fields.ts';

/** Reads one raw record. Throws Unreadable. */
export type ReadRecord<C extends Content = Content> = (raw: unknown) => Reading<C>;

export interface Sorted<C extends Content = Content> {
  readonly readings: readonly Reading<C>[];
  readonly refused: readonly Refused[];
}

/** Reads every raw record of a page into readings and refusals. Never throws for what a record holds. */
export function readAll<C extends Content>(raws: readonly unknown[], read: ReadRecord<C>, idKey: string): Sorted<C> {
  const readings: Reading<C>[] = [];
  const refused: Refused[] = [];
  for (const raw of raws) {
    const outcome = readOr(raw, read, idKey);
    if ('reason' in outcome) refused.push(outcome);
    else readings.push(outcome);
  }
  return { readings, refused };
}

/** Reads one raw record, or says why not. */
export function readOr<C extends Content>(raw: unknown, read: ReadRecord<C>, idKey: string): Reading<C> | Refused {
  try {
    return read(raw);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { id: refusedId(raw, idKey), reason: error.message };
  }
}

/** The record's own id where it has one, else `?` and a hash, so that the same bytes are the same refusal next time. */
function refusedId(raw: unknown, idKey: string): string {
  try {
    const id = isRecord(raw) ? raw[idKey] : undefined;
    return recordId(typeof id === 'number' ? String(id) : id, idKey);
  } catch {
    return `?${textHash(safeJson(raw))}`;
  }
}

function safeJson(raw: unknown): string {
  try {
    return JSON.stringify(raw);
  } catch {
    return 'nested too deep';
  }
}
