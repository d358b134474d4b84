/**
 * A simulated account and a CRM in memory, in one thread and on one virtual clock, with Concord's engine between them.
 *
 * Every session opens the store as a process of its own would, and closes it. The CRM's own contacts, never Concord's
 * memory, say what is right.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { simulateInside, type InsideSimulator } from '../../simulators/main.ts';
import { createKeyFiles } from '../../src/adapters/key-files.ts';
import { createInbound } from '../../src/adapters/inbound-http.ts';
import { createLoopback } from '../../src/adapters/loopback.ts';
import { createSystemEntropy } from '../../src/adapters/system-entropy.ts';
import type { Installation, Ports } from '../../src/application/installation.ts';
import { masterKeys } from '../../src/application/master-keys.ts';
import { openSource } from '../../src/application/parts.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { PassContext } from '../../src/engine/context.ts';
import type { Lane } from '../../src/engine/lane.ts';
import type { PassEnd } from '../../src/engine/pass.ts';
import type { PeopleTarget } from '../../src/connector/target.ts';
import { runSession, type SessionEnd } from '../../src/engine/session.ts';
import type { SyncSpec } from '../../src/engine/work-context.ts';
import type { CrmMapping } from '../../src/plan/crm-mapping.ts';
import { noSteps, type Steps } from '../../src/ports/steps.ts';
import { Keeper } from '../../src/sign-in/keeper.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createFakeClock, type FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryCrm } from '../../src/testing/memory-crm.ts';
import { createInsideTransport } from '../laboratory/inside-transport.ts';

export const SYNC = 'donors';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A file system in memory where there is one. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const TOKEN = 'two-sides-token-canary';
const CONFIG = `store: ./concord.db
connections:
  cc:
    connector: constant-contact
    baseUrl: http://127.0.0.1:1/v3
    auth: { accessToken: "\${CC_TOKEN}" }
  app: { connector: sqlite, file: ./app.db }
syncs:
  copy: { primary: cc, secondary: app, mode: mirror, streams: [contacts] }
`;

export interface TwoSidesOptions {
  readonly contacts?: number;
  readonly perDay?: number;
  readonly guards?: SyncSpec['guards'];
}
/** Makes the lane of a session from the two systems. */
export type MakeLane = (crm: MemoryCrm, people: PeopleTarget, remapped: Partial<CrmMapping>) => Lane;

export class TwoSides implements Disposable {
  readonly clock: FakeClock = createFakeClock();
  readonly simulator: InsideSimulator;
  readonly crm: MemoryCrm;
  readonly folder: string;
  readonly guards: SyncSpec['guards'];
  readonly #makeLane: MakeLane;
  steps: Steps = noSteps;
  signal = new AbortController().signal;
  #ids = 0;
  #remapped: Partial<CrmMapping> = {};
  #fingerprint = 'the-mapping';

  constructor(makeLane: MakeLane, options: TwoSidesOptions = {}) {
    const { contacts = 40, perDay = 10_000, guards = { percent: 5, atLeast: 20 } } = options;
    this.#makeLane = makeLane;
    this.guards = guards;
    const quota = { perSecond: 4, perDay };
    this.simulator = simulateInside({ contacts, seed: 7, quota, token: TOKEN, clock: { now: () => this.clock.now() } });
    this.crm = new MemoryCrm(this.clock);
    this.folder = mkdtempSync(join(ROOM, 'concord-crm-'));
  }

  get world(): InsideSimulator['world'] {
    return this.simulator.world;
  }

  /** Runs work as one session of a process of its own. */
  async session(mode: PassContext['mode'], work: (ctx: PassContext) => Promise<PassEnd>): Promise<SessionEnd> {
    return this.withStore(async (store) => {
      const at = this.#installation(store);
      const [sync] = at.config.syncs;
      if (sync === undefined) throw new Error('no sync');
      const opened = await openSource(at, sync.primary, () => undefined);
      const { clock, ids, owner } = at.ports;
      const ports = {
        store,
        source: opened.source,
        lane: this.#makeLane(this.crm, opened.people, this.#remapped),
        clock,
        ids,
        owner,
        signal: this.signal,
        credential: 'cc-credential',
        emit: () => undefined,
        requests: () => ({ cc: opened.requests() }),
      };
      const end = await runSession(ports, this.spec(), mode, mode, work);
      expectCounted(end, this.simulator);
      return end;
    });
  }

  /** Changes the mapping, as an edit of the file would. */
  remap(mapping: Partial<CrmMapping>): void {
    this.#remapped = { ...this.#remapped, ...mapping };
    this.#fingerprint = JSON.stringify(this.#remapped);
  }

  /** Opens the store to look into it. */
  async withStore<T>(look: (store: Store) => Promise<T>): Promise<T> {
    const { clock, steps } = this;
    const file = join(this.folder, 'concord.db');
    const store = await openSqliteStore({ file, tenant: 'default', clock, steps, isAlive: () => false });
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }

  spec(): SyncSpec {
    return {
      name: SYNC,
      primary: 'cc',
      secondary: 'crm',
      streams: ['contacts'],
      reconcileMs: DAY,
      guards: this.guards,
      fingerprint: this.#fingerprint,
    };
  }

  #installation(store: Store): Installation {
    const config = loadConfig(CONFIG, { env: { CC_TOKEN: TOKEN }, file: join(this.folder, 'concord.yaml') });
    const ports = this.#ports();
    const { entropy, ids } = ports;
    const masters = masterKeys(config, ports.keyFiles);
    return { config, store, ports, keeper: new Keeper({ vault: store, tenant: 'default', masters, entropy, ids }) };
  }

  #ports(): Ports {
    const { clock, simulator, steps } = this;
    return {
      clock,
      ids: { next: () => `id${String((this.#ids += 1)).padStart(6, '0')}` },
      random: { next: () => 0.5 },
      steps,
      transport: createInsideTransport({ simulator, clock, latencyMs: 20, meanwhile: () => undefined }),
      entropy: createSystemEntropy(),
      keyFiles: createKeyFiles(),
      loopback: createLoopback(),
      inbound: createInbound(),
      owner: { id: `owner${(this.#ids += 1)}`, host: 'test', pid: 1 },
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Demands of every session, whatever it is about, what I17 and I12 say. */
function expectCounted({ summary }: SessionEnd, { requests }: InsideSimulator): void {
  const { read, unchanged, applied, skipped, held, parked, conflicts } = summary;
  const left = Object.values(skipped).reduce((sum, n) => sum + n, 0);
  const sum = unchanged + applied + left + held + parked + conflicts;
  expect(sum, `I17: the sum of ${JSON.stringify(summary)}`).toBe(read);
  expect(requests.excess, 'I12: requests beyond the quota').toBe(0);
}
