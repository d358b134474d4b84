/**
 * Both simulated systems and one Concord between them, in this thread and on one virtual clock: a day takes what its
 * work takes, and no hour is waited for.
 *
 * Decides nothing about what happens in the day. Requests are counted by the simulators, never by who sends them.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateInside, type InsideSimulator } from '../simulators/main.ts';
import { createInbound } from '../src/adapters/inbound-http.ts';
import { createKeyFiles } from '../src/adapters/key-files.ts';
import { createLoopback } from '../src/adapters/loopback.ts';
import { createSystemEntropy } from '../src/adapters/system-entropy.ts';
import { assemble } from '../src/application/open.ts';
import type { PassResult } from '../src/cli/results.ts';
import { loadConfig } from '../src/config/load.ts';
import { noSteps } from '../src/ports/steps.ts';
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

export class Systems implements Disposable {
  readonly clock: FakeClock = createFakeClock();
  readonly simulator: InsideSimulator;
  readonly #folder = mkdtempSync(join(ROOM, 'concord-day-'));
  #ids = 0;

  /** `people`: in the account, all of them in the CRM too, which has a tenth more of its own. */
  constructor(people: number) {
    this.simulator = simulateInside({
      contacts: people,
      seed: 11,
      campaigns: 0,
      crm: { contacts: Math.ceil(people / 10), shared: people },
      clock: { now: () => this.clock.now() },
    });
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

  /** Runs one pass, as a command of its own would. Throws unless it ends well. */
  async pass(): Promise<PassResult> {
    const config = loadConfig(this.#config(), { env: {}, file: join(this.#folder, 'concord.yaml') });
    const application = await assemble(config, {
      clock: this.clock,
      ids: { next: () => `id${String((this.#ids += 1)).padStart(8, '0')}` },
      random: { next: () => 0.5 },
      steps: noSteps,
      transport: this.#transport(),
      entropy: createSystemEntropy(),
      keyFiles: createKeyFiles(),
      loopback: createLoopback(),
      inbound: createInbound(),
      owner: { id: 'bench', host: 'bench', pid: 1 },
    });
    try {
      const result = await application.sync(SYNC, { signal: new AbortController().signal, progress: () => undefined });
      if (result.outcome !== 'done') throw new Error(`the pass ended ${result.outcome}: ${JSON.stringify(result)}`);
      return result;
    } finally {
      await application.close();
    }
  }

  #config(): string {
    const { token, virtuous } = this.simulator;
    return `store: ./concord.db
connections:
  cc: { connector: constant-contact, baseUrl: "${ACCOUNT}/v3", auth: { accessToken: ${token} } }
  crm: { connector: virtuous, baseUrl: "${CRM}", auth: { apiKey: ${virtuous.token} } }
syncs:
  ${SYNC}:
    primary: cc
    secondary: crm
    contacts: { fields: { first_name: firstName, last_name: lastName } }
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
        return { status, headers: answered, body: Buffer.from(text) };
      },
      close: async () => undefined,
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
