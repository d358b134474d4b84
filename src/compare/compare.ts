/**
 * compare: what happened to one linked record since both sides last agreed.
 *
 * Pure and total: every combination of baseline, primary and secondary has exactly one verdict. It never decides who
 * wins (policy does) and never looks at clocks or versions: only content hashes of the canonical record count.
 */
import type { SideName } from '../model/record.ts';

export type Verdict =
  /** Nothing moved. */
  | { readonly kind: 'same' }
  /** Both moved to the same content: record it, send nothing. */
  | { readonly kind: 'adopt' }
  /** One side moved: create, update or remove on the other. */
  | { readonly kind: 'propagate'; readonly from: SideName }
  /** Both moved, differently. */
  | { readonly kind: 'conflict' };

/** Compares three content hashes; null means that side has no such record (or that nothing was agreed yet). */
export function compare(base: string | null, primary: string | null, secondary: string | null): Verdict {
  const primaryMoved = base !== primary;
  const secondaryMoved = base !== secondary;
  if (primaryMoved && secondaryMoved) return primary === secondary ? { kind: 'adopt' } : { kind: 'conflict' };
  if (primaryMoved) return { kind: 'propagate', from: 'primary' };
  return secondaryMoved ? { kind: 'propagate', from: 'secondary' } : { kind: 'same' };
}
