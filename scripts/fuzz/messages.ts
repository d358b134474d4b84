/** What the watcher and its worker say to each other, and the cells that both can see while neither can speak. */
import type { Json } from '../../test/hostile/door.ts';
import type { Verdict } from '../../test/hostile/judge.ts';

export type Task =
  | {
      readonly kind: 'run';
      readonly seed: number;
      readonly from: number;
      readonly to: number;
      readonly only: string | null;
    }
  | { readonly kind: 'try'; readonly door: string; readonly input: Json };

export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly number: number; readonly verdict: Verdict }
  | { readonly kind: 'done'; readonly figures: Figures }
  | { readonly kind: 'tried'; readonly verdict: Verdict };

/** By door: how many were taken and refused, and the slowest in ms. */
export type Figures = Readonly<Record<string, { taken: number; refused: number; slowest: number }>>;

/** What a worker is started with. */
export interface Start {
  readonly cells: SharedArrayBuffer;
  /** Module of the doors: it exports `DOORS` and `prepareDoors`. */
  readonly doors: string;
}

/** Cells of the shared memory: the number under way (-1: none), and how often a new one began. */
export const CELLS = { number: 0, begun: 1 } as const;

/** No input may take longer, in time of the processor. */
export const LONGEST_MS = 1_000;
/** Nor may it wait longer, whatever else the machine does. */
export const LONGEST_WAIT_MS = 10_000;
export const MOST_RSS = 256 * 2 ** 20;
export const OLD_MB = 128;
export const YOUNG_MB = 8;
