/**
 * From which addresses mail came back that ends a permission, by the reports of the campaigns. Must never ask Concord.
 */
import { methodKey } from '../../../simulators/virtuous/crm/types.ts';
import type { BothMoment } from './both-moment.ts';

/** Reports are read for sixty days; what is near the edge proves nothing. */
const REPORTS_LAST_MS = 59 * 24 * 3_600_000;
const USUAL_CODES: readonly string[] = ['B', 'S'];

/** When mail came back first with a code that the file names, by the address. */
export function cameBack({ world, setup, beganAt }: BothMoment): ReadonlyMap<string, number> {
  const codes = setup.bounces ?? USUAL_CODES;
  const first = new Map<string, number>();
  for (const { lastSentAt, reports } of world.campaigns.values()) {
    if (lastSentAt === null || beganAt - lastSentAt > REPORTS_LAST_MS) continue;
    for (const { address, at, bounceCode } of reports.bounces)
      if (codes.includes(bounceCode ?? ''))
        first.set(methodKey(address), Math.min(at, first.get(methodKey(address)) ?? Infinity));
  }
  return first;
}
