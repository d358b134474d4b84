/**
 * crm-to-do: what people have to mend in a CRM before every list and tag is carried there, as the last pass found it.
 *
 * Reads the store alone. Only what the file still asks for is told.
 */
import type { Notice } from '../cli/results.ts';
import type { Sync } from '../config/config.ts';
import { keptLabels } from '../engine/crm-label-names.ts';
import type { Installation } from './installation.ts';

/** Lists it, each by its exact name. */
export async function crmToDo({ store }: Pick<Installation, 'store'>, sync: Sync): Promise<readonly Notice[]> {
  if (sync.mode !== 'crm' || (sync.lists === null && sync.tags === null)) return [];
  const connection = sync.secondary.name;
  const kept = await keptLabels({ store, sync });
  return (kept?.todo ?? []).map(({ name, reason }) => ({
    level: 'note',
    code: `crm-label-${reason}`,
    facts: { name, connection },
  }));
}
