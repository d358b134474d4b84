/** under-review: who waits for a CRM's review, as far as the store tells. Asks nobody. */
import type { UnderReview } from '../cli/way-choice.ts';
import { IN_REVIEW } from '../engine/crm-submitted.ts';
import type { Store } from '../store/store.ts';

/** Longest waiting first: beyond so many they are not counted one by one. */
const MOST = 20_000;

/** Counts them; null: nobody waits. */
export async function underReview(store: Store, sync: string): Promise<UnderReview | null> {
  const rows = await store.waiting(sync, MOST, { reason: IN_REVIEW });
  const [oldest] = rows;
  return oldest === undefined ? null : { people: rows.length, since: oldest.since };
}
