/**
 * All oracles: one for each promise that can be judged from outside. docs/proof.md says which promise none of them can see yet.
 */
import type { World } from '../../simulators/world/world.ts';
import type { Oracle } from './moment.ts';
import { doubtMeansOut, optOutsFirst, optOutsStick } from './oracles/consent.ts';
import { ConsentTruth } from './oracles/consent-truth.ts';
import {
  commandsEnd,
  everythingIsCounted,
  guardsHold,
  itGoesQuiet,
  quotaIsKept,
  secretsStayInside,
} from './oracles/passes.ts';
import { everybodyEndsKnown, jobsAlone, lastWordStands } from './oracles/jobs.ts';
import { tokenChainSurvives } from './oracles/tokens.ts';
import { ourWrites } from './oracles/writes.ts';
import { absenceIsNotDeletion, atRestAllIsEqual, nothingIsLost } from './oracles/records.ts';

/** Makes the oracles of one history; the account stands as on its first day. */
export function createOracles(world: World): readonly Oracle[] {
  const truth = new ConsentTruth(world);
  return [
    commandsEnd,
    optOutsStick(truth),
    doubtMeansOut(truth),
    optOutsFirst(truth),
    nothingIsLost(truth),
    atRestAllIsEqual(truth),
    itGoesQuiet,
    absenceIsNotDeletion(truth),
    guardsHold(truth),
    ourWrites(truth),
    jobsAlone(),
    lastWordStands(truth),
    everybodyEndsKnown(truth),
    quotaIsKept,
    tokenChainSurvives,
    everythingIsCounted,
    secretsStayInside,
  ];
}
