/**
 * The demo's own Concord: a real configuration file, a real store and a real mirror, in one folder.
 *
 * Each call opens the application anew and closes it, as a command would. Time is a clock that the demo moves on; all
 * other ports are this machine's.
 */
import { join } from 'node:path';
import { createNodeFiles } from '../adapters/node-files.ts';
import { thisProcess } from '../adapters/processes.ts';
import { createKeyFiles } from '../adapters/key-files.ts';
import { createInbound } from '../adapters/inbound-http.ts';
import { createLoopback } from '../adapters/loopback.ts';
import { createRandomIds } from '../adapters/random-ids.ts';
import { createSystemEntropy } from '../adapters/system-entropy.ts';
import { createSystemRandom } from '../adapters/system-random.ts';
import { createUndiciTransport } from '../adapters/undici-transport.ts';
import { assemble } from '../application/open.ts';
import type { Application } from '../cli/application.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/config.ts';
import type { MirrorSide } from '../connector/side.ts';
import { openSqliteMirror } from '../connectors/sqlite/mirror.ts';
import type { Content, StreamName } from '../model/record.ts';
import type { Clock } from '../ports/clock.ts';
import { noSteps } from '../ports/steps.ts';

export const SYNC = 'copy';
export const STREAMS = ['contacts', 'lists', 'tags', 'custom_fields'] as const satisfies readonly StreamName[];
const BATCH = 500;

/** A configuration and a store that can be asked. */
export interface Installed {
  readonly configFile: string;
  /** Opens the application, asks it one thing and closes it. */
  ask<T>(question: (application: Application) => Promise<T>): Promise<T>;
}

export interface Installation extends Installed {
  /** Reads the mirror as it stands in its file. */
  mirror(): Promise<Mirror>;
}

/** Writes the configuration and makes the installation; nothing is opened yet. */
export async function install(
  folder: string,
  account: { readonly url: string; readonly token: string },
  clock: Clock,
): Promise<Installation> {
  const ids = createRandomIds(clock);
  return {
    ...(await installWith(folder, configText(account), clock)),
    mirror: () => readMirror(join(folder, 'app.db'), () => ids.next()),
  };
}

/** Writes a configuration and makes an installation of it. */
export async function installWith(folder: string, text: string, clock: Clock): Promise<Installed> {
  const configFile = join(folder, 'concord.yaml');
  const sink = await createNodeFiles('demo').createPrivate(configFile, { replace: true });
  await sink.write(text);
  await sink.finish();
  const config = loadConfig(text, { env: {}, file: configFile });
  return { configFile, ask: (question) => askOnce(config, clock, question) };
}

/** The token is the simulator's, which everybody knows: it may stand in the file. */
function configText({ url, token }: { readonly url: string; readonly token: string }): string {
  return `store: ./concord.db
connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: ${url}
    auth: { accessToken: ${token} }
  app: { connector: sqlite, file: ./app.db }
syncs:
  ${SYNC}:
    primary: cc
    secondary: app
    mode: mirror
    streams: [${STREAMS.join(', ')}]
`;
}

async function askOnce<T>(
  config: Config,
  clock: Clock,
  question: (application: Application) => Promise<T>,
): Promise<T> {
  const ids = createRandomIds(clock);
  const application = await assemble(config, {
    clock,
    ids,
    random: createSystemRandom(),
    steps: noSteps,
    transport: createUndiciTransport(),
    entropy: createSystemEntropy(),
    keyFiles: createKeyFiles(),
    loopback: createLoopback(),
    inbound: createInbound(),
    owner: { id: ids.next(), ...thisProcess() },
  });
  try {
    return await question(application);
  } finally {
    await application.close();
  }
}

type Mirror = ReadonlyMap<StreamName, ReadonlyMap<string, Content>>;

async function readMirror(file: string, newId: () => string): Promise<Mirror> {
  const side = await openSqliteMirror({ connection: 'app', file, prefix: '', steps: noSteps, newId });
  try {
    const streams = new Map<StreamName, ReadonlyMap<string, Content>>();
    for (const stream of STREAMS) streams.set(stream, await readRows(side, stream));
    return streams;
  } finally {
    await side.close();
  }
}

async function readRows(side: MirrorSide, stream: StreamName): Promise<ReadonlyMap<string, Content>> {
  const rows = new Map<string, Content>();
  for (let after: string | null = null; ;) {
    const batch: Awaited<ReturnType<MirrorSide['scan']>> = await side.scan(stream, after, BATCH);
    for (const { id, content } of batch) rows.set(id, content);
    after = batch.at(-1)?.id ?? null;
    if (after === null) return rows;
  }
}
