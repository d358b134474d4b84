/**
 * What the daemon tells while it runs, as plain facts.
 *
 * Decides the words of `serve --json`. Times are ms since 1970; null: never.
 */
import type { PassResult } from './results.ts';

export type ServeItem =
  | {
      readonly kind: 'serving';
      readonly syncs: readonly { readonly sync: string; readonly nextAt: number | null }[];
      /** Syncs without a schedule: they run only by hand. */
      readonly unscheduled: readonly string[];
      /** The port on which webhooks are received; null: none is. */
      readonly listening: number | null;
    }
  /** A delivery came with the id of another one and other content: somebody holds the secret who should not, or the sender errs. */
  | { readonly kind: 'alarm'; readonly connection: string }
  | { readonly kind: 'pass'; readonly result: PassResult; readonly nextAt: number | null };
