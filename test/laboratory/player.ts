/**
 * Plays a history: lets things happen at their times, runs the commands, shows each end to the oracles, and lets all come to rest.
 *
 * Deterministic: one thread, a virtual clock, no chance of its own. The log says all that could differ between two playings. Which systems
 * there are, what acts mean and what is seen of a command is the stage's.
 */
import type { Change } from '../../simulators/world/world.ts';
import type { PassResult } from '../../src/cli/results.ts';
import { isFair, isLying, type Weather } from './draw-weather.ts';
import { HOUR, type Blow, type CommonSetup, type Event, type History } from './history.ts';
import type { Machine } from './machine.ts';
import { saysSignInLost, type Answer, type Command, type CommonMoment, type Finding, type Oracle } from './moment.ts';

export interface Played {
  readonly findings: readonly Finding[];
  readonly log: readonly string[];
  readonly passes: number;
  readonly requests: number;
}

/** The systems of one history, and how they are looked at. */
export interface Stage<A, N extends string, M extends CommonMoment<N>> extends Disposable {
  readonly machine: Machine;
  readonly oracles: readonly Oracle<M>[];
  /** The switches that weather may move, as they stand when it is fair. */
  readonly fair: Weather;
  /** What lets everything under way end soon. */
  readonly calm: readonly A[];
  /** Performs an act; false: the world does not allow it, and nothing happened. */
  perform(act: A): boolean;
  /** Told that a command is about to begin. */
  begins(): Promise<void> | void;
  /** Looks at what a command left: the moment as the oracles see it, whether anything was written, and what the log says of it. */
  look(common: CommonMoment<N>): { readonly moment: M; readonly wrote: boolean; readonly noted: object };
  /** Tells whether another sync learns of a change from its next complete read alone. */
  isUnseen(change: Change): boolean;
  /** How many requests were made. */
  requests(): number;
}

const MOST_PASSES_TO_REST = 14;
const MOST_READS_TO_REST = 3;
/** More than the slowest job takes that a history draws. */
const LONGEST_JOB_MS = 31 * HOUR;

/** Plays a history once. */
export async function playOn<A, N extends string, S extends CommonSetup<N>, M extends CommonMoment<N>>(
  history: History<A, N, S>,
  stage: Stage<A, N, M>,
): Promise<Played> {
  const player = new Player(history, stage);
  await player.live();
  await player.rest();
  return { findings: player.findings, log: player.log, passes: player.passes, requests: stage.requests() };
}

class Player<A, N extends string, S extends CommonSetup<N>, M extends CommonMoment<N>> {
  readonly findings: Finding[] = [];
  readonly log: string[] = [];
  passes = 0;
  readonly #history: History<A, N, S>;
  readonly #stage: Stage<A, N, M>;
  readonly #at: Machine;
  readonly #start: number;
  readonly #waiting: Event<A, N>[];
  readonly #stops = new Map<N, string>();
  #fairSince: number | null = 0;
  #honestSince = 0;
  #lies = false;
  #signedIn: boolean;

  constructor(history: History<A, N, S>, stage: Stage<A, N, M>) {
    this.#history = history;
    this.#stage = stage;
    this.#at = stage.machine;
    this.#start = this.#at.clock.elapsed();
    this.#waiting = [...history.events];
    this.#signedIn = this.#at.tokens === null;
    this.#at.meanwhile = () => this.#catchUp();
  }

  async live(): Promise<void> {
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      this.#wait(event.at - this.#elapsed());
      if (!this.#happen(event)) await this.#command(event);
      if (this.findings.length > 0) return;
    }
  }

  /** Fair weather, jobs end, a complete read falls due, and passes until each sync has nothing left to do; then once more (I7). */
  async rest(): Promise<void> {
    if (this.findings.length > 0) return;
    this.#happen({ at: 0, kind: 'weather', ...this.#stage.fair });
    for (const act of this.#stage.calm) this.#happen({ at: 0, kind: 'act', act });
    this.#waitOutJobs();
    for (let read = 0, unseen = true; unseen && read < MOST_READS_TO_REST; read += 1) {
      const { changes } = this.#at.simulator.world.state;
      const before = changes.length;
      this.#wait((this.#history.setup.reconcileHours + 1) * HOUR);
      await this.#quieten();
      if (this.findings.length > 0) return;
      unseen = changes.slice(before).some((change) => this.#stage.isUnseen(change));
      if (unseen && read === MOST_READS_TO_REST - 1)
        this.findings.push({ id: 'I7', text: `memberships still change after ${MOST_READS_TO_REST} complete reads` });
    }
    for (const sync of this.#history.setup.syncs) await this.#judgeAtRest(sync);
  }

  /** A job asked for while jobs took thirty hours would outlive all passes. */
  #waitOutJobs(): void {
    const { activities, clock } = this.#at.simulator.world.state;
    const ends = [...activities.values()].filter(({ stopped }) => stopped === null).map(({ endsAt }) => endsAt);
    this.#wait(Math.min(Math.max(0, ...ends) - clock.now(), LONGEST_JOB_MS));
  }

  async #quieten(): Promise<void> {
    const { syncs } = this.#history.setup;
    const quiet = new Set<N>();
    for (let pass = 0; pass < MOST_PASSES_TO_REST && quiet.size < syncs.length; pass += 1) {
      for (const sync of syncs) await this.#settle(sync, quiet);
      if (this.findings.length > 0) return;
      this.#wait(HOUR);
    }
    for (const sync of syncs)
      if (!quiet.has(sync))
        this.findings.push({ id: 'I7', text: `${sync} is not quiet after ${MOST_PASSES_TO_REST} passes` });
  }

  async #settle(sync: N, quiet: Set<N>): Promise<void> {
    const { moment, wrote } = await this.#run('pass', sync, null);
    const { result } = moment;
    if (result?.outcome === 'stopped') await this.#run('release', sync, null);
    if (result?.resumeAt !== undefined) this.#wait(result.resumeAt - this.#at.clock.now());
    if (result !== null && isQuiet(result) && !wrote) quiet.add(sync);
    else quiet.delete(sync);
  }

  async #judgeAtRest(sync: N): Promise<void> {
    if (this.findings.length > 0) return;
    const { moment: verified } = await this.#run('verify', sync, null);
    const report = await this.#at.run((application) => application.status(), null);
    const syncs = report.kind === 'answer' ? report.answer.syncs : [];
    const told = syncs.find((one) => one.sync === sync);
    const moment = { ...verified, outbox: told?.outbox ?? {}, conflicts: told?.waiting.conflict ?? 0 };
    for (const oracle of this.#stage.oracles) this.findings.push(...(oracle.atRest?.(moment) ?? []));
  }

  /** Whatever is due by now and needs no process of its own. */
  #catchUp(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.at > this.#elapsed() || !this.#happen(next)) return;
      this.#waiting.shift();
    }
  }

  /** Lets something happen to the systems or the clock; false: it is a command. */
  #happen(event: Event<A, N>): boolean {
    switch (event.kind) {
      case 'act':
        this.#note(this.#stage.perform(event.act) ? 'act' : 'no act', event.act);
        return true;
      case 'weather':
        this.#at.simulator.world.faults.set(event.faults);
        this.#at.simulator.world.switches.set(event.switches);
        this.#turn(event);
        this.#note('weather', { faults: event.faults, switches: event.switches });
        return true;
      case 'clock':
        this.#at.correctClock(event.byMs);
        this.#note('clock', event.byMs);
        return true;
      default:
        return false;
    }
  }

  /** Keeps account of how long the weather has been fair, and the answers honest. */
  #turn(weather: Weather): void {
    const now = this.#at.simulator.world.clock.now();
    this.#fairSince = isFair(weather, this.#stage.fair) ? (this.#fairSince ?? now) : null;
    if (this.#lies) this.#honestSince = now;
    this.#lies = isLying(weather, this.#stage.fair);
  }

  async #command(event: Event<A, N>): Promise<void> {
    if (event.kind === 'pass') await this.#run('pass', event.sync, event.blow);
    else if (event.kind === 'plan' || event.kind === 'verify' || event.kind === 'release')
      await this.#run(event.kind, event.sync, null);
  }

  async #run(command: Command, sync: N, blow: Blow | null): Promise<{ readonly moment: M; readonly wrote: boolean }> {
    if (!this.#signedIn) await this.#signIn();
    await this.#stage.begins();
    const world = this.#at.simulator.world.state;
    const beganAt = world.clock.now();
    const changesBefore = world.changes.length;
    const fairBefore = this.#fairSince;
    this.passes += 1;
    const hash = this.#stops.get(sync) ?? 'none';
    const ended = await this.#at.run<Answer>(async (application, call) => {
      if (command === 'pass') return application.sync(sync, call);
      if (command === 'plan') return Array.fromAsync(application.plan(sync, call));
      if (command === 'verify') return Array.fromAsync(application.verify(sync, call));
      await application.release(hash);
      return null;
    }, blow);
    const result = command === 'pass' && ended.kind === 'answer' ? (ended.answer as PassResult) : null;
    if (result?.stopHash !== undefined) this.#stops.set(sync, result.stopHash);
    if (saysSignInLost(ended)) this.#signedIn = false;
    const { moment, wrote, noted } = this.#stage.look({
      command,
      sync,
      blow,
      ended,
      result,
      beganAt,
      changesBefore,
      world,
      fairSince: this.#fairSince === fairBefore ? fairBefore : null,
      honestSince: this.#lies ? Infinity : this.#honestSince,
      setup: this.#history.setup,
      installation: this.#at,
      outbox: {},
      conflicts: 0,
    });
    this.#note(`${command} ${sync}`, { ended, ...noted, requests: this.#stage.requests() });
    for (const oracle of this.#stage.oracles) this.findings.push(...oracle.after(moment));
    return { moment, wrote };
  }

  /** A person signs in when a command asks for it, and the first time. */
  async #signIn(): Promise<void> {
    const ended = await this.#at.signIn();
    this.#note('sign in', ended);
    this.#signedIn = ended.kind === 'answer';
    if (!this.#signedIn && this.#fairSince !== null) this.findings.push({ id: 'ends', text: 'nobody could sign in' });
  }

  #note(what: string, facts: unknown): void {
    const day = Math.floor(this.#elapsed() / (24 * HOUR));
    const time = new Date(this.#elapsed()).toISOString().slice(11, 23);
    this.log.push(`day ${day} ${time}  ${what} ${JSON.stringify(facts, errorsByName)}`);
  }

  #elapsed(): number {
    return this.#at.clock.elapsed() - this.#start;
  }

  #wait(ms: number): void {
    if (ms > 0) this.#at.clock.advance(ms);
  }
}

/** Nothing was written, and nothing waits for the next pass: no answer, no job, nothing decided anew. */
function isQuiet({ outcome, applied, held, skipped, messages }: PassResult): boolean {
  const unsettled = (skipped['unfinished'] ?? 0) + (skipped['moved'] ?? 0) + held;
  return outcome === 'done' && applied + unsettled === 0 && !messages.some(({ code }) => code === 'job-running');
}

function errorsByName(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
