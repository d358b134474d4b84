/**
 * One Concord beside simulated systems, in one thread and on one virtual clock: where its commands run.
 *
 * Every command runs as a process of its own would: it opens the files, works and closes them. A killed one leaves the files as they were
 * at that instant, and nothing that its unwinding stack still does.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateInside, type InsideSimulator, type SimulatorOptions } from '../../simulators/main.ts';
import { createInbound } from '../../src/adapters/inbound-http.ts';
import { createLoopback } from '../../src/adapters/loopback.ts';
import { createSystemEntropy } from '../../src/adapters/system-entropy.ts';
import { assemble } from '../../src/application/open.ts';
import type { Application, Call } from '../../src/cli/application.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Inbound } from '../../src/ports/inbound.ts';
import { noSteps, type Steps } from '../../src/ports/steps.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts';
import { copyFiles, DEAD_PID, failAt, killAt, replaceFiles } from '../harness/blows.ts';
import type { Blow, CommonSetup } from './history.ts';
import type { TokenWatch } from './token-watch.ts';

/** A file system in memory where there is one: a thousand histories open a hundred thousand files. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const TOKEN = 'laboratory-token-canary';
/** Of this laboratory alone, and from memory: a file would take time that the virtual clock does not see. */
const MASTER_KEY = '6c61626f7261746f7279206d6173746572206b657920666f722074657374732e';

/** How one process ended. */
export type Ended<T> =
  | { readonly kind: 'answer'; readonly answer: T }
  | { readonly kind: 'killed' }
  | { readonly kind: 'failed'; readonly error: unknown };

export abstract class Machine implements Disposable {
  readonly clock: FakeClock;
  readonly simulator: InsideSimulator;
  readonly folder: string;
  /** What is seen of the token chain; null: Concord does not sign in by itself. */
  readonly tokens: TokenWatch | null;
  /** Called between the requests of a pass. */
  meanwhile: () => void = () => undefined;
  /** Our clock, less the source's. */
  skewMs: number;
  readonly #room: string;
  #ids = 0;
  #dead = false;

  constructor(setup: CommonSetup, tokens: TokenWatch | null, more: Pick<SimulatorOptions, 'crm'> = {}) {
    this.tokens = tokens;
    this.skewMs = setup.skewMs;
    this.clock = createFakeClock();
    this.simulator = simulateInside({
      contacts: setup.contacts,
      seed: setup.worldSeed,
      quota: { perSecond: 4, perDay: setup.perDay },
      switches: setup.switches,
      token: TOKEN,
      clock: { now: () => this.clock.now() - this.skewMs },
      ...more,
    });
    this.#room = mkdtempSync(join(ROOM, 'concord-laboratory-'));
    this.folder = join(this.#room, 'files');
    mkdirSync(this.folder);
  }

  /** What must stand nowhere outside memory. */
  get secrets(): readonly string[] {
    return [TOKEN, ...(this.tokens?.secrets ?? [])];
  }

  /** Signs in as a person does, with a code that is typed in elsewhere. */
  async signIn(): Promise<Ended<void>> {
    const { world } = this.simulator;
    return this.run(async (application, call) => {
      for await (const item of application.connect('cc', { with: 'device' }, call))
        if (item.kind === 'device') world.mutate({ op: 'approveDevice', user_code: item.userCode });
    }, null);
  }

  /** Says the configuration's text. */
  protected abstract configText(): string;

  /** Makes the network of one process; `meanwhile` is to be called whenever something has travelled. */
  protected abstract network(meanwhile: () => void): Transport;

  /** Makes the door of one process to whoever posts something. */
  protected inbound(): Inbound {
    return createInbound();
  }

  /** Tells whether the process at work was killed, and only its stack goes on. */
  protected get isDead(): boolean {
    return this.#dead;
  }

  /** Runs one command as a process of its own. */
  async run<T>(work: (application: Application, call: Call) => Promise<T>, blow: Blow | null): Promise<Ended<T>> {
    const crashed = join(this.#room, 'crashed');
    const killed = blow?.how === 'killed' ? killAt(blow.visit, () => this.#die(crashed)) : null;
    const steps = killed ?? (blow === null ? noSteps : failAt(blow.visit));
    const ended = await this.#process(work, this.#watching(steps));
    this.tokens?.processEnded();
    if (killed?.struck !== true) return ended;
    replaceFiles(this.folder, crashed);
    rmSync(crashed, { recursive: true });
    this.#dead = false;
    return { kind: 'killed' };
  }

  /** Corrects this machine's clock; the source's does not notice. */
  correctClock(byMs: number): void {
    this.skewMs += byMs;
    this.clock.stepTo(this.clock.now() + byMs);
  }

  #watching(steps: Steps): Steps {
    const { tokens } = this;
    if (tokens === null) return steps;
    return {
      reached: (point) => {
        tokens.reached(point);
        steps.reached(point);
      },
    };
  }

  #die(crashed: string): void {
    copyFiles(this.folder, crashed);
    this.#dead = true;
  }

  async #process<T>(work: (application: Application, call: Call) => Promise<T>, steps: Steps): Promise<Ended<T>> {
    const call: Call = { signal: new AbortController().signal, progress: () => undefined };
    try {
      const config = loadConfig(this.configText(), {
        env: { CC_TOKEN: TOKEN },
        file: join(this.folder, 'concord.yaml'),
      });
      const application = await assemble(config, this.#ports(steps));
      try {
        return { kind: 'answer', answer: await work(application, call) };
      } finally {
        await application.close();
      }
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  #ports(steps: Steps): Parameters<typeof assemble>[1] {
    const { clock } = this;
    return {
      clock,
      ids: { next: () => `id${String((this.#ids += 1)).padStart(6, '0')}` },
      random: { next: () => 0.5 },
      steps,
      transport: this.network(() => {
        if (!this.#dead) this.meanwhile();
      }),
      entropy: createSystemEntropy(),
      keyFiles: { read: async () => ({ text: MASTER_KEY }), run: async () => ({ fault: 'missing' }) },
      loopback: createLoopback(),
      inbound: this.inbound(),
      owner: { id: `owner${(this.#ids += 1)}`, host: hostname(), pid: DEAD_PID },
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#room, { recursive: true, force: true });
  }
}
