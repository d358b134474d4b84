/**
 * All oracles of two systems: one for each promise that can be judged from outside. docs/proof.md says what each demands.
 */
import type { World } from '../../../simulators/world/world.ts';
import { ConsentTruth } from '../oracles/consent-truth.ts';
import { commandsEnd, everythingIsCounted, itIsExplained, quotaIsKept, secretsStayInside } from '../oracles/passes.ts';
import type { BothOracle } from './both-moment.ts';
import { CrmTruth } from './crm-truth.ts';
import { bouncesReachTheCrm } from './oracles/bounces.ts';
import { nobodyIsRaised, optOutsReachBoth } from './oracles/consent.ts';
import { namesArrive, nothingTwice, onlyWhatIsCarried } from './oracles/writes.ts';
import { deliveriesAreAnswered, everybodyEndsKnown, guardsHold, hourIsKept, itGoesQuiet } from './oracles/passes.ts';

/** Makes the oracles of one history; the systems stand as on their first day. */
export function createBothOracles(world: World): readonly BothOracle[] {
  const account = new ConsentTruth(world);
  const crm = new CrmTruth(world);
  return [
    commandsEnd,
    nobodyIsRaised(account, crm),
    optOutsReachBoth(account, crm),
    bouncesReachTheCrm(account, crm),
    nothingTwice(),
    onlyWhatIsCarried,
    namesArrive(account),
    itGoesQuiet,
    itIsExplained,
    guardsHold,
    everybodyEndsKnown,
    quotaIsKept,
    hourIsKept,
    everythingIsCounted,
    deliveriesAreAnswered,
    secretsStayInside,
  ];
}
