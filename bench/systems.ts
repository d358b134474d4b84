/**
 * Both simulated systems and one Concord between them, in this thread and on one virtual clock: an hour takes what its
 * work takes, and none is waited for.
 *
 * Decides nothing about what happens meanwhile. Requests are counted by the simulators, never by who sends them.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateInside, type InsideSimulator, type SimulatorOptions } from '../simulators/main.ts';
import { createInbound } from '../src/adapters/inbound-http.ts';
import { createKeyFiles } from '../src/adapters/key-files.ts';
import { createLoopback } from '../src/adapters/loopback.ts';
import { createSystemEntropy } from '../src/adapters/system-entropy.ts';
import { assemble } from '../src/application/open.ts';
import type { Application } from '../src/cli/application.ts';
import type { PassResult, PlanSummary } from '../src/cli/results.ts';
import { loadConfig } from '../src/config/load.ts';
import { noSteps, type Steps } from '../src/ports/steps.ts';
import type { Transport } from '../src/ports/transport.ts';
import { createFakeClock, type FakeClock } from '../src/testing/fake-clock.ts';

/** One way, as between continents. */
const LATENCY_MS = 40;
/** Both systems answer at addresses of their own; nothing listens there. */
const ACCOUNT = 'http://127.0.0.1:1';
const CRM = 'http://127.0.0.1:2';
const SYNC = 'donors';
/** A file system in memory where there is one: only requests are measured. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface Requests {
  readonly cc: number;
  readonly crm: number;
}

/** Who is where on the first day, and what the CRM is like. */
export type Setting = Pick<SimulatorOptions, 'contacts' | 'crm' | 'switches'>;
/** What a command is told beside its sync: where it is killed, and who may be made in the CRM. */
export interface How {
  readonly steps?: Steps;
  readonly contacts?: string;
  /** Endings that are none of its failures. */
  readonly good?: readonly PassResult['outcome'][];
}

/** Makes a setting in which all people of the account are in the CRM too, which has a tenth more of its own. */
export function inBoth(people: number): Setting {
  return { contacts: people, crm: { contacts: Math.ceil(people / 10), shared: people } };
}

export class Systems implements Disposable {
  readonly clock: FakeClock = createFakeClock();
  readonly simulator: InsideSimulator;
  readonly #folder = mkdtempSync(join(ROOM, 'concord-bench-'));
  #ids = 0;

  constructor(setting: Setting) {
    this.simulator = simulateInside({ ...setting, seed: 11, campaigns: 0, clock: { now: () => this.clock.now() } });
  }

  /** Requests that arrived so far. */
  requests(): Requests {
    const { requests, world } = this.simulator;
    return { cc: requests.totals().total, crm: world.crm.requests.totals().total };
  }

  /** Requests so far by method and path, those of the CRM behind those of the account. */
  paths(): Readonly<Record<string, number>> {
    const { requests, world } = this.simulator;
    return { ...requests.totals().byPath, ...world.crm.requests.totals().byPath };
  }

  /** Requests that went beyond the limits of either. */
  excess(): number {
    const { requests, world } = this.simulator;
    return requests.totals().excess + world.crm.requests.totals().excess;
  }

  /** Runs one pass, as a command of its own would. Throws unless it ends well, and what a kill throws. */
  async pass({ good = ['done'], ...how }: How = {}): Promise<PassResult> {
    const result = await this.#command(how, (application) => application.sync(SYNC, call()));
    if (!good.includes(result.outcome)) throw new Error(`the pass ended ${result.outcome}: ${JSON.stringify(result)}`);
    return result;
  }

  /** Runs `plan` and gives its end. */
  plan(how: How = {}): Promise<PlanSummary> {
    return this.#command(how, async (application) => {
      for await (const item of application.plan(SYNC, call())) if (item.kind === 'summary') return item;
      throw new Error('a plan without an end');
    });
  }

  async #command<T>(
    { steps = noSteps, contacts = '' }: How,
    work: (application: Application) => Promise<T>,
  ): Promise<T> {
    const config = loadConfig(this.#config(contacts), { env: {}, file: join(this.#folder, 'concord.yaml') });
    const application = await assemble(config, {
      clock: this.clock,
      ids: { next: () => `id${String((this.#ids += 1)).padStart(8, '0')}` },
      random: { next: () => 0.5 },
      steps,
      transport: this.#transport(),
      entropy: createSystemEntropy(),
      keyFiles: createKeyFiles(),
      loopback: createLoopback(),
      inbound: createInbound(),
      owner: { id: 'bench', host: 'bench', pid: 1 },
    });
    try {
      return await work(application);
    } finally {
      await application.close();
    }
  }

  #config(contacts: string): string {
    const { token, virtuous } = this.simulator;
    return `store: ./concord.db
connections:
  cc: { connector: constant-contact, baseUrl: "${ACCOUNT}/v3", auth: { accessToken: ${token} } }
  crm: { connector: virtuous, baseUrl: "${CRM}", auth: { apiKey: ${virtuous.token} } }
syncs:
  ${SYNC}:
    primary: cc
    secondary: crm
    contacts: { fields: { first_name: firstName, last_name: lastName }${contacts} }
    consent: { direction: two-way }
`;
  }

  #transport(): Transport {
    const { simulator, clock } = this;
    return {
      exchange: async (request, signal) => {
        await clock.sleep(LATENCY_MS, signal);
        const { origin, pathname, search, host } = new URL(request.url);
        const exchange = origin === CRM ? simulator.virtuous.exchange : simulator.exchange;
        const headers = { ...request.headers, host };
        const outcome = exchange({ method: request.method, url: pathname + search, headers, body: request.body ?? '' });
        await clock.sleep(LATENCY_MS, signal);
        if (outcome.kind !== 'answer') throw new Error('no faults were asked for');
        const { status, headers: answered, text } = outcome.answer;
        return { status, headers: lowerCased(answered), body: Buffer.from(text) };
      },
      close: async () => undefined,
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function call(): Parameters<Application['sync']>[1] {
  return { signal: new AbortController().signal, progress: () => undefined };
}

/** Names come in lower case from a real transport, whatever a system writes. */
function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
