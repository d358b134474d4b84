/**
 * One Concord beside one simulated account, in one thread and on one virtual clock: a mirror and a user's table.
 *
 * Every command runs as a process of its own would: it opens the files, works and closes them. A killed one leaves the files as they were
 * at that instant, and nothing that its unwinding stack still does.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateInside, type InsideSimulator } from '../../simulators/main.ts';
import { createInbound } from '../../src/adapters/inbound-http.ts';
import { createLoopback } from '../../src/adapters/loopback.ts';
import { createSystemEntropy } from '../../src/adapters/system-entropy.ts';
import { assemble } from '../../src/application/open.ts';
import type { Application, Call } from '../../src/cli/application.ts';
import { loadConfig } from '../../src/config/load.ts';
import { noSteps, type Steps } from '../../src/ports/steps.ts';
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts';
import { copyFiles, DEAD_PID, failAt, killAt, replaceFiles } from '../harness/blows.ts';
import type { Blow, Setup } from './history.ts';
import { createInsideTransport } from './inside-transport.ts';
import { OwnerHome } from './owner-home.ts';
import { Secondary } from './secondary.ts';
import { TokenWatch } from './token-watch.ts';

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

export class Installation implements Disposable {
  readonly clock: FakeClock;
  readonly simulator: InsideSimulator;
  readonly secondary: Secondary;
  readonly home: OwnerHome;
  /** Who went into which job, by the activity's id and the addresses' keys. */
  readonly jobs = new Map<string, ReadonlySet<string>>();
  readonly folder: string;
  /** What is seen of the token chain; null: Concord does not sign in by itself. */
  readonly tokens: TokenWatch | null;
  /** Called between the requests of a pass. */
  meanwhile: () => void = () => undefined;
  /** Our clock, less the source's. */
  skewMs: number;
  readonly #setup: Setup;
  readonly #room: string;
  #ids = 0;
  #dead = false;

  constructor(setup: Setup) {
    this.#setup = setup;
    this.tokens = setup.signIn === null ? null : new TokenWatch(setup.signIn.rotating);
    this.skewMs = setup.skewMs;
    this.clock = createFakeClock();
    this.simulator = simulateInside({
      contacts: setup.contacts,
      seed: setup.worldSeed,
      quota: { perSecond: 4, perDay: setup.perDay },
      switches: setup.switches,
      token: TOKEN,
      clock: { now: () => this.clock.now() - this.skewMs },
    });
    const list = [...this.simulator.world.state.lists.values()].find(({ deletedAt }) => deletedAt === null);
    this.firstList = list?.name ?? '';
    this.firstListId = list?.id ?? '';
    this.#room = mkdtempSync(join(ROOM, 'concord-laboratory-'));
    this.folder = join(this.#room, 'files');
    mkdirSync(this.folder);
    this.secondary = new Secondary(join(this.folder, 'app.db'));
    this.home = new OwnerHome(this.secondary);
  }

  /** The list that the file names for new people, as it was named on the first day. */
  readonly firstList: string;
  readonly firstListId: string;

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
      const application = await assemble(this.#config(), this.#ports(steps));
      try {
        return { kind: 'answer', answer: await work(application, call) };
      } finally {
        await application.close();
      }
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  #config(): ReturnType<typeof loadConfig> {
    const { perDay, reconcileHours, twoWay, home } = this.#setup;
    const direction = twoWay ? ', direction: two-way' : '';
    const text = `store: ./concord.db
reconcile: every ${reconcileHours}h
masterKey: { file: ./concord.key }
connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: http://127.0.0.1:1/v3
    auth: ${this.tokens === null ? '{ accessToken: "${CC_TOKEN}" }' : '{ clientId: simulator-api-key, server: http://127.0.0.1:1/oauth2/default/v1 }'}
    budget: { perSecond: 4, perDay: ${perDay} }
  app: { connector: sqlite, file: ./app.db }
syncs:
  copy:
    primary: cc
    secondary: app
    mode: mirror
    streams: [contacts, lists, tags, custom_fields]
  website:
    primary: cc
    secondary: app
    contacts:
      table: people
      key: email
      fields: { email_address: email, first_name: { to: given_name${direction} }, last_name: { to: family_name, write: if-empty } }
      consent: { column: may_email${direction} }
${home?.creates === true ? `      create: { evidence: signed_up, lists: [${JSON.stringify(this.firstList)}] }\n` : ''}${
      home?.members === true
        ? '    lists: { as: table, table: newsletter_members, person: email, list: list_name, direction: two-way }\n'
        : ''
    }`;
    return loadConfig(text, { env: { CC_TOKEN: TOKEN }, file: join(this.folder, 'concord.yaml') });
  }

  #ports(steps: Steps): Parameters<typeof assemble>[1] {
    const { clock, simulator } = this;
    const { latencyMs } = this.#setup;
    const meanwhile = (): void => {
      if (!this.#dead) this.meanwhile();
    };
    return {
      clock,
      ids: { next: () => `id${String((this.#ids += 1)).padStart(6, '0')}` },
      random: { next: () => 0.5 },
      steps,
      transport: createInsideTransport({
        simulator,
        clock,
        latencyMs,
        meanwhile,
        line: this.tokens,
        imports: { rows: this.#setup.home?.importRows ?? null, jobs: this.jobs },
      }),
      entropy: createSystemEntropy(),
      keyFiles: { read: async () => ({ text: MASTER_KEY }), run: async () => ({ fault: 'missing' }) },
      loopback: createLoopback(),
      inbound: createInbound(),
      owner: { id: `owner${(this.#ids += 1)}`, host: hostname(), pid: DEAD_PID },
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#room, { recursive: true, force: true });
  }
}
