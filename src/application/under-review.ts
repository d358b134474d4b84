/** under-review: who waits for a CRM's review, as far as the store tells. Asks nobody. */
import type { UnderReview } from '../cli/way-choice.ts';
import { IN_REVIEW } from '../engine/crm-submitted.ts';
import type { Store } from '../store/store.ts';

/** Counts them; null: nobody waits. */
export async function underReview(store: Store, sync: string): Promise<UnderReview | null> {
  const [oldest] = await store.waiting(sync, 1, { reason: IN_REVIEW });
  if (oldest === undefined) return null;
  const { held } = await store.countWaiting(sync, { reason: IN_REVIEW });
  return { people: held, since: oldest.since };
}
