/**
 * One signed-in connection against the simulated sign-in server: any number of processes over one store.
 *
 * Time is the machine's with an offset of the test's, the same for both sides, so that waiting really waits; or a clock of
 * the test's own.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulators, type SimulatorOptions, type Simulators } from '../../simulators/main.ts';
import { createSystemClock } from '../../src/adapters/system-clock.ts';
import { createUndiciTransport } from '../../src/adapters/undici-transport.ts';
import type { Access } from '../../src/connector/access.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { noSteps, type Steps } from '../../src/ports/steps.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { drawMasterKey, parseMasterKey, type MasterKey } from '../../src/secrets/master-key.ts';
import { Keeper, type OpenSignIn } from '../../src/sign-in/keeper.ts';
import { TokenEndpoint, type Client, type Pair } from '../../src/sign-in/token-endpoint.ts';
import { createTokenSource } from '../../src/sign-in/token-source.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const NEVER = new AbortController().signal;
export const CONNECTION = 'cc';
const REDIRECT = 'http://127.0.0.1:9/callback';
const VERIFIER = 'v'.repeat(50);

export const entropy = { bytes: (count: number) => randomBytes(count) };

/** The machine's clock, moved on by a test. */
export interface MovedClock extends Clock {
  advance(ms: number): void;
}

export function movedClock(): MovedClock {
  const system = createSystemClock();
  let offset = 0;
  return {
    ...system,
    now: () => system.now() + offset,
    advance: (ms) => void (offset += ms),
  };
}

/** One process: a store handle, a keeper and a token source of its own. */
export interface Process {
  readonly store: Store;
  readonly keeper: Keeper;
  readonly endpoint: TokenEndpoint;
  readonly access: Access;
}

export class Chain implements AsyncDisposable {
  readonly simulators: Simulators;
  readonly clock: MovedClock;
  readonly folder = mkdtempSync(join(tmpdir(), 'concord-sign-in-'));
  readonly transport: Transport = createUndiciTransport();
  masters: readonly [MasterKey, ...MasterKey[]] = [parseMasterKey(drawMasterKey(entropy))];
  #numbers = 0;
  readonly #stores: Store[] = [];

  private constructor(simulators: Simulators, clock: MovedClock) {
    this.simulators = simulators;
    this.clock = clock;
  }

  /** Starts everything and signs in: the store holds the first pair. */
  static async open(options: Omit<SimulatorOptions, 'clock'> = {}, clock: MovedClock = movedClock()): Promise<Chain> {
    const simulators = await startSimulators({ contacts: 60, ...options, clock: { now: () => clock.now() } });
    const chain = new Chain(simulators, clock);
    await chain.signIn();
    return chain;
  }

  get client(): Client {
    const { oauth, apiKey } = this.simulators.ready.constantContact;
    return { connection: CONNECTION, clientId: apiKey, clientSecret: null, server: oauth };
  }

  /** Signs in anew, by a code; gives the id of the sign-in. */
  async signIn(): Promise<string> {
    const { keeper, endpoint } = await this.process();
    const pair = await endpoint.redeem(await this.#code(endpoint), REDIRECT, VERIFIER, NEVER);
    this.clock.advance(1_100);
    const signIn = `sign-in-${(this.#numbers += 1)}`;
    await keeper.put(rowOf(signIn, pair, this.clock.now()), tokensOf(pair));
    return signIn;
  }

  /** Opens what another process would. */
  async process(
    more: { steps?: Steps; store?: (store: Store) => Store; transport?: Transport } = {},
  ): Promise<Process> {
    const { clock } = this;
    const steps = more.steps ?? noSteps;
    const file = join(this.folder, 'concord.db');
    const opened = await openSqliteStore({ file, tenant: 'default', clock, steps, isAlive: () => null });
    this.#stores.push(opened);
    const store = more.store?.(opened) ?? opened;
    const ids = { next: () => `id-${(this.#numbers += 1)}` };
    const keeper = new Keeper({ vault: store, tenant: 'default', masters: async () => this.masters, entropy, ids });
    const endpoint = new TokenEndpoint(this.client, {
      transport: more.transport ?? this.transport,
      ledger: store,
      clock,
    });
    const owner = { id: `process-${(this.#numbers += 1)}`, host: 'test', pid: 1 };
    const signIn = (await store.signIn(CONNECTION))?.signIn ?? null;
    const access = createTokenSource({ connection: CONNECTION, signIn, keeper, store, endpoint, clock, steps, owner });
    return { store, keeper, endpoint, access };
  }

  async stored(): Promise<OpenSignIn> {
    const found = await (await this.process()).keeper.load(CONNECTION);
    if (found === null) throw new Error('nothing is stored');
    return found;
  }

  /** Asks the API with a token, as the wire would; tells the status. */
  async works(token: string): Promise<number> {
    const { v3 } = this.simulators.ready.constantContact;
    this.clock.advance(1_100);
    const answer = await fetch(`${v3}/account/summary`, { headers: { authorization: `Bearer ${token}` } });
    await answer.text();
    return answer.status;
  }

  /** Requests to the token endpoint so far. */
  tokenRequests(): number {
    const { byPath } = this.simulators.requests.totals();
    return Object.entries(byPath)
      .filter(([path]) => path.endsWith('/token'))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  /** Everything that lies in the folder, byte for byte. */
  bytes(): Buffer {
    return Buffer.concat(readdirSync(this.folder).map((name) => readFileSync(join(this.folder, name))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores) await store.close();
    await this.transport.close();
    await this.simulators.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #code(endpoint: TokenEndpoint): Promise<URLSearchParams> {
    const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(VERIFIER))).toString(
      'base64url',
    );
    const scopes = ['account_read', 'contact_data', 'campaign_data', 'offline_access'];
    const address = endpoint.authorizeAddress({ redirect: REDIRECT, scopes, state: 'state-1', challenge });
    const answer = await fetch(address, { redirect: 'manual' });
    const back = new URL(answer.headers.get('location') ?? 'http://nowhere');
    const query = endpoint.readAnswer(back.searchParams, 'state-1');
    if (query === null) throw new Error('no code came back');
    return query;
  }
}

export function rowOf(signIn: string, { refreshToken, livesMs }: Pair, now: number) {
  const accessUntil = livesMs === null ? null : now + livesMs;
  const dates = { signedInAt: now, usedAt: now, accessUntil, lostAt: null };
  return { connection: CONNECTION, signIn, generation: 1, renewable: refreshToken !== null, ...dates };
}

export function tokensOf({ accessToken, refreshToken }: Pair) {
  return { accessToken, refreshToken };
}

/** The code of the failure that a promise ends with; `none` where it does not fail. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
  return 'none';
}
