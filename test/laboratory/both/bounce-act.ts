/**
 * Lets mail come back to the account: a row in the report of its last mailing, and nothing else. Must never look at Concord's store.
 */
import type { WorldHandle } from '../../../simulators/control/handle.ts';
import { MutationError } from '../../../simulators/world/mutate/operations.ts';
import { personAt } from '../act.ts';
import type { BounceAct } from './both-history.ts';

/** Performs it; tells whether anything happened: of who has no address nothing comes back. */
export function performBounce(act: BounceAct, world: WorldHandle): boolean {
  const before = world.state.changes.length;
  const places = act.do === 'bounce' ? [act.who] : Array.from({ length: act.n }, (_, who) => who);
  const people = new Set(places.flatMap((who) => personAt(world, who)?.id ?? []));
  for (const contact_id of people) {
    try {
      world.mutate({ op: 'bounce', contact_id, code: act.code });
    } catch (error) {
      if (!(error instanceof MutationError)) throw error;
    }
  }
  return world.state.changes.length > before;
}
