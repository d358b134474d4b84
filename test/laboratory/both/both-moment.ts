/** What an oracle of two systems is shown after each command. The truth is the simulators'. */
import type { Crm } from '../../../simulators/virtuous/crm/crm.ts';
import type { Change } from '../../../simulators/world/world.ts';
import type { CommonMoment, Finding, Oracle } from '../moment.ts';
import type { BothSetup, Donors } from './both-history.ts';
import type { BothMachine } from './both-machine.ts';
import type { Place } from './crm-truth.ts';

export interface BothMoment extends CommonMoment<Donors> {
  readonly setup: BothSetup;
  readonly installation: BothMachine;
  readonly crm: Crm;
  /** Every e-mail of the CRM that may be seen, as it stands now. */
  readonly places: readonly Place[];
  /** What Concord wrote into either since the last command. */
  readonly ours: readonly Change[];
  /** How many requests went beyond the hour's at the CRM. */
  readonly crmExcess: number;
  /** By contact: how many changes there were when the newest delivery about it came that was kept. */
  readonly hinted: ReadonlyMap<number, number>;
  /** What stood against the receiver since the last command. */
  readonly misanswered: readonly Finding[];
}

export type BothOracle = Oracle<BothMoment>;
