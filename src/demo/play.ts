/**
 * The demo's course: a first pass, a day in the simulated account, a second pass, and a third with nothing to do.
 *
 * Decides what happens when and which figures are told; it words nothing. Every figure is put beside the truth's.
 */
import { createDrivenClock, type DrivenClock } from '../adapters/driven-clock.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { makeTemporaryFolder, removeFolder } from '../adapters/temporary-folder.ts';
import type { Call } from '../cli/application.ts';
import type { PassResult } from '../cli/results.ts';
import { contentHash } from '../model/hash.ts';
import type { Clock } from '../ports/clock.ts';
import { countAlike, touchedRecords, type Claim } from './claims.ts';
import { DAY_MS, planDay, type Happening } from './day.ts';
import { install, SYNC, type Installation } from './installation.ts';
import { findOptOuts, type OptOut } from './opt-outs.ts';
import type { Simulation } from './world.ts';

const HOUR = 3_600_000;

export interface Ending {
  readonly kind: 'ended';
  readonly optOuts: readonly OptOut[];
  readonly claims: readonly Claim[];
  readonly safe: boolean;
  /** Where everything was kept; null: removed. */
  readonly kept: string | null;
}
export type Scene =
  | { readonly kind: 'opened'; readonly people: number }
  | { readonly kind: 'pass'; readonly nth: 1 | 2 | 3; readonly result: PassResult }
  | { readonly kind: 'day'; readonly happenings: readonly Happening[] }
  | Ending;

export interface Stage {
  readonly keep: boolean;
  /** Makes the call of one pass; undone when the pass is over. */
  readonly call: () => Call & Disposable;
  /** Tells a scene as soon as it is over. */
  readonly tell: (scene: Scene) => Promise<void>;
  /** Starts the simulated account on this clock. */
  readonly simulate: (clock: { now(): number }) => Promise<Simulation>;
}

/** Plays the demo. Returns false when a pass ended early, and nothing more can be told. */
export async function playDemo(stage: Stage, base: Clock = createSystemClock()): Promise<boolean> {
  // A day and an hour back, so that what is kept ends at the present.
  const clock = createDrivenClock(base, -(DAY_MS + HOUR));
  const folder = await makeTemporaryFolder('concord-demo-');
  let simulation: Simulation | null = null;
  try {
    simulation = await stage.simulate(clock);
    const installation = await install(folder, simulation, clock);
    return await new Play(stage, clock, simulation, installation, stage.keep ? folder : null).run();
  } finally {
    await simulation?.close();
    if (!stage.keep) await removeFolder(folder);
  }
}

class Play {
  readonly #stage: Stage;
  readonly #clock: DrivenClock;
  readonly #simulation: Simulation;
  readonly #installation: Installation;
  readonly #kept: string | null;
  readonly #claims: Claim[] = [];

  constructor(
    stage: Stage,
    clock: DrivenClock,
    simulation: Simulation,
    installation: Installation,
    kept: string | null,
  ) {
    this.#stage = stage;
    this.#clock = clock;
    this.#simulation = simulation;
    this.#installation = installation;
    this.#kept = kept;
  }

  async run(): Promise<boolean> {
    const { world } = this.#simulation;
    await this.#stage.tell({ kind: 'opened', people: [...world.contacts()].length });
    if ((await this.#pass(1)) === null) return false;
    await this.#comparePeople('people in the mirror as they are, after the first pass');
    const before = world.log().length;
    await this.#day();
    const second = await this.#pass(2);
    if (second === null) return false;
    await this.#comparePeople('people in the mirror as they are, after the second pass');
    this.#claim('records that the second pass wrote', touchedRecords(world.log(before)).size, second.applied);
    const optOuts = await findOptOuts(world.log(before), this.#installation);
    this.#claim('opt-outs of the day that the mirror shows', optOuts.length, optOuts.filter((one) => one.out).length);
    const found = optOuts.filter((one) => one.channels.length > 0);
    this.#claim('opt-outs of the day with the channel that told', optOuts.length, found.length);
    if (!(await this.#idle())) return false;
    await this.#end(optOuts);
    return true;
  }

  /** Runs one pass; null when it did not end as it should, which is told. */
  async #pass(nth: 1 | 2 | 3): Promise<PassResult | null> {
    const requests = this.#simulation.requests().total;
    using call = this.#stage.call();
    const result = await this.#installation.ask((application) => application.sync(SYNC, call));
    await this.#stage.tell({ kind: 'pass', nth, result });
    const counted = Object.values(result.requests).reduce((sum, count) => sum + count, 0);
    this.#claim(`requests of pass ${nth}`, this.#simulation.requests().total - requests, counted);
    return result.outcome === 'done' ? result : null;
  }

  /** Lets the day go by, one thing after another. */
  async #day(): Promise<void> {
    const { world } = this.#simulation;
    const happenings = planDay(world);
    const pause = Math.floor(DAY_MS / (happenings.length + 1));
    for (const { operation } of happenings) {
      this.#clock.advance(pause);
      world.mutate([operation]);
    }
    this.#clock.advance(pause);
    await this.#stage.tell({ kind: 'day', happenings });
  }

  /** An hour later, with nothing changed outside, a pass must leave the mirror exactly as it is. */
  async #idle(): Promise<boolean> {
    const before = await this.#fingerprint();
    this.#clock.advance(HOUR);
    const third = await this.#pass(3);
    if (third === null) return false;
    this.#claim('records that the third pass wrote', 0, third.applied);
    this.#claim('changes of the mirror in the third pass', 0, before === (await this.#fingerprint()) ? 0 : 1);
    return true;
  }

  async #end(optOuts: readonly OptOut[]): Promise<void> {
    this.#claim('requests beyond the limits of the API', 0, this.#simulation.requests().excess);
    const status = await this.#installation.ask((application) => application.status());
    const safe = status.syncs.every((sync) => sync.safe);
    await this.#stage.tell({ kind: 'ended', optOuts, claims: this.#claims, safe, kept: this.#kept });
  }

  async #comparePeople(claim: string): Promise<void> {
    const people = [...this.#simulation.world.contacts()];
    const mirror = (await this.#installation.mirror()).get('contacts') ?? new Map();
    this.#claim(claim, people.length, countAlike(people, mirror));
  }

  async #fingerprint(): Promise<string> {
    const streams = [...(await this.#installation.mirror())];
    return contentHash(streams.map(([stream, rows]) => [stream, [...rows]]));
  }

  #claim(claim: string, truth: number, found: number): void {
    this.#claims.push({ claim, truth, found });
  }
}
