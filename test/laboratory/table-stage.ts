/**
 * The stage of an account with a mirror and a user's table beside it: what acts mean there, and what is seen of a command.
 */
import { createHash } from 'node:crypto';
import type { Change } from '../../simulators/world/world.ts';
import { perform } from './act.ts';
import { FAIR } from './draw-weather.ts';
import type { Act, SyncName, TableHistory } from './history.ts';
import { Installation } from './installation.ts';
import type { CommonMoment, Moment, Oracle } from './moment.ts';
import { createOracles } from './oracles.ts';
import { playOn, type Played, type Stage } from './player.ts';

/** Plays a history of an account and the database beside it. */
export async function play(history: TableHistory): Promise<Played> {
  using stage = new TableStage(history);
  return await playOn(history, stage);
}

class TableStage implements Stage<Act, SyncName, Moment> {
  readonly machine: Installation;
  readonly oracles: readonly Oracle[];
  readonly fair = FAIR;
  readonly calm: readonly Act[] = [{ do: 'job-speed', ms: 5_000 }];
  readonly #history: TableHistory;

  constructor(history: TableHistory) {
    this.#history = history;
    this.machine = new Installation(history.setup);
    this.oracles = createOracles(this.machine.simulator.world.state);
  }

  perform(act: Act): boolean {
    const { simulator, secondary, home, tokens } = this.machine;
    const happened = perform(act, simulator.world, secondary, home);
    if (act.do === 'grants-end') tokens?.grantsEnded();
    return happened;
  }

  begins(): void {
    this.machine.secondary.renamedMeanwhile.clear();
  }

  look(common: CommonMoment<SyncName>): ReturnType<Stage<Act, SyncName, Moment>['look']> {
    const look = this.machine.secondary.look();
    const moment: Moment = { ...common, setup: this.#history.setup, installation: this.machine, ...look };
    const noted = { writes: look.writes, rows: digest([look.mirror, look.table]) };
    return { moment, wrote: look.writes.length > 0, noted };
  }

  /** Where a change of lists moves no time, a sync learns from its next complete read alone what the other one carried. */
  isUnseen({ kind }: Change): boolean {
    const { listChangeMovesUpdatedAt } = this.machine.simulator.world.state.switches.current;
    return !listChangeMovesUpdatedAt && (kind === 'contact.list_joined' || kind === 'contact.list_left');
  }

  requests(): number {
    return this.machine.simulator.requests.total;
  }

  [Symbol.dispose](): void {
    this.machine[Symbol.dispose]();
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
