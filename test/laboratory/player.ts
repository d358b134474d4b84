/**
 * Plays a history: lets things happen at their times, runs the commands, shows each end to the oracles, and lets all come to rest.
 *
 * Deterministic: one thread, a virtual clock, no chance of its own. The log says all that could differ between two playings.
 */
import { createHash } from 'node:crypto';
import type { Change } from '../../simulators/world/world.ts';
import type { PassResult } from '../../src/cli/results.ts';
import { perform } from './act.ts';
import { FAIR, isFair, isLying, type Weather } from './draw-weather.ts';
import { HOUR, type Blow, type Event, type History, type SyncName } from './history.ts';
import { Installation } from './installation.ts';
import { saysSignInLost, type Answer, type Command, type Finding, type Moment, type Oracle } from './moment.ts';
import { createOracles } from './oracles.ts';

export interface Played {
  readonly findings: readonly Finding[];
  readonly log: readonly string[];
  readonly passes: number;
  readonly requests: number;
}

const MOST_PASSES_TO_REST = 14;
const MOST_READS_TO_REST = 3;
/** More than the slowest job takes that a history draws. */
const LONGEST_JOB_MS = 31 * HOUR;

/** Plays a history once. */
export async function play(history: History): Promise<Played> {
  using installation = new Installation(history.setup);
  const player = new Player(history, installation);
  await player.live();
  await player.rest();
  const requests = installation.simulator.requests.total;
  return { findings: player.findings, log: player.log, passes: player.passes, requests };
}

class Player {
  readonly findings: Finding[] = [];
  readonly log: string[] = [];
  passes = 0;
  readonly #history: History;
  readonly #at: Installation;
  readonly #oracles: readonly Oracle[];
  readonly #start: number;
  readonly #waiting: Event[];
  readonly #stops = new Map<SyncName, string>();
  #fairSince: number | null = 0;
  #honestSince = 0;
  #lies = false;
  #signedIn: boolean;

  constructor(history: History, installation: Installation) {
    this.#history = history;
    this.#at = installation;
    this.#oracles = createOracles(installation.simulator.world.state);
    this.#start = installation.clock.elapsed();
    this.#waiting = [...history.events];
    this.#signedIn = installation.tokens === null;
    installation.meanwhile = () => this.#catchUp();
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
    this.#happen({ at: 0, kind: 'weather', ...FAIR });
    this.#happen({ at: 0, kind: 'act', act: { do: 'job-speed', ms: 5_000 } });
    this.#waitOutJobs();
    for (let read = 0, unseen = true; unseen && read < MOST_READS_TO_REST; read += 1) {
      const { changes } = this.#at.simulator.world.state;
      const before = changes.length;
      this.#wait((this.#history.setup.reconcileHours + 1) * HOUR);
      await this.#quieten();
      if (this.findings.length > 0) return;
      unseen = changes.slice(before).some((change) => this.#isUnseen(change));
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

  /** Where a change of lists moves no time, a sync learns from its next complete read alone what the other one carried. */
  #isUnseen({ kind }: Change): boolean {
    const { listChangeMovesUpdatedAt } = this.#at.simulator.world.state.switches.current;
    return !listChangeMovesUpdatedAt && (kind === 'contact.list_joined' || kind === 'contact.list_left');
  }

  async #quieten(): Promise<void> {
    const { syncs } = this.#history.setup;
    const quiet = new Set<SyncName>();
    for (let pass = 0; pass < MOST_PASSES_TO_REST && quiet.size < syncs.length; pass += 1) {
      for (const sync of syncs) await this.#settle(sync, quiet);
      if (this.findings.length > 0) return;
      this.#wait(HOUR);
    }
    for (const sync of syncs)
      if (!quiet.has(sync))
        this.findings.push({ id: 'I7', text: `${sync} is not quiet after ${MOST_PASSES_TO_REST} passes` });
  }

  async #settle(sync: SyncName, quiet: Set<SyncName>): Promise<void> {
    const { result, writes } = await this.#run('pass', sync, null);
    if (result?.outcome === 'stopped') await this.#run('release', sync, null);
    if (result?.resumeAt !== undefined) this.#wait(result.resumeAt - this.#at.clock.now());
    if (result !== null && isQuiet(result) && writes.length === 0) quiet.add(sync);
    else quiet.delete(sync);
  }

  async #judgeAtRest(sync: SyncName): Promise<void> {
    if (this.findings.length > 0) return;
    const verified = await this.#run('verify', sync, null);
    const report = await this.#at.run((application) => application.status(), null);
    const syncs = report.kind === 'answer' ? report.answer.syncs : [];
    const told = syncs.find((one) => one.sync === sync);
    const moment = { ...verified, outbox: told?.outbox ?? {}, conflicts: told?.waiting.conflict ?? 0 };
    for (const oracle of this.#oracles) this.findings.push(...(oracle.atRest?.(moment) ?? []));
  }

  /** Whatever is due by now and needs no process of its own. */
  #catchUp(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.at > this.#elapsed() || !this.#happen(next)) return;
      this.#waiting.shift();
    }
  }

  /** Lets something happen to the account, the table or the clock; false: it is a command. */
  #happen(event: Event): boolean {
    switch (event.kind) {
      case 'act': {
        const happened = perform(event.act, this.#at.simulator.world, this.#at.secondary, this.#at.home);
        if (event.act.do === 'grants-end') this.#at.tokens?.grantsEnded();
        this.#note(happened ? 'act' : 'no act', event.act);
        return true;
      }
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
    this.#fairSince = isFair(weather) ? (this.#fairSince ?? now) : null;
    if (this.#lies) this.#honestSince = now;
    this.#lies = isLying(weather);
  }

  async #command(event: Event): Promise<void> {
    if (event.kind === 'pass') await this.#run('pass', event.sync, event.blow);
    else if (event.kind === 'plan' || event.kind === 'verify' || event.kind === 'release')
      await this.#run(event.kind, event.sync, null);
  }

  async #run(command: Command, sync: SyncName, blow: Blow | null): Promise<Moment> {
    if (!this.#signedIn) await this.#signIn();
    const { simulator, secondary } = this.#at;
    const world = simulator.world.state;
    const beganAt = world.clock.now();
    const changesBefore = world.changes.length;
    const fairBefore = this.#fairSince;
    this.passes += 1;
    secondary.renamedMeanwhile.clear();
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
    const look = secondary.look();
    const moment: Moment = {
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
      ...look,
    };
    this.#note(`${command} ${sync}`, {
      ended,
      writes: look.writes,
      rows: digest([moment.mirror, moment.table]),
      requests: simulator.requests.total,
    });
    for (const oracle of this.#oracles) this.findings.push(...oracle.after(moment));
    return moment;
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

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

function errorsByName(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
