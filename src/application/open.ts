/**
 * open: the application that the commands call, on the real ports.
 *
 * Decides only what is opened when: the store at once, connections and sides per call. Must never hold a rule.
 */
import { createInbound } from '../adapters/inbound-http.ts';
import { createKeyFiles } from '../adapters/key-files.ts';
import { createLoopback } from '../adapters/loopback.ts';
import { isAlive, thisProcess } from '../adapters/processes.ts';
import { createRandomIds } from '../adapters/random-ids.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { createSystemEntropy } from '../adapters/system-entropy.ts';
import { createSystemRandom } from '../adapters/system-random.ts';
import { createUndiciTransport } from '../adapters/undici-transport.ts';
import type { Application } from '../cli/application.ts';
import type { Config, Sync } from '../config/config.ts';
import { StoreRefused } from '../model/errors.ts';
import { noSteps } from '../ports/steps.ts';
import { Keeper } from '../sign-in/keeper.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { checkAll } from './check.ts';
import { gatherEvidence } from './evidence.ts';
import { forgetPerson } from './forget.ts';
import { connect, signsIn } from './connect.ts';
import type { Installation } from './installation.ts';
import { masterKeys } from './master-keys.ts';
import type { Ports } from './installation.ts';
import { applyPlan, makePlan, runSync } from './passes.ts';
import { serve } from './serve.ts';
import { reportStatus } from './status.ts';
import { applyUndo, planUndo } from './undo.ts';
import { verifySync } from './verify.ts';
import { listWaiting, settleWaiting } from './waiting.ts';
import { tellWhy } from './why.ts';

/** One tenant until there are several. */
const TENANT = 'default';

/** Opens the application on this machine's clock, network and files. Throws StoreRefused. */
export async function openApplication(config: Config): Promise<Application> {
  const clock = createSystemClock();
  const ids = createRandomIds(clock);
  const owner = { id: ids.next(), ...thisProcess() };
  return assemble(config, {
    clock,
    ids,
    random: createSystemRandom(),
    steps: noSteps,
    transport: createUndiciTransport(),
    entropy: createSystemEntropy(),
    keyFiles: createKeyFiles(),
    loopback: createLoopback(),
    inbound: createInbound(),
    owner,
  });
}

/** Opens the application on given ports: what a test does. */
export async function assemble(config: Config, ports: Ports): Promise<Application> {
  const store = await openStore(config, ports);
  const { entropy, ids } = ports;
  const masters = masterKeys(config, ports.keyFiles);
  const keeper = new Keeper({ vault: store, tenant: TENANT, masters, entropy, ids });
  const at: Installation = { config, store, keeper, ports };
  return {
    check: (call) => checkAll(at, call),
    plan: (sync, call) => makePlan(at, find(config, sync), call),
    sync: (sync, call) => runSync(at, find(config, sync), call),
    serve: (pass, call) => serve(at, pass, call),
    apply: (sync, plan, call) => applyPlan(at, find(config, sync), plan, call),
    verify: (sync, call) => verifySync(at, find(config, sync), call),
    status: () => reportStatus(at),
    evidence: (email) => gatherEvidence(at, email),
    forget: (email) => forgetPerson(at, email),
    why: (email, list) => tellWhy(at, email, list),
    undo: (run) => planUndo(at, run),
    applyUndo: (run, call) => applyUndo(at, run, call),
    waiting: (names, kinds) =>
      listWaiting(
        at,
        names.map((name) => find(config, name)),
        kinds,
      ),
    settle: (sync, decision, id, call) => settleWaiting(at, find(config, sync), decision, id, call),
    release: async (hash) => {
      const known = await store.release(hash);
      const stops = await Promise.all(config.syncs.map(({ name }) => store.stops(name, 100)));
      return { hash, known, sync: stops.flat().find((stop) => stop.hash === hash)?.sync ?? null };
    },
    connect: (name, how, call) => connect(at, findSignIn(config, name), how, call),
    rotateKeys: () => keeper.rotate(),
    close: async () => {
      await ports.transport.close();
      await store.close();
    },
  };
}

async function openStore({ store: file }: Config, { clock, steps }: Ports): Promise<Store> {
  try {
    return await openSqliteStore({ file, tenant: TENANT, clock, steps, isAlive });
  } catch (error) {
    throw error instanceof StoreRefused ? new StoreRefused(error.code, error.message, file) : error;
  }
}

function findSignIn(config: Config, name: string): Parameters<typeof connect>[1] {
  for (const connection of config.connections)
    if (connection.name === name && connection.connector !== 'sqlite' && signsIn(connection)) return connection;
  throw new Error(`no connection ${name} that signs in`);
}

function find(config: Config, name: string): Sync {
  const sync = config.syncs.find((candidate) => candidate.name === name);
  if (sync === undefined) throw new Error(`no sync ${name}`);
  return sync;
}
