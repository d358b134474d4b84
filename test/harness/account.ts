/**
 * A whole Concord against a whole simulated account, on one virtual clock: what every scenario starts from.
 *
 * The program is the real one, from configuration text to database file; only time, ids and randomness are given. The
 * simulator's truth log, never Concord's own memory, says what is right.
 */
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators, type SimulatorOptions, type Simulators } from '../../simulators/main.ts';
import { createKeyFiles } from '../../src/adapters/key-files.ts';
import { createInbound } from '../../src/adapters/inbound-http.ts';
import { createLoopback } from '../../src/adapters/loopback.ts';
import { createSystemEntropy } from '../../src/adapters/system-entropy.ts';
import { createUndiciTransport } from '../../src/adapters/undici-transport.ts';
import { assemble } from '../../src/application/open.ts';
import type { Ports } from '../../src/application/installation.ts';
import type { Application, Call } from '../../src/cli/application.ts';
import type { PassResult, PlanItem, VerifyItem } from '../../src/cli/results.ts';
import { loadConfig } from '../../src/config/load.ts';
import { noSteps, type Steps } from '../../src/ports/steps.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts';
import { expectCounted } from './counted.ts';

export interface AccountOptions extends Omit<SimulatorOptions, 'clock'> {
  /** The `syncs:` part of the configuration; default: a mirror `copy` of everything. */
  readonly syncs?: string;
  /** Of the connection; default 4 a second and 10,000 a day, as the vendor grants. */
  readonly budget?: string;
  readonly reconcile?: string;
  /** Our clock's error against the source's, in ms. */
  readonly skewMs?: number;
}

export const MIRROR = `
  copy:
    primary: cc
    secondary: app
    mode: mirror
    streams: [contacts, lists, tags, custom_fields]`;

/** One account, one installation, one folder. */
export class Account {
  readonly clock: FakeClock;
  readonly simulators: Simulators;
  readonly folder: string;
  configText: string;
  steps: Steps = noSteps;
  /** Another token for the same connection, or null. */
  token = 'simulator-access-token';
  /** Where the processes opened from now on run: on a machine that nobody here can ask, unless a test says otherwise. */
  machine = { host: 'test', pid: 1 };
  /** Put around the network, to make things happen between two requests. */
  wrap: (transport: Transport) => Transport = (transport) => transport;
  #ids = 0;
  #application: Application | null = null;

  private constructor(clock: FakeClock, simulators: Simulators, folder: string, configText: string) {
    this.clock = clock;
    this.simulators = simulators;
    this.folder = folder;
    this.configText = configText;
  }

  static async open(options: AccountOptions = {}): Promise<Account> {
    const {
      syncs = MIRROR,
      budget = '{ perSecond: 4, perDay: 10000 }',
      reconcile = 'every 24h',
      skewMs = 0,
      ...world
    } = options;
    const clock = createFakeClock();
    const simulators = await startSimulators({
      contacts: 60,
      seed: 7,
      ...world,
      clock: { now: () => clock.now() - skewMs },
    });
    const folder = mkdtempSync(join(tmpdir(), 'concord-test-'));
    const text = `store: ./concord.db
reconcile: ${reconcile}
connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: ${simulators.ready.constantContact.v3}
    auth: { accessToken: "\${CC_TOKEN}" }
    budget: ${budget}
  app: { connector: sqlite, file: ./app.db }
syncs:${syncs}
`;
    return new Account(clock, simulators, folder, text);
  }

  get world(): Simulators['world'] {
    return this.simulators.world;
  }

  /** Opens the application, as a new process would. */
  async start(): Promise<Application> {
    await this.stop();
    const config = loadConfig(this.configText, {
      env: { CC_TOKEN: this.token },
      file: join(this.folder, 'concord.yaml'),
    });
    this.#application = await assemble(config, this.ports());
    return this.#application;
  }

  ports(): Ports {
    return {
      clock: this.clock,
      ids: { next: () => `id${String((this.#ids += 1)).padStart(6, '0')}` },
      random: { next: () => 0.5 },
      steps: this.steps,
      transport: this.wrap(createUndiciTransport()),
      entropy: createSystemEntropy(),
      keyFiles: createKeyFiles(),
      loopback: createLoopback(),
      inbound: createInbound(),
      owner: { id: `owner${(this.#ids += 1)}`, ...this.machine },
    };
  }

  async stop(): Promise<void> {
    const application = this.#application;
    this.#application = null;
    await application?.close();
  }

  /** Runs one pass in a process of its own. Whatever the scenario, its account must add up (I17) and keep the quota (I12). */
  async sync(name = 'copy', signal = new AbortController().signal): Promise<PassResult> {
    const application = await this.start();
    try {
      const result = await application.sync(name, this.call(signal));
      expectCounted(result, this.simulators);
      return result;
    } finally {
      await this.stop();
    }
  }

  async plan(name = 'copy'): Promise<PlanItem[]> {
    const application = await this.start();
    try {
      return await Array.fromAsync(application.plan(name, this.call()));
    } finally {
      await this.stop();
    }
  }

  async verify(name = 'copy'): Promise<VerifyItem[]> {
    const application = await this.start();
    try {
      return await Array.fromAsync(application.verify(name, this.call()));
    } finally {
      await this.stop();
    }
  }

  call(signal = new AbortController().signal): Call {
    return { signal, progress: () => undefined };
  }

  /** Lets time pass, on both clocks. */
  pass(ms: number): void {
    this.clock.advance(ms);
  }

  /** Reads the secondary's database. */
  rows<Row = Record<string, string | number | null>>(sql: string, ...values: (string | number | null)[]): Row[] {
    const db = new Database(join(this.folder, 'app.db'), { readonly: true });
    try {
      return db.prepare(sql).all(...values) as Row[];
    } finally {
      db.close();
    }
  }

  /** Changes the secondary's database behind Concord's back. */
  change(sql: string, ...values: (string | number | null)[]): void {
    const db = new Database(join(this.folder, 'app.db'));
    try {
      if (values.length === 0) db.exec(sql);
      else db.prepare(sql).run(...values);
    } finally {
      db.close();
    }
  }

  permission(contactId: string): string | null {
    const row = this.rows<{ permission_to_send: string | null }>(
      'SELECT permission_to_send FROM contacts WHERE contact_id = ?',
      contactId,
    )[0];
    return row?.permission_to_send ?? null;
  }

  /** Picks living contacts with an address in one state, in id order. */
  people(permission: string): string[] {
    return [...this.world.contacts()]
      .filter((truth) => {
        const contact = truth as { deleted_at?: string; email_address?: { permission_to_send: string } };
        return contact.deleted_at === undefined && contact.email_address?.permission_to_send === permission;
      })
      .map((truth) => String(truth['contact_id']))
      .sort();
  }

  requests(): number {
    return this.simulators.requests.totals().total;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.simulators.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
