/**
 * What `undo` answers, as plain facts: the lines of an inverse plan, and its summary.
 */
import type { StreamName } from '../model/record.ts';
import type { Outcome } from './results.ts';

export const UNDO_GROUPS = ['reversible', 'partly', 'never'] as const;
export type UndoGroup = (typeof UNDO_GROUPS)[number];

/** One change of the run, and whether it can be taken back. */
export interface UndoLine {
  readonly kind: 'line';
  readonly group: UndoGroup;
  readonly sync: string;
  readonly stream: StreamName;
  readonly id: string;
  /** The key of the row; null: none is known. */
  readonly secondaryId: string | null;
  /** Where the run wrote. */
  readonly where: 'table' | 'account' | 'mirror' | 'crm';
  /** Null: the whole record. */
  readonly field: string | null;
  /** What the run wrote. */
  readonly from: string | number | boolean | null;
  /** What stood there before. */
  readonly to: string | number | boolean | null;
  /** A code; `render-undo.ts` has its sentence. */
  readonly reason: string;
}
export interface UndoSummary {
  readonly kind: 'summary';
  readonly sync: string;
  readonly run: string;
  readonly command: string;
  readonly startedAt: number;
  /** How the run ended; null: it did not. */
  readonly outcome: Outcome | null;
  readonly lines: Readonly<Record<UndoGroup, number>>;
}
/** No inverse plan can be made of this run. */
export interface UndoRefused {
  readonly kind: 'refused';
  readonly run: string;
  readonly reason: 'unknown-run' | 'unknown-sync';
  /** The run's sync, which the configuration no longer names. */
  readonly sync: string | null;
}
export type UndoItem = UndoLine | UndoSummary | UndoRefused;
