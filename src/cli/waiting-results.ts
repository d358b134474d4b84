/** What the commands about waiting work answer. Shapes only. */
import type { StreamName } from '../model/record.ts';

export type WaitingKind = 'held' | 'parked' | 'conflict' | 'alarm';
/** `keep`: leave it as it is. `lower`: put back the no in the rows of a table. */
export type Decision = 'retry' | 'dismiss' | 'keep' | 'lower';

export interface WaitingItem {
  readonly sync: string;
  readonly kind: WaitingKind;
  readonly stream: StreamName;
  readonly id: string;
  /** Null where none is known. */
  readonly address: string | null;
  readonly reason: string;
  /** What the other system said, or which channel; never a value of the person's. */
  readonly why: string | null;
  readonly since: number;
  /** What can be decided about it; nothing: it is tried again by itself. */
  readonly ways: readonly Decision[];
}
export interface WaitingList {
  readonly items: readonly WaitingItem[];
  /** Of them all; beyond 500 a sync only the longest waiting are listed. */
  readonly total: number;
}

export interface SettleResult {
  readonly sync: string;
  readonly decision: Decision;
  /** Ids about which it was decided. */
  readonly settled: readonly string[];
  /** Why there was nothing to decide; null: there was. */
  readonly refused: 'nothing-waits' | 'not-for-this' | null;
  /** Who holds the sync, where nothing could be decided for that. */
  readonly owner: string | null;
}
