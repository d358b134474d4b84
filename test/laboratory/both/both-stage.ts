/**
 * The stage of an account and a CRM that know some of the same people: what acts mean there, and what is seen of a command.
 */
import { createHash } from 'node:crypto';
import { performInAccount } from '../act.ts';
import { performBounce } from './bounce-act.ts';
import type { CommonMoment } from '../moment.ts';
import { playOn, type Played, type Stage } from '../player.ts';
import { endOf } from './both-end.ts';
import { isAtCrm, isBounce, type BothAct, type BothHistory, type Donors } from './both-history.ts';
import { BothMachine } from './both-machine.ts';
import type { BothMoment, BothOracle } from './both-moment.ts';
import { createBothOracles } from './both-oracles.ts';
import { performAtCrm } from './crm-act.ts';
import { isOurs, placesIn } from './crm-truth.ts';
import { FAIR_BOTH } from './draw-systems.ts';

export interface PlayedBoth extends Played {
  /** What both systems are at last, in lines. */
  readonly end: readonly string[];
}

/** Plays a history of two systems. */
export async function playBoth(history: BothHistory): Promise<PlayedBoth> {
  using stage = new BothStage(history);
  const played = await playOn(history, stage);
  const { state, crm } = stage.machine.simulator.world;
  return { ...played, end: endOf(state, crm.state) };
}

class BothStage implements Stage<BothAct, Donors, BothMoment> {
  readonly machine: BothMachine;
  readonly oracles: readonly BothOracle[];
  readonly fair = FAIR_BOTH;
  readonly calm: readonly BothAct[] = [];
  readonly #history: BothHistory;
  #looked = 0;

  constructor(history: BothHistory) {
    this.#history = history;
    this.machine = new BothMachine(history.setup);
    this.oracles = createBothOracles(this.machine.simulator.world.state);
  }

  perform(act: BothAct): boolean {
    const { world } = this.machine.simulator;
    if (isBounce(act)) return performBounce(act, world);
    return isAtCrm(act) ? performAtCrm(act, world) : performInAccount(act, world) === true;
  }

  /** What the CRM told since the last command has arrived by now, where it arrives. */
  async begins(): Promise<void> {
    await this.machine.courier?.carry(false);
  }

  look(common: CommonMoment<Donors>): ReturnType<Stage<BothAct, Donors, BothMoment>['look']> {
    const { world } = this.machine.simulator;
    const crm = world.crm.state;
    const ours = common.world.changes.slice(this.#looked).filter(isOurs);
    this.#looked = common.world.changes.length;
    const places = placesIn(crm);
    const crmExcess = world.crm.requests.excess;
    const { setup } = this.#history;
    const { courier } = this.machine;
    const [hinted, misanswered] = [courier?.hinted ?? new Map<number, number>(), courier?.takeFindings() ?? []];
    const seen = { crm, places, ours, crmExcess, hinted, misanswered };
    const moment: BothMoment = { ...common, setup, installation: this.machine, ...seen };
    const noted = { writes: ours.map(({ kind }) => kind), places: digest(places) };
    return { moment, wrote: ours.length > 0, noted };
  }

  isUnseen(): boolean {
    return false;
  }

  requests(): number {
    const { requests, world } = this.machine.simulator;
    return requests.total + world.crm.requests.total;
  }

  [Symbol.dispose](): void {
    this.machine[Symbol.dispose]();
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
